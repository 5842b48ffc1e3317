"""Sign up, sign in, the account page, and what a visitor takes along."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.core import mail
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from accounts.access import Owner
from accounts.models import User, UserSettings, Visitor
from accounts.signals import visitor_claimed

PASSWORD = "correct horse battery"

pytestmark = pytest.mark.usefixtures("empty_cache", "db")


def touch(request: HttpRequest) -> HttpResponse:
    Owner.of(request).ensure()
    return HttpResponse()


urlpatterns: list[Any] = []


@pytest.fixture
def claims(settings: Any) -> Iterator[list[tuple[User, Visitor]]]:
    """What `visitor_claimed` announces; `/touch` makes a visitor."""
    urlpatterns[:] = [path("touch", touch), path("", include(settings.ROOT_URLCONF))]
    settings.ROOT_URLCONF = __name__
    seen: list[tuple[User, Visitor]] = []

    def hear(sender: Any, *, user: User, visitor: Visitor, **_: Any) -> None:
        seen.append((user, visitor))

    visitor_claimed.connect(hear)
    yield seen
    visitor_claimed.disconnect(hear)


def sign_up(client: Client, email: str = "dora@example.org", **more: str) -> Any:
    words = {"email": email, "password1": PASSWORD, "password2": PASSWORD, **more}
    return client.post("/accounts/signup/", words)


def sign_in(client: Client, user: User, **more: str) -> Any:
    return client.post("/accounts/login/", {"login": user.email, "password": PASSWORD, **more})


def test_signing_up_takes_the_visitor_along(client: Client, claims: list[Any]) -> None:
    client.get("/touch")
    assert sign_up(client).status_code == 302
    visitor, user = Visitor.objects.get(), User.objects.get()
    assert user.email == "dora@example.org"
    assert set(claims) == {(user, visitor)}


def test_signing_in_takes_the_visitor_along(client: Client, alice: User, claims: list[Any]) -> None:
    client.get("/touch")
    assert sign_in(client, alice).status_code == 302
    assert claims == [(alice, Visitor.objects.get())]


def test_without_anything_made_there_is_nothing_to_claim(
    client: Client, alice: User, claims: list[Any]
) -> None:
    sign_in(client, alice)
    assert claims == []
    assert not Visitor.objects.exists()


def test_somebody_elses_cookie_is_not_claimed(
    client: Client, alice: User, claims: list[Any]
) -> None:
    client.get("/touch")
    stranger = Client()
    stranger.cookies["visitor"] = f"{Visitor.objects.get().pk}:forged:forged"
    sign_in(stranger, alice)
    assert claims == []


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "\\\\x",
    ],
)
def test_signing_in_leads_nowhere_else(client: Client, alice: User, target: str) -> None:
    response = sign_in(client, alice, next=target)
    assert response.headers["Location"] == "/"


def test_signing_in_leads_back_to_where_one_was(client: Client, alice: User) -> None:
    page = client.get("/account/")
    assert page.headers["Location"] == "/accounts/login/?next=/account/"
    assert sign_in(client, alice, next="/account/").headers["Location"] == "/account/"


def test_a_known_address_is_not_given_away_by_signing_up(client: Client, alice: User) -> None:
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    assert sign_up(client, "Alice@Example.org").status_code == 200 or mail.outbox
    assert User.objects.count() == 1


def test_guessing_on_the_sign_in_page_is_stopped(client: Client, alice: User) -> None:
    for _ in range(5):
        client.post("/accounts/login/", {"login": alice.email, "password": "guess"})
    page = sign_in(client, alice)
    assert "Too many failed login attempts" in page.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_forgotten_password_is_replaced_by_letter(client: Client, alice: User) -> None:
    client.post("/accounts/password/reset/", {"email": alice.email})
    [letter] = mail.outbox
    found = re.search(r"http://testserver(/\S+)", letter.body)
    assert found
    page = client.get(found[1], follow=True)
    form_at = page.redirect_chain[-1][0]
    new = "another long password"
    client.post(form_at, {"password1": new, "password2": new})
    alice.refresh_from_db()
    assert alice.check_password(new)
    used = client.get(found[1], follow=True).content.decode()
    assert "This link no longer works" in used


def test_a_letter_to_an_unknown_address_says_nothing_on_the_page(client: Client) -> None:
    known = client.post("/accounts/password/reset/", {"email": "nobody@example.org"}, follow=True)
    assert "Look into your mail" in known.content.decode()


def test_sessions_keep_no_whole_address(alice: User) -> None:
    sign_in(Client(REMOTE_ADDR="203.0.113.77"), alice)
    assert UserSession.objects.get().ip == "203.0.113.0"


PAGES = [
    "/account/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/logout/",
    "/accounts/2fa/",
    "/accounts/sessions/",
    "/accounts/reauthenticate/",
]
ENTRANCES = ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"]


@pytest.mark.parametrize("url", PAGES + ENTRANCES)
def test_every_page_has_our_frame_and_nothing_inline(client: Client, alice: User, url: str) -> None:
    if url in PAGES:
        sign_in(client, alice)
    page = client.get(url)
    text = page.content.decode()
    assert page.status_code == 200
    assert '<header class="topbar">' in text
    assert "css/account.css" in text
    assert text.count("<h1") == 1
    assert not re.search(r"\sstyle=|\son[a-z]+=|<script>", text)
    for field in re.findall(r'<input[^>]*type="(?!hidden|submit)[^>]*>', text):
        assert f'for="{re.search(r"id=.([^ >]+)[^ ]", field)[1]}' in text.replace("'", '"'), field


def test_the_account_page_is_for_its_owner_and_no_cache(client: Client, alice: User) -> None:
    client.force_login(alice)
    page = client.get("/account/")
    assert "alice@example.org" in page.content.decode()
    assert "5 left" in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]


def test_each_section_saves_itself(client: Client, alice: User) -> None:
    client.force_login(alice)
    sections = [
        {"section": "profile", "name": "Alice"},
        {"section": "theme", "theme": "dark"},
        {"section": "defaults", "default_commission": "0.1", "default_initial_capital": "25000"},
    ]
    for section in sections:
        assert client.post("/account/", section).status_code == 302
    alice.refresh_from_db()
    stored = UserSettings.objects.get(user=alice)
    assert alice.name == "Alice"
    assert stored.theme == "dark"
    assert stored.default_commission == Decimal("0.001")
    assert stored.default_initial_capital == 25_000
    # What was typed in percent is shown in percent.
    assert 'value="0.1"' in client.get("/account/").content.decode()


def test_a_wrong_value_is_said_beside_its_field(client: Client, alice: User) -> None:
    client.force_login(alice)
    page = client.post("/account/", {"section": "defaults", "default_commission": "21"})
    assert page.status_code == 422
    assert "less than or equal to 20" in page.content.decode()
    assert not UserSettings.objects.exists()


def test_an_unknown_section_saves_nothing(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.post("/account/", {"section": "is_staff", "name": "x"}).status_code == 422
    alice.refresh_from_db()
    assert alice.name == ""


def test_the_own_data_can_be_taken_along(client: Client, alice: User) -> None:
    client.force_login(alice)
    file = client.get("/account/export")
    assert file.headers["Content-Disposition"] == 'attachment; filename="account.json"'
    assert json.loads(file.content)["user"]["email"] == "alice@example.org"
    assert "password" not in file.content.decode()


def test_an_account_is_deleted_only_by_whoever_knows_the_password(
    client: Client, alice: User
) -> None:
    client.force_login(alice)
    assert (
        client.post("/account/delete").headers["Location"].startswith("/accounts/reauthenticate/")
    )
    assert User.objects.filter(pk=alice.pk).exists()
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert "Delete everything" in client.get("/account/delete").content.decode()
    client.post("/account/delete")
    assert not User.objects.filter(pk=alice.pk).exists()
    assert "_auth_user_id" not in client.session
