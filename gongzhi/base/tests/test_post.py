from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address, ip_network
from threading import Event, Thread
from time import monotonic
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.base import post as posting
from gongzhi.base.post import NotPublic, NotTaken, call, check_address, is_public, post

PRIVATE = "the address leads into a private network"
HERE = [ip_network("127.0.0.0/8")]


@dataclass
class Service:
    """A stand-in for a service elsewhere: keeps what it got, answers as told."""

    port: int
    status: int = 200
    body: bytes = b'{"ok": 1}'
    location: str = ""
    wait: Event | None = None
    got: list[tuple[str, str, str, bytes]] = field(default_factory=list)


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[Service]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            known.got.append((self.command, self.path, self.headers["Host"], body))
            self.send_response(known.status)
            if known.location:
                self.send_header("Location", known.location)
            self.end_headers()
            if known.wait:
                known.wait.wait(9)
            with suppress(OSError):
                self.wfile.write(known.body)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_said: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_who: object) -> None:
            pass  # who ends the handshake is wanted here

    with Server(("127.0.0.1", 0), Handler) as server:
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        known = Service(server.server_port)
        thread = Thread(target=server.serve_forever, args=[0.01], daemon=True)
        thread.start()
        yield known
        server.shutdown()
        thread.join()


@pytest.fixture
def service():
    with serving() as known:
        yield known


@pytest.fixture
def names(monkeypatch):
    """Let names mean what a test says, as a resolver would; each look-up is counted."""
    real, asked = socket.getaddrinfo, list[str]()
    known: dict[str, Any] = {"asked": asked}

    def look_up(host, port, *args, **says):
        if host not in known:
            return real(host, port, *args, **says)
        asked.append(host)
        means = known[host].pop(0) if len(known[host]) > 1 else known[host][0]
        found = [real(one, port, *args, **says) for one in means]
        return [entry for entries in found for entry in entries]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return known


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "127.9.9.9",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.8",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2001:0:1::1",
        "2001:db8::1",
        "fc00::1",
        "fd12::1",
        "fe80::1",
        "fe80::1%lo",
        "fec0::1",
        "ff02::1",
    ],
)
def test_an_address_that_is_not_of_the_open_network_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "223.5.5.5", "2400:3200::1", "2606:4700::1111"])
def test_an_address_of_the_open_network_is_public(address):
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_no_ipv6_that_stands_for_an_ipv4_is_public(ip):
    forms = [
        f"::ffff:{ip}",
        f"64:ff9b::{ip}",
        str(ip_address(0x2002 << 112 | int(ip) << 80)),
    ]
    assert [one for one in forms if is_public(one)] == []


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "017700000001", "[::1]", "0"],
)
def test_no_way_to_write_this_machine_reaches_it(service, host):
    with pytest.raises(NotPublic, match=PRIVATE):
        call("GET", f"https://{host}:{service.port}/")
    assert service.got == []


def test_one_private_address_among_public_ones_is_enough_to_refuse(service, names):
    names["mixed.example.org"] = [["8.8.8.8", "127.0.0.1"]]
    with pytest.raises(NotPublic, match=PRIVATE):
        call("GET", f"https://mixed.example.org:{service.port}/")


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "https://",
        "https://user:word@example.org/",
        "https://example.org:0/",
        "https://example.org:99999/",
        "https://[::1/",
        "https://a..example.org/",
        "",
    ],
)
def test_what_names_no_host_or_is_read_on_the_way_is_refused(address):
    with pytest.raises(NotPublic):
        check_address(address)


def test_the_name_is_looked_up_once_and_the_connection_goes_to_what_was_checked(
    settings, service, names
):
    settings.PRIVATE_NETWORKS = HERE
    names["localhost"] = [["127.0.0.1"], ["10.0.0.1"]]
    assert call("GET", f"http://localhost:{service.port}/x?y=路").status == 200
    assert names["asked"] == ["localhost"]
    assert service.got == [("GET", "/x?y=%E8%B7%AF", f"localhost:{service.port}", b"")]


