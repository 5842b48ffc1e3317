"""What accounts announce to the floors above."""

from django.dispatch import Signal

# Sent with `user` and `visitor` when a visitor signs up or in; the same visitor may come again,
# so a receiver moves whatever belongs to the visitor at that moment and finds nothing twice.
visitor_claimed = Signal()

# Sent with `user` when a person takes the own data along; a floor above answers with a dictionary
# of plain JSON values, to be added to the file under its own names.
personal_data_wanted = Signal()

# Sent with `user` and `record` (the gateway's `CallRecord`) when a user's own key was tried.
model_asked = Signal()
