"""What every page keeps to against those who attack it: walked over all addresses, not sampled."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from django.urls import get_resolver, resolve
from django.utils.timezone import now

from gongzhi.accounts.models import User
from gongzhi.accounts.tests import make
from gongzhi.accounts.tests.make import PASSWORD
from gongzhi.accounts.tests.test_pages import sign_in
from tests.test_alike import patterns
from tests.test_proof import VALUES

ROOT = Path(__file__).resolve().parent.parent
KIND = re.compile(r"<(?:(\w+):)?\w+>")
ENDINGS = {"answer_form": "json", "catalogue_form": "ttl", "table_ending": "csv"}
ENDINGS |= {"table_template": "csv"}
ADDRESSES = sorted(
    "/" + KIND.sub(lambda m: (VALUES | ENDINGS).get(m[1] or "", "x"), route)
    for _space, _name, route in patterns(get_resolver())
)
# Other systems send here with a token or a signature of their own, and no cookie of ours counts.
WITHOUT_CSRF = (
    "/api/v1/",
    "/open311/discovery",
    "/open311/v2/",
    "/hotline/in/",
    "/mailbox/in/",
    "/webhooks/in/",
    "/federation/",
    "/sharing/v1/",
    "/tables/api/",
    "/rights/tracker/",
)
ELSEWHERE = (
    "https://elsewhere.example/",
    "//elsewhere.example/",
    r"/\elsewhere.example/",
    r"\\elsewhere.example",
    "http:///elsewhere.example/",
    "https:elsewhere.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "\t//elsewhere.example/",
    "https://testserver@elsewhere.example/",
    "https://testserver.elsewhere.example/",
)


@pytest.fixture
def town(db):
    return make.town()


# --- Pages


def test_no_page_can_be_framed_sniffed_or_run_what_is_not_ours(town):
    keeps = {
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "frame-ancestors": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
    }
    client, lax = Client(), {}
    for address in ADDRESSES:
        answer = client.get(address)
        policy = answer.get("Content-Security-Policy", "").split(";")
        said = dict(answer.headers) | dict(part.strip().partition(" ")[::2] for part in policy)
        if found := {name: said.get(name) for name in keeps if said.get(name) != keeps[name]}:
            lax[address] = found
    assert lax == {}


def test_nothing_is_sent_from_elsewhere_in_somebodys_name(town):
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    client.force_login(town.administrator)
    exempt, open_ones = set(), {}
    for address in ADDRESSES:
        answer = client.post(address, {"a": "b"})
        if getattr(resolve(address).func, "csrf_exempt", False):
            exempt.add(address)
        elif answer.status_code != 403 or b"This form was open too long." not in answer.content:
            open_ones[address] = answer.status_code
    assert open_ones == {}
    assert sorted(one for one in exempt if not one.startswith(WITHOUT_CSRF)) == []


def test_what_needs_no_token_of_a_form_counts_no_session_either(town):
    client = Client(enforce_csrf_checks=True)
    client.force_login(town.administrator)
    exempt = [one for one in ADDRESSES if getattr(resolve(one).func, "csrf_exempt", False)]
    let_in = {}
    for address in exempt:
        answer = client.post(address, "{}", content_type="application/json")
        if answer.status_code < 400:
            let_in[address] = answer.status_code
    assert let_in == {}


# --- Cookies and HTTPS


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(town):
    client = Client()
    client.get("/sign-in/")
    sign_in(client, "worker")
    client.post("/language/", {"language": "en"})

    said = {name: (one["samesite"], one["path"]) for name, one in client.cookies.items()}

    assert said == {
        "sessionid": ("Lax", "/"),
        "csrftoken": ("Lax", "/"),
        "django_language": ("Lax", "/"),
    }
    assert client.cookies["sessionid"]["httponly"]
    assert client.cookies["sessionid"]["expires"] == ""  # gone with the browser


def test_the_session_is_another_after_the_sign_in(town):
    client = Client()
    session = client.session
    session["before"] = 1
    session.save()
    client.cookies["sessionid"] = str(session.session_key)
    sign_in(client, "worker")
    assert client.session.session_key != session.session_key


@pytest.mark.once
def test_under_https_cookies_are_secure_and_browsers_stay_there(tmp_path):
    tell = """
