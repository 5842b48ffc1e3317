"""The guarded connection over real TLS: the checked address, the right name, no other trust."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from llm.gateway import transport
from llm.gateway.connection import ConnectionSettings
from llm.gateway.errors import LLMConfig, LLMTransient
from tests.fakes.openai_server import OpenAIServer
from tests.llm.connections import KEY, ask

NAME = "models.example.test"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A fresh self-signed certificate for NAME and nothing else, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "certificate.pem"
    path.write_bytes(
        signed.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


@pytest.fixture
def server(certificate: Path) -> Iterator[OpenAIServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with OpenAIServer(tls=context) as running:
        yield running


@pytest.fixture
def name_service(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stands for the name service: every name leads to this machine and counts as checked."""
    asked: list[str] = []

    async def here(host: str, port: int) -> str:
        asked.append(host)
        return "127.0.0.1"

    monkeypatch.setattr(transport, "public_address", here)
    return asked


def connection(server: OpenAIServer, name: str) -> ConnectionSettings:
    port = server.url.rpartition(":")[2]
    return ConnectionSettings(f"https://{name}:{port}", KEY, "fake-1")


def trusting(monkeypatch: pytest.MonkeyPatch, certificate: Path) -> None:
    context = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(transport, "_trust", lambda: context)


def test_the_checked_address_is_used_under_the_name_that_was_asked_for(
    server: OpenAIServer,
    certificate: Path,
    name_service: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trusting(monkeypatch, certificate)
    assert ask(connection(server, NAME)).text == "ok"
    assert name_service == [NAME]
    assert server.journal[-1].headers["host"].startswith(f"{NAME}:")


def test_a_certificate_for_another_name_is_refused(
    server: OpenAIServer,
    certificate: Path,
    name_service: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trusting(monkeypatch, certificate)
    with pytest.raises(LLMTransient, match="connection"):
        ask(connection(server, "other.example.test"))
    assert server.journal == []


def test_an_unknown_authority_is_refused(server: OpenAIServer, name_service: list[str]) -> None:
    with pytest.raises(LLMTransient, match="connection"):
        ask(connection(server, NAME))
    assert server.journal == []


def test_the_check_comes_before_any_byte_is_sent(server: OpenAIServer) -> None:
    with pytest.raises(LLMConfig, match="not public"):
        ask(connection(server, "127.1"))
    assert server.journal == []
