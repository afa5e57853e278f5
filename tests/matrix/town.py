"""The planted town, and who asks: by role, by place, by receipt, by token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.test import Client

from gongzhi.accounts import actions as accounts
from gongzhi.accounts.models import IN_OFFICE, Office, Post, Role, User
from gongzhi.accounts.queries import staff
from gongzhi.audit.actors import SYSTEM
from gongzhi.desk.actions import save_filter
from gongzhi.exchange import actions as exchange
from gongzhi.exchange.models import Scope
from gongzhi.federation.models import Peer
from gongzhi.matters import actions, queries
from gongzhi.matters.models import Channel
from gongzhi.matters.tests import make
from gongzhi.notices import actions as notices
from gongzhi.notices.models import Notice
from gongzhi.parties.reach import Reach
from gongzhi.petitions import actions as petitions
from gongzhi.places.models import Place
from gongzhi.places.queries import chain
from tests.browser import plant
from tests.browser.people import Town

ROBOT = "https://oapi.dingtalk.com/robot/send?access_token=x"
Posts = list[tuple[str, Place, Office | None]]


@dataclass
class Asker:
    """Somebody who asks, with a browser of their own, or with what a system sends at each call."""

    name: str
    client: Client
    headers: dict[str, str]


def planted(at: datetime) -> Town:
    """Plant the town of the browser tests, and what only somebody else may not open."""
    call_command("seed", verbosity=0)
    town = Town("", Path(), None, **plant.town(at))  # type: ignore[arg-type]
    lighting, grid = Office.objects.get(code=town.office), Place.objects.get(code=town.place)
    conduct = queries.catalogue(at.date())["office_conduct"]
    report = actions.Report(conduct, "值班人员态度生硬。", grid, Channel.WEB, about_office=lighting)
    receipt = actions.receive(report, by=make.ANYBODY, at=at - timedelta(hours=5))
    said = {"id": str(receipt.matter.pk), "number": receipt.matter.number, "code": receipt.code}
    town.matters["sealed"] = said | {"photo": ""}
    return _own(town, lighting, at)


def _own(town: Town, lighting: Office, at: datetime) -> Town:
    """Plant what is one person's own: a notice, a filter; and a letter and a robot."""
    acceptor = User.objects.get(username="acceptor")
    post = Post.objects.filter(user=acceptor)
    handler = User.objects.get(username="handler")
    accounts.link(handler, subject="4711", by=SYSTEM, at=at)
    notices.tell_posts(post, verb="rights.unusual", label="1", link="/desk/", by=SYSTEM, at=at)
    by = staff(acceptor, at)
    kept = save_filter(name="我的", query="state=received", pinned=False, post=None, by=by, at=at)
    letter = notices.write(to="13900000000", text="您好。", verb="receive", by=SYSTEM, at=at)
    robot = notices.add_robot(
        lighting, sort="dingtalk", name="群", address=ROBOT, secret="x" * 16, by=SYSTEM, at=at
    )
    town.rows |= {
        "notice": str(Notice.objects.filter(user=acceptor).latest("pk").pk),
        "filter": str(kept.pk),
        "letter": str(letter.pk),
        "robot": str(robot.pk),
    }
    return town


def people(town: Town, at: datetime) -> list[Asker]:
    """Return who asks for pages, in the order of the table's columns.

    ``twin`` holds every post that others hold, so what is still refused is one person's own, or sealed.
    ``other office`` and ``elsewhere`` hold all posts of another office and of another township: what is
    refused to them is refused to each of those posts.
    """
    grid = Place.objects.get(code=town.place)
    above = {one.level.code: one for one in chain(grid.path).select_related("level")}
    far = Place.objects.filter(level__code="township").exclude(pk=above["township"].pk)[0]
    other = Office.objects.get(code=f"greening-{above['district'].code}")
    there = Office.objects.filter(place=far).order_by("code")[0]
    cast = {name: User.objects.get(username=name) for name in plant.PEOPLE}
    held = Post.objects.filter(user__in=cast.values()).select_related("place", "office")
    every = [role for role in Role if role != Role.ADMINISTRATOR]  # who serves no part
    signed: dict[str, Posts] = {
        "without post": [],
        "twin": [(post.role, post.place, post.office) for post in held],
        "other office": [(role, above["district"], other) for role in IN_OFFICE],
        "elsewhere": [(role, far, there if role in IN_OFFICE else None) for role in every],
    }
    users = cast | {name: _person(name, posts, at) for name, posts in signed.items()}
    receipts = {"nobody": Client(), "holder": _holder(town), "other holder": _other(grid, at)}
    browsers = receipts | {name: _signed(user) for name, user in users.items()}
    return [Asker(name, browser, {}) for name, browser in browsers.items()]


