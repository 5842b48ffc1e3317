"""Users by address, and the rules that the database keeps."""

from decimal import Decimal

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import User, UserSettings

PASSWORD = "correct horse battery"


def test_an_address_is_one_account_however_it_is_written(alice: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("ALICE@example.ORG", PASSWORD)
    assert User.objects.get_by_natural_key("Alice@Example.org") == alice


def test_the_database_refuses_capitals_from_any_writer(alice: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=alice.pk).update(email="Alice@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(email="Dora@example.org")])


def test_the_key_is_a_uuid_from_the_first_migration_on(alice: User) -> None:
    assert alice.pk.version == 4
    assert User._meta.pk.get_internal_type() == "UUIDField"


def test_a_taken_address_is_said_in_a_sentence(alice: User) -> None:
    with pytest.raises(ValidationError) as refusal:
        User(email="ALICE@example.org", password="x").full_clean()
    assert refusal.value.message_dict == {"email": ["Somebody has this e-mail address already."]}


def test_one_signs_in_with_address_and_password(alice: User) -> None:
    assert authenticate(None, email="Alice@example.org", password=PASSWORD) == alice
    assert authenticate(None, email="alice@example.org", password="wrong") is None


def test_a_user_without_a_password_cannot_sign_in_with_one(db: None) -> None:
    assert not User.objects.create_user("eve@example.org").has_usable_password()
    with pytest.raises(ValueError, match="needs an e-mail address"):
        User.objects.create_user("")


def test_a_superuser_may_do_everything(db: None) -> None:
    root = User.objects.create_superuser("root@example.org", PASSWORD)
    assert root.is_staff
    assert root.has_perm("accounts.delete_user")


def test_names_fall_back_to_the_address(alice: User) -> None:
    assert (alice.get_full_name(), alice.get_short_name()) == ("alice@example.org", "alice")
    alice.name = "Alice Doe"
    assert (alice.get_full_name(), alice.get_short_name()) == ("Alice Doe", "Alice Doe")


def test_settings_are_stored_only_when_changed(alice: User) -> None:
    settings = UserSettings.of(alice)
    assert not UserSettings.objects.exists()
    settings.theme = "dark"
    settings.save()
    assert UserSettings.of(alice).theme == "dark"


@pytest.mark.parametrize(
    "wrong",
    [
        {"theme": "pink"},
        {"default_commission": Decimal("0.21")},
        {"default_commission": Decimal("-0.01")},
        {"default_initial_capital": Decimal("0.5")},
    ],
)
def test_the_database_refuses_settings_out_of_range(alice: User, wrong: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        UserSettings.objects.create(user=alice, **wrong)
