"""Scripts: executed once, as the sandbox does it, and by themselves on the command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import engine
from engine import Bars, Decisions, EngineError, SignalsError, harness, simulate
from engine.command import run
from engine.decisions import unpack_many
from tests.engine import scripts
from tests.engine.golden_strategies import sma_cross
from tests.engine.markets import flat_days, index_bars

ROOT = Path(engine.__file__).parent.parent
HEAD = "from engine import Signals, Strategy\nPARAMS = {}\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "bars.npy"
    np.save(path, index_bars().head(1500).to_matrix())
    return path


def test_a_script_becomes_the_decisions_it_means(data: Path) -> None:
    payload = harness.main(scripts.SMA_CROSS, str(data), None)
    bars = Bars.read(data)
    direct = Decisions.from_signals(sma_cross(bars), len(bars))
    assert payload == direct.to_bytes()


def test_params_replace_those_of_the_script(data: Path) -> None:
    slow = harness.decide(scripts.SMA_CROSS, str(data), {"slow": 100})
    assert slow != harness.decide(scripts.SMA_CROSS, str(data))
    with pytest.raises(harness.ScriptError, match="no parameter 'slowly'; it has fast, slow"):
        harness.decide(scripts.SMA_CROSS, str(data), {"slowly": 100})


def test_a_walking_strategy_trades_like_the_vectorised_one(data: Path) -> None:
    bars = Bars.read(data)
    books = [
        simulate(bars, Decisions.from_bytes(harness.decide(source, str(data)), len(bars)))
        for source in (scripts.SMA_CROSS, scripts.SMA_CROSS_WALKING)
    ]
    assert len(books[0].trades) > 5
    assert books[0].trades == books[1].trades


def test_a_walking_strategy_sees_its_bars_only_and_knows_its_position() -> None:
    class Watcher(engine.Strategy):
        def on_start(self, ctx: object) -> None:
            self.seen: list[tuple[int, int, int]] = []

        def on_bar(self, ctx) -> None:  # type: ignore[no-untyped-def]
            self.seen.append((len(ctx.bars), ctx.position.side, ctx.position.bars_held))
            if len(ctx.bars) == 2:
                ctx.buy(stop_loss=0.2)

    watcher = Watcher()
    bars = flat_days(10, 10, 10, 10, 7, 7)
    decisions = engine.strategy.decide(watcher, bars)
    # Bought at bar 2, stopped inside bar 4: flat at its close already.
    assert watcher.seen == [(1, 0, 0), (2, 0, 0), (3, 1, 0), (4, 1, 1), (5, 0, 0), (6, 0, 0)]
    trade = simulate(bars, decisions).trades[0]
    assert (trade.entry_bar, trade.exit_bar, trade.exit_reason) == (2, 4, "stop")


def test_orders_of_a_walking_strategy_are_checked() -> None:
    class Wrong(engine.Strategy):
        def on_bar(self, ctx) -> None:  # type: ignore[no-untyped-def]
            ctx.buy(stop_los=0.1)

    with pytest.raises(SignalsError, match="no 'stop_los'"):
        engine.strategy.decide(Wrong(), flat_days(1, 2))


def test_a_walking_strategy_uses_every_kind_of_order(data: Path) -> None:
    class Careful(engine.Strategy):
        sizing = "risk"
        max_entries = 2
        trail_from = "high"
        cooldown = 3

        def on_start(self, ctx) -> None:  # type: ignore[no-untyped-def]
            self.seen: list[tuple[int, float, float, float, int]] = []

        def on_bar(self, ctx) -> None:  # type: ignore[no-untyped-def]
            held, bars = ctx.position, ctx.bars
            self.seen.append(
                (held.entries, held.entry_price, held.highest, held.lowest, len(ctx.closed))
            )
            last = float(bars.close[-1])
            if len(bars) % 10 == 5:
                ctx.buy(size=0.01, stop_loss=0.03, entry_limit=last, trailing_distance=last / 20)
            elif held and held.highest > 1.02 * held.entry_price:
                ctx.close(size=0.5)
            elif held.is_long:
                ctx.trail(level=0.97 * held.highest)

    bars = Bars.read(data)
    careful = Careful()
    decisions = engine.strategy.decide(careful, bars)
    books = simulate(bars, decisions, engine.SimulationConfig(commission=0.0))
    assert {trade.exit_reason for trade in books.trades} >= {"stop", "signal", "trail"}
    assert max(entries for entries, *_ in careful.seen) == 2
    # What it was told while walking is what the books say afterwards.
    for t, (entries, price, highest, lowest, closed) in enumerate(careful.seen):
        assert closed == sum(k.exit_bar <= t and not k.open_at_end for k in books.trades)
        held = [
            k for k in books.trades
            if k.entry_bar <= t and (k.exit_bar > t or k.open_at_end)
        ]  # fmt: skip
        assert len({k.entry_bar for k in held}) == entries
        if held:
            units = sum(k.quantity for k in held)
            assert price == pytest.approx(sum(k.quantity * k.entry_price for k in held) / units)
            since = min(k.entry_bar for k in held)
            assert highest == bars.high[since : t + 1].max()
            assert lowest == bars.low[since : t + 1].min()


def test_nothing_behind_the_bars_of_a_walk_is_the_future() -> None:
    class Digger(engine.Strategy):
        def on_bar(self, ctx) -> None:  # type: ignore[no-untyped-def]
            column = ctx.bars.close
            while column.base is not None:
                column = column.base
            assert np.isnan(column).sum() >= column.size - 5 * len(ctx.bars)
            with pytest.raises(ValueError, match="read-only"):
                ctx.bars.close[0] = 1.0
            assert ctx.bars.time[-1] == ctx.bars.frame.index.tz_localize(None)[-1]

    engine.strategy.decide(Digger(), flat_days(1, 2, 3, 4))


def test_a_sweep_decides_as_one_run_for_each_parameter_set_would(data: Path) -> None:
    n = len(Bars.read(data))
    grid = [{"fast": fast, "slow": slow} for fast in (5, 20) for slow in (50, 60)] + [{}]
    for source in (scripts.SMA_CROSS, scripts.SMA_CROSS_WALKING):
        found = unpack_many(harness.sweep(source, str(data), {"grid": grid}), n)
        for values, decisions in zip(grid, found, strict=True):
            assert decisions.to_bytes() == harness.decide(source, str(data), values)


def test_a_remembered_indicator_cannot_be_spoiled(data: Path) -> None:
    source = (
        "from engine import Signals, ta\n"
        "PARAMS = {'n': 20}\n"
        "def signals(bars, n):\n"
        "    mean = ta.sma(bars, 20)\n"
        "    line, _, _ = ta.macd(bars.close)\n"
        "    mean[:] -= n\n"
        "    line[:] += n\n"
        "    return Signals(enter=ta.crosses_above(bars.close, mean), exit=line < 10)\n"
    )
    grid = [{"n": n} for n in (0, 3, 0)]
    found = unpack_many(harness.sweep(source, str(data), {"grid": grid}), len(Bars.read(data)))
    for values, decisions in zip(grid, found, strict=True):
        assert decisions.to_bytes() == harness.decide(source, str(data), values)


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({}, "needs"),
        ({"grid": [1]}, "needs"),
        ({"grid": [{"slow": 5}, {"slowly": 5}]}, "With slowly = 5: .*no parameter 'slowly'"),
        ({"grid": [{}] * 100_001}, "at most 100,000"),
    ],
)
def test_a_sweep_that_cannot_be_says_why(data: Path, params: dict, sentence: str) -> None:
    with pytest.raises(harness.ScriptError, match=sentence):
        harness.sweep(scripts.SMA_CROSS, str(data), params)


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        (HEAD, "neither a signals"),
        (HEAD + "def signals(bars): return [1, 2]", "must return Signals"),
        (HEAD + "def signals(bars): return Signals(enter=bars.close)", "True and False"),
        (HEAD + "def signals(bars): return Signals(enter=bars.close[1:] > 0)", "1499 values"),
        (HEAD + "class A(Strategy): pass\nclass B(Strategy): pass", "several Strategy classes"),
        ("PARAMS = 3\ndef signals(bars): pass", "PARAMS must be a dict"),
    ],
)
def test_scripts_that_break_the_contract_say_how(data: Path, source: str, sentence: str) -> None:
    with pytest.raises(EngineError, match=sentence):
        harness.decide(source, str(data))


def test_an_error_of_the_script_names_its_line(data: Path) -> None:
    source = HEAD + "def signals(bars):\n    return 1 / 0\n"
    with pytest.raises(ZeroDivisionError) as caught:
        harness.decide(source, str(data))
    last = caught.traceback[-1]
    assert (Path(str(last.path)).name, last.lineno + 1) == ("strategy.py", 4)


def test_a_script_runs_by_itself(tmp_path: Path) -> None:
    script, data, log = tmp_path / "strategy.py", tmp_path / "bars.csv", tmp_path / "run.log"
    script.write_text(scripts.SMA_CROSS)
    data.write_text(index_bars().head(800).to_csv())
    done = subprocess.run(
        [sys.executable, script, "--data", data, "--log", log, "--params", '{"slow": 60}'],
        capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "final equity" in done.stdout and "trades" in done.stdout
    entries = [json.loads(line) for line in log.read_text().splitlines()]
    assert entries[0]["params"] == {"fast": 20, "slow": 60}
    assert entries[-1]["event"] == "end"
    assert len(entries) > 2 and all(entry["event"] == "trade" for entry in entries[1:-1])


def test_the_command_line_gives_the_books_of_the_library(tmp_path: Path) -> None:
    data = tmp_path / "bars.csv"
    bars = index_bars().head(800)
    data.write_text(bars.to_csv())
    books = run(sma_cross, {}, ["--data", str(data), "--cash", "5000", "--commission", "0.002"])
    config = engine.SimulationConfig(5_000, 0.002)
    again = simulate(bars, Decisions.from_signals(sma_cross(bars), len(bars)), config)
    assert books.equity.tolist() == again.equity.tolist()


def test_mistakes_on_the_command_line_are_one_sentence(tmp_path: Path) -> None:
    for argv in (["--data", str(tmp_path / "no.csv")], ["--data", str(tmp_path / "no.xls")]):
        with pytest.raises(SystemExit, match="error: "):
            run(sma_cross, {}, argv)


def test_importing_the_engine_loads_nothing_heavy() -> None:
    script = (
        "import sys, engine;"
        "heavy = ('numpy', 'pandas', 'talib', 'numba', 'scipy');"
        "print([m for m in heavy if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.strip() == "[]"


READ_ONLY = """
import os, resource, sys
import engine
engine.warm()
child = os.fork()
if child == 0:
    # As strict as a sandbox without one: nothing may be written, nobody started.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
    def refuse(event, args):
        if event in ("subprocess.Popen", "os.fork", "os.posix_spawn", "os.system"):
            os._exit(3)
        if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+"):
            os._exit(4)
    sys.addaudithook(refuse)
    from engine import harness, Decisions, Bars, simulate
    source = open(sys.argv[1]).read()
    bars = Bars.read(sys.argv[2])
    payload = harness.main(source, sys.argv[2], {})
    books = simulate(bars, Decisions.from_bytes(payload, len(bars)))
    os._exit(0 if len(books.trades) > 3 else 5)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.parametrize("source", [scripts.SMA_CROSS, scripts.SMA_CROSS_WALKING])
def test_a_forked_process_needs_to_write_and_start_nothing(
    tmp_path: Path, data: Path, source: str
) -> None:
    (tmp_path / "strategy.py").write_text(source)
    done = subprocess.run(
        [sys.executable, "-c", READ_ONLY, tmp_path / "strategy.py", data],
        capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    assert done.stdout.strip() == "0", done.stdout + done.stderr


def test_the_kernel_compiles_where_no_cache_can_be_written(tmp_path: Path) -> None:
    script = (
        "import numba\n"
        "real = numba.njit\n"
        "def njit(signature, cache=False, **options):\n"
        "    if cache: raise RuntimeError('cannot cache function: no locator available')\n"
        "    return real(signature)\n"
        "numba.njit = njit\n"
        "from engine.compilation import compiled\n"
        "@compiled('int64(int64)')\n"
        "def double(x): return 2 * x\n"
        "print(double(21))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == "42", done.stderr
