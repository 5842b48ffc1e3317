"""Scenes in the Markdown of a report: sentences, and the bars one needs to check them."""

import re

from backtests.fidelity.scenes import fidelity_of
from backtests.fidelity.showing import as_data
from backtests.report import scenes
from backtests.report.wording import number
from tests.backtests.planted_specs import SPECS


def text_of(data):
    return "\n".join(scenes.write(data))


def test_each_scene_has_its_sentence_and_each_order_its_row():
    data = as_data(fidelity_of(SPECS["rsi2"]))
    text = text_of(data)
    assert text.startswith("## What it would do")
    parts = re.split(r"\*\*Scene \d+\*\*", text)[1:]
    assert len(parts) == len(data["scenes"]) >= 3
    for part, scene in zip(parts, data["scenes"], strict=True):
        rows = [row for row in part.splitlines() if re.match(r"\| \d{4}-", row)]
        assert 3 <= len(rows) <= 8
        for fill in scene["fills"]:
            [row] = [row for row in rows if row.startswith(f"| {scene['days'][fill['at']]} ")]
            assert f"{fill['word']} at {number(fill['price'])}" in row
        for bar in scene["days_meant"]:
            [row] = [row for row in rows if row.startswith(f"| {scene['days'][bar]} ")]
            assert "decides" in row
            assert number(scene["bars"][bar][3]) in row


def test_what_a_script_did_instead_comes_first_and_by_its_name():
    scene = as_data(fidelity_of(SPECS["rsi2"]))["scenes"][0]
    order = {"at": 4, "word": "sold", "way": -1, "opens": False, "price": 9.5, "reason": "signal"}
    wrong = scene | {"caption": "Here the script sells.", "script": [order]}
    text = text_of({"failed": [wrong], "scenes": [scene]})
    assert text.index("Here the script sells.") < text.index("**Scene 2**")
    assert "the script: sold at 9.50" in text


def test_orders_of_one_day_come_as_they_were_filled():
    scene = as_data(fidelity_of(SPECS["rsi2"]))["scenes"][0]
    bought = {"at": 4, "word": "bought", "way": 1, "opens": True, "price": 9.0, "reason": ""}
    stopped = {"at": 4, "word": "sold", "way": -1, "opens": False, "price": 8.0, "reason": "stop"}
    left = stopped | {"reason": "signal", "price": 9.0}
    text = text_of({"scenes": [scene | {"fills": [stopped, bought]}]})
    assert "bought at 9.00, sold at 8.00" in text
    text = text_of({"scenes": [scene | {"fills": [bought, left]}]})
    assert "sold at 9.00, bought at 9.00" in text


def test_nothing_is_written_where_nothing_was_acted_out():
    assert text_of({}) == ""
    assert text_of({"failed": [], "scenes": []}) == ""


def test_captions_and_names_cannot_become_markup():
    scene = as_data(fidelity_of(SPECS["rsi2"]))["scenes"][0]
    lines = [{"name": "a | b", "values": [None] * len(scene["days"])}]
    odd = scene | {"caption": "# <b>x</b> | *y*", "lines": lines}
    text = text_of({"scenes": [odd]})
    assert "\\# \\<b>x\\</b> \\| \\*y\\*" in text or "# \\<b>x\\</b> \\| \\*y\\*" in text
    assert "a \\| b" in text
