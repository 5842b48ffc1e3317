"""What the host makes of untrusted bytes: lines, frames, results and output directories."""

import json
import os
import socket
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox import ingest, protocol
from sandbox.commands import keep_files
from sandbox.protocol import Answer, ProtocolError, strict_lines

QUICK = settings(max_examples=150, deadline=None)

TREES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    # Brackets inside text count as nesting (see `_depth`), so a few of them are not "honest".
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="[{"), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc"), inner, max_size=3),
    max_leaves=4,
)


@QUICK
@given(st.binary(max_size=2000))
def test_any_bytes_are_read_without_an_exception(raw: bytes) -> None:
    lines = strict_lines(raw)
    assert len(lines.objects) + lines.bad <= raw.count(b"\n") + 1
    json.dumps(lines.objects, allow_nan=False, ensure_ascii=False).encode()


@QUICK
@given(st.lists(st.dictionaries(st.text("abc", max_size=3), TREES, max_size=3), max_size=3))
def test_honest_objects_come_through_unchanged(objects: list[dict[str, object]]) -> None:
    raw = "\n".join(json.dumps(value) for value in objects).encode()
    assert list(strict_lines(raw).objects) == objects


@pytest.mark.parametrize(
    "line",
    [
        b'{"v": NaN}',
        b'{"v": Infinity}',
        b'{"v": 1e999}',
        b'{"v": -1e999}',
        b'{"v": 12345678901234567890}',
        b'{"v": "\\ud800"}',
        b'{"v": "\xff"}',
        b"[1]",
        b'"text"',
        b'{"v":' * 9 + b"1" + b"}" * 9,
        b'{"v": "' + b"x" * (64 << 10) + b'"}',
        b"[" * 100_000,
        b'{"v": 1} {"v": 2}',
    ],
)
def test_a_bad_line_is_counted_and_the_next_one_is_read(line: bytes) -> None:
    lines = strict_lines(line + b'\n{"good": 1}\n')
    assert (lines.bad, lines.objects) == (1, ({"good": 1},))


def test_lines_beyond_the_limit_are_only_counted() -> None:
    lines = strict_lines(b"{}\n" * (protocol.MAX_LINES + 5))
    assert (len(lines.objects), lines.bad) == (protocol.MAX_LINES, 5)


def answer_bytes(header: dict[str, object], files: dict[str, bytes]) -> bytes:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        protocol.send_answer(theirs, header, files)
        theirs.close()
        return b"".join(iter(lambda: ours.recv(1 << 16), b""))


@QUICK
@given(
    st.dictionaries(
        st.from_regex(protocol.FILE_NAME, fullmatch=True), st.binary(max_size=50), max_size=4
    ),
    st.integers(1, 40),
)
def test_an_answer_arrives_whole_in_pieces_of_any_size(files: dict[str, bytes], piece: int) -> None:
    raw = answer_bytes({"status": "ok"}, files)
    answer = Answer(max_files=4, max_bytes=1000)
    for start in range(0, len(raw), piece):
        answer.feed(raw[start : start + piece])
    assert answer.complete
    assert (answer.header, answer.files) == ({"status": "ok"}, files)


@QUICK
@given(st.binary(max_size=300))
def test_a_garbled_answer_is_a_protocol_error_or_incomplete(raw: bytes) -> None:
    answer = Answer(max_files=4, max_bytes=1000)
    try:
        answer.feed(raw)
    except ProtocolError:
        return
    assert not answer.complete or json.dumps(answer.header)


@pytest.mark.parametrize(
    "files",
    [
        [["../x", 1]],
        [["a", -1]],
        [["a", 1], ["a", 1]],
        [["a", 2000]],
        [[f"f{n}", 0] for n in range(5)],
        ["a"],
        None,
    ],
)
def test_an_announcement_out_of_bounds_is_refused(files: object) -> None:
    with pytest.raises(ProtocolError):
        Answer(max_files=4, max_bytes=1000).feed(
            protocol.frame(json.dumps({"files": files}).encode())
        )


def test_a_huge_frame_is_refused_before_it_is_read() -> None:
    with pytest.raises(ProtocolError):
        Answer(max_files=4, max_bytes=1000).feed(struct.pack(">I", 1 << 31))


def read(tmp_path: Path, stdout: str = "", stderr: str = "") -> dict[str, object]:
    result = tmp_path / "result.json"
    result.write_text(json.dumps({"status": "ok", "stdout": stdout, "stderr": stderr}))
    (tmp_path / "out").mkdir(exist_ok=True)

    def refuse(text: str) -> float:
        raise AssertionError(text)

    line = ingest.ingest(str(result), str(tmp_path / "out"))
    assert line.isascii()
    assert "\n" not in line
    value = json.loads(line, parse_constant=refuse)
    assert isinstance(value, dict)
    return value


def test_hostile_text_is_escaped_and_stripped(tmp_path: Path) -> None:
    texts = ["<script>alert(1)</script>", '"><img src=x>', "\x1b]0;t\x07\x1b[2J", "\u202eabc\u2066"]
    value = read(tmp_path, "\n".join(json.dumps({"msg": text}) for text in texts))
    shown = [entry["msg"] for entry in value["logs"]]
    assert shown[0] == "&lt;script&gt;alert(1)&lt;/script&gt;"
    assert shown[1] == "&quot;&gt;&lt;img src=x&gt;"
    assert "\x1b" not in shown[2]
    assert shown[3] == "\ufffdabc\ufffd"


def test_numbers_that_are_none_do_not_reach_the_summary(tmp_path: Path) -> None:
    value = read(tmp_path, '{"equity": NaN}\n{"equity": 1e999}\n{"equity": 2.5}')
    assert value["bad_lines"] == 2
    assert value["logs"] == [{"equity": "2.5"}]


@QUICK
@given(st.text(max_size=300))
def test_any_text_becomes_clean_and_short(text: str) -> None:
    cleaned = ingest.clean(text)
    assert not set(cleaned) & set("<>\"'\x1b\r\n\u202e")
    assert len(cleaned) <= ingest.MAX_TEXT * 6


def test_only_plain_named_files_are_listed_and_none_is_followed(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    secret = tmp_path / "secret.json"
    secret.write_text('{"secret": 1}')
    (out / "good.jsonl").write_text('{"a": 1}\nbad\n{"b": 2}\n')
    (out / "table.csv").write_text("=cmd|' /C calc'!A0")
    (out / "run.pkl").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    (out / "link.json").symlink_to(secret)
    os.link(secret, out / "hard.json")
    os.mkfifo(out / "pipe.json")
    (out / "folder.json").mkdir()
    with (out / "huge.json").open("wb") as huge:
        huge.truncate(ingest.MAX_FILE_BYTES + 1)
    value = read(tmp_path)
    assert value["files"] == [
        {"name": "good.jsonl", "size": 22, "objects": 2},
        {"name": "table.csv", "size": 18, "objects": None},
    ]


def test_files_are_created_anew_and_never_through_a_link(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("precious")
    out = tmp_path / "out"
    out.mkdir()
    (out / "a.json").symlink_to(target)
    kept = keep_files(str(out), {"a.json": b"{}", "b.json": b"{}"})
    assert kept == ["b.json"]
    assert target.read_text() == "precious"
    linked = tmp_path / "linked"
    linked.symlink_to(out)
    with pytest.raises(OSError, match=r"linked"):
        keep_files(str(linked), {"c.json": b"{}"})