@pytest.mark.parametrize(
    ("hosts", "networks"), [({"localhost"}, []), (set(), HERE), (set(), [ip_network("127.0.0.1")])]
)
def test_what_the_operator_names_may_be_private(settings, service, names, hosts, networks):
    names["localhost"] = [["127.0.0.1"]]
    settings.PRIVATE_HOSTS, settings.PRIVATE_NETWORKS = hosts, networks
    assert post(f"http://localhost:{service.port}/", {"a": "路"}) == {"ok": 1}
    assert json.loads(service.got[0][3]) == {"a": "路"}


def test_another_network_than_the_one_named_stays_closed(settings, service):
    settings.PRIVATE_NETWORKS = [ip_network("10.0.0.0/8")]
    with pytest.raises(NotPublic, match=PRIVATE):
        post(f"http://127.0.0.1:{service.port}/", {})


def test_an_address_of_the_settings_is_trusted(service):
    assert post(f"http://127.0.0.1:{service.port}/", {}, trusted=True) == {"ok": 1}


def test_nothing_leaves_a_training_copy(settings, service):
    settings.TRAINING = True
    with pytest.raises(NotPublic, match="nothing leaves a training copy"):
        post(f"http://127.0.0.1:{service.port}/", {}, trusted=True)
    assert service.got == []


def test_a_redirect_is_an_answer_and_is_not_followed(service):
    service.status, service.location = 307, f"http://127.0.0.1:{service.port}/inside"
    reply = call("GET", f"http://127.0.0.1:{service.port}/", trusted=True)
    assert (reply.status, reply.is_fine, reply.headers["location"]) == (
        307,
        False,
        service.location,
    )
    with pytest.raises(NotTaken, match="HTTP 307"):
        post(f"http://127.0.0.1:{service.port}/", {}, trusted=True)
    assert [path for _, path, _, _ in service.got] == ["/", "/"]


def test_of_a_long_answer_as_much_is_read_as_was_asked_for(service):
    service.body = b"x" * 100_000
    address = f"http://127.0.0.1:{service.port}/"
    assert call("GET", address, trusted=True, longest=10).body == b"x" * 10


def test_who_answers_late_is_not_waited_for(service):
    service.wait, begun = Event(), monotonic()
    with pytest.raises(TimeoutError):
        call(
            "GET",
            f"http://127.0.0.1:{service.port}/",
            trusted=True,
            timeout_s=0.2,
        )
    assert monotonic() - begun < 5
    service.wait.set()


def test_who_never_finishes_the_handshake_is_not_waited_for():
    begun = monotonic()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"https://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(OSError, match=r".+"):
            call("GET", address, trusted=True, timeout_s=0.2)
    assert monotonic() - begun < 5


def test_the_next_address_of_a_name_is_tried_where_one_does_not_answer(service, names):
    names["two.example.org"] = [["127.0.0.9", "127.0.0.1"]]  # nobody listens on the first
    address = f"http://two.example.org:{service.port}/"
    assert call("GET", address, trusted=True).status == 200


@pytest.fixture
def certificate(tmp_path, monkeypatch):
    """Make a certificate for hook.example.org, and let it be trusted here."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hook.example.org")])
    begun = datetime.now(UTC) - timedelta(hours=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begun)
        .not_valid_after(begun + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hook.example.org")]), False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "both.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    posting.context.cache_clear()
    yield file
    posting.context.cache_clear()


def test_a_certificate_is_held_against_the_name_and_not_the_address(settings, names, certificate):
    settings.PRIVATE_NETWORKS = HERE
    names["hook.example.org"] = names["other.example.org"] = [["127.0.0.1"]]
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    with serving(context) as service:
        assert post(f"https://hook.example.org:{service.port}/", {}) == {"ok": 1}
        with pytest.raises(ssl.SSLCertVerificationError):
            post(f"https://other.example.org:{service.port}/", {})
    assert len(service.got) == 1
