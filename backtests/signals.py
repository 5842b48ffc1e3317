"""What happens to a run, for the floors above. Sent after the transaction has committed."""

from django.dispatch import Signal

# Arguments: run_id (UUID)
run_completed = Signal()
