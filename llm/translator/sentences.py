"""The grammar of rules: what to do, and when.

idea    := {rule [","|"and"|"then"]} {end of sentence ...}
rule    := action ("when"|"on"|"after"|"while") exits | "when" condition [","] action
         | condition [":"|"="] action | "otherwise" action | stop | test of a named strategy
exits   := exit {"or" exit};  exit := stop | "after" span | profit or loss | condition
"""

from __future__ import annotations

from typing import Any

from llm.specification.model import (
    AllOf,
    Always,
    AnyOf,
)
from llm.translator.exits import CONNECTORS, Found
from llm.translator.relations import negate
from llm.translator.strategies import Strategies


class Sentences(Strategies):
    """Reads whole ideas."""

    __slots__ = ()

    def idea(self) -> Found | None:
        """Everything the text says, or None with `furthest` at the first word not understood."""
        self._between_rules()
        while not self.at_end:
            before = self.i
            if not self._rule_or_definition():
                return None
            if self.i == before:
                return None
            self._between_rules()
        return None if self.found.pending else self.found

    def _between_rules(self) -> None:
        self.skip("STOPMARK", ",", "AND", "NOISE", "PLEASANTRY", ":", "-", "OR", "GAP")
        if self.peek("NUM") and self.peek("STOPMARK", ")", ahead=1) and self._starts_line():
            self.i += 2
            self._between_rules()

    def _starts_line(self) -> bool:
        return self.i == 0 or self.tokens[self.i - 1].has("STOPMARK", ":", "NOISE")

    def _rule_or_definition(self) -> bool:
        for rule in (
            self._risk_rule,
            self._otherwise_rule,
            self._regime_rule,
            self._never_sell,
            self._action_first,
            self._span_then_action,
            self._pending_condition,
            self._condition_first,
            self._tested_strategy,
            self._if_else,
            self._definition,
            self._label,
        ):
            if self.attempt(lambda rule=rule: rule() or None):  # type: ignore[misc]
                return True
        return False

    def _action_first(self) -> bool:
        name = self.action()
        if name is None:
            return False
        if name == "buyhold":
            self.found.no_exit = True
            return self._put(name, Always())
        if name in ("sell", "cover"):
            return self._exit_items(name)
        if name == "hold" and self._hold_span():
            return True
        self.take(",")
        connector = self.take(*CONNECTORS)
        if connector is not None and connector.has("UNTIL"):
            return self._until(name)
        self.skip(*CONNECTORS, "NOISE", "EVERY", "GENERIC") if connector else None
        condition = self._at_band(name) if connector and connector.has("AT", "ON") else None
        if condition is None:
            condition = self.condition()
        if condition is None:
            return False
        self._after_condition()
        if self.take("WHEN"):
            more = self.condition()
            if more is None:
                return False
            condition = AllOf(conditions=(condition, more))
        self._holding(name, condition)
        return self._put(name, condition) and self._after_condition()

    def _holding(self, name: str, condition: Any) -> None:
        if name == "hold":
            self.found.regime = condition

    def _until(self, name: str) -> bool:
        if name != "hold":
            return False
        return self._exit_items("sell")

    def _hold_span(self) -> bool:
        self.skip("FOR", "OF")
        self.take("EXACTLY")
        bars = self.span()
        if bars is None:
            return False
        self.found.risk["hold_bars"] = bars
        return True

    def _condition_first(self) -> bool:
        when = self.take("WHEN", "WHILE", "AFTER", "ON", "AT")
        self.skip("WHEN", "NOISE")
        condition = self.attempt(self._pending_met) or self.condition()
        if condition is None:
            return False
        self.skip(",", ":", "ARROW", "EQUALS", "NOISE", "-", "BE")
        name = self._action_word()
        if name is None:
            return False
        if name in ("sell", "cover") and when is None and self.take("WITH"):
            return False
        self._holding(name, condition)
        if not self._put(name, condition):
            return False
        return self._else_part()

    def _pending_condition(self) -> bool:
        """A sentence that is only a condition waits for "if 1 and 2 hold, buy"."""
        if self.peek("WHEN", "WHILE"):
            return False
        condition = self.condition()
        if condition is None or not self.take("STOPMARK"):
            return False
        self.found.pending.append(condition)
        return True

    def _pending_met(self) -> Any:
        if not self.found.pending:
            return None
        self.take("WHEN")
        if not self.take("ALLMET"):
            return None
        pending = self.found.pending
        self.found.pending = []
        return pending[0] if len(pending) == 1 else AllOf(conditions=tuple(pending))

    def _action_word(self) -> str | None:
        if self.take("IN"):
            return "buy" if self._rule_ends() else None
        name = self.action()
        if name is None or name == "buyhold":
            return None
        return name

    def _else_part(self) -> bool:
        mark = self.mark()
        self.skip(",", "AND", "STOPMARK")
        if self._otherwise_rule():
            return True
        self.reset(mark)
        return True

    def _otherwise_rule(self) -> bool:
        self.skip("AND", ",", "BE")
        if self.take("OTHERWISE"):
            self.take(",")
            name = self.action()
            if name in ("sell", "cover") and not self._rule_ends():
                return self._exit_items(name)
        else:
            name = self.action()
            if name is None or not self.take("OTHERWISE"):
                return False
        if name in ("hold", "buy") and not self.found.entries["long"]:
            out = self.found.exits["long"]
            return len(out) == 1 and self._put("hold", negate(out[0]))
        if name not in ("sell", "cover", "hold"):
            return name == "short" and self._otherwise_short()
        last = self.found.entries["long"] or self.found.entries["short"]
        if not last or name == "hold":
            return False
        self.found.otherwise = True
        condition = last[-1] if len(last) == 1 else AnyOf(conditions=tuple(last))
        return self._put("sell", negate(condition))

    def _otherwise_short(self) -> bool:
        last = self.found.entries["long"]
        if len(last) != 1:
            return False
        self.found.reverse = True
        return self._put("short", negate(last[0]))

    def _regime_rule(self) -> bool:
        """ "Be long while A, be out while it is below" and "hold while A"."""
        name = self.action()
        self.take(",")
        if name not in ("hold", "buy") or not (self.take("WHILE") or self.take("WHEN")):
            return False
        self.skip("WHILE", "NOISE", ":")
        condition = self.condition()
        if condition is None:
            return False
        if name == "hold":
            self.found.regime = condition
        return self._put(name, condition) and self._else_part()

    def _never_sell(self) -> bool:
        self.skip("NOISE")
        if self.take("NOT") and self.take("SELL", "COVER"):
            self._objects()
            self.found.no_exit = True
            return self._rule_ends()
        return False

    def _span_then_action(self) -> bool:
        """ "after 10 trading days I'm out"."""
        if not self.take("AFTER"):
            return False
        bars = self.span()
        if bars is None:
            return False
        self.skip(",", "NOISE", "BE")
        if self.action() not in ("sell", "cover"):
            return False
        self.found.risk["hold_bars"] = bars
        return True


__all__ = ["Found", "Sentences"]
