"""What the translator makes of words: synonyms, pronouns, numbers, settings, assumptions."""

import pytest

from llm.specification.nodes import Compare, Cross, Indicator, Number, Price
from tests.llm.worlds import CONTEXT, read

SAME = "Buy when RSI(14) is below 30 and sell when RSI(14) is above 70."


@pytest.mark.parametrize(
    "idea",
    [
        "buy if rsi(14) is under 30, sell once rsi(14) is over 70",
        "RSI(14) < 30 buy, > 70 sell",
        "When the fourteen-day RSI is less than thirty, buy. Exit when it is greater than 70.",
        "If the 14 period relative strength index is beneath 30 go long; get out if it exceeds 70.",
        "Hi there! Please buy when the 14-day RSI is below 30, sell when it's above 70. Thanks!",
        "by when rsi(14) is undr 30, sel when rsi(14) is abov 70",
    ],
)
def test_many_ways_of_saying_one_rule_give_one_specification(idea):
    spec, same = read(idea).specification, read(SAME).specification

    assert spec.long_entry == same.long_entry
    assert spec.long_exit == same.long_exit


def test_goes_below_is_a_crossing_and_is_below_a_state():
    assert isinstance(read("Buy when RSI goes below 30").specification.long_entry, Cross)
    assert isinstance(read("Buy when RSI is below 30").specification.long_entry, Compare)


def test_crosses_below_alone_means_the_pair_spoken_of():
    spec = read("Buy when EMA 10 crosses above EMA 40, sell when it crosses below.").specification

    assert spec.long_exit.left == spec.long_entry.left
    assert spec.long_exit.right == spec.long_entry.right
    assert spec.long_exit.direction == "below"


def test_it_is_the_price_where_only_the_price_can_be_meant():
    spec = read(
        "Buy when RSI(2) is below 10. Sell when it closes above its 5-day SMA."
    ).specification

    assert spec.long_exit.left.kind == "price"


@pytest.mark.parametrize(
    ("threshold", "left", "source"),
    [
        ("RSI(2) drops below 10", "price", None),
        ("CCI(20) is above 100", "price", None),
        ("RSI(14) is above its 10-day SMA", "indicator", "rsi"),
    ],
)
def test_it_beside_its_average_is_the_price_once_the_indicator_has_met_a_number(
    threshold, left, source
):
    spec = read(f"Buy when {threshold}. Sell when it is below its 30-day SMA.").specification

    assert spec.long_exit.left.kind == left
    assert getattr(spec.long_exit.right.source, "name", None) == source


def test_its_own_average_is_an_average_of_the_subject():
    spec = read("Buy when OBV is above its 20-day SMA, sell when it is below.").specification

    assert spec.long_entry.right.source == Indicator(name="obv")


def test_numbers_given_in_a_later_sentence_are_used_by_the_earlier_one():
    spec = read(
        "Buy when the close is below the lower band and sell when it is above the upper band. "
        "Bollinger with 15 periods and 2.5 standard deviations."
    ).specification

    assert spec.long_entry.right.numbers == (15, 2.5)


def test_settings_are_read_wherever_they_stand():
    draft = read(
        "Between 2005 and 2010, starting with 25k and with 10 bps commission and 0.05% slippage: "
        + SAME
    )

    assert draft.settings == {
        "start": "2005-01-01",
        "end": "2010-12-31",
        "initial_capital": 25_000,
        "commission": 0.001,
        "slippage": 0.0005,
    }


def test_the_last_years_count_back_from_the_last_day_of_the_data():
    assert read("Over the last 5 years " + SAME).settings["start"] == "2013-12-31"


def test_an_idea_without_exit_says_that_it_holds_to_the_end():
    draft = read("Buy when RSI(14) is below 30.")

    assert draft.specification.long_exit is None
    assert any("No exit" in sentence for sentence in draft.assumptions)


def test_usual_numbers_are_listed_as_assumptions():
    text = " ".join(read("Buy when RSI is below 30, sell when RSI is above 60").assumptions)

    assert "14" in text


def test_corrected_words_are_listed_as_assumptions():
    draft = read("Buy when the prise is above the 50-day SMA, sell when it is below")

    assert any("“prise” is read as “price”" in sentence for sentence in draft.assumptions)


def test_the_idea_may_name_the_symbol():
    draft = read("Buy Apple when it closes above the 50-day SMA, sell when it closes below.")

    assert draft.symbol == "AAPL"
    assert CONTEXT.default_symbol == "SPX"


def test_a_symbol_other_than_the_chosen_one_is_said():
    draft = read("Just buy and hold Apple.", fixed=True)

    assert draft.symbol == "AAPL"
    assert any("SPX is not used" in sentence for sentence in draft.assumptions)


