"""Rules that wait: some days after a signal, or for a price that was not met in time."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import Ago, AllOf
from llm.translator.reading.memory import Unreadable
from llm.translator.reading.told import Told
from llm.translator.said import Said

_SPANS = ("span", "one_unit")
_ACTIONS = ("entry_action", "exit_action")


class Waiting(Told):
    """Reads rules that are acted on some days later."""

    # -- entries -------------------------------------------------------------------------------

    def on_wait_act(self, condition: Any, *parts: Any) -> None:
        """ "When A, wait three days and buy"."""
        self._wait(condition, None, parts)

    def on_wait_act_if(self, condition: Any, *parts: Any) -> None:
        """ "When A, wait three days and buy only if B": B on the day on which it is bought."""
        said = [p for p in parts if isinstance(p, Said)]
        later = [p for p in said if p.kind not in (*_SPANS, *_ACTIONS) and not _is_tail(p)]
        self._wait(condition, later[0], tuple(p for p in parts if p is not later[0]))

    def on_when_hold(self, condition: Any, *rest: Any) -> None:
        """ "when A, buy and keep it for three days"."""
        self.enter("long", self.condition(condition))
        *tails, span = (p for p in rest if isinstance(p, Said))
        self._tails(tuple(tails))
        self.set_risk("hold_bars", self.bars_in(self.read(span)))

    def _wait(self, condition: Any, later: Any, parts: tuple[Any, ...]) -> None:
        said = [p for p in parts if isinstance(p, Said)]
        action = next(p for p in said if p.kind in _ACTIONS)
        span = next(p for p in said if p.kind in _SPANS)
        self._say_side(action)
        found: Any = Ago(of=self.condition(condition), bars=self.bars_in(self.read(span)))
        if later is not None:
            found = AllOf(conditions=(found, self.condition(later)))
        self._tails(tuple(p for p in said if _is_tail(p)))
        self._enter(action, found)

    # -- exits ---------------------------------------------------------------------------------

    def on_leave_unmet(self, *parts: Any) -> None:
        """ "sell if the target is not hit in ten days"."""
        if not {"take_profit", "target_distance", "target_level", "target_multiple"} & set(
            self.found.risk
        ):
            raise Unreadable("ambiguous", "What should be hit by then?")
        for part in parts:
            if isinstance(part, Said) and part.kind == "unmet_in":
                span = next(p for p in part.parts if isinstance(p, Said) and p.kind in _SPANS)
                self.set_risk("hold_bars", self.bars_in(self.read(span)))
            elif isinstance(part, Said) and part.kind == "exit_action":
                self.action(part)
            elif isinstance(part, Said):
                self.read(part)


def _is_tail(said: Said) -> bool:
    return said.kind.startswith(("object", "setting_tail", "size"))
