"""The script of a rotation: score every symbol, hold the best, until the next such day."""

from __future__ import annotations

from typing import Any

from llm.specification.expressions import Expressions, tidy
from llm.specification.meanings import LOOPS
from llm.specification.words import say_condition, say_value


class RotationLines(Expressions):
    """Writes helper functions for one symbol, and the loop that chooses among them."""

    def __init__(self, spec: Any) -> None:
        super().__init__(spec)
        self.helpers: list[tuple[str, str]] = []

    def write(self) -> None:
        """Fill `helpers` and `lines`."""
        self.uses_numpy = True
        rotation = self.spec.rotation
        assert rotation is not None
        score = allowed = ""
        if rotation.rank is not None:
            score = self._helper("score", rotation.rank, say_value(rotation.rank))
        if rotation.only_if is not None:
            allowed = self._helper("allowed", rotation.only_if, say_condition(rotation.only_if))
        self.line("bars = panel.bars[0]", "All symbols share their days.")
        when = self.condition(rotation.when)
        self.line(f"when = {when}", f"Choose anew whenever {say_condition(rotation.when)}.")
        if score:
            self.line(
                f"scores = np.column_stack([{score} for one in panel.bars])",
                f"For each symbol: {say_value(rotation.rank)}.",
            )
        if allowed:
            self.line(
                f"may_hold = np.column_stack([{allowed} for one in panel.bars])",
                f"For each symbol, whether it may be held: {say_condition(rotation.only_if)}.",
            )
        self._loop(bool(score), bool(allowed))

    def _helper(self, name: str, node: Any, said: str) -> str:
        """One function over the bars of one symbol; returns how it is called."""
        inner = Expressions(self.spec)
        inner.side = name
        text = inner.condition(node) if name == "allowed" else inner.value(node, name=name)
        self.uses_numpy = True
        for key, value in inner.params.items():
            self.params[key] = value
        names = ", ".join(inner.params)
        parameters = f"bars, {names}" if names else "bars"
        self.helpers.append((f"def {name}({parameters}):", f"Of one symbol: {said}."))
        self.helpers += [(f"    {line}", why) for line, why in inner.lines]
        self.told |= inner.told
        self.helpers += [(f"    return {text}", f"The answer: {said}."), ("", ""), ("", "")]
        return f"{name}(one, {names})" if names else f"{name}(one)"

    def _loop(self, has_scores: bool, has_rule: bool) -> None:
        rotation = self.spec.rotation
        assert rotation is not None
        add = self.line
        add("", "")
        for line in ("target = np.full(panel.close.shape, np.nan)", "held = None"):
            add(line, LOOPS[line])
        known = " & ~np.isnan(scores).any(axis=1)" if has_scores else ""
        add(f"for t in np.flatnonzero(when{known}):", "On each such day for which all is known:")
        if has_scores:
            sign = "" if rotation.lowest else "-"
            add(f'    order = np.argsort({sign}scores[t], kind="stable")', "The best first.")
        else:
            add("    order = range(len(panel.symbols))", "All of them.")
        rule = " if may_hold[t, k]" if has_rule else ""
        add(f"    chosen = [int(k) for k in order{rule}]", "Those that may be held.")
        if has_scores:
            add(f"    chosen = chosen[:{rotation.hold}]", f"At most {rotation.hold} of them.")
        add("    if chosen != held:", "Only a change is an order.")
        for line in ("held = chosen", "target[t] = 0.0"):
            add(f"        {line}", LOOPS[line])
        shares = f"        target[t, chosen] = {self._shares(has_scores)}"
        add(shares, "and the chosen get their shares of the account.")

    def _shares(self, has_scores: bool) -> str:
        rotation = self.spec.rotation
        assert rotation is not None
        if rotation.shares:
            shares = [tidy(share) for share in rotation.shares]
            return f"np.array({shares!r})[chosen]"
        if has_scores:
            return repr(tidy(1 / rotation.hold))
        return "1.0 / max(1, len(chosen))"
