"""The report as Markdown: text of strangers stays text."""

import pytest

from backtests.report.markdown import plain


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("RSI(2) < 10, close > SMA(200)", "RSI(2) < 10, close > SMA(200)"),
        ("<script>alert(1)</script>", "\\<script>alert(1)\\</script>"),
        ("[x](javascript:alert(1))", "\\[x\\](javascript:alert(1))"),
        ("# big\n\n> quote", "\\# big > quote"),
        ("a | b `c` *d* __e__", "a \\| b \\`c\\` \\*d\\* \\_\\_e\\_\\_"),
    ],
)
def test_text_cannot_become_markup(text, safe):
    assert plain(text) == safe
