"""What an idea leaves open, and what a person chose there: checked, stored, shown with controls."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from backtests import asking
from backtests.errors import BacktestInvalid
from backtests.models import BacktestRun
from llm.choices import Control, controls_of, is_known, settled, shown, title_of
from llm.provider import Choice, Draft, Refusal

# How fields of a form are named: this, and then the key.
PREFIX = "choice."
MODEL = "Only ideas that the built-in translator reads leave something to choose."


@dataclass(frozen=True)
class Row:
    """One assumption as pages show it; without controls where nothing can be chosen."""

    sentence: str
    key: str = ""
    title: str = ""
    shown: str = ""
    is_chosen: bool = False
    is_open: bool = False
    error: str = ""
    controls: list[Control] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What the inputs of a form are called."""
        return PREFIX + self.key


def of_form(data: Any) -> dict[str, list[str]]:
    """The choices that a form sends, as it sends them."""
    return {
        name.removeprefix(PREFIX): data.getlist(name) for name in data if name.startswith(PREFIX)
    }


def settle(given: Mapping[str, Any] | None) -> dict[str, Any]:
    """Every choice as a plain value; raises `BacktestInvalid` for keys and values that are none."""
    found, wrong = {}, []
    for key, value in (given or {}).items():
        try:
            found[key] = settled(str(key)[:80], value)
        except ValueError as error:
            wrong.append(str(error))
    if wrong:
        raise BacktestInvalid({"choices": wrong})
    return found


def check(draft: Draft, choices: Mapping[str, Any]) -> None:
    """Whether an idea read with these choices really leaves them open.

    Raises `BacktestInvalid` where it does not.
    """
    offered = {choice.key: choice for choice in draft.choices}
    for key in choices:
        if key not in offered:
            others = ", ".join(sorted(offered)) or "nothing"
            raise BacktestInvalid(
                {"choices": [f"This idea does not leave {key} open; it leaves {others}."]}
            )


def parse(
    given: Mapping[str, Any] | None,
    *,
    read: Callable[[Mapping[str, Any]], Draft | Refusal],
    run: BacktestRun,
) -> dict[str, Any]:
    """The choices of a new run: possible, left open by the idea, and other than the usual.

    `read` is how the idea is read with choices. An idea that cannot be read keeps its choices: its
    run will say why.
    """
    choices = settle(given)
    if not choices:
        return {}
    if asking.is_set_up(run.user) and not run.refinements:
        raise BacktestInvalid({"choices": [MODEL]})
    usual = read({})
    if not isinstance(usual, Draft):
        return choices
    found = read(choices)
    if not isinstance(found, Draft):
        raise BacktestInvalid({"choices": [found.message]})
    check(found, choices)
    return unusual(choices, usual)


def unusual(choices: Mapping[str, Any], usual: Draft) -> dict[str, Any]:
    """Without the choices that would have been assumed anyway: a form sends them all."""
    assumed = {choice.key: choice.value for choice in usual.choices}
    return {
        key: value
        for key, value in choices.items()
        if key not in assumed or not is_same(value, assumed[key])
    }


def is_same(one: Any, other: Any) -> bool:
    """Whether two values settle the same; JSON and readers keep numbers differently."""
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return [float(n) for n in one] == [float(n) for n in other]
    return bool(one == other)


def stored(draft: Draft, chosen: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The choices of a draft as `spec.json`, reports and the API keep them."""
    found: dict[str, dict[str, Any]] = {}
    for choice in draft.choices:
        found.setdefault(
            choice.key,
            {
                "key": choice.key,
                "sentence": choice.sentence,
                "value": chosen.get(choice.key, choice.value),
                "options": list(choice.options),
                "is_chosen": choice.key in chosen,
            },
        )
    return list(found.values())


def rows(
    assumptions: Sequence[str], choices: Sequence[Mapping[str, Any]], *, opened: str = ""
) -> list[Row]:
    """Assumptions with the controls of those that leave a choice; `opened` is shown open."""
    by_sentence = {one["sentence"]: one for one in choices if is_known(one["key"])}
    return [
        _row(by_sentence[sentence], opened) if sentence in by_sentence else Row(sentence)
        for sentence in assumptions
    ]


def _row(one: Mapping[str, Any], opened: str) -> Row:
    key, value = one["key"], one["value"]
    choice = Choice(key, one["sentence"], value, tuple(one["options"]))
    return Row(
        sentence=choice.sentence,
        key=key,
        title=title_of(key),
        shown=shown(key, value),
        is_chosen=bool(one["is_chosen"]),
        is_open=key == opened.removeprefix(PREFIX),
        controls=controls_of(choice),
    )
