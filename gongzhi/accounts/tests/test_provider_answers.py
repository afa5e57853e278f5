from __future__ import annotations

import base64
import hmac
import json
import re
import time
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import hypothesis
import pytest
from django.test import Client
from django.utils.timezone import now
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, RSAKey

from gongzhi.accounts import backends
from gongzhi.accounts.models import Identity
from gongzhi.accounts.tests import make
from gongzhi.accounts.tests.provider import (
    BACK,
    CLIENT,
    FIRST,
    START,
    begun,
    come,
    ec,
    is_in,
    rsa,
    told,
)
from gongzhi.accounts.tests.test_pages import latest, sign_in
from gongzhi.base.kept import forget

pytestmark = pytest.mark.django_db
LINK = "/two-factor/provider/link/"


@pytest.fixture
def town():
    return make.town()


@pytest.fixture
def client():
    return Client(headers={"accept-language": "en"})


def tampered(token):
    """Return a token whose subject was changed after it was signed."""
    head, body, signature = token.split(".")
    said = json.loads(base64.urlsafe_b64decode(body + "=="))
    body = base64.urlsafe_b64encode(json.dumps(said | {"sub": "4711"}).encode()).decode()
    return f"{head}.{body.rstrip('=')}.{signature}"


def unsigned(token):
    body = token.split(".")[1]
    head = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').decode().rstrip("=")
    return f"{head}.{body}."


def by_public_key(token):
    """Return a token signed by HMAC with the public key as the secret, as if that were one."""
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"one"}').decode().rstrip("=")
    signed = f"{head}.{token.split('.')[1]}"
    by = hmac.digest(FIRST.as_pem(private=False), signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(by).decode().rstrip('=')}"


def shown_as(**said):
    """Return the right key as one that is shown for something else."""
    return RSAKey.import_key(FIRST.as_dict(private=True) | said)


with pytest.warns(SecurityWarning):
    WEAK = RSAKey.generate_key(1024, {"kid": "one"})

# What becomes of the provider, and what the log says is the matter with its answer.
MISFITS: dict[str, tuple[str, dict[str, Any]]] = {
    "another audience": ("InvalidAudienceError", {"claims": {"aud": ["other"]}}),
    "no audience": ("MissingRequiredClaimError", {"claims": {"aud": []}}),
    "made for others too": ("made for somebody else", {"claims": {"aud": [CLIENT, "other"]}}),
    "made for another": ("made for somebody else", {"claims": {"aud": [CLIENT, "x"], "azp": "x"}}),
    "made for another alone": ("made for somebody else", {"claims": {"azp": "other"}}),
    "another issuer": ("InvalidIssuerError", {"claims": {"iss": "https://other.example"}}),
    "no issuer": ("MissingRequiredClaimError", {"claims": {"iss": None}}),
    "another nonce": ("another nonce", {"claims": {"nonce": "x" * 43}}),
    "no nonce": ("MissingRequiredClaimError", {"claims": {"nonce": None}}),
    "no end": ("MissingRequiredClaimError", {"claims": {"exp": None}}),
    "no beginning": ("MissingRequiredClaimError", {"claims": {"iat": None}}),
    "no subject": ("MissingRequiredClaimError", {"claims": {"sub": None}}),
    "an empty subject": ("no subject that can be kept", {"claims": {"sub": ""}}),
    "a subject of another sort": ("InvalidSubjectError", {"claims": {"sub": 4711}}),
    "a subject too long": ("no subject that can be kept", {"claims": {"sub": "4" * 256}}),
    "a subject that breaks lines": ("no subject that can be kept", {"claims": {"sub": "4711\n"}}),
    "signed by another key": ("InvalidSignatureError", {"key": rsa("one")}),
    "a key that is not shown": ("ValueError", {"kid": "gone"}),
    "no keys": ("ValueError", {"shown": []}),
    "two keys and no name": ("ValueError", {"kid": None, "shown": [FIRST, rsa("other")]}),
    "a key for something else": ("ValueError", {"shown": [shown_as(use="enc")]}),
    "a key of another algorithm": ("ValueError", {"shown": [shown_as(alg="PS256")]}),
    "a weak key": ("InvalidKeyError", {"key": WEAK, "shown": [WEAK]}),
    "changed on its way": ("InvalidSignatureError", {"spoil": tampered, "subject": "815"}),
    "unsigned": ("LookupError", {"spoil": unsigned}),
    "signed by a public key": ("LookupError", {"spoil": by_public_key}),
    "no token": ("DecodeError", {"spoil": lambda _token: "a.b"}),
    "no text": ("no ID token", {"spoil": lambda _token: {"sub": "4711"}}),
    "two tokens in one": ("Error", {"spoil": lambda token: f"{token}.{token}"}),
}


