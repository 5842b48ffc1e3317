"""`manage.py rotate_encryption`: write stored keys anew with the newest encryption key."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import encryption
from accounts.models import ApiKey


class Command(BaseCommand):
    """Idempotent; to be run after a key was put in front of FIELD_ENCRYPTION_KEYS."""

    help = "After a new first FIELD_ENCRYPTION_KEYS: encrypt stored keys with it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count, change nothing")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        written = unreadable = 0
        for row in ApiKey.objects.only("encrypted_key").iterator():
            try:
                newest = encryption.rotate(row.encrypted_key)
            except encryption.Unreadable:
                unreadable += 1
                continue
            written += 1
            if not dry_run:
                # Only what was read: the user may be storing another key at this moment.
                same = ApiKey.objects.filter(pk=row.pk, encrypted_key=row.encrypted_key)
                same.update(encrypted_key=newest)
        self.stdout.write(f"{written} {'would be' if dry_run else 'were'} encrypted anew.")
        if unreadable:
            raise CommandError(f"{unreadable} cannot be read with any of the keys.")
