"""The editor in a real browser on the real site: typed, coloured, checked, kept, run."""

import re

import pytest

from tests.backtests.ideas import SCRIPT
from tests.backtests.test_browser import page, site  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def editor(site, page):  # noqa: F811
    """The editor of a new script, with its field."""
    page.goto(f"{site.url}/scripts/new/")
    page.locator(".sheet.live").wait_for()
    return page.get_by_label("strategy.py")


def copy_of(page):  # noqa: F811
    return page.locator(".layer").evaluate("layer => layer.textContent")


def test_what_is_typed_is_coloured_checked_and_run(site, page, editor):  # noqa: F811
    editor.fill(SCRIPT.replace("ta.sma(", "ta.smaa("))
    page.get_by_text("ta has no indicator smaa.").wait_for()
    assert page.locator(".gutter b").all_inner_texts() == ["9"]
    page.get_by_role("button", name="Line 9").click()
    selected = "[document.activeElement.selectionStart, document.activeElement.selectionEnd]"
    begin, end = page.evaluate(selected)
    assert editor.input_value()[begin:end].strip().startswith("average = ta.smaa(")
    page.get_by_role("button", name="Run this script").click()
    page.get_by_text("It was not run, and does not count.").wait_for()
    assert page.locator("#script-error").count() == 1
    editor.fill(SCRIPT + "# the end\n")
    page.get_by_text("Nothing to change").wait_for()
    assert page.locator("#script-error").count() == 0
    assert copy_of(page) == editor.input_value() + "\n"
    for name, kind in (("def", "k"), ("sma", "en"), ("Signals", "en"), ("# the end", "c1")):
        assert page.locator(f".layer .{kind}", has_text=name).first.inner_text() == name
    page.get_by_label("First day").fill("2005-01-01")
    editor.press("Control+Enter")
    page.wait_for_url(re.compile(r"/(reports|backtests)/[0-9a-f-]{36}/"), timeout=60_000)
    page.wait_for_url(re.compile(r"/reports/[0-9a-f-]{36}/"), timeout=60_000)
    page.get_by_role("link", name="Edit this script").first.click()
    page.locator(".sheet.live").wait_for()
    page.get_by_label("strategy.py").fill(SCRIPT.replace('{"days": 50}', '{"days": 40}'))
    page.get_by_role("button", name="Run this script").click()
    page.wait_for_url(re.compile(r"/reports/[0-9a-f-]{36}/"), timeout=60_000)
    page.get_by_text("What was edited").click()
    assert page.locator(".origin .add").inner_text() == '+PARAMS = {"days": 40}'
    # The refused form is a 422, which browsers report; nothing else may be.
    assert [said for said in page.trouble if "422" not in said] == []


def test_tab_indents_until_escape_gives_it_back(page, editor):  # noqa: F811
    editor.fill("def f():")
    editor.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type("x = 1")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert editor.input_value() == "def f():\n    x = 1\n        "
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Control+z")
    assert editor.input_value() == "def f():\n    x = 1\n        "
    page.keyboard.press("Control+a")
    page.keyboard.press("Tab")
    assert editor.input_value().startswith("    def f():\n        x = 1\n")
    assert page.evaluate("document.activeElement.id") == "id_script"
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") != "id_script"
    assert page.trouble == []


def test_a_reload_loses_nothing_and_leaving_asks(page, editor):  # noqa: F811
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    editor.click()
    page.keyboard.type("# mine\n")
    mine = editor.input_value()
    page.reload()
    page.locator(".sheet.live").wait_for()
    assert asked == ["beforeunload"]
    assert editor.input_value() == mine
    page.get_by_role("button", name="Take the original instead").click()
    assert "# mine" not in editor.input_value()
    page.reload()
    assert asked == ["beforeunload"]
    assert page.locator("#restored").is_hidden()


def test_on_a_phone_a_long_script_scrolls_inside_its_own_frame(page, editor):  # noqa: F811
    page.set_viewport_size({"width": 390, "height": 844})
    editor.fill(SCRIPT + "".join(f"number_{n} = {'1 + ' * 60}1\n" for n in range(200)))
    page.locator(".gutter").wait_for()
    assert page.evaluate(WIDE) <= 0
    assert page.locator("#sheet").evaluate("sheet => sheet.scrollHeight > 4 * sheet.clientHeight")
    # The field lies over its copy, to the pixel: a click lands on the letter that is seen.
    same = """sheet => {
      const [field, copy] = [".layer", "textarea"].map((p) => sheet.querySelector(p));
      const [a, b] = [field.getBoundingClientRect(), copy.getBoundingClientRect()];
      return [a.x - b.x, a.y - b.y, a.width - b.width, copy.scrollTop, copy.scrollLeft];
    }"""
    assert page.locator("#sheet").evaluate(same) == [0, 0, 0, 0, 0]
    editor.press("Control+End")
    page.keyboard.type("last = 1")
    below = "sheet => sheet.scrollTop + sheet.clientHeight - sheet.scrollHeight"
    assert abs(page.locator("#sheet").evaluate(below)) < 60


def test_without_javascript_the_form_checks_and_runs(site, page):  # noqa: F811
    plain = page.context.browser.new_context(java_script_enabled=False).new_page()
    plain.goto(f"{site.url}/scripts/new/")
    field = plain.get_by_label("strategy.py")
    good = field.input_value()
    field.fill("import os\n" + good)
    plain.get_by_role("button", name="Check").click()
    plain.get_by_text("import os is not allowed.").wait_for()
    plain.get_by_label("strategy.py").fill(good)
    plain.get_by_role("button", name="Run this script").click()
    plain.wait_for_url(re.compile(r"/(reports|backtests)/[0-9a-f-]{36}/"), timeout=60_000)
