"""A rule-based "model" for two real strategies, to run the whole pipeline over real HTTP.

It understands "RSI(14) below 30 ... above 70" and "SMA 20 crosses above SMA 50", answers the
reading as JSON, the script as a fenced block, a repair, prose with placeholders, and a sentence
for the lines of a script that it knows. With
`break_first` its first script holds a real mistake that only a repair call takes out; with
`prose_figures` its first prose types a figure.

    python -m tests.fakes.strategy_model --port 11500 --break-first
"""

from __future__ import annotations

import argparse
import json
import re
from dataclasses import dataclass
from typing import Any

from tests.fakes.openai_server import OpenAIServer
from tests.fakes.openai_steps import Step

RSI = re.compile(r"rsi\s*\(?(\d+)?\)?.*?(?:below|under)\s+(\d+).*?above\s+(\d+)", re.I | re.S)
CROSS = re.compile(r"sma\D*(\d+).*?cross\w*\s+above.*?(\d+)", re.I | re.S)

RSI_SCRIPT = '''"""Buy when RSI({period}) is below {low}, sell when it is above {high}."""

from engine import Signals, run, ta

PARAMS = {{"period": {period}, "low": {low}, "high": {high}}}


def signals(bars, period, low, high):
    rsi = ta.rsi(bars.{close}, period)
    return Signals(enter=rsi < low, exit=rsi > high)


if __name__ == "__main__":
    run(signals, PARAMS)
'''

CROSS_SCRIPT = '''"""Buy when SMA({fast}) crosses above SMA({slow}), sell when it crosses below."""

from engine import Signals, run, ta

PARAMS = {{"fast": {fast}, "slow": {slow}}}


def signals(bars, fast, slow):
    quick = ta.sma(bars.{close}, fast)
    calm = ta.sma(bars.{close}, slow)
    return Signals(enter=ta.crosses_above(quick, calm), exit=ta.crosses_below(quick, calm))


if __name__ == "__main__":
    run(signals, PARAMS)
'''

PROSE = """## What happened

The rules earned {{metrics.total_return}} where {{benchmark.name}} earned
{{benchmark.metrics.total_return}}; the deepest fall was {{metrics.max_drawdown}}.

## Why to be careful

There were {{trade_metrics.trades}} trades. One market is one market.

## What to look at next

- Costs charged: {{costs.charged}}.
"""


# What a line of these scripts begins with, and what it does.
SENTENCES = {
    "from engine import": "Take what the rules need from the engine.",
    "PARAMS =": "The numbers of the rules, by name.",
    "def signals": "Decide for all days at once, with these numbers.",
    "rsi =": "Compute the RSI of the closes over so many days.",
    "quick =": "Compute the faster average of the closes.",
    "calm =": "Compute the slower average of the closes.",
    "return Signals": "Hand over on which days to enter and on which to leave.",
    "if __name__": "Only when the file is run by itself:",
    "run(": "Run the rules on the data that are named.",
}