@pytest.mark.parametrize("name", MISFITS)
def test_an_answer_that_does_not_fit_signs_nobody_in(linked, client, provider, caplog, name):
    words, changes = MISFITS[name]
    for what, value in changes.items():
        setattr(provider, what, value)

    said = told(client, come(client, provider))

    assert "The answer of “District ID” does not fit." in said
    assert words in caplog.records[-1].getMessage()
    assert not is_in(client)
    assert latest(linked.user).verb == "account.link"


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": int(time.time()) - 120},
        {"iat": int(time.time()) + 7200, "exp": int(time.time()) + 9000},
        {"nbf": int(time.time()) + 7200},
    ],
)
def test_an_answer_out_of_time_signs_nobody_in_and_names_the_clocks(
    linked, client, provider, claims
):
    provider.claims = claims
    assert "is out of date, or the clocks differ" in told(client, come(client, provider))
    assert not is_in(client)


def test_clocks_that_differ_by_less_than_a_minute_do_no_harm(linked, client, provider):
    provider.claims = {"iat": int(time.time()) + 40, "exp": int(time.time()) + 90}
    come(client, provider)
    assert is_in(client)


def test_a_key_that_was_replaced_is_read_at_once(linked, client, provider):
    come(client, provider)
    client.post("/sign-out/")
    fresh = ec()
    provider.key, provider.kid, provider.alg, provider.shown = fresh, "two", "ES256", [FIRST, fresh]
    come(client, provider)
    assert is_in(client)


def test_the_only_key_needs_no_name(linked, client, provider):
    provider.kid = None
    come(client, provider)
    assert is_in(client)


def test_another_answer_than_to_what_was_asked_signs_nobody_in(linked, client, provider):
    back = provider.sign_in(begun(client))
    parts = urlsplit(back)
    said = dict(parse_qsl(parts.query))

    answer = client.get(f"{parts.path}?{urlencode(said | {'state': 'x' * 43})}")

    assert "is to nothing that this window asked" in told(client, answer)
    assert not is_in(client)
    assert "/token" not in provider.asked
    client.get(back)  # the right one comes too late: the question is spent
    assert not is_in(client)


def test_an_answer_to_somebody_elses_browser_signs_nobody_in(linked, client, provider):
    back = provider.sign_in(begun(client))
    other = Client(headers={"accept-language": "en"})
    begun(other)
    other.get(back)
    assert not is_in(other)
    assert "is to nothing" in told(other, other.get(back))


def test_an_answer_counts_once(linked, client, provider):
    back = provider.sign_in(begun(client))
    client.get(back)
    client.post("/sign-out/")
    client.get(back)
    assert not is_in(client)


def test_a_code_that_was_used_is_refused_by_the_provider_and_here(linked, client, provider):
    back = provider.sign_in(begun(client))
    provider.codes.clear()
    assert "does not fit" in told(client, client.get(back))
    assert not is_in(client)


def test_a_code_without_the_proof_of_pkce_opens_nothing(linked, client, provider):
    back = provider.sign_in(begun(client))
    session = client.session
    session["provider_asked"]["asked"]["verifier"] = "v" * 64
    session.save()
    client.get(back)
    assert not is_in(client)


def test_an_answer_after_more_than_ten_minutes_is_too_late(linked, client, provider):
    back = provider.sign_in(begun(client))
    session = client.session
    session["provider_asked"]["asked"]["at"] -= 601
    session.save()
    assert "or it came too late" in told(client, client.get(back))
    assert not is_in(client)


def test_somebody_else_signed_in_meanwhile_is_linked_with_nothing(town, client, provider):
    sign_in(client, "worker")
    back = provider.sign_in(begun(client, LINK))
    session = client.session
    kept = session["provider_asked"]
    client.post("/sign-out/")
    sign_in(client, "handler")
    session = client.session
    session["provider_asked"] = kept
    session.save()

    assert "is to nothing that this window asked" in told(client, client.get(back))
    assert not Identity.objects.exists()


def test_who_declines_there_reads_that_nobody_was_signed_in(linked, client, provider):
    provider.subject = None
    said = told(client, come(client, provider, next="/me/"))
    assert "“District ID” signed nobody in." in said
    assert 'value="/me/"' in said


def test_words_of_the_provider_are_shown_nowhere(linked, client, provider, caplog):
    state = dict(parse_qsl(urlsplit(begun(client)).query))["state"]
    said = {"state": state, "error": "call_0800 now\n", "error_description": "Call 0800"}
    page = told(client, client.get(f"{START}back/?{urlencode(said)}"))
    assert "0800" not in page
    assert "0800" not in caplog.text


@pytest.mark.parametrize("status", [500, 503, 404])
def test_a_provider_that_is_away_says_so_before_anybody_leaves(linked, client, provider, status):
    provider.status = status
    provider.described = {"issuer": ""} if status == 404 else {}
    answer = client.post(START, {"next": "/me/"})
    assert answer.url == "/sign-in/?next=%2Fme%2F"
    assert "District ID" in told(client, answer)


def test_nobody_listening_is_a_sentence_too(linked, client, provider, settings):
    settings.OIDC_ISSUER = "http://127.0.0.1:9"
    assert "“District ID” cannot be reached at present." in told(client, client.post(START))


def test_a_provider_that_goes_away_in_between_signs_nobody_in(linked, client, provider):
    back = provider.sign_in(begun(client))
    provider.status = 503
    assert "cannot be reached at present" in told(client, client.get(back))
    assert not is_in(client)


