"""An identity provider to talk to over HTTP: Authlib's server, tokens signed by joserfc.

Other libraries than the program's, which reads tokens by PyJWT: neither checks itself.  oidc-provider-mock
was looked at: it asks nobody for the proof of PKCE, tells of no `auth_time`, and its tokens cannot be spoiled.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from authlib.common.security import generate_token
from authlib.oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, OAuth2Request
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import AuthorizationCodeMixin, OpenIDCode
from joserfc.jwk import ECKey, KeySet, RSAKey

START = "/sign-in/provider/"
CLIENT, SECRET = "gongzhi", "between us: 100% + ours"
BACK = "http://localhost:8000/sign-in/provider/back/"


def rsa(kid: str = "one") -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


def ec(kid: str = "two") -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig"})


FIRST = rsa()  # made once: it takes long


@dataclass
class Provider:
    """What it says and to whom; a test changes what it wants changed."""

    port: int = 0
    back: str = BACK
    subject: str | None = "4711"  # who sits before the browser; None declines
    since: int = 0  # when they signed in there; 0 is an hour ago
    anew: bool = True  # it heeds prompt=login
    claims: dict[str, Any] = field(default_factory=dict)  # instead of the right ones
    key: Any = field(default_factory=lambda: FIRST)
    kid: Any = "one"
    alg: str = "RS256"
    shown: list[Any] = field(default_factory=lambda: [FIRST])
    keys: Any = None  # instead of those
    described: Any = field(default_factory=dict)  # instead of the right discovery
    method: str = "client_secret_basic"
    spoil: Callable[[str], Any] = str  # what becomes of the ID token on its way
    status: int = 200  # of all that the program asks for itself
    asked: list[str] = field(default_factory=list)
    codes: dict[str, Code] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def description(self) -> dict[str, Any]:
        right = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize?tenant=1",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [self.alg],
            "token_endpoint_auth_methods_supported": [self.method],
        }
        return {**right, **self.described}

    def sign_in(self, where: str) -> str:
        """Do what a browser does that is sent there, and return where it is sent back to."""
        parts = urlsplit(where)
        line = HTTPConnection(parts.hostname or "", parts.port)
        line.request("GET", f"{parts.path}?{parts.query}")
        with line.getresponse() as reply:
            said = reply.read().decode()
        line.close()
        assert reply.status == 302, said
        return str(reply.headers["Location"]).removeprefix("http://localhost:8000")


@dataclass
class Code(AuthorizationCodeMixin):  # type: ignore[misc]  # Authlib comes without types
    code: str
    subject: str
    redirect_uri: str
    scope: str
    nonce: str
    auth_time: int
    code_challenge: str
    code_challenge_method: str

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.auth_time


class Client(ClientMixin):  # type: ignore[misc]
    def __init__(self, known: Provider) -> None:
        self.known = known

    def get_client_id(self) -> str:
        return CLIENT

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.known.back

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == self.known.method

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class Request(OAuth2Request):  # type: ignore[misc]
    def __init__(self, method: str, path: str, headers: Any, form: dict[str, str]) -> None:
        super().__init__(method, f"https://here{path}", headers=headers)  # it insists on HTTPS
        self._args, self._form = dict(parse_qsl(urlsplit(path).query)), form
        self.payload = BasicOAuth2Payload(self._args | form)

    @property
    def args(self) -> dict[str, str]:
        return self._args

    @property
    def form(self) -> dict[str, str]:
        return self._form


class Server(AuthorizationServer):  # type: ignore[misc]
    def __init__(self, known: Provider) -> None:
        super().__init__(scopes_supported=["openid"])
        self.known = known
        bearer = BearerTokenGenerator(lambda **_said: generate_token(42))
        self.register_token_generator("default", bearer)
        self.register_grant(Grant, [CodeChallenge(required=True), Tokens(known)])

    def query_client(self, client_id: str) -> Client | None:
        return Client(self.known) if client_id == CLIENT else None

    def save_token(self, *_said: Any) -> None: ...

    def send_signal(self, *_said: Any, **_named: Any) -> None: ...

    def create_oauth2_request(self, request: Request) -> Request:
        return request

    def handle_response(self, status: int, body: Any, headers: Any) -> Any:
        return status, body, headers


class Grant(AuthorizationCodeGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post", "none")

    def save_authorization_code(self, code: str, request: Request) -> None:
        said, known = request.payload.data, self.server.known
        is_anew = known.anew and said.get("prompt") == "login" and said.get("max_age") == "0"
        at = int(time.time())
        known.codes[code] = Code(
            code,
            request.user,
            said["redirect_uri"],
            said["scope"],
            said["nonce"],
            at if is_anew else known.since or at - 3600,
            said["code_challenge"],
            said["code_challenge_method"],
        )

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        found: Code | None = self.server.known.codes.get(code)
        return found

    def delete_authorization_code(self, authorization_code: Code) -> None:
        del self.server.known.codes[authorization_code.code]

    def authenticate_user(self, authorization_code: Code) -> str:
        return authorization_code.subject


class Tokens(OpenIDCode):  # type: ignore[misc]
    def __init__(self, known: Provider) -> None:
        super().__init__(require_nonce=True)
        self.known = known

    def exists_nonce(self, nonce: str, request: Request) -> bool:
        return any(one.nonce == nonce for one in self.known.codes.values())

    def resolve_client_private_key(self, client: Client) -> Any:
        return self.known.key

    def get_client_algorithm(self, client: Client) -> str:
        return self.known.alg

    def get_client_claims(self, client: Client) -> dict[str, Any]:
        return {"iss": self.known.issuer, "aud": [CLIENT]}

    def get_encode_header(self, client: Client) -> dict[str, str]:
        named = {"kid": self.known.kid} if self.known.kid else {}
        return {"alg": self.known.alg} | named

    def generate_user_info(self, user: str, scope: str) -> dict[str, Any]:
        return {"sub": user} | self.known.claims


@contextmanager
def providing() -> Iterator[Provider]:
    """Serve a provider on this machine."""
    known = Provider()
    tokens = Server(known)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known.asked.append(self.path)
            if self.path.startswith("/authorize"):
                request = Request("GET", self.path, self.headers, {})
                grant = tokens.get_authorization_grant(request)
                self._answer(*tokens.create_authorization_response(request, known.subject, grant))
            elif self.path == "/keys":
                shown = KeySet(known.shown).as_dict(private=False)
                self._answer(known.status, shown if known.keys is None else known.keys, [])
            else:
                self._answer(known.status, known.description(), [])

        def do_POST(self) -> None:
            known.asked.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = dict(parse_qsl(body))
            status, said, headers = tokens.create_token_response(
                Request("POST", self.path, self.headers, form)
            )
            if "id_token" in said:
                said["id_token"] = known.spoil(said["id_token"])
            self._answer(status if known.status == 200 else known.status, said, headers)

        def _answer(self, status: int, said: Any, headers: Any) -> None:
            body = said if isinstance(said, str) else json.dumps(said)
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_said: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        known.port = http.server_address[1]
        thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield known
        finally:
            http.shutdown()
            thread.join()


# --- What somebody does before a browser.


def begun(client, where=START, **said):
    """Press a button that leads to the provider; return where the page goes on to."""
    page = client.post(where, said)
    assert page.status_code == 200, page
    return page.context["where"]


def come(client, provider, where=START, **said):
    """Go to the provider and come back; return the answer to that."""
    return client.get(provider.sign_in(begun(client, where, **said)))


def is_in(client):
    return "_auth_user_id" in client.session


def told(client, answer):
    """Return what a page says after what somebody was led away from."""
    page = client.get(answer.url) if answer.status_code == 302 else answer
    return page.content.decode()