@dataclass
class StrategyModel:
    """The responder; `OpenAIServer(StrategyModel(break_first=True))`."""

    break_first: bool = False
    prose_figures: bool = False

    def __call__(self, body: dict[str, Any]) -> Step:
        messages = body["messages"]
        system, turns = messages[0]["content"], len(messages)
        asked = next(m["content"] for m in messages if m["role"] == "user")
        if "You read trading ideas" in system:
            return Step(content=json.dumps(self.reading(data(asked, "idea"))), chunk=60)
        if "You write one readable Python file" in system:
            return Step(content=self.script(asked, repairing="<failure-" in asked), chunk=40)
        if "You comment on a finished backtest" in system:
            wrong = self.prose_figures and turns == 2
            return Step(content=PROSE + ("\nThat is 12 % a year.\n" if wrong else ""), chunk=40)
        if "You explain a trading script" in system:
            return Step(content=json.dumps(self.explanation(data(asked, "script"))), chunk=60)
        return Step(content="I am a rule-based demo model and know two strategies only.")

    def reading(self, idea: str) -> dict[str, Any]:
        found = rules_of(idea)
        empty = {
            "title": "",
            "summary": "",
            "refusal": None,
            "unclear": [],
            "symbol": None,
            "start": None,
            "end": None,
            "initial_capital": None,
            "commission": None,
            "slippage": None,
            "side": "long",
            "rules": [],
            "needs_volume": False,
            "needs_range": False,
            "warm_up_bars": 0,
            "assumptions": [],
        }
        if found is None:
            message = "This demo model knows RSI levels and SMA crosses only."
            refusal = {"code": "not_understood", "message": message, "words": []}
            return {**empty, "refusal": {**refusal, "suggestions": ["Buy when RSI is below 30"]}}
        title, entry, leave, warm_up = found[1:]
        rules = [
            {"part": "entry", "rule": entry, "assumed": False},
            {"part": "exit", "rule": leave, "assumed": "cross" in leave},
        ]
        assumed = [f"Sells when {leave}."] if "cross" in leave else []
        cost = re.search(r"(\d+(?:\.\d+)?)\s*% commission", idea)
        return {
            **empty,
            "title": title,
            "summary": f"Buys when {entry}, sells when {leave}.",
            "symbol": symbol_of(idea),
            "commission": float(cost[1]) / 100 if cost else None,
            "rules": rules,
            "warm_up_bars": warm_up,
            "assumptions": assumed,
        }

    def explanation(self, numbered: str) -> dict[str, Any]:
        lines = []
        for row in numbered.splitlines():
            number, _, code = row.partition("| ")
            said = [why for begins, why in SENTENCES.items() if code.strip().startswith(begins)]
            lines += [{"line": int(number), "sentence": why} for why in said[:1]]
        return {"lines": lines}

    def script(self, asked: str, *, repairing: bool) -> str:
        idea = data(asked, "idea") if "<idea-" in asked else data(asked, "strategy")
        found = rules_of(idea)
        if found is None:
            return "I cannot write that."
        broken = self.break_first and not repairing
        script = found[0].replace("{close}", "clsoe" if broken else "close")
        return f"```python\n{script}```"


def rules_of(idea: str) -> tuple[str, str, str, str, int] | None:
    """(script, title, entry, exit, warm-up) of the strategy in the idea."""
    if rsi := RSI.search(idea):
        period, low, high = rsi[1] or "14", rsi[2], rsi[3]
        script = RSI_SCRIPT.format(period=period, low=low, high=high, close="{close}")
        entry, leave = f"RSI({period}) is below {low}", f"RSI({period}) is above {high}"
        return script, "Oversold dip buyer", entry, leave, int(period)
    if cross := CROSS.search(idea):
        fast, slow = cross[1], cross[2]
        script = CROSS_SCRIPT.format(fast=fast, slow=slow, close="{close}")
        entry = f"SMA({fast}) crosses above SMA({slow})"
        leave = f"SMA({fast}) crosses below SMA({slow})"
        return script, "Moving average cross", entry, leave, int(slow)
    return None


def symbol_of(idea: str) -> str | None:
    found = re.search(r"S&P 500|NASDAQ|\b[A-Z]{2,5}\b(?=\s+when)", idea)
    return found[0] if found else None


def data(message: str, name: str) -> str:
    """What stands between the tags of one data block."""
    block = re.search(rf"<{name}-(\w+)>\n(.*?)\n</{name}-\1>", message, re.S)
    return block[2] if block else ""


def main() -> None:
    parser = argparse.ArgumentParser(description="Serve the rule-based demo model.")
    parser.add_argument("--port", type=int, default=11500)
    parser.add_argument("--break-first", action="store_true")
    parser.add_argument("--prose-figures", action="store_true")
    options = parser.parse_args()
    model = StrategyModel(options.break_first, options.prose_figures)
    server = OpenAIServer(model, port=options.port)
    print(server.url, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