import django, json
django.setup()
from django.conf import settings
from django.test import Client
client = Client(headers={"host": "district.example", "x-forwarded-proto": "https"})
page = client.get("/sign-in/")
print(json.dumps({
    "secure": [settings.SESSION_COOKIE_SECURE, settings.LANGUAGE_COOKIE_SECURE, bool(client.cookies["__Host-csrftoken"]["secure"])],
    "hsts": page["Strict-Transport-Security"],
    "names": sorted(client.cookies),
    "called": [settings.SESSION_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME],
    "paths": [client.cookies[name]["path"] + client.cookies[name]["domain"] for name in client.cookies],
    "session": [settings.SESSION_COOKIE_HTTPONLY, settings.SESSION_COOKIE_SAMESITE],
}))
"""
    env = {k: v for k, v in os.environ.items() if not k.startswith("GONGZHI_")} | {
        "DJANGO_SETTINGS_MODULE": "gongzhi.site.settings",
        "GONGZHI_ORIGIN": "https://district.example",
        "GONGZHI_HOSTS": "district.example",
        "GONGZHI_SECRETS": "test",
        "GONGZHI_VAR": str(tmp_path),
        "GONGZHI_DEBUG": "1",  # static files are not collected here
    }
    run = [sys.executable, "-c", tell]
    done = subprocess.run(run, cwd=ROOT, env=env, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "secure": [True, True, True],
        "hsts": "max-age=31536000",
        "names": ["__Host-csrftoken"],
        "called": ["__Host-sessionid", "__Host-django_language"],
        "paths": ["/"],
        "session": [True, "Lax"],
    }


# --- Where one is led on


@pytest.mark.parametrize("where", ELSEWHERE)
def test_nobody_is_led_elsewhere(where, town):
    client = Client()
    assert sign_in(client, "worker", next=where).url == "/start/"
    assert client.get("/sign-in/", {"next": where})["Location"] == "/start/"
    led = client.post("/language/", {"language": "en", "next": where})
    assert (led.status_code, led["Location"]) == (302, "/")
    assert client.post("/sign-out/", {"next": where})["Location"] == "/"


def test_the_page_that_asks_for_a_proof_leads_back_to_this_site(town):
    client = Client()
    client.force_login(town.worker)
    session = client.session
    session["proved_at"] = 0
    session.save()
    asked = {"proof-for": "GET", "proof-password": PASSWORD}
    answer = client.post("/two-factor/on/?next=//elsewhere.example/", asked)
    assert answer["Location"] == "/two-factor/on/?next=//elsewhere.example/"


# --- Limits


def test_sixty_tries_from_one_address_are_enough_whatever_the_names(town):
    near, far = Client(REMOTE_ADDR="192.0.2.1"), Client(REMOTE_ADDR="192.0.2.2")
    for n in range(60):
        sign_in(near, f"somebody{n}", "nonsense")

    assert sign_in(near, "worker").status_code == 429
    assert sign_in(far, "worker").status_code == 302


def test_a_forwarded_address_that_anybody_can_write_is_not_believed(town):
    for n in range(60):
        liar = Client(headers={"x-forwarded-for": f"198.51.100.{n}"})
        sign_in(liar, f"somebody{n}", "nonsense")
    assert (
        sign_in(Client(headers={"x-forwarded-for": "198.51.100.77"}), "worker").status_code == 429
    )


# --- What is not asked for is not taken


SMUGGLED = {
    "id": "0192c0de-0000-7000-8000-000000000000",
    "is_active": "",
    "is_staff": "on",
    "is_superuser": "on",
    "role": "administrator",
    "created_at": "2001-01-01",
    "by": "SYSTEM",
    "at": "2001-01-01",
}


def test_an_account_takes_only_what_its_form_asks(town):
    client = Client()
    client.force_login(town.administrator)
    said = {"username": "fresh", "name_zh": "新来的", "name_en": "Fresh", "password": PASSWORD}
    client.post("/manage/staff/new/", said | SMUGGLED)

    made = User.objects.get(username="fresh")
    assert (made.is_active, made.posts.count()) == (True, 0)
    assert made.pk.hex != SMUGGLED["id"].replace("-", "")
    assert made.created_at.date() == now().date()


def test_a_password_is_changed_of_nobody_else_whoever_is_named(town):
    client = Client()
    client.force_login(town.worker)
    new = "further than the lake"
    said = {"old": PASSWORD, "password": new, "again": new}
    client.post(
        "/me/password/", said | {"user": town.administrator.pk, "username": "administrator"}
    )

    assert User.objects.get(pk=town.worker.pk).check_password(new)
    assert User.objects.get(pk=town.administrator.pk).check_password(PASSWORD)


def sources():
    for file in sorted((ROOT / "gongzhi").rglob("*.py")):
        if "tests" not in file.parts and "migrations" not in file.parts:
            yield file.relative_to(ROOT).as_posix(), ast.parse(file.read_text(encoding="utf-8"))


@pytest.mark.once
def test_no_form_takes_whatever_a_table_has():
    """Mass assignment needs a form of all fields of a table, or the whole of what was sent handed on."""
    found = []
    for name, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg is None:
                told = ast.unparse(node.value)
                if re.search(r"\.(POST|GET|body)\b", told):
                    found.append(f"{name}:{node.value.lineno} **{told}")
            if isinstance(node, ast.ClassDef) and "ModelForm" in " ".join(
                map(ast.unparse, node.bases)
            ):
                found += [f"{name}: {node.name}"] * (not _names_its_fields(node))
    assert found == []


def _names_its_fields(form):
    meta = next(one for one in form.body if isinstance(one, ast.ClassDef))
    said = {
        ast.unparse(one.targets[0]): one.value for one in meta.body if isinstance(one, ast.Assign)
    }
    return isinstance(said.get("fields"), ast.Tuple) and "exclude" not in said


SECRET = re.compile(r"(receipt|code|token|bearer|link)_?(hash|digest)\b|(signature|secret)$")


@pytest.mark.once
def test_no_template_takes_words_as_html():
    marks = re.compile(r"\|\s*safe\b|autoescape\s+off|\|\s*safeseq\b")
    pages = list(ROOT.glob("gongzhi/*/templates/**/*.html"))
    assert len(pages) > 300
    assert [str(page) for page in pages if marks.search(page.read_text(encoding="utf-8"))] == []


def test_secrets_are_compared_in_constant_time():
    """No receipt code, token or signature is compared by ``==``: only by ``compare_digest``."""
    found = []
    for name, tree in sources():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Compare):
                continue
            if not any(isinstance(op, ast.Eq | ast.NotEq | ast.In) for op in node.ops):
                continue
            sides = [ast.unparse(one) for one in (node.left, *node.comparators)]
            if any(SECRET.search(side) for side in sides):
                found.append(f"{name}: {ast.unparse(node)}")
    assert found == []
