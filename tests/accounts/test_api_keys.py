"""A user's own keys over the API: stored, changed, tried, removed, and nobody else's business."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts import api_keys
from accounts.models import ApiKey, User
from billing.models import ModelCall
from tests.billing.test_allowance_under_pressure import at_once
from tests.factories import make_user
from tests.fakes.openai_server import OpenAIServer
from tests.fakes.openai_steps import Step

SECRET = "sk-proj-canary0123456789abcdef"
OPENAI = "https://api.openai.com/v1"

pytestmark = pytest.mark.usefixtures("empty_cache")


def post(client: Client, url: str = "/api/api-keys", **values: Any) -> Any:
    return client.post(url, values, content_type="application/json")


def patch(client: Client, row: ApiKey, **values: Any) -> Any:
    return client.patch(f"/api/api-keys/{row.pk}", values, content_type="application/json")


def make(user: User, **changes: Any) -> ApiKey:
    facts = {"name": "mine", "kind": "openai", "model": "gpt-5.4-mini", "key": SECRET}
    return api_keys.create_key(user=user, **{**facts, **changes})


@pytest.fixture
def server(settings: Any) -> Iterator[OpenAIServer]:
    """A model on this machine, which the operator lets users name."""
    settings.OWN_KEY_PRIVATE_ADDRESSES = True
    with OpenAIServer() as running:
        yield running


def at(server: OpenAIServer, user: User, **changes: Any) -> ApiKey:
    return make(user, kind="compatible", base_url=server.url, model="fake-1", **changes)


def test_a_key_is_stored_and_never_shown_again(browser: Client, alice: User) -> None:
    response = post(browser, name="mine", kind="openai", model="gpt-5.4-mini", key=SECRET)
    assert response.status_code == 201, response.content
    made = response.json()
    assert (made["last_four"], made["base_url"], made["is_active"]) == ("cdef", OPENAI, True)
    assert made["validated_at"] is None
    row = ApiKey.objects.get()
    assert row.user == alice
    assert SECRET not in row.encrypted_key
    assert api_keys.connection_of(row).api_key == SECRET
    for url in ("/api/api-keys", f"/api/api-keys/{row.pk}", "/account/", "/account/export"):
        assert SECRET not in browser.get(url).content.decode()
        assert row.encrypted_key not in browser.get(url).content.decode()


def test_a_list_holds_the_own_keys_newest_first(browser: Client, alice: User, bob: User) -> None:
    make(alice, name="first")
    make(alice, name="second")
    make(bob, name="other")
    assert [key["name"] for key in browser.get("/api/api-keys").json()["results"]] == [
        "second",
        "first",
    ]


def test_one_key_is_in_use_and_a_new_one_takes_its_place(browser: Client, alice: User) -> None:
    first, second = make(alice, name="first"), make(alice, name="second")
    make(alice, name="third", use=False)
    assert api_keys.active_key(alice) == second
    assert patch(browser, first, is_active=True).json()["is_active"] is True
    assert api_keys.active_key(alice) == first
    patch(browser, first, is_active=False)
    assert api_keys.active_key(alice) is None


def test_the_database_holds_that_one_key_is_in_use(alice: User, bob: User) -> None:
    make(alice)
    make(bob)
    other = make(alice, use=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiKey.objects.filter(pk=other.pk).update(is_active=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiKey.objects.filter(pk=other.pk).update(kind="telepathy")


@pytest.mark.both_stacks
def test_many_new_keys_at_once_leave_one_in_use(transactional_db: None) -> None:
    dora = make_user("dora")
    results = at_once(12, lambda index: make(dora, name=f"key {index}"))
    assert all(isinstance(r, ApiKey) for r in results), {repr(r) for r in results}
    assert ApiKey.objects.filter(user=dora, is_active=True).count() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"key": "short"}, "key"),
        ({"key": "with a space in it"}, "key"),
        ({"key": "line\nbreak-0123"}, "key"),
        ({"key": ""}, "key"),
        ({"kind": "telepathy"}, "kind"),
        ({"name": ""}, "name"),
        ({"name": "  "}, "name"),
        ({"model": ""}, "model"),
        ({"kind": "compatible"}, "base_url"),
        ({"base_url": "http://models.example.org/v1"}, "base_url"),
        ({"base_url": "https://127.0.0.1/v1"}, "base_url"),
        ({"base_url": "https://10.1.2.3/v1"}, "base_url"),
        ({"base_url": "https://localhost/v1"}, "base_url"),
        ({"base_url": "https://169.254.169.254/latest"}, "base_url"),
        ({"base_url": "https://user:pass@models.example.org/v1"}, "base_url"),
        ({"base_url": "ftp://models.example.org"}, "base_url"),
    ],
)
def test_a_wrong_value_is_named_by_field_and_nothing_is_stored(
    browser: Client, values: dict[str, str], field: str
) -> None:
    sound = {"name": "mine", "kind": "openai", "model": "gpt-5.4-mini", "key": SECRET}
    response = post(browser, **{**sound, **values})
    assert response.status_code == 400, response.content
    assert response.json()["code"] == "invalid"
    assert list(response.json()["errors"]) == [field]
    assert set(response.json()) == {"detail", "code", "errors"}
    assert not ApiKey.objects.exists()


def test_the_same_request_again_stores_nothing_more(browser: Client, alice: User) -> None:
    values = {"name": "mine", "kind": "openai", "model": "m", "key": SECRET}
    ids = {
        browser.post(
            "/api/api-keys",
            values,
            content_type="application/json",
            headers={"Idempotency-Key": once},
        ).json()["id"]
        for once in ("a", "a", "b")
    }
    assert len(ids) == ApiKey.objects.count() == 2
    long = browser.post(
        "/api/api-keys",
        values,
        content_type="application/json",
        headers={"Idempotency-Key": "x" * 101},
    )
    assert list(long.json()["errors"]) == ["Idempotency-Key"]


def test_twenty_keys_are_the_most(browser: Client, alice: User) -> None:
    for number in range(api_keys.MOST_KEYS):
        make(alice, name=str(number))
    response = post(browser, name="one more", kind="openai", model="m", key=SECRET)
    assert response.status_code == 400
    assert "20 keys are the most" in response.json()["errors"]["name"][0]


def test_a_key_is_not_sent_to_a_new_address_unless_it_is_entered_again(
    browser: Client, alice: User
) -> None:
    row = make(alice)
    refused = patch(browser, row, base_url="https://evil.example.org/v1")
    assert refused.status_code == 400
    assert list(refused.json()["errors"]) == ["key"]
    row.refresh_from_db()
    assert row.base_url == OPENAI
    moved = patch(browser, row, base_url="https://models.example.org/v1", key="sk-new-0123456789")
    assert moved.status_code == 200, moved.content
    assert (moved.json()["base_url"], moved.json()["last_four"]) == (
        "https://models.example.org/v1",
        "6789",
    )


def test_the_same_address_written_otherwise_is_no_new_one(browser: Client, alice: User) -> None:
    row = make(alice)
    assert patch(browser, row, base_url=f"{OPENAI}/").status_code == 200
    row.refresh_from_db()
    assert row.base_url == OPENAI


def test_a_key_whose_address_is_no_longer_allowed_can_be_put_out_of_use(
    browser: Client, alice: User, settings: Any
) -> None:
    settings.OWN_KEY_PRIVATE_ADDRESSES = True
    row = make(alice, kind="compatible", base_url="http://127.0.0.1:9/v1")
    settings.OWN_KEY_PRIVATE_ADDRESSES = False
    assert patch(browser, row, is_active=False).status_code == 200
    assert patch(browser, row, model="other").status_code == 400
    answer = post(browser, f"/api/api-keys/{row.pk}/validate").json()
    assert answer["message"].startswith("Refused: the model's address must use https")


def test_a_key_that_is_removed_while_it_is_tried_stays_removed(
    alice: User, server: OpenAIServer
) -> None:
    row = at(server, alice)
    ApiKey.objects.all().delete()
    assert api_keys.try_key(api_key=row).ok
    assert not ApiKey.objects.exists()


def test_a_name_is_changed_without_the_key(browser: Client, alice: User) -> None:
    row = make(alice)
    assert patch(browser, row, name="office").json()["name"] == "office"
    row.refresh_from_db()
    assert api_keys.connection_of(row).api_key == SECRET


def test_a_removed_key_is_gone(browser: Client, alice: User) -> None:
    row = make(alice)
    assert browser.delete(f"/api/api-keys/{row.pk}").status_code == 204
    assert not ApiKey.objects.exists()


def test_a_key_does_not_exist_for_anybody_else(stranger: Client, alice: User) -> None:
    row = make(alice)
    for answer in (
        stranger.get(f"/api/api-keys/{row.pk}"),
        patch(stranger, row, name="mine now"),
        stranger.delete(f"/api/api-keys/{row.pk}"),
        post(stranger, f"/api/api-keys/{row.pk}/validate"),
        post(stranger, f"/api/api-keys/{uuid.uuid4()}/validate"),
    ):
        assert answer.status_code == 404
        assert answer.json()["code"] == "not_found"
    assert stranger.get("/api/api-keys").json()["results"] == []
    assert ApiKey.objects.get().name == "mine"


def test_whoever_is_not_signed_in_is_asked_to(client: Client, alice: User) -> None:
    row = make(alice)
    for answer in (
        client.get("/api/api-keys"),
        client.get(f"/api/api-keys/{row.pk}"),
        post(client, name="mine"),
        post(client, f"/api/api-keys/{row.pk}/validate"),
    ):
        assert answer.status_code == 401


def test_trying_a_key_really_asks_its_model(
    browser: Client, alice: User, server: OpenAIServer
) -> None:
    row = at(server, alice)
    answer = post(browser, f"/api/api-keys/{row.pk}/validate").json()
    assert (answer["ok"], answer["message"]) == (True, "fake-1 answers.")
    assert answer["validated_at"] is not None
    assert server.journal[0].headers["authorization"] == f"Bearer {SECRET}"
    assert server.bodies[0]["max_tokens"] == 16
    call = ModelCall.objects.get()
    assert (call.purpose, call.own_key, call.user, call.run) == ("check", True, alice, None)


def test_a_model_that_thinks_first_has_no_room_and_works_all_the_same(
    browser: Client, alice: User, server: OpenAIServer
) -> None:
    server.push(Step(content="", reasoning="hm " * 5, finish="length"))
    row = at(server, alice)
    assert post(browser, f"/api/api-keys/{row.pk}/validate").json()["ok"] is True


def test_a_refused_key_is_said_without_saying_the_key(
    browser: Client, alice: User, server: OpenAIServer
) -> None:
    row = at(server, alice)
    post(browser, f"/api/api-keys/{row.pk}/validate")
    server.push(Step(status=401, error={"message": f"Incorrect API key: {SECRET}"}))
    answer = post(browser, f"/api/api-keys/{row.pk}/validate")
    assert answer.status_code == 200
    assert answer.json()["ok"] is False
    assert answer.json()["validated_at"] is None
    assert "Incorrect API key: [redacted]" in answer.json()["message"]
    assert SECRET not in answer.content.decode()


def test_an_address_that_leads_into_our_network_is_refused_when_connecting(
    browser: Client, alice: User
) -> None:
    """The name looks public; where it leads is what counts."""
    with OpenAIServer() as server:
        port = server.url.rpartition(":")[2].partition("/")[0]
        row = make(alice, kind="compatible", base_url=f"https://2130706433:{port}/v1")
        answer = post(browser, f"/api/api-keys/{row.pk}/validate").json()
        assert answer["ok"] is False
        assert "not public" in answer["message"]
        assert server.journal == []


def test_a_key_that_cannot_be_read_any_more_says_so(
    browser: Client, alice: User, settings: Any
) -> None:
    row = make(alice)
    settings.SECRET_KEY = "another secret key of this site"
    browser.force_login(alice)
    answer = post(browser, f"/api/api-keys/{row.pk}/validate").json()
    assert answer["ok"] is False
    assert "can no longer be read; enter it again" in answer["message"]


def test_keys_are_not_tried_without_end(browser: Client, alice: User, server: OpenAIServer) -> None:
    row = at(server, alice)
    answers = [post(browser, f"/api/api-keys/{row.pk}/validate").status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]
    assert len(server.journal) == 10


def test_the_own_data_names_the_keys_and_does_not_hold_them(browser: Client, alice: User) -> None:
    make(alice)
    [told] = json.loads(browser.get("/account/export").content)["api_keys"]
    assert (told["name"], told["last_four"]) == ("mine", "cdef")
    assert "encrypted_key" not in told
