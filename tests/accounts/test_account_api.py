"""The accounts API, with a browser's session and with tokens."""

import time
from typing import Any

import jwt
import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings as django_settings
from django.test import Client

from accounts.models import User, UserSettings

PASSWORD = "correct horse battery"

pytestmark = pytest.mark.usefixtures("empty_cache")


def post(client: Client, url: str, data: dict[str, Any], **extra: Any) -> Any:
    return client.post(url, data, content_type="application/json", **extra)


def patch(client: Client, url: str, data: dict[str, Any], **extra: Any) -> Any:
    return client.patch(url, data, content_type="application/json", **extra)


def tokens_of(user: User) -> dict[str, Any]:
    response = post(Client(), "/api/auth/token", {"email": user.email, "password": PASSWORD})
    assert response.status_code == 200, response.content
    answer: dict[str, Any] = response.json()
    return answer


def bearer(token: str) -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": f"Bearer {token}"}


def test_a_stranger_is_asked_to_sign_in(client: Client, db: None) -> None:
    for url in ("/api/users/me", "/api/users/me/settings", "/api/subscriptions/active"):
        response = client.get(url)
        assert response.status_code == 401
        assert response.json()["code"] == "not_authenticated"
        assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_user_sees_and_renames_themselves(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.get("/api/users/me").json()["email"] == "alice@example.org"
    changed = patch(client, "/api/users/me", {"name": "Alice", "email": "x@example.org"}).json()
    assert (changed["name"], changed["email"]) == ("Alice", "alice@example.org")
    assert client.put("/api/users/me", {}).status_code == 405


def test_nobody_promotes_themselves(client: Client, alice: User) -> None:
    client.force_login(alice)
    patch(client, "/api/users/me", {"is_staff": True, "is_superuser": True})
    patch(client, "/api/users/me/settings", {"daily_allowance": 1000, "theme": "dark"})
    alice.refresh_from_db()
    assert not alice.is_staff
    assert UserSettings.of(alice).daily_allowance is None
    assert UserSettings.of(alice).theme == "dark"


def test_settings_are_read_before_they_are_stored(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.get("/api/users/me/settings").json() == {
        "theme": "system",
        "default_commission": None,
        "default_initial_capital": None,
        "daily_allowance": None,
    }
    assert not UserSettings.objects.exists()
    changed = patch(client, "/api/users/me/settings", {"default_commission": "0.001"}).json()
    assert changed["default_commission"] == "0.001000"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"theme": "pink"}, "theme"),
        ({"default_commission": "0.5"}, "default_commission"),
        ({"default_commission": "NaN"}, "default_commission"),
        ({"default_initial_capital": 0}, "default_initial_capital"),
        ({"default_initial_capital": "much"}, "default_initial_capital"),
    ],
)
def test_wrong_settings_are_named_by_field(
    client: Client, alice: User, values: dict[str, Any], field: str
) -> None:
    client.force_login(alice)
    response = patch(client, "/api/users/me/settings", values)
    assert response.status_code == 400
    assert response.json()["code"] == "invalid"
    assert list(response.json()["errors"]) == [field]


