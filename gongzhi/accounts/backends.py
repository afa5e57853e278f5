"""The identity provider of the organisation, spoken to by OpenID Connect 1.0: authorization code flow with PKCE.

What it answers is believed where everything fits: `state` and `nonce` are those of this browser, and the
ID token is signed by a key that the provider shows now, is of this issuer, for this client, and in time.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import jwt
from django.conf import settings

from gongzhi.base.kept import kept
from gongzhi.base.post import NotTaken, Reply, call, is_safe

LIVES_S = 600  # from the press of the button to the answer
LEEWAY_S = 60  # that the two clocks may differ
PATIENCE_S = 5
KEPT_S = 300  # what the provider says of itself; its keys are asked for anew each time
LONGEST = 200_000  # bytes of an answer
LONGEST_SUBJECT = 255
# Signed with a key that only the provider has: nothing symmetric, and never `none`.
ALGORITHMS = tuple(f"{sort}{size}" for sort in ("RS", "PS", "ES") for size in (256, 384, 512))
KEYS_OF = {"RS": "RSA", "PS": "RSA", "ES": "EC"}
NEEDED = ("iss", "sub", "aud", "exp", "iat", "nonce")
CODE_OF_ERROR = re.compile(r"[a-z_]{1,40}")
# What the libraries raise at what is built wrongly.
BROKEN = (jwt.PyJWTError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)  # fmt: skip


class Fault(StrEnum):
    """Why somebody is not known by what the provider answered."""

    AWAY = "away"  # nobody answers there, or with nothing usable
    DENIED = "denied"  # it signed nobody in
    LOST = "lost"  # this browser asked for nothing such, or too long ago
    CLOCK = "clock"  # too old, or of the future
    MISFIT = "misfit"  # something does not fit
    STALE = "stale"  # it does not say that they signed in just now


class NotTold(Exception):  # noqa: N818  an answer, told to whoever asked
    """The provider did not tell who it is; the words are for the log, never the provider's own."""

    def __init__(self, fault: Fault, words: str) -> None:
        super().__init__(f"{fault}: {words}")
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Asked:
    """What is kept in the session until the answer comes; ``at`` in seconds since 1970."""

    state: str
    nonce: str
    verifier: str
    at: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Told:
    """Whom the provider signed in: in two steps (``strong``), and just now (``fresh``)."""

    subject: str
    strong: bool
    fresh: bool


@dataclass(frozen=True, slots=True)
class Provider:
    """What a provider says of itself."""

    authorization: str
    token: str
    keys: str
    by_post: bool  # it wants the secret in the form and not in a header
    names_itself: bool  # in every answer (RFC 9207)


