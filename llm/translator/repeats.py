"""One act that is told twice: "stay in or get in", "sell (or stay out)"."""

from __future__ import annotations

from llm.translator.tokens import Token

_INSIDE = ("BUY", "HOLD")
_OUTSIDE = ("SELL", "FLAT", "OUT")


def once(tokens: list[Token]) -> list[Token]:
    """Of two words for the same act with "or" between them the one that says more.

    Read one by one, "on the last day hold or buy if ..." would be two rules.
    """
    out: list[Token] = []
    k = 0
    while k < len(tokens):
        bracket = k + 1 < len(tokens) and tokens[k].has("LPAR") and tokens[k + 1].has("OR")
        second = k + 1 + bracket
        ends = second + 1 if not bracket else second + 2
        closed = not bracket or (second + 1 < len(tokens) and tokens[second + 1].has("RPAR"))
        told = tokens[k + bracket].has("OR") if k + bracket < len(tokens) else False
        if out and told and closed and second < len(tokens) and _same(out[-1], tokens[second]):
            if tokens[second].has("HOLD", "SELL") and not bracket:
                out[-1] = tokens[second]
            k = ends
            continue
        out.append(tokens[k])
        k += 1
    return out


def _same(one: Token, other: Token) -> bool:
    """Whether both buy, or both sell: never "buy or sell", "long or short", "in or out"."""
    ways = [(t.has(*_INSIDE), t.has(*_OUTSIDE), t.has("SHORT", "COVER")) for t in (one, other)]
    return ways[0] == ways[1] and ways[0] in ((True, False, False), (False, True, False))
