"""The admin works for every model of accounts and billing, and facts stay facts."""

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts import api_keys
from accounts.access import Owner
from accounts.models import ApiKey, User, UserSettings, Visitor
from billing import services
from billing.model_calls import record_model_call
from billing.models import ModelCall, Plan, Reservation, Subscription, UsageDay
from llm.gateway import CallRecord

MODELS = [User, Visitor, UserSettings, Plan, Subscription, UsageDay, Reservation, ModelCall, ApiKey]

CALL = CallRecord("script", "fake-1", "https://models.example.org/v1", 1, "ok", None, 20)


@pytest.fixture
def desk(client: Client, db: None) -> Client:
    root = User.objects.create_superuser("root@example.org", "correct horse battery")
    client.force_login(root)
    return client


@pytest.fixture
def rows(alice: User) -> dict[Any, Any]:
    """One row of every model; two of those that point at users, for the query count."""
    plan = Plan.objects.create(code="many", name="Many", daily_allowance=50)
    visitor = Visitor(address_hash="a" * 64)
    held = services.reserve(owner=Owner(user=alice))
    services.reserve(owner=Owner(visitor=visitor))
    return {
        User: alice,
        Visitor: visitor,
        UserSettings: UserSettings.objects.create(user=alice),
        Plan: plan,
        Subscription: Subscription.objects.create(user=alice, plan=plan),
        UsageDay: UsageDay.objects.get(user=alice),
        Reservation: held,
        ApiKey: api_keys.create_key(
            user=alice, name="mine", kind="openai", model="m", key="sk-canary-0123456789"
        ),
        ModelCall: record_model_call(CALL, owner=Owner(user=alice)),
    }


def address(model: Any, page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", MODELS)
def test_every_model_can_be_listed_searched_and_opened(
    desk: Client, rows: dict[Any, Any], model: Any
) -> None:
    assert desk.get(address(model, "changelist")).status_code == 200
    assert desk.get(address(model, "changelist"), {"q": "alice"}).status_code == 200
    assert desk.get(address(model, "change", rows[model].pk)).status_code == 200
    assert admin.site.get_model_admin(model).search_fields


@pytest.mark.parametrize("model", [UsageDay, Reservation, ModelCall])
def test_facts_can_be_neither_made_nor_changed_nor_deleted(
    desk: Client, rows: dict[Any, Any], model: Any
) -> None:
    pk = rows[model].pk
    assert desk.get(address(model, "add")).status_code == 403
    assert desk.post(address(model, "change", pk), {"used": 0}).status_code == 403
    assert desk.post(address(model, "delete", pk), {"post": "yes"}).status_code == 403


def test_visitors_are_not_made_by_hand(desk: Client) -> None:
    assert desk.get(address(Visitor, "add")).status_code == 403


@pytest.mark.parametrize("model", [UserSettings, Subscription, UsageDay, ModelCall])
def test_a_longer_list_asks_no_more_questions(
    desk: Client, rows: dict[Any, Any], bob: User, model: Any, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(12) as one:
        desk.get(address(model, "changelist"))
    UserSettings.objects.create(user=bob)
    Subscription.objects.create(user=bob, plan=rows[Plan])
    services.reserve(owner=Owner(user=bob))
    record_model_call(CALL, owner=Owner(user=bob))
    with django_assert_max_num_queries(len(one)):
        desk.get(address(model, "changelist"))


def test_a_backtest_can_be_given_back(desk: Client, rows: dict[Any, Any], alice: User) -> None:
    words = {"action": "give_back", "_selected_action": [str(rows[Reservation].pk)]}
    page = desk.post(address(Reservation, "changelist"), words, follow=True)
    assert "1 given back" in page.content.decode()
    assert services.allowance_for(Owner(user=alice)).used == 0


def test_staff_grants_an_own_allowance(desk: Client, rows: dict[Any, Any], alice: User) -> None:
    form = {
        "email": alice.email,
        "name": "",
        "is_active": "on",
        "stored_settings-TOTAL_FORMS": "1",
        "stored_settings-INITIAL_FORMS": "1",
        "stored_settings-0-user": str(alice.pk),
        "stored_settings-0-theme": "system",
        "stored_settings-0-daily_allowance": "100",
    }
    response = desk.post(address(User, "change", alice.pk), form)
    assert response.status_code == 302, response.content.decode()
    assert services.daily_limit(Owner(user=alice)) == 100


def test_staff_makes_a_user_by_address(desk: Client) -> None:
    words = {
        "email": "Eve@Example.org",
        "usable_password": "true",
        "password1": "correct horse battery",
        "password2": "correct horse battery",
    }
    response = desk.post(address(User, "add"), words)
    assert response.status_code == 302, response.content.decode()
    assert User.objects.get(email="eve@example.org").has_usable_password()


def test_a_key_is_never_on_the_desk(desk: Client, rows: dict[Any, Any]) -> None:
    key = rows[ApiKey]
    pages = [address(ApiKey, "changelist"), address(ApiKey, "change", key.pk)]
    for text in (desk.get(page).content.decode() for page in pages):
        assert "6789" in text
        assert key.encrypted_key not in text
        assert "sk-canary" not in text
    assert desk.get(address(ApiKey, "add")).status_code == 403
