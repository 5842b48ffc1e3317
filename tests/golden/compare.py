"""Is a computed value the expected one, by the tolerance that its entry states?"""

import math
import re
from collections.abc import Mapping
from typing import Any

TIGHT = 1e-9
# Figures of the reference's own random draws; ours are held against their quantiles instead.
P_VALUES = {"lower", "consistent", "upper"}
OTHER_DRAWS = {"mc_gap", "independent_numpy_seed99"}


def differences(expected: Any, actual: Any, tol: Mapping[str, Any], path: str = "") -> list[str]:
    """Say where `actual` is not what is expected; empty where it is."""
    if isinstance(expected, Mapping):
        if not isinstance(actual, Mapping):
            return [f"{path or 'value'}: expected several values, got {actual!r}"]
        found = []
        tol = {**tol, "sd": expected["sd"]} if "sd" in expected else tol
        for key, value in expected.items():
            if key in OTHER_DRAWS:
                continue
            if key not in actual:
                found.append(f"{path}{key}: not computed")
                continue
            found += differences(value, actual[key], tol, f"{path}{key}.")
        return found
    name = path.rstrip(".") or "value"
    if isinstance(expected, list):
        if not isinstance(actual, list | tuple) or len(actual) != len(expected):
            return [f"{name}: expected {len(expected)} values, got {actual!r}"]
        pairs = zip(expected, actual, strict=True)
        return [
            one
            for k, (want, have) in enumerate(pairs)
            for one in differences(want, have, tol, f"{path}{k}.")
        ]
    return [] if same(expected, actual, tol, name) else [f"{name}: {actual!r}, not {expected!r}"]


def same(expected: Any, actual: Any, tol: Mapping[str, Any], name: str) -> bool:
    """Compare one value."""
    if expected is None or isinstance(expected, str | bool):
        return bool(actual == expected)
    if isinstance(actual, bool) or not isinstance(actual, int | float):
        return False
    if not math.isfinite(actual):
        return False
    gap = abs(actual - expected)
    if "published" in name:
        # A printed figure is right to half of its last digit, and the entry may allow more.
        return gap <= max(number(tol.get("abs_published")), 0.51 * last_digit(expected))
    allowed = [absolute(tol, name), number(tol.get("rel")) * abs(expected)]
    if not any(number(tol.get(key)) for key in ("abs", "rel")):
        allowed.append(TIGHT * max(1.0, abs(expected)))
    # Zero has no relative size; a few roundings of the last bit are no difference.
    return gap <= max(*allowed, 4e-15 * max(1.0, abs(expected)))


def absolute(tol: Mapping[str, Any], name: str) -> float:
    """The absolute tolerance of one value; quantiles of random draws have a share of their sd."""
    last = name.rsplit(".", 1)[-1]
    if "sd" in tol and last != "point":
        return number(tol.get("quantile_abs")) * tol["sd"]
    if last in P_VALUES:
        return number(tol.get("p_abs"))
    if name.startswith("p_mc") or name.endswith("_mc"):
        return number(tol.get("abs_p_mc"))
    return number(tol.get("abs"))


def number(value: Any) -> float:
    """The number at the start of a tolerance, which may go on in words; 0 without one."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    found = re.match(r"\s*([0-9.]+(?:e-?\d+)?)", str(value or ""))
    return float(found[1]) if found else 0.0


def last_digit(value: float) -> float:
    """One unit of the last printed digit."""
    text = repr(value)
    if "e" in text:
        return 0.0
    return 10.0 ** -len(text.partition(".")[2]) if "." in text else 1.0
