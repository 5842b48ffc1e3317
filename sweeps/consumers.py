"""`ws/sweeps/<id>`: a sweep's events for whoever may see its page."""

from accounts.access import Owner
from runs.consumers import EventConsumer
from sweeps.models import Sweep


class SweepConsumer(EventConsumer):
    """Follows one sweep; strangers are told that it does not exist."""

    run_model = Sweep

    def visible_run(self, run_id: str) -> Sweep | None:
        owner = Owner.of_scope(self.scope)
        return Sweep.objects.visible_to(owner).filter(pk=run_id).first()