def ask(back: str, *, anew: bool, at: datetime) -> tuple[str, Asked]:
    """Return where to send the browser, which is to come ``back``, and what to keep meanwhile.

    With ``anew`` whoever it is signs in there once more, whether they have a session or not.

    :raises NotTold: the provider is away
    """
    token = secrets.token_urlsafe
    asked = Asked(token(32), token(32), token(48), at.timestamp())
    challenge = urlsafe_b64encode(hashlib.sha256(asked.verifier.encode()).digest())
    said = {
        "response_type": "code",
        "client_id": settings.OIDC_CLIENT,
        "redirect_uri": back,
        "scope": "openid",
        "state": asked.state,
        "nonce": asked.nonce,
        "code_challenge": challenge.decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    if anew:
        said |= {"prompt": "login", "max_age": "0"}
    where = described(settings.OIDC_ISSUER).authorization
    return f"{where}{'&' if '?' in where else '?'}{urlencode(said)}", asked


def hear(asked: Asked | None, answered: Mapping[str, str], back: str, at: datetime) -> Told:
    """Return whom the provider signed in, by what the browser brought ``back``.

    :raises NotTold: it signed nobody in, or something does not fit
    """
    state = answered.get("state", "")
    if asked is None or not hmac.compare_digest(state.encode(), asked.state.encode()):
        raise NotTold(Fault.LOST, "nothing such was asked by this browser")
    if not 0 <= at.timestamp() - asked.at <= LIVES_S:
        raise NotTold(Fault.LOST, "asked too long ago")
    known = described(settings.OIDC_ISSUER)
    if (
        answered.get("iss", "" if known.names_itself else settings.OIDC_ISSUER)
        != settings.OIDC_ISSUER
    ):
        raise NotTold(Fault.MISFIT, "another provider answered")
    code = answered.get("code", "")
    if not code or "error" in answered:
        raise NotTold(Fault.DENIED, _error(answered))
    claims = _claims(_id_token(known, code, asked, back), known)
    if claims["nonce"] != asked.nonce:
        raise NotTold(Fault.MISFIT, "another nonce")
    return _told(claims, asked, at)


@kept(KEPT_S)
def described(issuer: str) -> Provider:
    """Return what the provider says of itself (OpenID Connect Discovery 1.0).

    :raises NotTold: nobody answers, or with something else
    """
    said = _json(_call("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration"))
    if said.get("issuer") != issuer:
        raise NotTold(Fault.MISFIT, "the discovery document is of another issuer")
    methods = said.get("token_endpoint_auth_methods_supported")
    return Provider(
        authorization=_address(said, "authorization_endpoint"),
        token=_address(said, "token_endpoint"),
        keys=_address(said, "jwks_uri"),
        by_post=isinstance(methods, list) and "client_secret_basic" not in methods,
        names_itself=said.get("authorization_response_iss_parameter_supported") is True,
    )


def _address(said: Mapping[str, Any], name: str) -> str:
    where = said.get(name)
    with suppress(ValueError):  # no address at all
        if isinstance(where, str) and is_safe(where):
            return where
    raise NotTold(Fault.MISFIT, f"the discovery document names no HTTPS address as {name}")


def _id_token(known: Provider, code: str, asked: Asked, back: str) -> str:
    """Return the ID token that ``code`` is good for, once."""
    said = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "client_id": settings.OIDC_CLIENT,
        "code_verifier": asked.verifier,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    if settings.OIDC_SECRET and known.by_post:
        said["client_secret"] = settings.OIDC_SECRET
    elif settings.OIDC_SECRET:  # each part encoded by itself: RFC 6749, 2.3.1
        pair = f"{quote(settings.OIDC_CLIENT, '')}:{quote(settings.OIDC_SECRET, '')}"
        headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    token = _json(_call("POST", known.token, urlencode(said).encode(), headers)).get("id_token")
    if not isinstance(token, str):
        raise NotTold(Fault.MISFIT, "no ID token")
    return token


def _claims(token: str, known: Provider) -> dict[str, Any]:
    """Return what a token says, once its signature, issuer, audience and time are found right."""
    keys = _json(_call("GET", known.keys)).get("keys")
    try:
        claims = jwt.decode(
            token,
            _key(keys, jwt.get_unverified_header(token)),
            algorithms=ALGORITHMS,
            audience=settings.OIDC_CLIENT,
            issuer=settings.OIDC_ISSUER,
            leeway=LEEWAY_S,
            options={"require": list(NEEDED), "enforce_minimum_key_length": True},
        )
    except (jwt.ExpiredSignatureError, jwt.ImmatureSignatureError) as fault:
        raise NotTold(Fault.CLOCK, type(fault).__name__) from fault
    except BROKEN as fault:
        raise NotTold(Fault.MISFIT, type(fault).__name__) from fault
    others = claims["aud"] != settings.OIDC_CLIENT and claims["aud"] != [settings.OIDC_CLIENT]
    if claims.get("azp", "" if others else settings.OIDC_CLIENT) != settings.OIDC_CLIENT:
        raise NotTold(Fault.MISFIT, "the token was made for somebody else")
    return claims


def _key(keys: Any, header: Mapping[str, Any]) -> jwt.PyJWK:
    """Return the one key of the provider that a token names, or the only one it can be of.

    :raises LookupError: there is none, or more than one
    """
    algorithm, kid = header.get("alg"), header.get("kid")
    if algorithm not in ALGORITHMS:
        raise LookupError("an algorithm that is not taken")
    fit = [
        one
        for one in keys
        if one.get("use", "sig") == "sig"
        and one.get("alg", algorithm) == algorithm
        and one.get("kty") == KEYS_OF[algorithm[:2]]
        and kid in (None, one.get("kid"))
    ]
    (key,) = fit
    return jwt.PyJWK(key, algorithm)


def _told(claims: Mapping[str, Any], asked: Asked, at: datetime) -> Told:
    subject, said = claims["sub"], claims.get("amr")
    if not subject or len(subject) > LONGEST_SUBJECT or not subject.isprintable():
        raise NotTold(Fault.MISFIT, "no subject that can be kept")
    named = [claims.get("acr"), *(said if isinstance(said, list) else ())]
    ways = {one for one in named if isinstance(one, str)}
    when = claims.get("auth_time")
    fresh = isinstance(when, int) and asked.at - LEEWAY_S <= when <= at.timestamp() + LEEWAY_S
    return Told(subject, strong=not ways.isdisjoint(settings.OIDC_STRONG), fresh=fresh)


def _call(
    method: str,
    address: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """Return what the provider answers: it may stand inside the house; what it names elsewhere has to be public."""
    trusted = urlsplit(address).netloc == urlsplit(settings.OIDC_ISSUER).netloc
    try:
        return call(
            method, address, body, headers, longest=LONGEST, timeout_s=PATIENCE_S, trusted=trusted
        )
    except (OSError, NotTaken) as fault:
        raise NotTold(Fault.AWAY, type(fault).__name__) from fault


def _json(reply: Reply) -> dict[str, Any]:
    try:
        said = json.loads(reply.body)
    except (ValueError, RecursionError):
        said = None
    if reply.is_fine and isinstance(said, dict):
        return said
    is_refusal = HTTPStatus.BAD_REQUEST <= reply.status < HTTPStatus.INTERNAL_SERVER_ERROR
    words = (
        f"HTTP {reply.status} {_error(said)}" if isinstance(said, dict) else f"HTTP {reply.status}"
    )
    raise NotTold(Fault.MISFIT if is_refusal and said else Fault.AWAY, words)


def _error(said: Mapping[str, Any]) -> str:
    """Return the code of an error as it may stand in a log; the provider's words may not."""
    code = str(said.get("error", ""))
    return code if CODE_OF_ERROR.fullmatch(code) else "no code of an error"
