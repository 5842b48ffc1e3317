"""The live page in a real browser: every event once, whatever happens to the line."""

import os
import shutil
import subprocess
import sys

import pytest
from django.conf import settings

from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
MAKE = """
import uuid
from datetime import timedelta
from django.utils import timezone
from accounts.models import User
from backtests.models import BacktestRun
user, made = User.objects.get_or_create(email="alice@example.org")
user.set_password("correct horse battery")
user.save()
run = BacktestRun.objects.create(
    user=user, idea="An idea", status="running", stage="generating",
    lease_token=uuid.uuid4(), lease_until=timezone.now() + timedelta(minutes=5),
)
run.record("stage.started", {"stage": "generating", "attempt": 1})
for number in range(4):
    run.record("script.delta", {"text": f"line {number}\\n"})
print("run", run.pk)
"""
WRITE = """
import time
from backtests.models import BacktestRun
run = BacktestRun.objects.get(pk="%s")
for number in range(4, 30):
    run.record("script.delta", {"text": f"line {number}\\n"})
    time.sleep(0.03)
"""
CANCEL = """
from backtests import outcome
from backtests.models import BacktestRun
outcome.cancel(BacktestRun.objects.get(pk="%s"))
"""


def in_site(site: Stack, program: str) -> str:
    """Run a program in the site's own database."""
    words = [sys.executable, "manage.py", "shell", "--command", program]
    done = subprocess.run(
        words,
        env=site.environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.fixture(scope="module")
def site():
    with Stack() as stack:
        yield stack


@pytest.fixture
def page(site):
    """A signed-in page of Debian's Chromium; skipped without one, but not in CI."""
    executable = shutil.which("chromium")
    if executable is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is missing; the Debian package is called chromium.")
        pytest.skip("Chromium is missing; the Debian package is called chromium.")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser.new_context().new_page()
        browser.close()


def sign_in(page, site):
    page.goto(f"{site.url}/accounts/login/")
    page.locator("input[name=login]").fill("alice@example.org")
    page.locator("input[name=password]").fill("correct horse battery")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site.url}/")


def test_a_line_that_breaks_again_and_again_shows_every_event_once(site, page):
    from playwright.sync_api import expect

    run = in_site(site, MAKE).split("run ")[1].split()[0]
    opened = []

    def fragile(line):
        opened.append(line.url)
        server = line.connect_to_server()
        passed = []

        def forward(message):
            passed.append(message)
            line.send(message)
            if len(passed) == 7:
                line.close()

        server.on_message(forward)

    page.route_web_socket("**/ws/runs/**", fragile)
    sign_in(page, site)
    page.goto(f"{site.url}/backtests/{run}/")
    expect(page.locator("#script")).to_contain_text("line 3")
    in_site(site, WRITE % run)
    expect(page.locator("#script")).to_contain_text("line 29", timeout=30_000)
    lines = page.locator("#script").inner_text().split()
    assert lines == " ".join(f"line {number}" for number in range(30)).split()
    assert len(opened) >= 4, "the line was to break"


def test_without_a_line_the_page_asks_and_still_sees_the_end(site, page):
    run = in_site(site, MAKE).split("run ")[1].split()[0]
    page.route_web_socket("**/ws/runs/**", lambda line: line.close())
    sign_in(page, site)
    page.goto(f"{site.url}/backtests/{run}/")
    page.get_by_text("Writing").wait_for()
    in_site(site, CANCEL % run)
    page.get_by_text("You stopped this run").wait_for(timeout=20_000)