def systems(town: Town, at: datetime) -> list[Asker]:
    """Return who asks where systems ask: nobody, an administrator by a browser, and tokens.

    One of each scope alone, of a client with every post; one that opens everything, of a client with
    every post in another township; one that was ended; and the one of the planted level.
    """
    grid = Place.objects.get(code=town.place)
    above = {one.level.code: one for one in chain(grid.path).select_related("level")}
    far = Place.objects.filter(level__code="township").exclude(pk=above["township"].pk)[0]
    lighting, away = Office.objects.get(code=town.office), Office.objects.filter(place=far)[0]
    near = _client("near", lighting, above["district"], at)
    there = _client("there", away, far, at)

    def give(client: Any, *scopes: str) -> str:
        return str(exchange.give_token(client, scopes=scopes, days=9, by=SYSTEM, at=at).secret)

    ended = exchange.give_token(near, scopes=Scope.values, days=9, by=SYSTEM, at=at)
    exchange.end_token(ended.token, by=SYSTEM, at=at)
    tokens = {scope: give(near, scope) for scope in Scope.values}
    tokens |= {"elsewhere": give(there, *Scope.values), "ended": ended.secret}
    tokens["level"] = give(Peer.objects.get(pk=town.levels["peer"]).client, Scope.FEDERATION)
    administrator = _signed(User.objects.get(username="administrator"))
    return [
        Asker("nobody", Client(), {}),
        Asker("administrator", administrator, {}),
        *(
            Asker(name, Client(), {"authorization": f"Bearer {token}"})
            for name, token in tokens.items()
        ),
    ]


def _client(code: str, office: Office, place: Place, at: datetime) -> Any:
    """Register a system that holds every post at a place."""
    client = exchange.register(
        code=code, name_zh=code, office=office, per_minute=6000, by=SYSTEM, at=at
    )
    for role in (Role.ACCEPTOR, Role.DISPATCHER, Role.HANDLER, Role.INSPECTOR, Role.SUPERVISOR):
        desk = office if role in IN_OFFICE else None
        before = at - timedelta(days=1)
        accounts.appoint(client.account, role=role, place=place, office=desk, by=SYSTEM, at=before)
    return client


def _person(name: str, posts: Posts, at: datetime) -> User:
    says = {"username": name.replace(" ", "_"), "name_zh": name, "name_en": name, "password": ""}
    user = accounts.open_account(**says, by=SYSTEM, at=at)
    for role, place, office in posts:
        since = at - timedelta(days=1)
        accounts.appoint(user, role=role, place=place, office=office, by=SYSTEM, at=since)
    return user


def _signed(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def _prove(client: Client, number: str, code: str) -> None:
    answer = client.post("/follow/", {"number": number, "code": code})
    assert answer.status_code == 302, number


def _holder(town: Town) -> Client:
    """Return a browser that has shown the receipts of everything planted."""
    client = Client(raise_request_exception=False)
    for matter in town.matters.values():
        _prove(client, matter["number"], matter["code"])
    for of, held in ((town.petitions, "decided_"), (town.mediation, "settled_")):
        for before in ("", held):
            _prove(client, of[f"{before}number"], of[f"{before}code"])
    return client


def _other(grid: Place, at: datetime) -> Client:
    """Return a browser that has shown the receipts of another matter and another petition."""
    client = Client(raise_request_exception=False)
    report = actions.Report(
        queries.catalogue(at.date())["street_light"], "另一盏灯。", grid, Channel.WEB
    )
    receipt = actions.receive(report, by=make.ANYBODY, at=at)
    _prove(client, receipt.matter.number, receipt.code)
    given = petitions.Given(
        text="另一件信访。", wish="请答复。", topic="housing", place=grid, reach=Reach(name="李四")
    )
    made = petitions.register(given, by=make.ANYBODY, at=at)
    _prove(client, made.petition.number, made.code)
    return client
