"""One rule in several languages is one specification."""

import pytest

from llm.specification.nodes import Cross
from llm.translator.tongues import language_of
from tests.llm.worlds import read, refusal

RULES = {
    "Buy when RSI(14) is below 30 and sell when RSI(14) is above 70.": [
        "Compra cuando el RSI(14) esté por debajo de 30 y vende cuando esté por encima de 70.",
        "Comprar quando o RSI(14) estiver abaixo de 30 e vender quando estiver acima de 70.",
        "Acheter quand le RSI(14) est inférieur à 30, vendre quand il est supérieur à 70.",
        "Kaufe, wenn der RSI(14) unter 30 liegt, und verkaufe, sobald er über 70 liegt.",
        "当RSI(14)低于30时买入，高于70时卖出。",
    ],
    "Buy when the 20-day SMA crosses above the 90-day SMA, sell when it crosses below.": [
        "Compra cuando la media móvil simple de 20 días cruce por encima de la de 90 días, "
        "vende cuando cruce por debajo.",
        "Acheter quand la moyenne mobile simple à 20 jours croise au-dessus de la moyenne mobile "
        "simple à 90 jours, vendre quand elle croise en dessous.",
        "20日简单均线上穿90日简单均线时买入，下穿时卖出。",
    ],
    "Buy when the close is above the 200-day SMA, sell when it is below. Stop loss 5%.": [
        "收盘价高于200日简单均线时买入，低于200日简单均线时卖出，止损5%",
    ],
}
CASES = [(english, other) for english, others in RULES.items() for other in others]


@pytest.mark.parametrize(("english", "other"), CASES, ids=[c[1][:30] for c in CASES])
def test_a_rule_means_the_same_in_every_language(english, other):
    first, second = read(english).specification, read(other).specification

    assert second.model_dump(exclude={"assumptions"}) == first.model_dump(exclude={"assumptions"})


def test_a_german_verb_at_the_end_tells_crossing_from_state():
    rises = read("Kaufe, wenn der Kurs über die 50-Tage-Linie steigt.").specification
    lies = read("Kaufe, wenn der Kurs über der 50-Tage-Linie liegt.").specification

    assert isinstance(rises.long_entry, Cross)
    assert not isinstance(lies.long_entry, Cross)


def test_english_stays_english_whatever_names_it_holds():
    assert language_of("Buy when the close is above the SMA de facto") == "en"
    assert language_of("") == "en"


def test_foreign_words_that_are_not_understood_are_refused_too():
    assert refusal("Kaufe, wenn die Nachrichten gut sind.").code == "missing_data"
    assert refusal("Kaufe, wenn der Schlusskurs blau ist.").code == "not_understood"
