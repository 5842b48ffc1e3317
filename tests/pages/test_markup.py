"""Pages keep the policy `default-src 'self'`, and vendored files are what they were."""

import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client

from tests.pages.runs import make_completed, make_run

STATIC = Path(settings.BASE_DIR) / "static"


class PolicyCheck(HTMLParser):
    """Collects what the policy would block."""

    def __init__(self) -> None:
        super().__init__()
        self.problems: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag, attrs):
        names = dict(attrs)
        self.inside = tag if tag in ("script", "style") else ""
        if tag == "style":
            self.problems.append("a style element")
        self.problems += [
            f"{name} on {tag}" for name in names if name == "style" or name.startswith("on")
        ]
        for name in ("src", "href", "action"):
            value = names.get(name) or ""
            loaded = tag in ("script", "link", "img", "form", "iframe") and name in names
            if (loaded and re.match(r"(https?:)?//", value)) or value.startswith("javascript:"):
                self.problems.append(f"{name}={value}")

    def handle_data(self, data):
        if self.inside and data.strip():
            self.problems.append(f"inline {self.inside}")

    def handle_endtag(self, tag):
        self.inside = ""


def problems_of(page: str) -> list[str]:
    check = PolicyCheck()
    check.feed(page)
    return check.problems


def test_the_check_finds_what_it_looks_for():
    page = "<p style='x' onclick='y'>z</p><script>1</script><style>a{}</style><img src='//x.org'>"
    assert len(problems_of(page)) == 6


def test_no_page_holds_anything_the_policy_blocks(browser, alice):
    done = make_completed(alice)
    running = make_run(alice, "running", stage="validating")
    refused = make_run(alice, "refused", refusal={"message": "No.", "words": ["S&P"]})
    paths = [
        "/",
        f"/?from={refused.pk}",
        "/backtests/",
        f"/backtests/{running.pk}/",
        f"/backtests/{running.pk}/progress",
        f"/backtests/{refused.pk}/",
        f"/reports/{done.pk}/",
        f"/reports/{done.pk}/trades",
        f"/reports/{done.pk}/sources?of=months",
        "/nope",
    ]
    for path in paths:
        response = browser.get(path)
        assert problems_of(response.content.decode()) == [], path
        assert "default-src 'self'" in response["Content-Security-Policy"]
        assert "unsafe" not in response["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["403.html", "403_csrf.html", "404.html", "429.html", "500.html"])
def test_error_pages_stand_without_any_context(db, name):
    page = render_to_string(name)
    assert problems_of(page) == []
    assert "<h1>" in page
    assert 'class="btn primary"' in page


def test_a_form_without_its_token_gets_a_page_that_explains(db):
    response = Client(enforce_csrf_checks=True).post("/", {"idea": "Buy"})
    assert response.status_code == 403
    assert "open for too long" in response.content.decode()


def test_vendored_files_are_what_the_manifest_says():
    manifest = json.loads((STATIC / "vendor/manifest.json").read_text())
    listed = {}
    for package in manifest["packages"]:
        assert package["licence"] in {"0BSD", "Apache-2.0", "OFL-1.1", "MIT"}
        assert any(name.endswith("/LICENSE") for name in package["files"])
        for name, file in package["files"].items():
            assert f"-{package['version']}/" in name
            listed[name] = file["sha256"]
    found = {
        str(path.relative_to(STATIC / "vendor")): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (STATIC / "vendor").rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert found == listed


def test_stylesheets_ask_nobody_else_for_anything():
    for path in (STATIC / "css").glob("*.css"):
        assert not re.search(r"https?://|@import", path.read_text()), path.name


def test_every_file_a_template_names_is_there():
    templates = Path(settings.BASE_DIR) / "templates"
    names = {
        name
        for path in templates.rglob("*.html")
        for name in re.findall(r"{% static '([^']+)' %}", path.read_text())
    }
    assert len(names) > 10
    assert [name for name in sorted(names) if not (STATIC / name).is_file()] == []
