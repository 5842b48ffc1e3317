"""Whose things are whose."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import path

from accounts.access import Owner
from accounts.middleware import VisitorMiddleware
from accounts.models import User, Visitor
from accounts.visitors import COOKIE, blurred, client_network, find_visitor, hash_of, visitor_of
from billing.models import UsageDay

FACTORY = RequestFactory()


def browse(request: HttpRequest) -> HttpResponse:
    return HttpResponse("read only")


def write(request: HttpRequest) -> HttpResponse:
    owner = Owner.of(request).ensure()
    return HttpResponse(str(owner.visitor.pk if owner.visitor else owner.user.pk))


def ask(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(UsageDay.objects.filter(Owner.of(request).q()).count()))


urlpatterns = [path("browse", browse), path("write", write), path("ask", ask)]


@pytest.fixture
def browser(db: None) -> Any:
    with override_settings(ROOT_URLCONF=__name__):
        yield Client()


def test_looking_around_leaves_no_cookie_and_no_row(browser: Client) -> None:
    assert COOKIE not in browser.get("/browse").cookies
    assert COOKIE not in browser.get("/ask").cookies
    assert not Visitor.objects.exists()


def test_the_first_write_stores_the_visitor_and_signs_the_cookie(browser: Client) -> None:
    response = browser.get("/write")
    visitor = Visitor.objects.get()
    cookie = response.cookies[COOKIE]
    assert response.content.decode() == str(visitor.pk)
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["secure"]
    assert "Cookie" in response.headers["Vary"]
    assert cookie.value.startswith(f"{visitor.pk}:")


def test_the_cookie_is_secure_where_sessions_are(browser: Client) -> None:
    with override_settings(SESSION_COOKIE_SECURE=True):
        assert browser.get("/write").cookies[COOKIE]["secure"]


def test_the_same_browser_is_the_same_visitor(browser: Client) -> None:
    first = browser.get("/write").content
    again = browser.get("/write")
    assert again.content == first
    assert COOKIE not in again.cookies
    assert Visitor.objects.count() == 1


def test_two_browsers_are_two_visitors(browser: Client) -> None:
    assert browser.get("/write").content != Client().get("/write").content


@pytest.mark.parametrize("value", ["", "x", "%s", "%s:1:forged", "0:%s", "\x00"])
def test_a_cookie_without_our_signature_is_nobody(browser: Client, value: str) -> None:
    known = browser.get("/write").content.decode()
    stranger = Client()
    stranger.cookies[COOKIE] = value.replace("%s", known)
    assert stranger.get("/write").content.decode() != known


def test_a_signed_cookie_of_a_deleted_visitor_makes_a_new_one(browser: Client) -> None:
    first = browser.get("/write").content
    Visitor.objects.all().delete()
    again = browser.get("/write")
    assert again.content != first
    assert again.cookies[COOKIE].value.startswith(again.content.decode())


def test_the_row_holds_hashes_and_never_the_address(browser: Client) -> None:
    browser.get("/write", REMOTE_ADDR="203.0.113.77", HTTP_X_DEVICE_ID="00:1b:44:11:3a:b7")
    row = Visitor.objects.values().get()
    assert row["address_hash"] == hash_of("address", "203.0.113.77")
    assert row["device_hash"] == hash_of("device", "00:1b:44:11:3a:b7")
    assert len(row["address_hash"]) == 64
    assert "203.0.113.77" not in str(row)
    assert "3a:b7" not in str(row)


def test_hashes_change_with_the_secret_key_and_the_purpose() -> None:
    with override_settings(SECRET_KEY="another"):
        other = hash_of("address", "203.0.113.77")
    assert len({other, hash_of("address", "203.0.113.77"), hash_of("x", "203.0.113.77")}) == 3
    assert hash_of("address", "") == ""


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "network"),
    [
        (0, "203.0.113.7", "198.51.100.1", "203.0.113.7"),
        (1, "10.0.0.1", "198.51.100.1", "198.51.100.1"),
        (1, "10.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"),
        (2, "10.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        (2, "10.0.0.1", "198.51.100.1", "198.51.100.1"),
        (1, "10.0.0.1", "", ""),
        (0, "", "", ""),
        (0, "::ffff:203.0.113.7", "", "203.0.113.7"),
        (0, "2001:db8:1:2:aaaa::1", "", "2001:db8:1:2::/64"),
        (0, "2001:db8:1:2:bbbb::2", "", "2001:db8:1:2::/64"),
    ],
)
def test_only_our_own_proxies_are_believed(
    settings: Any, proxies: int, remote: str, forwarded: str, network: str
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    assert client_network({"REMOTE_ADDR": remote, "HTTP_X_FORWARDED_FOR": forwarded}) == network


def test_a_blurred_address_names_no_customer() -> None:
    assert blurred("203.0.113.77") == "203.0.113.0"
    assert blurred("2001:db8:1:2::3") == "2001:db8:1::"
    assert blurred("nonsense") == "0.0.0.0"


def test_a_user_owns_their_rows_and_nobody_elses(alice: User, bob: User) -> None:
    visitor = Owner(visitor=Visitor()).ensure().visitor
    for subject in ({"user": alice}, {"user": bob}, {"visitor": visitor}):
        UsageDay.objects.create(day="2020-01-01", **subject)
    rows = UsageDay.objects
    assert rows.get(Owner(user=alice).q()).user == alice
    assert rows.get(Owner(user=bob).q()).user == bob
    assert rows.get(Owner(visitor=visitor).q()).visitor == visitor
    assert rows.filter(Owner(visitor=Visitor()).q()).count() == 0
    assert rows.filter(Owner.local().q()).count() == 0


def test_a_visitor_that_is_not_stored_matches_not_even_rows_without_an_owner(db: None) -> None:
    UsageDay.objects.create(day="2020-01-01", address_hash="a" * 64)
    assert UsageDay.objects.filter(Owner(visitor=Visitor()).q()).count() == 0
    assert UsageDay.objects.filter(Owner.local().q()).count() == 1


def test_a_prefix_reaches_through_a_relation(alice: User) -> None:
    from billing.models import Reservation

    day = UsageDay.objects.create(day="2020-01-01", user=alice)
    held = Reservation.objects.create(usage_day=day)
    assert Reservation.objects.get(Owner(user=alice).q("usage_day__")) == held
    assert not Reservation.objects.filter(Owner(visitor=Visitor()).q("usage_day__")).exists()


def test_a_signed_in_request_belongs_to_the_user(alice: User, browser: Client) -> None:
    browser.force_login(alice)
    assert browser.get("/write").content.decode() == str(alice.pk)
    assert not Visitor.objects.exists()


def test_reading_the_owner_of_a_user_asks_nothing_about_visitors(alice: User) -> None:
    request = FACTORY.get("/")
    request.user = alice
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert Owner.of(request) == Owner(user=alice)
    assert len(queries) == 0


def test_the_middleware_sets_a_lazy_visitor(db: None) -> None:
    seen = []

    def view(request: Any) -> HttpResponse:
        seen.append(request.visitor.pk)
        seen.append(visitor_of(request).pk)
        return HttpResponse()

    request = FACTORY.get("/")
    request.user = AnonymousUser()
    VisitorMiddleware(view)(request)
    assert seen[0] == seen[1]
    assert not Visitor.objects.exists()


def scope(**more: Any) -> dict[str, Any]:
    return {"type": "websocket", "user": AnonymousUser(), "headers": [], **more}


def test_a_websocket_carries_the_same_cookie(browser: Client) -> None:
    browser.get("/write")
    visitor = Visitor.objects.get()
    signed = browser.cookies[COOKIE].value
    header = [(b"cookie", f"a=b; {COOKIE}={signed}".encode())]
    assert Owner.of_scope(scope(headers=header)).visitor == visitor
    assert Owner.of_scope(scope(cookies={COOKIE: signed})).visitor == visitor
    assert find_visitor({COOKIE: signed}) == visitor


def test_a_websocket_of_a_stranger_owns_nothing(browser: Client) -> None:
    browser.get("/write")
    for forged in ([], [(b"cookie", b"visitor=forged")], [(b"cookie", b"\xff;;=\x00")]):
        owner = Owner.of_scope(scope(headers=forged))
        assert owner.visitor is not None
        assert not owner.visitor.is_stored
        assert not owner.is_local


def test_a_websocket_of_a_user_belongs_to_the_user(alice: User) -> None:
    assert Owner.of_scope(scope(user=alice)) == Owner(user=alice)


def test_the_command_line_is_nobody() -> None:
    assert Owner.local().is_local
    assert Owner.local().fields() == {"user": None, "visitor": None}
    assert not Owner(visitor=Visitor()).is_local