def test_a_session_without_a_csrf_token_changes_nothing(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    response = patch(client, "/api/users/me", {"name": "Mallory"})
    assert response.status_code == 403
    alice.refresh_from_db()
    assert alice.name == ""


def test_a_script_gets_tokens_and_uses_them(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    tokens = tokens_of(alice)
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 900
    me = client.get("/api/users/me", **bearer(tokens["access_token"]))
    assert me.json()["email"] == "alice@example.org"
    changed = patch(client, "/api/users/me", {"name": "A"}, **bearer(tokens["access_token"]))
    assert changed.status_code == 200


def test_getting_a_token_leaves_no_cookie_behind(alice: User) -> None:
    response = post(Client(), "/api/auth/token", {"email": alice.email, "password": PASSWORD})
    assert "sessionid" not in response.cookies
    assert "visitor" not in response.cookies


def test_a_token_is_not_taken_from_another_session(alice: User, bob: User) -> None:
    """Bob's token sent along does not make Alice's tokens Bob's, nor the reverse."""
    bobs = tokens_of(bob)
    response = post(
        Client(),
        "/api/auth/token",
        {"email": alice.email, "password": PASSWORD},
        **bearer(bobs["access_token"]),
    )
    alices = response.json()["access_token"]
    assert Client().get("/api/users/me", **bearer(alices)).json()["email"] == alice.email
    still = Client().get("/api/users/me", **bearer(bobs["access_token"]))
    assert still.json()["email"] == bob.email


@pytest.mark.parametrize(
    ("email", "password"),
    [("alice@example.org", "wrong"), ("nobody@example.org", PASSWORD)],
)
def test_wrong_credentials_do_not_say_which_part_is_wrong(
    alice: User, email: str, password: str
) -> None:
    response = post(Client(), "/api/auth/token", {"email": email, "password": password})
    assert response.status_code == 401
    assert response.json() == {
        "detail": "Address and password do not match.",
        "code": "invalid_credentials",
        "errors": {},
    }


def test_a_disabled_user_gets_no_token(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    response = post(Client(), "/api/auth/token", {"email": alice.email, "password": PASSWORD})
    assert response.status_code == 401


def test_a_second_factor_cannot_be_walked_around(alice: User) -> None:
    TOTP.activate(alice, generate_totp_secret())
    response = post(Client(), "/api/auth/token", {"email": alice.email, "password": PASSWORD})
    assert response.status_code == 401
    assert response.json()["code"] == "second_factor_required"


def test_guessing_passwords_ends_with_429(alice: User) -> None:
    guess = {"email": alice.email, "password": "guess"}
    answers = [post(Client(), "/api/auth/token", guess).status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]
    right = post(Client(), "/api/auth/token", {"email": alice.email, "password": PASSWORD})
    assert right.status_code == 429
    assert right.json()["code"] == "throttled"
    assert right.headers["Retry-After"] == "300"


def test_one_network_gets_so_many_answers_a_minute(db: None) -> None:
    answers = [post(Client(), "/api/auth/token", {}).status_code for _ in range(21)]
    assert answers == [400] * 20 + [429]
    other = post(Client(), "/api/auth/token", {}, REMOTE_ADDR="203.0.113.9")
    assert other.status_code == 400


@pytest.mark.parametrize(
    "token", ["", "x", "a.b.c", "{refresh}", "{none}", "{expired}", "{foreign}"]
)
def test_a_token_that_is_not_ours_opens_nothing(alice: User, token: str) -> None:
    tokens = tokens_of(alice)
    claims = jwt.decode(tokens["access_token"], options={"verify_signature": False})
    made = {
        "{refresh}": tokens["refresh_token"],
        "{none}": jwt.encode(claims, None, algorithm="none"),
        "{expired}": jwt.encode(
            claims | {"exp": int(time.time()) - 1}, django_settings.SECRET_KEY, algorithm="HS256"
        ),
        "{foreign}": jwt.encode(claims, "k" * 64, algorithm="HS256"),
    }
    response = Client().get("/api/users/me", **bearer(made.get(token, token)))
    assert response.status_code == 401


def test_a_disabled_user_is_out_at_once(alice: User) -> None:
    tokens = tokens_of(alice)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    response = Client().get("/api/users/me", **bearer(tokens["access_token"]))
    assert response.status_code == 401


def test_a_deleted_user_is_out_at_once(alice: User) -> None:
    tokens = tokens_of(alice)
    alice.delete()
    response = Client().get("/api/users/me", **bearer(tokens["access_token"]))
    assert response.status_code == 401


APP = "/_allauth/app/v1"


def test_an_app_signs_in_refreshes_and_signs_out(alice: User) -> None:
    """The mobile way: allauth's app client, a rotating refresh token, and a real end."""
    client = Client(enforce_csrf_checks=True)
    answer = post(client, f"{APP}/auth/login", {"email": alice.email, "password": PASSWORD})
    meta = answer.json()["meta"]
    assert client.get("/api/users/me", **bearer(meta["access_token"])).status_code == 200

    refreshed = post(client, f"{APP}/tokens/refresh", {"refresh_token": meta["refresh_token"]})
    new = refreshed.json()["data"]
    assert new["refresh_token"] != meta["refresh_token"]
    again = post(client, f"{APP}/tokens/refresh", {"refresh_token": meta["refresh_token"]})
    assert again.status_code == 400

    assert client.get("/api/users/me", **bearer(new["access_token"])).status_code == 200
    client.delete(f"{APP}/auth/session", **bearer(new["access_token"]))
    assert client.get("/api/users/me", **bearer(new["access_token"])).status_code == 401


def test_tokens_of_a_script_can_be_refreshed(alice: User) -> None:
    tokens = tokens_of(alice)
    response = post(Client(), f"{APP}/tokens/refresh", {"refresh_token": tokens["refresh_token"]})
    access = response.json()["data"]["access_token"]
    assert Client().get("/api/users/me", **bearer(access)).status_code == 200
