"""Hold a file of golden values against the engine: `python -m tests.golden FILE [--group pm.]`."""

import argparse
import json
import sys
import traceback
from pathlib import Path
from typing import Any

from tests.golden import behaviour, honesty, performance
from tests.golden.compare import differences

ROOMS = {"pm": performance, "hs": honesty}


def wrong_with(entry: dict[str, Any]) -> list[str]:
    """What differs between an entry and what the engine computes."""
    group, kind, expected = entry["group"], entry["kind"], entry["expected"]
    room = ROOMS.get(group.partition(".")[0])
    if room is None:
        return ["the engine does not compute this group"]
    try:
        if kind in ("error", "property"):
            behaviour.check(entry["id"], behaviour.describe(expected))
            return []
        actual = room.compute(group, entry["id"], entry["inputs"])
    except Exception as error:  # any failure belongs to this entry, and the next goes on
        place = traceback.extract_tb(error.__traceback__)[-1]
        return [f"{type(error).__name__}: {error} ({Path(place.filename).name}:{place.lineno})"]
    if not isinstance(expected, dict) and isinstance(actual, dict):
        actual = actual.get("exact", actual)
    return differences(expected, actual, tolerances(entry))


def tolerances(entry: dict[str, Any]) -> dict[str, Any]:
    """The entry's tolerances."""
    tol = dict(entry.get("tol") or {})
    if "closed_rel" in tol:
        tol["rel"] = tol["closed_rel"]
    return tol


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--group", default="", help="only groups that begin with this, as pm.")
    options = parser.parse_args(arguments)
    content = json.loads(options.file.read_text())
    entries = content["entries"] if isinstance(content, dict) else content
    wanted = tuple([options.group] if options.group else (f"{room}." for room in ROOMS))
    chosen = [entry for entry in entries if entry["group"].startswith(wanted)]
    failed = 0
    for entry in chosen:
        found = wrong_with(entry)
        failed += bool(found)
        for line in found:
            print(f"{entry['id']}: {line}")
    print(f"{len(chosen) - failed} passed, {failed} failed")
    return 1 if failed or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
