"""A mailbox is opened over TLS alone, to the host whose certificate it is."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from gongzhi.mailbox.models import Mailbox
from gongzhi.mailbox.tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate(tmp_path):
    """Make a certificate for localhost."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    begun = datetime.now(UTC) - timedelta(hours=1)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(1)
    made = made.public_key(key.public_key()).not_valid_before(begun)
    made = made.not_valid_after(begun + timedelta(days=1)).add_extension(
        x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False
    )
    file = tmp_path / "both.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    return file


@contextmanager
def covered(port: int, certificate: Path, heard: list[bytes]) -> Iterator[int]:
    """Stand before the server on ``port`` with TLS; what comes is gathered in ``heard``."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    lines: list[socket.socket] = []

    def pump(source: socket.socket, to: socket.socket, keep: bool) -> None:
        with suppress(OSError):
            while said := source.recv(65_536):
                heard.extend([said] if keep else [])
                to.sendall(said)
            to.shutdown(socket.SHUT_RDWR)

    def serve() -> None:
        with suppress(OSError):
            while True:
                line, _where = listener.accept()
                lines.append(line)
                with suppress(OSError):
                    covered = context.wrap_socket(line, server_side=True)
                    inside = socket.create_connection(("127.0.0.1", port))
                    lines.extend([covered, inside])
                    Thread(target=pump, args=[covered, inside, True], daemon=True).start()
                    Thread(target=pump, args=[inside, covered, False], daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
    for line in lines:
        line.close()


def test_a_mailbox_is_read_over_tls(town, server, settings, certificate, monkeypatch):
    settings.PRIVATE_HOSTS = {"localhost"}
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    heard: list[bytes] = []
    with covered(server.port, certificate, heard) as port:
        mailbox = make.mailbox(town, server, host="localhost", port=port, line=Mailbox.Line.TLS)
        server.put(make.mail())
        assert make.read(mailbox) == 1
    assert make.PASSWORD.encode() in b"".join(heard)


def test_to_whom_has_another_certificate_no_password_is_said(town, server, settings, certificate):
    settings.PRIVATE_HOSTS = {"localhost"}
    heard: list[bytes] = []
    with covered(server.port, certificate, heard) as port:
        mailbox = make.mailbox(town, server, host="localhost", port=port, line=Mailbox.Line.TLS)
    mailbox.refresh_from_db()
    assert mailbox.fault == "network"
    assert heard == []
