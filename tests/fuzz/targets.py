"""Everything that reads what a script left, each as a function of arbitrary bytes.

A target raises for bytes that break a promise: a crash of its own, an error that is not the
documented one, or something read that could not have been written.
"""

import contextlib
import json
import tempfile
from pathlib import Path

import numpy as np

from engine import lookahead
from engine.decisions import Decisions, unpack_many
from engine.errors import EngineError
from engine.lookahead.locate import read_record
from engine.portfolio import Weights
from sandbox import ingest, protocol

MOST = 1 << 16
BARS = 12
SOURCE = "\n".join(f"x{line} = bars.close.shift(-{line})" for line in range(1, 30))


def answer(data: bytes) -> None:
    """The supervisor's frames, arriving in pieces."""
    reading = protocol.Answer(max_files=4, max_bytes=4096)
    step = 1 + (data[0] if data else 0)
    with contextlib.suppress(protocol.ProtocolError):
        for start in range(0, len(data), step):
            reading.feed(data[start : start + step])
    assert sum(map(len, reading.files.values())) <= 4096
    assert len(reading.files) <= 4
    assert all(protocol.FILE_NAME.fullmatch(name) for name in reading.files)


def lines(data: bytes) -> None:
    """JSON lines that a script printed."""
    found = protocol.strict_lines(data)
    for value in found.objects:
        text = json.dumps(value, allow_nan=False)
        assert json.loads(text) == value
        text.encode("utf-8")
    assert found.bad >= 0 and len(found.objects) <= protocol.MAX_LINES


def page(data: bytes) -> None:
    """What the pages show of a result and its files."""
    with tempfile.TemporaryDirectory() as folder:
        half = len(data) // 2
        result = Path(folder, "result")
        text = data.decode("utf-8", "surrogateescape").encode("utf-8", "replace").decode()
        result.write_text(json.dumps({"status": "ok", "stdout": text, "stderr": text[half:]}))
        out = Path(folder, "out")
        out.mkdir()
        (out / "a.jsonl").write_bytes(data[:half])
        (out / "b.json").write_bytes(data[half:])
        shown = ingest.ingest(result, out)
        assert shown.isascii() and "\n" not in shown
        for entry in json.loads(shown)["logs"]:
            assert not any(mark in value for value in entry.values() for mark in "<>\"'\x1b\u202e")
        raw = Path(folder, "raw")
        raw.write_bytes(data)
        with contextlib.suppress(ValueError, RecursionError):
            json.loads(ingest.ingest(raw, out))


def decisions(data: bytes) -> None:
    """Decisions of one symbol: what is read is exactly what writing it gives."""
    with contextlib.suppress(EngineError):
        found = Decisions.from_bytes(data, bars=BARS)
        assert found.to_bytes() == data
        assert len(found) == BARS
        for column in found.levels.values():
            assert not np.isinf(column).any()


def many_decisions(data: bytes) -> None:
    """Decisions of a sweep."""
    with contextlib.suppress(EngineError):
        assert all(len(one) == BARS for one in unpack_many(data, BARS))


def weights(data: bytes) -> None:
    """Weights of several symbols."""
    with contextlib.suppress(EngineError):
        found = Weights.from_bytes(data, BARS, 3, ("A", "B", "C"))
        assert found.table.shape == (BARS, 3)
        assert np.nansum(np.abs(found.table), axis=1).max() <= 1 + 1e-9


def record(data: bytes) -> None:
    """What the watcher of a script's lines noted."""
    half = len(data) // 2
    with contextlib.suppress(EngineError):
        read_record(data)
    with contextlib.suppress(EngineError):
        culprit = lookahead.locate(SOURCE, data[:half], data[half:])
        assert culprit is None or len(culprit.sentence) < 1000


TARGETS = {
    target.__name__: target
    for target in (answer, lines, page, decisions, many_decisions, weights, record)
}


def seeds(name: str) -> list[bytes]:
    """Well-formed examples to begin with."""
    if name == "answer":
        return [_framed({}), _framed({"a.json": b"{}", "b.csv": b"1,2\n"})]
    if name in ("lines", "page"):
        return [b'{"type": "log", "msg": "<b>x</b>", "v": [1, 2.5]}\n', b"not json\n{}\n[1]\nNaN"]
    if name == "weights":
        table = np.full((BARS, 3), np.nan)
        table[[2, 7]] = [[0.5, 0.25, -0.25], [0.0, 0.0, 1.0]]
        return [Weights(table).checked(BARS, 3).to_bytes()]
    if name == "record":
        entry = json.dumps([[3, "x", [1.0, None]], [4, "return", [2.5]]]).encode()
        return [entry + entry.replace(b"1.0", b"9.0")]
    return _written_decisions(many=name == "many_decisions")


def _framed(files: dict[str, bytes]) -> bytes:
    header = {"status": "ok", "files": [[file, len(body)] for file, body in files.items()]}
    framed = protocol.frame(json.dumps(header).encode())
    return framed + b"".join(map(protocol.frame, files.values()))


def _written_decisions(*, many: bool) -> list[bytes]:
    from engine import Leg, Signals
    from engine.packing import pack_many

    days = np.arange(BARS)
    some = [
        Signals(enter=days % 5 == 1, exit=days % 5 == 3, size=0.5, stop_loss=0.05),
        Signals(enter=days == 2, entry_limit=100.0 - days, entry_expiry=3, max_entries=2),
        Signals(
            enter_short=days > 6,
            legs=(Leg(0.5, take_profit=0.1), Leg(0.5, take_profit=0.2)),
            max_bars=4,
        ),
    ]
    written = [Decisions.from_signals(one, BARS) for one in some]
    return [pack_many(written)] if many else [one.to_bytes() for one in written]
