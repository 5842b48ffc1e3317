"""The allowance and the plans over the API."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.access import Owner
from accounts.models import User
from billing import services
from billing.models import Plan, Subscription


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
