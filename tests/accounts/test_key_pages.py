"""Keys on the account page: added, tried, put in and out of use, removed after a question."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from accounts.models import ApiKey, User
from tests.accounts.test_api_keys import SECRET, at, make
from tests.fakes.openai_server import OpenAIServer
from tests.fakes.openai_steps import Step

pytestmark = pytest.mark.usefixtures("empty_cache")


@pytest.fixture
def server(settings: Any) -> Iterator[OpenAIServer]:
    settings.OWN_KEY_PRIVATE_ADDRESSES = True
    with OpenAIServer() as running:
        yield running


def add(client: Client, **values: str) -> Any:
    sound = {"section": "key", "name": "mine", "kind": "openai", "model": "m", "key": SECRET}
    return client.post("/account/", {**sound, **values})


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_a_key_is_added_on_the_account_page(browser: Client, alice: User) -> None:
    assert add(browser).status_code == 302
    page = browser.get("/account/").content.decode()
    assert "mine · in use" in page
    assert "key …cdef" in page
    assert "not tried yet" in page
    assert SECRET not in page


def test_no_two_fields_of_the_page_share_an_id(browser: Client, alice: User) -> None:
    make(alice)
    ids = re.findall(r'\sid="([^"]+)"', browser.get("/account/").content.decode())
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"key": "short"}, "A key has 8 to 500 characters."),
        ({"base_url": "https://127.0.0.1/v1"}, "is not public."),
        ({"kind": "compatible"}, "must be an https:// URL."),
        ({"name": ""}, "This field is required."),
        ({"kind": "telepathy"}, "Select a valid choice."),
    ],
)
def test_a_wrong_value_is_said_and_the_key_is_not_sent_back(
    browser: Client, values: dict[str, str], sentence: str
) -> None:
    page = add(browser, **values)
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert SECRET not in page.content.decode()
    assert not ApiKey.objects.exists()


def test_trying_a_key_says_what_came_of_it(
    browser: Client, alice: User, server: OpenAIServer
) -> None:
    row = at(server, alice)
    assert said(browser.post(f"/account/keys/{row.pk}/try")) == ["fake-1 answers."]
    assert "answered on" in browser.get("/account/").content.decode()
    server.push(Step(status=401, error={"message": f"bad key {SECRET}"}))
    [sentence] = said(browser.post(f"/account/keys/{row.pk}/try"))[-1:]
    assert sentence.startswith("Refused: ")
    assert SECRET not in sentence


def test_a_key_is_put_out_of_use_and_in_use(browser: Client, alice: User) -> None:
    row = make(alice)
    browser.post(f"/account/keys/{row.pk}/use", {"use": ""})
    row.refresh_from_db()
    assert not row.is_active
    browser.post(f"/account/keys/{row.pk}/use", {"use": "1"})
    row.refresh_from_db()
    assert row.is_active


def test_a_key_is_removed_after_a_question(browser: Client, alice: User) -> None:
    row = make(alice)
    assert "Remove the key" in browser.get(f"/account/keys/{row.pk}/remove").content.decode()
    assert ApiKey.objects.exists()
    assert browser.post(f"/account/keys/{row.pk}/remove").status_code == 302
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("act", ["try", "use", "remove"])
def test_a_key_does_not_exist_for_a_stranger_and_needs_a_login(
    stranger: Client, alice: User, act: str
) -> None:
    row = make(alice)
    assert stranger.post(f"/account/keys/{row.pk}/{act}").status_code == 404
    away = Client().post(f"/account/keys/{row.pk}/{act}")
    assert away.headers["Location"].startswith("/accounts/login/")
    assert ApiKey.objects.get().is_active


@pytest.mark.parametrize("act", ["try", "use"])
def test_following_a_link_changes_nothing(browser: Client, alice: User, act: str) -> None:
    row = make(alice)
    assert browser.get(f"/account/keys/{row.pk}/{act}").status_code == 405


def test_without_a_csrf_token_nothing_happens(alice: User) -> None:
    row = make(alice)
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.post(f"/account/keys/{row.pk}/remove").status_code == 403
    assert ApiKey.objects.exists()
