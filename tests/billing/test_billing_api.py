"""The allowance and the plans over the API."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.access import Owner
from accounts.models import User
from billing import services
from billing.model_budget import hold
from billing.models import Plan, Subscription, UsageDay


def test_a_stranger_sees_the_visitors_allowance_and_leaves_no_trace(
    client: Client, db: None
) -> None:
    response = client.get("/api/allowance")
    answer = response.json()
    assert (answer["limit"], answer["used"], answer["remaining"]) == (3, 0, 3)
    resets_at = parse_datetime(answer["resets_at"])
    assert resets_at is not None
    assert resets_at.time() == datetime.min.time()
    assert timedelta() < resets_at - timezone.now() <= timedelta(days=1)
    assert "visitor" not in response.cookies


def test_a_user_sees_what_is_left(client: Client, alice: User) -> None:
    client.force_login(alice)
    services.reserve(owner=Owner(user=alice))
    answer = client.get("/api/allowance").json()
    assert (answer["limit"], answer["used"], answer["remaining"]) == (5, 1, 4)


def test_plans_on_offer_are_listed_in_order(client: Client, db: None) -> None:
    Plan.objects.all().delete()
    Plan.objects.create(code="b", name="Second", position=2, amount_cents=900)
    Plan.objects.create(code="a", name="First", position=1, daily_allowance=9)
    Plan.objects.create(code="c", name="Gone", is_offered=False)
    plans = client.get("/api/subscriptions").json()
    assert [plan["name"] for plan in plans] == ["First", "Second"]
    assert plans[0]["daily_allowance"] == 9
    assert plans[1]["amount_cents"] == 900


def test_the_active_subscription_or_none(client: Client, alice: User, bob: User) -> None:
    plan = Plan.objects.create(code="many", name="Many", daily_allowance=50)
    Subscription.objects.create(user=bob, plan=plan)
    client.force_login(alice)
    assert client.get("/api/subscriptions/active").status_code == 404
    began = datetime(2026, 1, 1, tzinfo=UTC)
    Subscription.objects.create(user=alice, plan=plan, started_at=began)
    answer: dict[str, Any] = client.get("/api/subscriptions/active").json()
    assert answer["plan"]["code"] == "many"
    assert answer["started_at"] == "2026-01-01T00:00:00Z"


def test_what_is_left_of_the_models_budget_is_shown(
    client: Client, alice: User, settings: Any
) -> None:
    client.force_login(alice)
    assert client.get("/api/allowance").json()["model"] is None
    assert "The language model" not in client.get("/account/").content.decode()
    settings.OPENAI_BASE_URL = "http://127.0.0.1:9/v1"
    settings.LLM_DAILY_TOKENS_USER, settings.LLM_DAILY_DOLLARS_USER = 9000, 1.5
    hold(Owner(user=alice), tokens=1234, microdollars=250_000)
    assert client.get("/api/allowance").json()["model"] == {
        "tokens_limit": 9000,
        "tokens_used": 1234,
        "dollars_limit": "1.500000",
        "dollars_used": "0.250000",
    }
    assert "1,234 of 9,000 tokens used" in client.get("/account/").content.decode()


def test_a_stranger_sees_the_visitors_budget_and_leaves_no_trace(
    client: Client, db: None, settings: Any
) -> None:
    settings.OPENAI_BASE_URL = "http://127.0.0.1:9/v1"
    model = client.get("/api/allowance").json()["model"]
    assert (model["tokens_limit"], model["tokens_used"]) == (150_000, 0)
    assert not UsageDay.objects.exists()
