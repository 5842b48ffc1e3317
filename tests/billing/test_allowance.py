"""What a day allows, to whom, and when it begins again."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from django.utils import timezone as clock

from accounts.access import Owner
from accounts.models import User, UserSettings, Visitor
from billing import services
from billing.errors import AllowanceExhausted
from billing.models import Plan, Reservation, Subscription, UsageDay

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


def visitor(address: str = "a") -> Owner:
    return Owner(visitor=Visitor(address_hash=address * 64 if address else ""))


def take(owner: Owner, times: int) -> list[Reservation]:
    taken = [services.reserve(owner=owner) for _ in range(times)]
    assert all(taken)
    return [reservation for reservation in taken if reservation]


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)


def test_a_user_has_five_a_day_and_the_sixth_is_refused(alice: User) -> None:
    owner = Owner(user=alice)
    take(owner, 5)
    with pytest.raises(AllowanceExhausted) as refusal:
        services.reserve(owner=owner)
    assert refusal.value.limit == 5
    assert str(refusal.value).startswith("Today's 5 backtests are used up")
    assert services.allowance_for(owner).remaining == 0
    assert Reservation.objects.count() == 5


def test_a_visitor_has_three_a_day(db: None) -> None:
    owner = visitor()
    take(owner, 3)
    with pytest.raises(AllowanceExhausted):
        services.reserve(owner=owner)
    assert services.allowance_for(owner).used == 3


def test_one_user_takes_nothing_from_another(alice: User, bob: User) -> None:
    take(Owner(user=alice), 5)
    assert services.allowance_for(Owner(user=bob)).remaining == 5


def test_the_command_line_has_no_allowance(db: None) -> None:
    assert services.reserve(owner=Owner.local()) is None
    assert services.allowance_for(Owner.local()).limit is None
    assert not UsageDay.objects.exists()


def test_asking_stores_nothing(db: None) -> None:
    assert services.allowance_for(visitor()).remaining == 3
    assert not Visitor.objects.exists()
    assert not UsageDay.objects.exists()


def test_a_deleted_cookie_does_not_reset_the_allowance(settings: LazySettings, db: None) -> None:
    settings.DAILY_ALLOWANCE_ADDRESS = 4
    take(visitor(), 3)
    again = visitor()
    assert services.allowance_for(again).remaining == 1
    take(again, 1)
    with pytest.raises(AllowanceExhausted) as refusal:
        services.reserve(owner=visitor())
    assert refusal.value.limit == 4
    assert services.allowance_for(visitor("b")).remaining == 3


def test_a_refusal_by_the_address_takes_nothing_from_the_visitor(
    settings: LazySettings, db: None
) -> None:
    settings.DAILY_ALLOWANCE_ADDRESS = 1
    take(visitor(), 1)
    owner = visitor().ensure()
    with pytest.raises(AllowanceExhausted):
        services.reserve(owner=owner)
    assert not UsageDay.objects.filter(visitor=owner.visitor).exists()


def test_an_unknown_address_is_not_one_address(settings: LazySettings, db: None) -> None:
    settings.DAILY_ALLOWANCE_ADDRESS = 1
    take(visitor(""), 3)
    take(visitor(""), 3)


def test_a_failed_run_gives_its_backtest_back_once(alice: User) -> None:
    owner = Owner(user=alice)
    [held] = take(owner, 1)
    assert services.release(reservation_id=held.pk)
    assert not services.release(reservation_id=held.pk)
    assert not services.settle(reservation_id=held.pk)
    assert services.allowance_for(owner).used == 0
    held.refresh_from_db()
    assert held.status == "released"
    assert held.closed_at is not None


def test_a_completed_run_stays_counted(alice: User) -> None:
    owner = Owner(user=alice)
    [held] = take(owner, 1)
    assert services.settle(reservation_id=held.pk)
    assert not services.settle(reservation_id=held.pk)
    assert not services.release(reservation_id=held.pk)
    assert services.allowance_for(owner).used == 1


def test_giving_back_counts_for_the_address_too(db: None) -> None:
    owner = visitor()
    [first, _] = take(owner, 2)
    services.release(reservation_id=first.pk)
    assert UsageDay.objects.get(address_hash="a" * 64).used == 1
    assert services.allowance_for(owner).used == 1


def test_closing_what_does_not_exist_is_quiet(db: None) -> None:
    gone = Reservation().pk
    assert not services.settle(reservation_id=gone)
    assert not services.release(reservation_id=gone)


def test_the_day_begins_again_at_midnight_utc(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = Owner(user=alice)
    at(monkeypatch, datetime(2026, 3, 14, 23, 59, 59, tzinfo=UTC))
    held = take(owner, 5)
    with pytest.raises(AllowanceExhausted) as refusal:
        services.reserve(owner=owner)
    assert refusal.value.resets_at == datetime(2026, 3, 15, tzinfo=UTC)
    at(monkeypatch, datetime(2026, 3, 15, tzinfo=UTC))
    take(owner, 5)
    # What was taken yesterday goes back to yesterday.
    services.release(reservation_id=held[0].pk)
    assert services.allowance_for(owner).used == 5
    assert UsageDay.objects.get(user=alice, day="2026-03-14").used == 4


def test_the_day_is_utc_whatever_the_clock_on_the_wall_says() -> None:
    tokyo = timezone(timedelta(hours=9))
    assert services.next_midnight(datetime(2026, 3, 15, 5, tzinfo=tokyo)) == datetime(
        2026, 3, 15, tzinfo=UTC
    )
    assert services.next_midnight(NOON) == datetime(2026, 3, 15, tzinfo=UTC)


def test_a_transaction_that_fails_takes_nothing(alice: User) -> None:
    owner = Owner(user=alice)

    def start_and_fail() -> None:
        with transaction.atomic():
            services.reserve(owner=owner)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        start_and_fail()
    assert services.allowance_for(owner).used == 0
    assert not Reservation.objects.exists()


def test_a_plan_raises_the_limit_while_it_runs(alice: User) -> None:
    owner = Owner(user=alice)
    plan = Plan.objects.create(code="many", name="Many", daily_allowance=50)
    right = Subscription.objects.create(user=alice, plan=plan, started_at=NOON)

    def limit(moment: datetime) -> int | None:
        return services.daily_limit(owner, now=moment)

    assert limit(NOON - timedelta(seconds=1)) == 5
    assert limit(NOON) == 50
    right.status, right.ends_at = "cancelled", NOON + timedelta(days=3)
    right.save()
    assert limit(NOON + timedelta(days=2)) == 50
    assert limit(NOON + timedelta(days=3)) == 5
    right.status = "ended"
    right.save()
    assert limit(NOON) == 5


def test_a_plan_without_a_number_means_the_sites_default(
    alice: User, settings: LazySettings
) -> None:
    settings.DAILY_ALLOWANCE_USER = 7
    Subscription.objects.create(
        user=alice, plan=Plan.objects.get_or_create(code="free", defaults={"name": "Free"})[0]
    )
    assert services.daily_limit(Owner(user=alice)) == 7


@pytest.mark.parametrize("own", [0, 1, 500])
def test_a_users_own_value_goes_above_everything(alice: User, own: int) -> None:
    plan = Plan.objects.create(code="many", name="Many", daily_allowance=50)
    Subscription.objects.create(user=alice, plan=plan)
    UserSettings.objects.create(user=alice, daily_allowance=own)
    assert services.daily_limit(Owner(user=alice)) == own


def test_an_own_value_of_zero_allows_nothing(alice: User) -> None:
    UserSettings.objects.create(user=alice, daily_allowance=0)
    with pytest.raises(AllowanceExhausted):
        services.reserve(owner=Owner(user=alice))


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"user": True, "address_hash": "a" * 64},
        {"user": True, "visitor": True},
        {"visitor": True, "address_hash": "a" * 64},
    ],
)
def test_a_usage_day_has_exactly_one_subject(alice: User, wrong: dict[str, object]) -> None:
    subjects = {"user": alice, "visitor": visitor().ensure().visitor}
    fields = {name: subjects.get(name, value) for name, value in wrong.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        UsageDay.objects.create(day="2026-03-14", **fields)


def test_a_subject_has_one_row_a_day(alice: User) -> None:
    UsageDay.objects.create(day="2026-03-14", user=alice)
    with pytest.raises(IntegrityError), transaction.atomic():
        UsageDay.objects.create(day="2026-03-14", user=alice)


def test_a_user_has_one_active_subscription(alice: User) -> None:
    plan = Plan.objects.get_or_create(code="free", defaults={"name": "Free"})[0]
    Subscription.objects.create(user=alice, plan=plan)
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscription.objects.create(user=alice, plan=plan)
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscription.objects.create(user=alice, plan=plan, status="cancelled")
