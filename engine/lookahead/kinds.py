"""What a line that looks ahead looks like, and what to write instead."""

import ast
from collections.abc import Callable

Matches = Callable[[ast.AST], bool]


def kind_of(statement: ast.stmt) -> tuple[str, str]:
    """What a statement looks like, and what to write instead; empty strings for nothing known."""
    nodes = list(ast.walk(statement))
    for kind, proposal, matches in KINDS:
        if any(matches(node) for node in nodes):
            return kind, proposal
    return "", ""


def _call(*names: str) -> Matches:
    def matches(node: ast.AST) -> bool:
        if not isinstance(node, ast.Call):
            return False
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        return name in names

    return matches


def _number(node: ast.AST | None) -> float | None:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _number(node.operand)
        return None if inner is None else -inner
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    return None


def _negative_shift(node: ast.AST) -> bool:
    if not _call("shift", "previous", "roll", "diff", "pct_change", "change")(node):
        return False
    assert isinstance(node, ast.Call)
    given = [*node.args, *(word.value for word in node.keywords)]
    return any((_number(one) or 0.0) < 0 or _is_minus(one) for one in given)


def _is_minus(node: ast.AST) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)


def _keyword(name: str, *values: object) -> Matches:
    def matches(node: ast.AST) -> bool:
        if not isinstance(node, ast.Call):
            return False
        return any(
            word.arg == name
            and isinstance(word.value, ast.Constant)
            and (word.value.value in values)
            for word in node.keywords
        )

    return matches


def _last_value(node: ast.AST) -> bool:
    if not isinstance(node, ast.Subscript) or isinstance(node.slice, ast.Slice):
        return False
    index = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) else node.slice
    return (_number(index) or 0.0) < 0


def _reversed(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Slice)
        and (_number(node.slice.step) or 0.0) < 0
    ) or _call("flip", "flipud", "reversed")(node)


def _later_slice(node: ast.AST) -> bool:
    if not isinstance(node, ast.Subscript):
        return False
    if isinstance(node.slice, ast.Slice):
        return node.slice.lower is not None and (_number(node.slice.lower) or 0.0) >= 0
    index = node.slice
    return isinstance(index, ast.BinOp) and isinstance(index.op, ast.Add)


def _private(node: ast.AST) -> bool:
    if not isinstance(node, ast.Attribute) or not node.attr.startswith("_"):
        return False
    return not (isinstance(node.value, ast.Name) and node.value.id == "self")


def _any(*matchers: Matches) -> Matches:
    return lambda node: any(matches(node) for matches in matchers)


WHOLE = (
    "mean", "std", "var", "min", "max", "median", "quantile", "percentile", "nanmean", "nanstd",
    "nanmin", "nanmax", "nanmedian", "nanpercentile", "nanquantile", "ptp", "sum", "average",
    "rank", "describe", "cov", "corr", "corrcoef", "skew", "kurt", "mode",
)  # fmt: skip
FITTED = (
    "polyfit",
    "lstsq",
    "linregress",
    "fit",
    "fit_transform",
    "curve_fit",
    "detrend",
    "interp",
)

# In the order of certainty: what can hardly mean anything else comes first.
KINDS: tuple[tuple[str, str, Matches], ...] = (
    (
        "reaching behind what the strategy is shown",
        "use ctx.bars, which end with the bar itself.",
        _private,
    ),
    (
        "a negative shift",
        "shift by a positive number, ta.previous(x, 1), so that a row holds older values.",
        _negative_shift,
    ),
    (
        "a centred window",
        "use a window that ends at the bar itself (center=False, ta.sma).",
        _any(
            _keyword("center", True),
            _call(
                "savgol_filter",
                "filtfilt",
                "sosfiltfilt",
                "gaussian_filter1d",
                "convolve",
                "gradient",
                "correlate",
            ),
        ),
    ),
    (
        "filling from later values",
        "fill forward (ffill), or leave NaN: it gives no signal.",
        _any(
            _call("bfill", "backfill", "interpolate"),
            _keyword("method", "bfill", "backfill", "nearest"),
            _keyword("limit_direction", "backward", "both"),
        ),
    ),
    (
        "a merge with later rows",
        'merge with direction="backward", so that a row gets only what was known.',
        _keyword("direction", "forward", "nearest"),
    ),
    (
        "a resampled bar that is not over yet",
        "use ta.weekly or ta.monthly with ta.align: they give a bar only when it has closed.",
        _call("resample", "groupby", "transform", "asfreq"),
    ),
    (
        "reading from the end",
        "accumulate in the order of time.",
        _reversed,
    ),
    (
        "a transform of the whole series",
        "compute it for each bar from the bars up to it.",
        _call("fft", "rfft", "ifft", "irfft", "hilbert", "svd", "eig", "eigh"),
    ),
    (
        "a fit over the whole series",
        "fit again for each bar on the bars up to it, or on a first part that is not traded.",
        _call(*FITTED),
    ),
    (
        "order over the whole series",
        "rank each bar among the bars before it (ta.percent_rank).",
        _call("argsort", "sort", "argmax", "argmin", "nlargest", "nsmallest", "argpartition"),
    ),
    (
        "full-sample normalisation",
        "use a rolling or expanding measure (ta.zscore, ta.highest, np.maximum.accumulate).",
        _call(*WHOLE),
    ),
    (
        "the last value of the series",
        "index the bar itself; the last row is known only at the end.",
        _last_value,
    ),
    (
        "later rows",
        "a row may hold its own and earlier values: x[:-1] after one missing value, not x[1:].",
        _later_slice,
    ),
    (
        "knowing how long the series is",
        "do not count bars from the end.",
        _call("len"),
    ),
)
