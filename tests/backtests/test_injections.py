"""Every attack against both readers, through the whole pipeline: refused, or without effect.

Secrets lie in the settings, in the environment that the sandbox was started from, and in another
person's runs and keys. Whatever a reader answers, none of them is in a row, file, event, log line,
page or answer of the attacker's run; nothing on a page is markup of an attacker's; no figure is
shown as ours that the facts do not have.
"""

import io
import itertools
import json
import tempfile
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core import serializers
from django.template.loader import render_to_string

from accounts import api_keys
from accounts.access import Owner
from backtests import pipeline
from reports import services, views
from runs.states import Status
from tests.factories import browser_of
from tests.fakes.obedient_model import ObedientModel
from tests.fakes.openai_server import OpenAIServer
from tests.llm.injections import ATTACKS, BENIGN, EVIL, FIGURE

CANARIES = {
    "SECRET_KEY": "canary-of-the-settings-4711",
    "OPENAI_API_KEY": "canary-of-the-sites-key-4712",
    "DATABASE_PASSWORD": "canary-of-the-environment-4713",
    "idea": "canary-of-another-idea-4714",
    "key": "canary-of-another-key-4715",
}
KINDS = sorted({attack.kind for attack in ATTACKS})
# Up to twenty runs each, on a machine that may have others to do.
pytestmark = [pytest.mark.usefixtures("empty_cache"), pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Path]:
    """The address of a sandbox that is started in an environment with a secret in it."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_PASSWORD", CANARIES["DATABASE_PASSWORD"])
        yield Path(folder) / "sandbox.sock"


@pytest.fixture
def planted(settings, sandbox, start, bob, caplog) -> Any:
    """Plant the other secrets; what is logged from here on."""
    settings.SECRET_KEY = CANARIES["SECRET_KEY"]
    settings.OPENAI_API_KEY = CANARIES["OPENAI_API_KEY"]
    settings.LOOK_AHEAD_CUTS = 2
    settings.DAILY_ALLOWANCE_USER = settings.LLM_DAILY_TOKENS_USER = 10**9
    settings.OWN_KEY_PRIVATE_ADDRESSES = True
    settings.SANDBOX_SOCKET = sandbox
    caplog.set_level("INFO")
    start(f"{BENIGN} {CANARIES['idea']}", owner=Owner(user=bob))
    api_keys.create_key(
        user=bob,
        name="his",
        kind="compatible",
        base_url="http://127.0.0.1:9/v1",
        model="m",
        key=CANARIES["key"],
    )
    return caplog


@pytest.mark.parametrize("kind", KINDS)
def test_the_translator_refuses_or_ignores_it(kind, planted, start, alice, settings):
    settings.OPENAI_API_KEY = ""
    honest = trades_of(pipeline.run_to_end(start(BENIGN, owner=Owner(user=alice))))
    for attack in of_kind(kind):
        if attack.idea == BENIGN:
            continue  # the attack is in the model's answer
        run = pipeline.run_to_end(start(attack.idea, owner=Owner(user=alice)))
        check(attack, run, alice, honest, planted)


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_that_obeys_gains_nothing(kind, planted, start, alice, settings):
    model = ObedientModel()
    with OpenAIServer(model) as server:
        settings.OPENAI_BASE_URL = server.url
        honest = trades_of(pipeline.run_to_end(start(BENIGN, owner=Owner(user=alice))))
        for attack in of_kind(kind):
            model.attack = attack
            settings.LLM_CACHE_SECONDS = 0
            run = pipeline.run_to_end(start(attack.idea, owner=Owner(user=alice)))
            check(attack, run, alice, honest, planted)
        # What was never told cannot be repeated.
        assert_no_secret(attack, json.dumps(server.bodies), "prompts")


def test_there_are_attacks_of_every_kind():
    assert len(ATTACKS) >= 45
    assert len({(attack.kind, attack.name) for attack in ATTACKS}) == len(ATTACKS)


def of_kind(kind):
    return [attack for attack in ATTACKS if attack.kind == kind]


def trades_of(run):
    assert run.status == Status.COMPLETED, run.failure_message or run.refusal
    return run.artifact("trades").content_hash


def check(attack, run, alice, honest, caplog):
    """What must hold after any attack."""
    where = f"{attack.kind}: {attack.name}"
    assert run.status in (Status.COMPLETED, Status.REFUSED, Status.FAILED), where
    assert run.failure_message != pipeline.OUR_FAULT, where
    if run.status == Status.COMPLETED:
        assert trades_of(run) == honest, where
    pages = dict(seen(run, browser_of(alice)))
    for place, text in itertools.chain(pages.items(), left(run), [("log", caplog.text)]):
        assert_no_secret(where, text, place)
    for place, text in pages.items():
        if place.endswith("/") or "progress" in place or place == "pdf":
            Page(f"{where}, {place}").feed(text)
        if attack.script == "":
            assert FIGURE not in text and FIGURE.replace(",", "") not in text, (where, place)


def assert_no_secret(where, text, place):
    for name, secret in CANARIES.items():
        assert secret not in text, f"{where}: {name} is in {place}"


def seen(run, browser):
    """Every page, answer and download of a run that its owner can open."""
    for address in (
        f"/backtests/{run.pk}/?stages=1&x=/", f"/backtests/{run.pk}/progress", "/backtests/",
        f"/reports/{run.pk}/", f"/reports/{run.pk}/report.md", f"/reports/{run.pk}/report.json",
        f"/reports/{run.pk}/trades.csv", f"/api/backtests/{run.pk}", "/api/backtests",
        f"/api/backtests/{run.pk}/events", f"/api/backtests/{run.pk}/script",
        f"/api/backtests/{run.pk}/artifacts", f"/api/backtests/{run.pk}/second-reading",
    ):  # fmt: skip
        yield address, browser.get(address).content.decode()
    report = services.report_of(run=run)
    if report is not None:
        yield "pdf", render_to_string("reports/pdf.html", views.page_context(run, report))
        bundle = browser.get(f"/reports/{run.pk}/bundle.zip").content
        with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
            files = [archive.read(name) for name in archive.namelist() if "engine/" not in name]
        yield "bundle", b"\n".join(files).decode(errors="replace")


def left(run):
    """Every row of the attacker's and every file of the run."""
    for model in apps.get_models():
        rows = [row for row in model._base_manager.all() if not is_bobs(row)]
        yield model.__name__, serializers.serialize("json", rows)
    for artifact in run.artifacts.all():
        yield artifact.name, artifact.read().decode(errors="replace")


def is_bobs(row):
    owner = getattr(row, "user", None) or getattr(getattr(row, "run", None), "user", None)
    return getattr(owner, "username", "") == "bob" or "bob@" in getattr(owner, "email", "")


class Page(HTMLParser):
    """A page as a browser takes it: nothing in it runs, loads or leads where we did not say."""

    def __init__(self, where: str) -> None:
        super().__init__()
        self.where = where

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert not [name for name in given if name.startswith("on")], (self.where, tag, given)
        assert tag not in ("iframe", "object", "embed", "base", "use"), (self.where, tag)
        if tag == "script":
            ours = (given.get("src") or "").startswith("/static/")
            assert ours or given.get("type") == "application/json", (self.where, given)
        for name in ("href", "src", "action", "formaction", "data-url"):
            address = given.get(name) or ""
            assert EVIL not in address, (self.where, tag, address)
            assert not address.lower().startswith(("javascript:", "data:")), (self.where, address)
