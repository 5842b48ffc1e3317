"""`ws/runs/<id>`: a backtest's events for whoever may see its page."""

from accounts.access import Owner
from backtests.models import BacktestRun
from runs.consumers import EventConsumer


class BacktestConsumer(EventConsumer):
    """Follows one backtest; strangers are told that it does not exist."""

    run_model = BacktestRun

    def visible_run(self, run_id: str) -> BacktestRun | None:
        owner = Owner.of_scope(self.scope)
        return BacktestRun.objects.visible_to(owner).filter(pk=run_id).first()
