"""The day's budget for a language model: held, settled, and exact when everybody asks at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.access import Owner
from accounts.models import User, Visitor
from billing import services
from billing.model_budget import DailyBudget, Held, as_micro, hold, settle
from billing.models import UsageDay
from llm.gateway import LLMBudget, Usage
from tests.billing.test_allowance_under_pressure import at_once

pytestmark = pytest.mark.both_stacks
HELLO = [{"role": "user", "content": "hello " * 50}]  # 100 tokens as we guess them


@pytest.fixture(autouse=True)
def limits(settings: Any) -> None:
    settings.LLM_DAILY_TOKENS_USER = 1000
    settings.LLM_DAILY_TOKENS_VISITOR = 500
    settings.LLM_DAILY_TOKENS_ADDRESS = 800
    settings.LLM_DAILY_DOLLARS_USER = 1.0
    settings.LLM_DAILY_DOLLARS_VISITOR = 0.5
    settings.LLM_DAILY_DOLLARS_ADDRESS = 0.8


def used(**subject: Any) -> tuple[int, int]:
    row = UsageDay.objects.get(**subject)
    return row.model_tokens, row.model_microdollars


def test_a_call_holds_its_prompt_and_its_longest_answer(alice: User) -> None:
    held = DailyBudget(Owner(user=alice)).reserve(HELLO, 300)
    assert held.tokens == 400
    assert used(user=alice) == (400, 0)


def test_what_was_not_used_is_given_back(alice: User) -> None:
    budget = DailyBudget(Owner(user=alice), price_prompt=1000.0, price_completion=2000.0)
    held = budget.reserve(HELLO, 300)
    assert used(user=alice) == (400, 700_000)
    budget.settle(held, Usage(90, 10, cost=0.11))
    assert used(user=alice) == (100, 110_000)


def test_a_call_that_failed_before_any_answer_counts_nothing(alice: User) -> None:
    budget = DailyBudget(Owner(user=alice))
    budget.settle(budget.reserve(HELLO, 300), None)
    assert used(user=alice) == (0, 0)


def test_what_does_not_fit_is_refused_and_holds_nothing(alice: User) -> None:
    budget = DailyBudget(Owner(user=alice))
    budget.settle(budget.reserve(HELLO, 700), Usage(100, 650))
    with pytest.raises(LLMBudget, match="may need 400 tokens, 250 of 1,000 are left") as refused:
        budget.reserve(HELLO, 300)
    assert refused.value.code == "day_tokens"
    assert used(user=alice) == (750, 0)


def test_money_runs_out_by_itself(alice: User) -> None:
    budget = DailyBudget(Owner(user=alice), price_prompt=0.0, price_completion=3000.0)
    budget.settle(budget.reserve(HELLO, 300), Usage(100, 30, cost=0.6))
    with pytest.raises(LLMBudget, match=r"may cost \$0.9, \$0.4 of \$1 are left") as refused:
        budget.reserve(HELLO, 300)
    assert refused.value.code == "day_money"


def test_costs_that_only_the_server_knows_count_afterwards(alice: User) -> None:
    budget = DailyBudget(Owner(user=alice))
    budget.settle(budget.reserve(HELLO, 10), Usage(100, 5, cost=1.5))
    with pytest.raises(LLMBudget) as refused:
        budget.reserve(HELLO, 10)
    assert refused.value.code == "day_money"


def test_the_next_day_is_a_new_budget(alice: User) -> None:
    hold(Owner(user=alice), tokens=1000, microdollars=0)
    yesterday = timezone.now() - timedelta(days=1)
    UsageDay.objects.update(day=yesterday.date())
    assert hold(Owner(user=alice), tokens=1000, microdollars=0).days


def test_a_settlement_counts_on_the_day_it_was_held_on(alice: User) -> None:
    held = hold(Owner(user=alice), tokens=600, microdollars=0)
    UsageDay.objects.update(day=timezone.now().date() - timedelta(days=1))
    hold(Owner(user=alice), tokens=50, microdollars=0)
    settle(held, tokens=70, microdollars=0)
    tokens = UsageDay.objects.order_by("day").values_list("model_tokens", flat=True)
    assert list(tokens) == [70, 50]


def test_a_visitor_has_a_budget_and_a_deleted_cookie_resets_nothing(db: None) -> None:
    for _ in range(2):
        hold(Owner(visitor=Visitor(address_hash="a" * 64)), tokens=400, microdollars=0)
    with pytest.raises(LLMBudget, match="0 of 800 are left"):
        hold(Owner(visitor=Visitor(address_hash="a" * 64)), tokens=400, microdollars=0)
    assert used(address_hash="a" * 64) == (800, 0)
    # What the refused visitor's own row had taken is back too.
    assert sorted(UsageDay.objects.values_list("model_tokens", flat=True))[-3:] == [400, 400, 800]


def test_the_command_line_has_no_budget(db: None) -> None:
    assert hold(Owner.local(), tokens=10**9, microdollars=10**12) == Held((), 10**9, 10**12)
    assert not UsageDay.objects.exists()


def test_tokens_and_backtests_share_the_day_and_not_the_count(alice: User) -> None:
    services.reserve(owner=Owner(user=alice))
    hold(Owner(user=alice), tokens=10, microdollars=0)
    row = UsageDay.objects.get()
    assert (row.used, row.model_tokens) == (1, 10)


def test_twenty_calls_at_once_never_hold_more_than_the_day_has(transactional_db: None) -> None:
    dora = User.objects.create_user("dora@example.org", "correct horse battery")
    owner = Owner(user=dora)
    results = at_once(20, lambda _: hold(owner, tokens=150, microdollars=10_000))
    taken = [r for r in results if isinstance(r, Held)]
    refused = [r for r in results if isinstance(r, LLMBudget)]
    assert (len(taken), len(refused)) == (6, 14), {repr(r) for r in results}
    assert used(user=dora) == (900, 60_000)


def test_holding_and_settling_together_never_loses_count(transactional_db: None) -> None:
    address = "b" * 64
    owners = [Owner(visitor=Visitor(address_hash=address)).ensure() for _ in range(20)]

    def act(index: int) -> int:
        total = 0
        for _ in range(4):
            try:
                held = hold(owners[index], tokens=120, microdollars=9)
            except LLMBudget:
                continue
            settle(held, tokens=7, microdollars=2)
            total += 7
        return total

    results = at_once(20, act)
    assert all(isinstance(r, int) for r in results), {repr(r) for r in results}
    total = sum(r for r in results if isinstance(r, int))
    assert used(address_hash=address) == (total, total // 7 * 2)
    assert (
        sum(UsageDay.objects.exclude(visitor=None).values_list("model_tokens", flat=True)) == total
    )


@pytest.mark.parametrize(
    ("dollars", "micro"),
    [(0.0012, 1200), (0.1, 100_000), (1e-9, 1), (1.5e-6, 2), (None, 0), (float("nan"), 0)],
)
def test_dollars_become_whole_millionths_rounded_up(dollars: float | None, micro: int) -> None:
    assert as_micro(dollars) == micro
