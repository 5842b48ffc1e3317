"""The ledger of model calls: what a row holds, whose it is, and what the database refuses."""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.access import Owner
from accounts.models import User, Visitor
from accounts.signals import visitor_claimed
from billing.model_calls import as_money, record_model_call
from billing.models import ModelCall
from llm.gateway import CallRecord, Usage

pytestmark = pytest.mark.both_stacks


def record(**changes: Any) -> CallRecord:
    facts: dict[str, Any] = {
        "purpose": "reading",
        "model": "fake-1",
        "base_url": "https://models.example.org/v1",
        "attempt": 1,
        "status": "ok",
        "usage": Usage(100, 20, reasoning=5, cached=7, cost=0.0012),
        "milliseconds": 340,
    }
    return CallRecord(**{**facts, **changes})


def enter(owner: Owner, **changes: Any) -> ModelCall:
    return record_model_call(record(**changes), owner=owner)


def test_a_row_holds_what_the_server_counted(alice: User) -> None:
    call = enter(Owner(user=alice), rung="json_schema", first_token_milliseconds=120)
    call.refresh_from_db()
    assert (call.prompt_tokens, call.completion_tokens) == (100, 20)
    assert (call.reasoning_tokens, call.cached_tokens) == (5, 7)
    assert (call.cost, call.currency, call.is_estimated) == (Decimal("0.0012"), "USD", False)
    assert (call.rung, call.first_token_milliseconds) == ("json_schema", 120)


def test_an_unknown_cost_is_not_zero(alice: User) -> None:
    enter(Owner(user=alice), usage=Usage(10, 2))
    enter(Owner(user=alice), usage=Usage(10, 2, cost=0.0))
    unknown, free = ModelCall.objects.order_by("created_at")
    assert (unknown.cost, unknown.currency) == (None, "")
    assert (free.cost, free.currency) == (Decimal(0), "USD")
    assert ModelCall.objects.totals()["unknown_cost"] == 1


@pytest.mark.parametrize("cost", [float("nan"), float("inf"), -1.0, None])
def test_a_cost_that_is_none_is_unknown(cost: float | None) -> None:
    assert as_money(cost) is None


def test_numbers_and_names_beyond_a_column_are_cut_to_it(alice: User) -> None:
    call = enter(
        Owner(user=alice),
        model="m\x00\n" + "x" * 500,
        usage=Usage(10**15, 3, cost=1e12),
        prompt_version="p" * 90,
    )
    call.refresh_from_db()
    assert call.prompt_tokens == 2**31 - 1
    assert call.model == "m" + "x" * 119
    assert call.cost == Decimal("999999.99999999")


@pytest.mark.parametrize(
    "values",
    [
        {"prompt_tokens": -1},
        {"milliseconds": -1},
        {"purpose": "gossip"},
        {"status": "fine"},
        {"rung": "ladder"},
        {"cost": Decimal(-1), "currency": "USD"},
        {"cost": Decimal(1), "currency": ""},
        {"cost": None, "currency": "USD"},
        {"from_cache": True, "cost": Decimal(1), "currency": "USD"},
        {"from_cache": True, "cost": None},
    ],
)
def test_the_database_refuses_a_row_that_cannot_be(db: None, values: dict[str, Any]) -> None:
    sound = {"purpose": "script", "status": "ok", "model": "m"}
    with pytest.raises(IntegrityError), transaction.atomic():
        ModelCall.objects.create(**{**sound, **values})


def test_a_row_belongs_to_one_owner_or_to_the_command_line(alice: User) -> None:
    assert enter(Owner.local()).user is None
    visitor = Owner(visitor=Visitor()).ensure().visitor
    with pytest.raises(IntegrityError), transaction.atomic():
        record_model_call(record(), owner=Owner(user=alice, visitor=visitor))


def test_a_visitor_who_signs_up_takes_the_calls_along(alice: User) -> None:
    owner = Owner(visitor=Visitor()).ensure()
    enter(owner)
    visitor_claimed.send(Visitor, user=alice, visitor=owner.visitor)
    call = ModelCall.objects.get()
    assert (call.user, call.visitor) == (alice, None)


def test_the_own_calls_are_in_the_own_data(alice: User, bob: User, client: Client) -> None:
    enter(Owner(user=alice))
    enter(Owner(user=bob), purpose="repair")
    client.force_login(alice)
    calls = json.loads(client.get("/account/export").content)["model_calls"]
    assert [(c["purpose"], c["cost"], c["currency"]) for c in calls] == [
        ("reading", "0.00120000", "USD")
    ]


def test_staff_sees_totals_of_what_the_filters_leave(client: Client, alice: User) -> None:
    client.force_login(User.objects.create_superuser("root@example.org", "correct horse battery"))
    enter(Owner(user=alice))
    enter(Owner(user=alice), status="LLMTimeout", usage=None, purpose="script")
    enter(Owner(user=alice), from_cache=True, usage=Usage(cost=0.0), purpose="script")
    everything = client.get("/admin/billing/modelcall/").content.decode()
    assert "3 calls, 1 of them failed, 1 answered from the cache" in everything
    scripts = client.get("/admin/billing/modelcall/", {"purpose": "reading"}).content.decode()
    assert "1 calls, 0 of them failed" in scripts
    assert "paid by the site 0.0012" in scripts
