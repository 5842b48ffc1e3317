"""What a model wrote is shown as text with a little form, and nothing else."""

import re

import pytest

from reports.templatetags.prose import prose


def test_headings_lists_and_emphasis_are_kept_below_the_pages_own():
    shown = prose("## What happened\n\nIt *rose*.\n\n- one\n- two\n")
    assert "<h3>What happened</h3>" in shown
    assert "<em>rose</em>" in shown
    assert shown.count("<li>") == 2


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "![x](http://evil.example/x.png)",
        "<http://evil.example>",
        '<b style="position:fixed">x</b>',
        "[x]: http://evil.example\n\n[x]",
    ],
)
def test_nothing_can_run_load_or_lead_away(hostile):
    shown = prose(hostile)
    assert set(re.findall(r"<(/?\w+)[^>]*>", shown)) <= {"p", "/p"}
    assert not re.search(r"<\w+\s", shown)
