"""A position that is sold in parts, each at a gain of its own, and the rest."""

from __future__ import annotations

from typing import Any

from llm.specification.model import Part
from llm.translator.reading.afterwards import Afterwards
from llm.translator.reading.memory import Unreadable
from llm.translator.said import Said

_SHARES = {"HALF": 0.5, "THIRD_OF": 1 / 3, "QUARTER_OF": 0.25}


class Parts(Afterwards):
    """Reads "sell half at 5 % profit, another quarter at 10 %, the rest when ..."."""

    def on_sold_in_parts(self, *parts: Any) -> None:
        for part in parts:
            if part.kind == "sold":
                self._sell_part(part)
            elif part.kind == "rest_exit":
                self._leave_part(part.parts[0], cover=False)
            elif part.kind == "rest_multiple":
                self.set_risk("target_multiple", self.number(part.parts[0]))
            else:
                self._rest_at(self.risk(part.parts[0]))

    def _rest_at(self, gain: Any) -> None:
        self.set_risk("take_profit" if isinstance(gain, float) else "target_distance", gain)

    def _sell_part(self, sold: Any) -> None:
        size, goal = sold.find("size_part")[0].parts[0], sold.parts[-1]
        share = (
            self.read(size)
            if isinstance(size, Said)
            else next(s for tag, s in _SHARES.items() if size.has(tag))
        )
        if goal.kind == "goal_multiple":
            multiple = self.number(goal.parts[0])
            self.found.parts.append(Part(share=share, target_multiple=multiple))
            return
        self.found.parts.append(Part(share=share, take_profit=self._gain_of(goal)))

    def _gain_of(self, goal: Any) -> float:
        said = goal.parts[-1]
        found = self.risk(said) if goal.kind == "goal_risk" else self.read(said)
        gain = found if goal.kind != "goal_trade" else getattr(found, "amount", None)
        if goal.kind == "goal_trade" and getattr(found, "name", "") != "take_profit":
            raise Unreadable("unsupported", "A part is sold at a gain in percent.")
        if not isinstance(gain, float):
            raise Unreadable("unsupported", "A partial target is given in percent.")
        return gain
