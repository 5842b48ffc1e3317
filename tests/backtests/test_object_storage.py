"""The same files on an S3 server: private, whole, and one file for equal contents."""

import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from django.core.files.storage import default_storage
from django.test import override_settings
from moto.server import ThreadedMotoServer

from backtests import artifacts, pipeline, services
from tests.backtests.ideas import GOLDEN_CROSS


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Run an S3 server on a free port, with a bucket, and make it the default storage."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    options = {
        "bucket_name": "alphabench",
        "endpoint_url": address,
        "region_name": "us-east-1",
        "default_acl": "private",
        "querystring_auth": True,
        "file_overwrite": True,
    }
    storages = {
        "default": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    with override_settings(STORAGES=storages):
        default_storage.connection.create_bucket(Bucket="alphabench")
        yield address
        # The servers of one process share their memory; the next test starts with none of this.
        default_storage.bucket.objects.all().delete()
    server.stop()


def test_an_artifact_is_stored_once_read_back_and_not_public(s3: str, db: None) -> None:
    first = artifacts.store("script", "strategy.py", b"print('one')")
    second = artifacts.store("script", "strategy.py", b"print('one')")
    assert first == second
    path = artifacts.content_path(first.content_hash)
    with default_storage.open(path) as file:
        assert file.read() == b"print('one')"
    signed = default_storage.url(path)
    with urllib.request.urlopen(signed, timeout=10) as answer:
        assert answer.read() == b"print('one')"
    assert "Signature" in signed


def test_an_idea_becomes_a_report_with_every_file_on_the_server(s3, start):
    run = pipeline.run_to_end(start(GOLDEN_CROSS))
    assert run.status == "completed", run.failure_message
    names = {entry.key for entry in default_storage.bucket.objects.all()}
    assert {artifact.path for artifact in run.artifacts.all()} <= names
    services.delete_run(run=run)
    left = {entry.key for entry in default_storage.bucket.objects.all()}
    assert [name for name in left if name.startswith("artifacts/")] == []