@pytest.mark.parametrize(
    "described",
    [
        {"issuer": "https://other.example"},
        {"token_endpoint": "http://plain.example/token"},
        {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "https://[half"},
    ],
)
def test_a_description_of_something_else_leads_nowhere(linked, client, provider, described):
    provider.described = described
    assert "does not fit" in told(client, client.post(START))


def test_what_the_provider_names_inside_the_house_is_not_asked(linked, client, provider):
    back = provider.sign_in(begun(client))
    provider.described = {"jwks_uri": "https://127.0.0.2/keys"}
    forget()
    assert "cannot be reached" in told(client, client.get(back))
    assert not is_in(client)


def test_another_provider_that_answers_is_told_from_ours(linked, client, provider):
    provider.described = {"authorization_response_iss_parameter_supported": True}
    back = provider.sign_in(begun(client))
    assert "does not fit" in told(client, client.get(back))
    back = provider.sign_in(begun(client))
    assert "does not fit" in told(client, client.get(f"{back}&iss=https%3A%2F%2Fother.example"))
    back = provider.sign_in(begun(client))
    client.get(f"{back}&{urlencode({'iss': provider.issuer})}")
    assert is_in(client)


def test_tries_are_counted_with_those_by_password(linked, client, provider):
    provider.subject = "815"
    for _n in range(30):
        come(client, provider)
    assert sign_in(client, "worker").status_code == 429
    assert client.post(START).status_code == 429


def test_who_is_led_here_from_elsewhere_uses_up_no_tries(linked, client, provider):
    for _n in range(61):
        client.get(f"{START}back/?code=x&state=y")
    assert sign_in(client, "worker").status_code == 302


def test_every_fault_has_words_in_both_languages(linked, provider):
    chinese = Client(headers={"accept-language": "zh-hans"})
    provider.subject = None
    page = told(chinese, come(chinese, provider))
    assert "signed nobody in" not in page
    assert re.search("District ID", page)
    from gongzhi.accounts.pages.provider import SAID

    assert set(SAID) == set(backends.Fault)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda some: (
        st.lists(some, max_size=3) | st.dictionaries(st.text(max_size=5), some, max_size=3)
    ),
    max_leaves=6,
)
CLAIMS = (
    "iss",
    "sub",
    "aud",
    "azp",
    "exp",
    "iat",
    "nbf",
    "jti",
    "nonce",
    "amr",
    "acr",
    "auth_time",
)
OF_KEYS = ("kty", "kid", "use", "alg", "n", "e", "crv", "x", "y", "k", "d", "key_ops")
OF_ITSELF = (
    *("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"),
    *("token_endpoint_auth_methods_supported", "authorization_response_iss_parameter_supported"),
)


def heard(provider):
    """Return whom the provider signed in, as the pages ask; nothing where it is refused."""
    forget()
    try:
        where, asked = backends.ask(BACK, anew=False, at=now())
        back = provider.sign_in(where.replace(where.split("?")[0], f"{provider.issuer}/authorize"))
        return backends.hear(asked, dict(parse_qsl(urlsplit(back).query)), BACK, now())
    except backends.NotTold:
        return None


def strange(values):
    quiet = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return lambda test: given(strange=values)(
        hypothesis.settings(max_examples=25, suppress_health_check=quiet)(test)
    )


@strange(st.dictionaries(st.sampled_from(CLAIMS), JSON, max_size=4))
def test_whatever_a_token_says_nobody_but_its_subject_is_told(provider, strange):
    provider.claims = strange
    told = heard(provider)
    assert told is None or told.subject == strange.get("sub", "4711")


@strange(JSON | st.dictionaries(st.sampled_from(OF_KEYS), JSON).map(lambda key: {"keys": [key]}))
def test_whatever_keys_are_shown_that_are_not_the_right_ones_tell_nobody(provider, strange):
    provider.keys = strange if strange is not None else []
    assert heard(provider) is None


@strange(JSON | st.dictionaries(st.sampled_from(("kid", "alg", "crit", "b64", "typ", "jwk")), JSON))
def test_whatever_stands_before_a_token_it_is_told_or_refused(provider, strange):
    head = base64.urlsafe_b64encode(json.dumps(strange).encode()).decode().rstrip("=")
    provider.spoil = lambda token: f"{head}.{token.partition('.')[2]}"
    assert heard(provider) is None


@strange(st.dictionaries(st.sampled_from(OF_ITSELF), JSON, min_size=1))
def test_whatever_a_provider_says_of_itself_it_is_told_or_refused(provider, strange):
    provider.described = strange
    told = heard(provider)
    assert told is None or told.subject == "4711"


@pytest.mark.parametrize("alg", ["RS384", "RS512", "PS256", "ES256", "ES384"])
def test_keys_of_all_sorts_are_read(provider, alg):
    made = {
        "ES256": lambda: ECKey.generate_key("P-256", {"kid": "one"}),
        "ES384": lambda: ECKey.generate_key("P-384", {"kid": "one"}),
    }
    provider.key = made.get(alg, lambda: FIRST)()
    provider.alg, provider.shown = alg, [provider.key]
    assert heard(provider).subject == "4711"
