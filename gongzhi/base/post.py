"""What is asked of or posted to a service elsewhere; no redirect is followed, no private address met.

An address that somebody typed may lead into the house (server-side request forgery).  So its name is
resolved once, every address that it has must be public, and the connection goes to that very address:
what the name means a moment later (DNS rebinding) is not asked.
"""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from functools import cache
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv6Address, ip_address, ip_network
from threading import Timer
from time import monotonic
from typing import Any, Final
from urllib.parse import SplitResult, quote, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

TIMEOUT_S = 20  # well below the lease of a job
LONGEST_REPLY = 10_000
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
PORTS: Final = {"https": 443, "http": 80}

# IPv6 that stands for an IPv4 address, which may be a private one (RFC 4291, 6052, 8215, 3056, 4380).
STAND_INS = ("::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
# Of no public place either, and not known as such to every Python (IANA's registries; RFC 7526, 9637).
SPECIAL = ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20")
CLOSED: Final = [ip_network(one) for one in STAND_INS + SPECIAL]

Found = tuple[int, int, int, str, tuple[Any, ...]]  # as `socket.getaddrinfo` tells it


class NotTaken(Exception):  # noqa: N818  an answer of the service, told to who looks after it
    """The service did not take the message; says what it answered, never the message itself."""


class NotPublic(NotTaken):
    """The address leads to no public place, or what is sent could be read on the way."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a service answered: whatever the status; of the body as much as was asked for."""

    status: int
    headers: Message  # looked up in any case
    body: bytes

    @property
    def is_fine(self) -> bool:
        """Return whether the status says that it was taken."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES


def is_safe(address: str) -> bool:
    """Return whether what is sent to ``address`` is read by nobody on the way."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the open network, and stands for no other."""
    ip = ip_address(address)
    if any(ip in network for network in CLOSED) or ip.is_multicast or ip.is_reserved:
        return False
    return ip.is_global and not (isinstance(ip, IPv6Address) and ip.is_site_local)


def check_address(address: str) -> Sequence[Found]:
    """Return where ``address`` leads, each place one that may be reached.

    What the operator named in ``GONGZHI_PRIVATE_HOSTS``, a host or a network, may be private.

    :raises NotPublic: one place is private, or the address is not HTTPS (HTTP only on this machine)
    :raises OSError: the name is unknown
    """
    parts = _parts(address)
    if not is_safe(address):
        raise NotPublic("the address is not HTTPS")
    return check_host(parts.hostname or "", _port(parts))


def check_host(host: str, port: int) -> Sequence[Found]:
    """Return where a host leads, each place one that may be reached: see `check_address`.

    :raises NotPublic: one place is private
    :raises OSError: the name is unknown
    """
    found = _resolve(host, port)
    if not _is_named(host) and not all(_may_reach(one) for one in found):
        raise NotPublic("the address leads into a private network")
    return found


def is_allowed(host: str, port: int) -> bool:
    """Return whether the operator named a host, or the network of each place it leads to, as one inside.

    :raises OSError: the name is unknown
    """
    if _is_named(host):
        return True
    places = [ip_address(one[4][0]) for one in _resolve(host, port)]
    return all(any(ip in network for network in settings.PRIVATE_NETWORKS) for ip in places)


def connect(host: str, port: int, *, tls: bool, ends: float) -> socket.socket:
    """Return a connection to a host for something else than HTTP; its certificate is checked.

    ``ends`` is the time of `monotonic` by which it must stand; hang up by yourself what takes longer.

    :raises NotPublic: see `check_host`
    :raises OSError: nobody answers in time, or the certificate is another's
    """
    found = check_host(host, port)
    if settings.TRAINING:
        raise NotPublic("nothing leaves a training copy")
    line = _dial(found, ends)
    if not tls:
        return line
    plain = ssl.create_default_context()  # `context` speaks of HTTP
    return plain.wrap_socket(line, server_hostname=host)


def reachable(address: str) -> str:
    """Return ``address`` if what is sent there may leave the house, for an administrator who typed it.

    :raises ValidationError: it is not HTTPS, leads into a private network, or its name is unknown
    """
    try:
        check_address(address)
    except NotPublic:
        said = _(
            "This address is not HTTPS or leads into a private network. Give one that is public, or ask "
            "the operator to allow its host in GONGZHI_PRIVATE_HOSTS."
        )
        raise ValidationError({"address": said}) from None
    except OSError:
        said = _("Nobody knows this name: see whether the address is written right.")
        raise ValidationError({"address": said}) from None
    return address


def call(
    method: str,
    address: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    *,
    longest: int = LONGEST_REPLY,
    timeout_s: float | None = None,
    trusted: bool = False,
) -> Reply:
    """Return what a service answers, of the body at most ``longest`` bytes.

    What is not there ``timeout_s`` (`TIMEOUT_S` unless told) after it was asked for never comes, however slowly it drips in.
    An address that the operator wrote into the settings is ``trusted``: it may be a private one.

    :raises NotPublic: see `check_address`
    :raises NotTaken: no HTTP
    :raises OSError: nobody answers in time, or the certificate is another's
    """
    parts = _parts(address)
    found = _resolve(parts.hostname or "", _port(parts)) if trusted else check_address(address)
    if settings.TRAINING:
        raise NotPublic("nothing leaves a training copy")
    ends = monotonic() + (TIMEOUT_S if timeout_s is None else timeout_s)
    line = HTTPConnection(parts.hostname or "", _port(parts))
    line.sock = _dial(found, ends)
    if parts.scheme == "https":
        line.sock = context().wrap_socket(
            line.sock, server_hostname=parts.hostname, do_handshake_on_connect=False
        )
    late = Timer(ends - monotonic(), _hang_up, [line.sock])  # the connection lets go of it early
    late.start()
    try:
        if isinstance(line.sock, ssl.SSLSocket):
            line.sock.do_handshake()
        line.request(method, _path(parts), body, dict(headers or {}))
        with line.getresponse() as reply:
            said = reply.read(longest)
    except HTTPException as fault:
        raise NotTaken(type(fault).__name__) from fault
    finally:
        late.cancel()
        line.close()
    if monotonic() >= ends:  # what was read ends where we hung up
        raise TimeoutError("it did not end in time")
    return Reply(reply.status, reply.headers, said)


def post(
    address: str,
    message: dict[str, Any],
    headers: dict[str, str] | None = None,
    *,
    longest: int = LONGEST_REPLY,
    trusted: bool = False,
) -> dict[str, Any]:
    """Post ``message`` as JSON and return what is answered; nothing where that is no JSON object.

    :raises NotTaken: another status than 2xx, or as `call` does
    :raises OSError: nobody answers in time
    """
    body = json.dumps(message, ensure_ascii=False).encode()
    said = {"Content-Type": "application/json", **(headers or {})}
    reply = call("POST", address, body, said, longest=longest, trusted=trusted)
    if not reply.is_fine:
        raise NotTaken(f"HTTP {reply.status}")
    try:
        answered = json.loads(reply.body)
    except (ValueError, RecursionError):
        return {}
    return answered if isinstance(answered, dict) else {}


def _parts(address: str) -> SplitResult:
    """Return the parts of an address that names a host, and a port that is one.

    :raises NotPublic: it does not
    """
    try:
        parts = urlsplit(address)
        if parts.scheme in PORTS and parts.hostname and parts.port != 0 and "@" not in parts.netloc:
            return parts
    except ValueError:
        pass
    raise NotPublic("the address names no host")


def _port(parts: SplitResult) -> int:
    return parts.port or PORTS[parts.scheme]


def _path(parts: SplitResult) -> str:
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    return quote(path, safe="%/?:@!$&'()*+,;=-._~")


def _resolve(host: str, port: int) -> Sequence[Found]:
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as fault:  # a name with an empty or too long part
        raise NotPublic("the address names no host") from fault


def _is_named(host: str) -> bool:
    return host.rstrip(".") in settings.PRIVATE_HOSTS


def _may_reach(found: Found) -> bool:
    ip = found[4][0]
    return is_public(ip) or any(ip_address(ip) in network for network in settings.PRIVATE_NETWORKS)


def _dial(found: Sequence[Found], ends: float) -> socket.socket:
    """Return a connection to the first of the places found that answers.

    :raises OSError: none does in time
    """
    fault: OSError = TimeoutError("nobody answers in time")
    for family, kind, protocol, _name, where in found:
        left = ends - monotonic()
        if left <= 0:
            break
        line = socket.socket(family, kind, protocol)
        try:
            line.settimeout(left)
            line.connect(where)
        except OSError as failed:
            line.close()
            fault = failed
        else:
            return line
    raise fault


@cache
def context() -> ssl.SSLContext:
    """Return how certificates are checked: kept, since reading all authorities takes long."""
    made = ssl.create_default_context()
    made.set_alpn_protocols(["http/1.1"])
    return made


def _hang_up(line: socket.socket) -> None:
    """End both directions, so that who waits for the next byte waits no longer."""
    with suppress(OSError):  # it has ended meanwhile
        socket.socket.shutdown(line, socket.SHUT_RDWR)
