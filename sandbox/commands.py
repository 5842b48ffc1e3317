"""What the command line does; the management commands are thin doors to it.

python -m sandbox.commands run --script s.py --data bars.csv --out DIR --json
python -m sandbox.commands ingest RESULT DIR
python -m sandbox.commands serve --socket PATH
"""

import argparse
import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from sandbox import ingest as ingestion
from sandbox import starter
from sandbox.client import SandboxClient
from sandbox.job import Job, SandboxResult, SandboxUnavailable, status_sentence
from sandbox.limits import MAX_DATA_BYTES, MAX_SCRIPT_BYTES, Limits
from sandbox.proof import prove
from sandbox.starter import ServerOptions

ADOPTED_POLL_SECONDS = 2.0
# A server for one script starts fast; what else the script imports it pays for itself.
PRIVATE_OPTIONS = ServerOptions(preload=("numpy", "pandas", "pandas.io.parsers"), max_jobs=1)


def run_script_file(
    script: str,
    data: str | None,
    out: str | None,
    timeout: float = 5.0,
    memory_mb: int = 512,
    socket_path: str | None = None,
    min_level: str = "A",
) -> dict[str, object]:
    """Run one file; returns an object ready for strict JSON.

    Uses the fork server at `socket_path` when one answers there; otherwise starts one for this run
    and ends it afterwards, so that a command leaves no process behind.
    """
    try:
        job = Job(
            script=ingestion.read_bounded(script, MAX_SCRIPT_BYTES),
            data=None if data is None else ingestion.read_bounded(data, MAX_DATA_BYTES),
            data_suffix=suffix_of(data),
        )
        limits = Limits(wall_seconds=timeout, memory_mb=memory_mb)
        with client_for(socket_path, min_level) as client:
            result = client.run(job, limits)
    except (OSError, ValueError, SandboxUnavailable) as error:
        result, limits = SandboxResult(status="error:sandbox", reason=str(error)), Limits()
    kept = [] if out is None else keep_files(out, result.files)
    return as_json(result, limits, kept)


def suffix_of(path: str | None) -> str:
    suffix = Path(path or "").suffix.lower()
    return suffix if suffix in (".csv", ".npy", ".parquet", ".json", ".jsonl") else ".csv"


@contextlib.contextmanager
def client_for(socket_path: str | None, min_level: str) -> Iterator[SandboxClient]:
    starter.refuse_other_systems()
    if socket_path and starter.answers(starter.checked_socket_path(socket_path)):
        yield SandboxClient.connect(socket_path, min_level=min_level)
        return
    folder = tempfile.mkdtemp(prefix="alphabench-sandbox-")
    try:
        client = SandboxClient.start_or_connect(
            f"{folder}/s", min_level=min_level, options=PRIVATE_OPTIONS
        )
        try:
            yield client
        finally:
            client.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def keep_files(out: str, files: Mapping[str, bytes]) -> list[str]:
    """Create files by plain name below `out`, never through a link and never over another file."""
    Path(out).mkdir(parents=True, exist_ok=True)
    directory = os.open(out, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    kept = []
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        for name, body in files.items():
            try:
                descriptor = os.open(name, flags, 0o600, dir_fd=directory)
            except FileExistsError:
                continue
            with os.fdopen(descriptor, "wb") as target:
                target.write(body)
            kept.append(name)
    finally:
        os.close(directory)
    return kept


def as_json(result: SandboxResult, limits: Limits, kept: list[str]) -> dict[str, object]:
    return {
        "status": result.status,
        "exit_code": result.exit_code,
        "stdout": result.stdout,
        "stderr": result.stderr,
        "wall_s": result.wall_s,
        "cpu_s": result.cpu_s,
        "peak_mb": result.peak_mb,
        "layers": list(result.layers),
        "level": result.level,
        "files": kept,
        "limit": result.limit,
        "sentence": status_sentence(result, limits),
    }


def to_line(outcome: Mapping[str, object]) -> str:
    return json.dumps(outcome, allow_nan=False, ensure_ascii=True)


def ingest(result_path: str, out_dir: str) -> str:
    return ingestion.ingest(result_path, out_dir)


def serve(socket_path: str, options: ServerOptions | None = None) -> int:
    """Keep a fork server running in the foreground until told to stop; for service supervisors."""
    path = starter.checked_socket_path(socket_path)
    stopping = False

    def stop(number: int, frame: object) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    while not stopping:
        server = starter.start_unless_running(path, options or service_options())
        if server is None:
            time.sleep(ADOPTED_POLL_SECONDS)  # another one serves; take over when it has ended
            continue
        print(describe(server), flush=True)
        while not stopping and server.running.poll() is None:
            time.sleep(0.1)
        server.stop()
        if stopping:
            Path(path).unlink(missing_ok=True)
    return 0


def service_options(client_uid: int | None = None) -> ServerOptions:
    force_level_b = os.environ.get("SANDBOX_FORCE_LEVEL_B") == "1"
    return ServerOptions(client_uid=client_uid, idle_seconds=0, force_level_b=force_level_b)


def describe(server: starter.StartedServer) -> str:
    return f"sandbox ready: pid {server.running.pid}, level {server.level} {server.reason}".strip()


def parser() -> argparse.ArgumentParser:
    main_parser = argparse.ArgumentParser(prog="sandbox")
    commands = main_parser.add_subparsers(dest="command", required=True)
    add_run_arguments(commands.add_parser("run"))
    commands.choices["run"].add_argument("--socket")
    commands.choices["run"].add_argument("--min-level", default="A", choices=("A", "B"))
    reading = commands.add_parser("ingest")
    reading.add_argument("result")
    reading.add_argument("folder")
    commands.add_parser("prove", help="try every layer and print the level")
    serving = commands.add_parser("serve")
    serving.add_argument("--socket", required=True)
    serving.add_argument("--client-uid", type=int)
    return main_parser


def add_run_arguments(to: argparse.ArgumentParser) -> None:
    to.add_argument("--script", required=True, help="the Python file")
    to.add_argument("--data", help="its data, found by it at sys.argv[1]")
    to.add_argument("--out", help="where files from its output directory are put")
    to.add_argument("--timeout", type=float, default=5.0, help="seconds")
    to.add_argument("--memory-mb", type=int, default=512)
    to.add_argument("--json", action="store_true", help="one JSON line instead of text")


def show(outcome: Mapping[str, object], *, as_line: bool) -> str:
    if as_line:
        return to_line(outcome)
    stream = "".join(
        character if character.isprintable() or character == "\n" else "\ufffd"
        for character in str(outcome["stdout"]) + str(outcome["stderr"])
    )
    return f"{stream}\n{outcome['sentence']}"


def main(arguments: list[str] | None = None) -> int:
    chosen = parser().parse_args(arguments)
    if chosen.command == "serve":
        return serve(chosen.socket, service_options(chosen.client_uid))
    if chosen.command == "prove":
        print(json.dumps(vars(prove())))
        return 0
    if chosen.command == "ingest":
        print(ingest(chosen.result, chosen.folder))
        return 0
    outcome = run_script_file(
        chosen.script,
        chosen.data,
        chosen.out,
        chosen.timeout,
        chosen.memory_mb,
        chosen.socket,
        chosen.min_level,
    )
    print(show(outcome, as_line=chosen.json))
    return 0 if outcome["status"] == "ok" else 1


if __name__ == "__main__":
    sys.exit(main())
