"""What reports do by the clock."""

from celery import shared_task

from reports import services


@shared_task(ignore_result=True)
def make_missing_reports() -> int:
    """Make the reports whose signal was lost, a hundred at a time."""
    return services.make_missing_reports()
