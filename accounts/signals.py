"""What accounts announce to the floors above."""

from django.dispatch import Signal

# Sent with `user` and `visitor` when a visitor signs up or in; the same visitor may come again,
# so a receiver moves whatever belongs to the visitor at that moment and finds nothing twice.
visitor_claimed = Signal()
