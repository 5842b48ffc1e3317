"""The specification read twice, by the script writer and by walking its nodes: the same decisions.

The interpreter never sees a script and the writer never sees the interpreter, so what both say is
what the specification says.
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backtests.fidelity.demands import Demands
from backtests.fidelity.interpreter import NotInterpretable, decide, is_for_several
from backtests.fidelity.markets import market
from backtests.fidelity.misreadings import misreadings
from engine import EngineError
from engine.harness import decisions_of, load
from llm.specification import StrategySpec, write_script
from llm.specification import nodes as n
from llm.specification.indicators import INDICATORS
from llm.specification.model import Part, Rotation
from tests.backtests.planted_specs import CLOSE, SPECS, before, is_, of, on, spec
from tests.llm.worlds import spx


def agree(one: StrategySpec, bars) -> None:
    """Both readings give the same bytes, or both refuse."""
    try:
        ours = decide(one, bars)
    except EngineError:
        with pytest.raises(EngineError):
            decisions_of(load(write_script(one)), bars)
        return
    assert ours.to_bytes() == decisions_of(load(write_script(one)), bars).to_bytes()


def world_of(one: StrategySpec):
    """Real prices for one symbol, made-up ones for several."""
    return market(Demands(one), one.symbols, 0) if is_for_several(one) else spx()


@pytest.mark.parametrize("name", SPECS)
def test_every_kind_of_strategy_is_read_alike(name):
    agree(SPECS[name], world_of(SPECS[name]))


def test_the_weeks_of_another_symbol_are_its_own_weeks():
    theirs = of("rsi", 14, source=n.Price(symbol="IXIC"))
    weekly, average = n.OnPeriod(period="W", of=theirs), n.OnPeriod(period="W", of=of("sma", 5))
    rule = n.AllOf(conditions=(is_(weekly, "<", 50), is_(CLOSE, ">", average)))
    one = spec(long_entry=rule, long_exit=is_(weekly, ">", 55), symbols=("SPX", "IXIC"))

    agree(one, world_of(one))
    assert "weekly_ixic = ta.resampled(ixic, 'W')" in write_script(one)


@pytest.mark.parametrize(
    "name", ["rsi2", "turtle", "legs", "within", "weekly_filter", "limit_entry"]
)
def test_its_misreadings_are_read_alike_too(name):
    bars = spx().head(1500)
    for other in misreadings(SPECS[name]):
        if other.sizing != "risk" or other.has_stop:  # the model itself refuses the rest
            agree(other, bars)


def indicator(name: str, output: int = 0) -> n.Indicator:
    info = INDICATORS[name]
    return n.Indicator(
        name=name,
        numbers=tuple(default for _, default in info.parameters),
        output=info.outputs[output] if info.outputs else "",
        source=CLOSE if info.reads_series else None,
    )


@pytest.mark.parametrize("name", INDICATORS)
def test_every_indicator_and_each_of_its_columns_is_read_alike(name):
    for output in range(max(1, len(INDICATORS[name].outputs))):
        node = indicator(name, output)
        rising = is_(node, ">", before(node))
        agree(spec(long_entry=rising, long_exit=is_(node, "<", before(node, 2))), spx())


CALENDAR = {
    "weekday": (0, 3), "month": (1, 11), "quarter": (2,), "year": (2003, 2010),
    "year_of_four": (3,), "day_of_month": (15,), "trading_day_of_month": (2,),
    "trading_days_left_in_month": (3,), "trading_day_of_week": (1,), "month_end": (6,),
    "week_start": (), "week_end": (), "month_start": (), "quarter_start": (), "quarter_end": (),
    "year_start": (), "year_end": (),
}  # fmt: skip


@pytest.mark.parametrize("unit", CALENDAR)
@pytest.mark.parametrize("fills", [False, True])
def test_every_rule_of_the_calendar_is_read_alike(unit, fills):
    rule = on(unit, *CALENDAR[unit], fills=fills)
    agree(spec(long_entry=rule, long_exit=n.NotTrue(of=rule)), spx())


# -- anything ---------------------------------------------------------------------------------

PLAIN = sorted(
    name
    for name, info in INDICATORS.items()
    if name not in ("percentile", "rank", "ichimoku", "sar", "drawdown", "rsi_of_stochastic")
    and all(parameter in ("period", "deviations") for parameter, _ in info.parameters)
)
prices = st.builds(n.Price, field=st.sampled_from(["open", "high", "low", "close", "volume"]))


@st.composite
def indicators(draw, sources=prices):
    node = indicator(draw(st.sampled_from(PLAIN)))
    info = INDICATORS[node.name]
    numbers = tuple(
        float(draw(st.integers(2, 40))) if name == "period" else draw(st.sampled_from([1.0, 2.5]))
        for name, _ in info.parameters
    )
    output = draw(st.sampled_from(info.outputs)) if info.outputs else ""
    source = draw(sources) if info.reads_series else None
    return node.model_copy(update={"numbers": numbers, "output": output, "source": source})


def _more(inner):
    return st.one_of(
        st.builds(n.Previous, of=inner, bars=st.integers(1, 5)),
        st.builds(
            n.Arithmetic,
            operator=st.sampled_from("+-*/"),
            left=inner,
            right=st.builds(n.Number, value=st.sampled_from([0.5, 1.02, 3.0])),
        ),
        st.builds(
            n.Function, name=st.sampled_from(["larger", "smaller"]), of=st.tuples(inner, inner)
        ),
        st.builds(n.OnPeriod, period=st.sampled_from("WMQ"), of=st.one_of(prices, indicators()),
                  before=st.booleans()),
    )  # fmt: skip


values = st.recursive(st.one_of(prices, indicators()), _more, max_leaves=3)
levels = st.builds(n.Number, value=st.sampled_from([-0.02, 0.0, 10.0, 30.0, 70.0, 1200.0]))
compared = st.one_of(
    st.builds(n.Compare, left=values, operator=st.sampled_from([">", ">=", "<", "<="]),
              right=st.one_of(values, levels)),
    st.builds(n.Cross, left=values, direction=st.sampled_from(["above", "below"]),
              right=st.one_of(values, levels)),
    st.builds(n.Candle, name=st.sampled_from(["doji", "engulfing", "hammer"]),
              bullish=st.sampled_from([True, False, None])),
    st.sampled_from([on(unit, *CALENDAR[unit]) for unit in CALENDAR]),
)  # fmt: skip


def _joined(inner):
    return st.one_of(
        st.builds(n.Streak, of=inner, bars=st.integers(1, 4)),
        st.builds(n.Within, of=inner, bars=st.integers(1, 8), times=st.integers(1, 3)),
        st.builds(n.Ago, of=inner, bars=st.integers(1, 4)),
        st.builds(n.First, of=inner),
        st.builds(n.NotTrue, of=inner),
        st.builds(n.AllOf, conditions=st.tuples(inner, inner)),
        st.builds(n.AnyOf, conditions=st.tuples(inner, inner)),
    )


conditions = st.recursive(compared, _joined, max_leaves=4)
maybe = st.none()
rules = st.fixed_dictionaries(
    {"long_entry": conditions},
    optional={
        "long_exit": conditions,
        "short_entry": conditions,
        "short_exit": conditions,
        "reverse": st.booleans(),
        "stop_loss": st.sampled_from([0.02, 0.1]),
        "take_profit": st.sampled_from([0.03, 0.5]),
        "trailing_stop": st.sampled_from([0.05]),
        "trailing_distance": st.just(of("stddev", 20)),
        "stop_level": st.just(n.Price(field="low")),
        "entry_limit": st.just(n.Price(field="low")),
        "entry_expiry": st.integers(0, 4),
        "breakeven": st.just(0.02),
        "trail_intrabar": st.booleans(),
        "hold_bars": st.integers(1, 9),
        "cooldown": st.integers(0, 5),
        "exit_size": st.sampled_from([0.25, 1.0]),
        "size": st.sampled_from([0.1, 1 / 3]),
        "max_entries": st.integers(1, 3),
        "parts": st.just((Part(share=0.4, take_profit=0.03),)),
    },
)


@settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(rules)
def test_any_specification_is_read_alike(parts):
    agree(spec(**parts), spx().head(900))


# -- several symbols --------------------------------------------------------------------------

ROTATIONS = {
    "equal shares": Rotation(when=on("quarter_end")),
    "named shares": Rotation(when=on("month_start"), shares=(0.5, 0.3, 0.2)),
    "two lowest": Rotation(when=on("week_end"), rank=of("rsi", 14), hold=2, lowest=True),
    "only above": Rotation(
        when=on("month_end"), rank=of("roc", 20), hold=2, only_if=is_(CLOSE, ">", of("sma", 50))
    ),
    "a rule for all": Rotation(when=on("month_end"), only_if=is_(CLOSE, ">", of("sma", 50))),
}


@pytest.mark.parametrize("name", ROTATIONS)
def test_every_rotation_is_read_alike(name):
    one = spec(symbol="AAA", symbols=("AAA", "BBB", "CCC"), rotation=ROTATIONS[name])
    agree(one, world_of(one))


def test_what_weights_cannot_say_is_not_passed_over():
    one = SPECS["traffic_light"].model_copy(update={"stop_loss": 0.05})

    with pytest.raises(NotInterpretable, match="stop loss"):
        decide(one, world_of(one))