def test_either_and_unless_nest_as_said():
    entry = read(
        "Buy when RSI is below 40, unless the close is below the 200-day SMA. Sell at 5% profit."
    ).specification.long_entry

    assert entry.conditions[0].right == Number(value=40)
    assert entry.conditions[1].operator == ">="


def test_numbered_rules_wait_for_the_rule_that_uses_them():
    spec = read(
        "1. Market must be above the 100-day SMA.\n2. RSI(3) must be below 20.\n"
        "3. If 1 and 2 hold, buy next open.\n4. Sell when RSI(3) is above 70."
    ).specification

    assert len(spec.long_entry.conditions) == 2
    assert spec.long_exit.right == Number(value=70)


def test_reading_twice_gives_the_same_script():
    assert read(SAME).script == read(SAME).script


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("since 2008", "2008-01-01", None),
        ("(2005-2010)", "2005-01-01", "2010-12-31"),
        ("from 1 June 2003 to 31 December 2007", "2003-06-01", "2007-12-31"),
        ("between March 2004 and June 2009", "2004-03-01", "2009-06-30"),
        ("before 2010", None, "2009-12-31"),
        ("after 2010", "2011-01-01", None),
        ("in 2008", "2008-01-01", "2008-12-31"),
        ("over the past 36 months", "2015-12-31", None),
        ("start date 2005-01-01, end date 2010-12-31", "2005-01-01", "2010-12-31"),
    ],
)
def test_dates_are_read_in_many_forms(words, start, end):
    settings = read(f"Buy when RSI(14) is below 30, sell above 70 {words}").settings

    assert (settings.get("start"), settings.get("end")) == (start, end)


@pytest.mark.parametrize(
    ("words", "amount"),
    [
        ("$10,000", 10_000),
        ("50k", 50_000),
        ("25 thousand dollars", 25_000),
        ("a 100,000 dollar account", 100_000),
    ],
)
def test_capital_is_read_in_many_forms(words, amount):
    draft = read(f"With {words}, buy when RSI(14) is below 30, sell above 70.")

    assert draft.settings == {"initial_capital": amount}


def test_the_comparison_is_shared_by_two_averages():
    entry = read("Buy when the close is above the 50-day SMA and the 200-day SMA")

    assert [c.right.numbers for c in entry.specification.long_entry.conditions] == [(50,), (200,)]


def test_it_with_a_number_is_the_indicator_not_the_price():
    draft = read(
        "Buy when RSI(14) is below 30 and the close is above the 200-day SMA; sell when it is "
        "above 60."
    )

    assert draft.specification.long_exit.left.name == "rsi"
    assert any("“It”" in sentence for sentence in draft.assumptions)


def test_above_and_below_a_line_on_both_sides_reverses():
    spec = read("Be long above the 100-day SMA and short below the 100-day SMA.").specification

    assert spec.reverse
    assert spec.long_exit is None


@pytest.mark.parametrize(
    ("idea", "title"),
    [
        (SAME, "RSI(14) < 30"),
        (
            "Buy when RSI(2) drops below 10 while it is above its 200-day average.",
            "RSI(2) crosses below 10, close > SMA(200)",
        ),
        ("Buy on a golden cross with an 8% stop.", "SMA(50) crosses above SMA(200), 8 % stop"),
        (
            "Buy a close above the highest high of the previous 20 days. Sell when the close is "
            "below the lowest low of the previous 10 days.",
            "Close > 20-day high",
        ),
        ("Short when RSI(14) is above 80. Cover when RSI(14) is below 50.", "Short: RSI(14) > 80"),
        ("Just buy and hold.", "Buy and hold SPX"),
        ("Buy when the 50-day EMA is rising. Sell when it is falling.", "EMA(50) rising"),
    ],
)
def test_a_title_names_the_entry_in_the_notation_of_traders(idea, title):
    assert read(idea).title == title


def test_its_high_is_that_of_what_is_spoken_of():
    spec = read("Buy when it closes above its 20-day high. Sell after 5 days.").specification

    assert spec.long_entry.right.of == Indicator(
        name="highest", numbers=(20,), source=Price(field="high")
    )
    own = read("Buy when OBV is above its 20-day high. Sell after 5 days.").specification
    assert own.long_entry.right.of.source == Indicator(name="obv")


def test_a_year_to_start_in_is_not_the_whole_stretch():
    rule = "Buy when RSI(14) is below 30 and sell above 70."

    assert read(f"Start with 20k in 2003. {rule}").settings["start"] == "2003-01-01"
    assert "end" not in read(f"Start with 20k in 2003. {rule}").settings
    assert read(f"In 2003: {rule}").settings["end"] == "2003-12-31"
