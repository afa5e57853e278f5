"""Plant a small town in an empty installation and write what a tester must know of it as JSON.

Run as ``python -m tests.browser.plant FILE`` with the environment of the server: the rows are made by
the house's own actions, and the tests then see only what a browser sees.  ``--accepted N`` adds N
matters about road damage that wait for dispatch; ``--stale NAME`` lets the last proof of who somebody is be
a day older, in whatever browser.
"""

from __future__ import annotations

import json
import sys
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import django

from tests.browser import samples
from tests.browser.samples import NEAR, WISH, picture

PASSWORD = "柳岸的路灯-2026"  # of people who exist only in the tests
PEOPLE = {
    "grid_worker": ("苏禾", "Su He"),
    "grid_lead": ("高明远", "Gao Mingyuan"),
    "acceptor": ("林见月", "Lin Jianyue"),
    "dispatcher": ("程立新", "Cheng Lixin"),
    "handler": ("段明", "Duan Ming"),
    "inspector": ("白知行", "Bai Zhixing"),
    "supervisor": ("冯以律", "Feng Yilü"),
    "duty_officer": ("夏昼", "Xia Zhou"),
    "leader": ("顾全", "Gu Quan"),
    "data_officer": ("余书遥", "Yu Shuyao"),
    "administrator": ("安宁", "An Ning"),
    "keeper": ("康宁", "Kang Ning"),  # serves in the petition office
    "head": ("欧阳和", "Ouyang He"),
    "mediator": ("和润", "He Run"),
}
NEWCOMER = ("新同事", "New Colleague")  # sets up a second step, which others do not have
HELPER = ("陆平", "Lu Ping")  # of another office than the handler
REVIEWER = ("路正", "Lu Zheng")  # of the office above the handler's
ADVISER = ("文以理", "Wen Yili")  # gives legal aid
KEYHOLDER = ("钥常在", "Yao Changzai")  # signs in with a passkey
GUEST = ("连相通", "Lian Xiangtong")  # signs in by the identity provider
MORE = {
    "newcomer": NEWCOMER,
    "keyholder": KEYHOLDER,
    "guest": GUEST,
    "helper": HELPER,
    "reviewer": REVIEWER,
    "adviser": ADVISER,
}
STATES: dict[str, tuple[str, ...]] = {
    "received": (),
    "accepted": ("accept",),
    "dispatched": ("accept", "dispatch"),
    "objected": ("accept", "dispatch", "object"),
    "handling": ("accept", "dispatch", "acknowledge", "handle", "extend", "add"),
    "asked": ("accept", "dispatch", "acknowledge", "ask"),
    "answered": ("accept", "dispatch", "acknowledge", "answer"),
    "resolved": ("accept", "dispatch", "acknowledge", "answer", "inspect"),
    "called": ("accept", "dispatch", "acknowledge", "answer", "inspect"),
    "closed": ("accept", "dispatch", "acknowledge", "answer", "inspect", "rate"),
    "refused": ("refuse",),
    "withdrawn": ("accept", "withdraw"),
    "deferred": ("accept", "dispatch", "acknowledge", "defer"),
    "sent_back": ("accept", "dispatch", "object", "send_back"),
    "reopened": ("accept", "dispatch", "acknowledge", "answer", "inspect", "reopen"),
}


def main() -> None:
    """Plant it, and write it down."""
    from tools import prepare
    from tools.messages import compile_messages

    compile_messages()
    prepare.secrets()
    django.setup()
    from django.core.management import call_command
    from django.utils.timezone import now

    if sys.argv[1] == "--accepted":
        accepted(int(sys.argv[2]), now())
        return
    if sys.argv[1] == "--stale":
        stale(sys.argv[2])
        return
    call_command("migrate", verbosity=0)
    call_command("seed")
    planted = town(now())
    prepare.static()
    Path(sys.argv[1]).write_text(json.dumps(planted, ensure_ascii=False), encoding="utf-8")


def stale(username: str) -> None:
    """Let the last proof of who ``username`` is be a day older."""
    from django.contrib.sessions.models import Session

    from gongzhi.accounts.models import User
    from gongzhi.site.sessions import SessionStore

    user = User.objects.get(username=username)
    for key in Session.objects.values_list("session_key", flat=True):
        session = SessionStore(key)
        if session.get("_auth_user_id") == str(user.pk):
            session["proved_at"] -= 24 * 60 * 60
            session.save()


def town(at: datetime) -> dict[str, Any]:
    """Plant places, days, kinds, offices, people and one matter in every state."""
    from gongzhi.accounts.models import Office
    from gongzhi.audit.actors import SYSTEM
    from gongzhi.matters.actions.planting import found_offices
    from gongzhi.places.actions import plant_district
    from gongzhi.places.models import Place

    long_ago = at - timedelta(days=60)
    plant_district("demo", by=SYSTEM, at=long_ago)
    grid, next_grid = Place.objects.filter(level__code="grid").order_by("code")[:2]
    places = {place.level.code: place for place in _above(grid)}
    found_offices(places["district"], by=SYSTEM, at=long_ago)
    offices = {office.duty: office for office in Office.objects.filter(place=places["district"])}
    people = {name: _person(name, places, offices, long_ago) for name in (*PEOPLE, *MORE)}
    cast = _cast(places, next_grid, offices, people, at)
    matters = {
        name: _matter(cast, name, at - timedelta(hours=30 + n)) for n, name in enumerate(STATES)
    }
    petitions = samples.petitions(cast, people["keeper"], at)
    return {
        "password": PASSWORD,
        "people": {name: user.username for name, user in people.items()},
        "matters": matters,
        "place": grid.code,
        "place_name": grid.name_zh,
        "community": places["community"].code,
        "community_name": places["community"].name_zh,
        "office": offices["lighting"].code,
        "roads": offices["roads"].code,
        "kind": "street_light",
        "said": [*STORY.values(), HOLE, LATER, WATCHES, HELP, *samples.SAID, *_pressed()],
        **samples.meetings(cast, STORY, at),
        "mediation": samples.mediation(cast, people, offices["mediation"], at),
        "counter": samples.counter(cast, at),
        "webhooks": samples.webhooks(cast, at),
        "hotline": samples.hotline(cast, at),
        "mailbox": samples.mailbox(cast, at),
        "sharing": samples.sharing(cast, at),
        "levels": samples.levels(cast, at),
        "assets": samples.assets(cast, at),
        "errands": samples.errands(cast, at),
        "patrol": samples.patrol(cast, at),
        "hazards": samples.hazards(cast, at),
        "device": samples.device(people["grid_worker"], at),
        "tables": samples.tables(cast, at),
        "rights": samples.rights(
            matters["received"]["id"], petitions["who"], people["data_officer"], at
        ),
        "demands": samples.demands(matters["received"]["id"], people["data_officer"], at),
        "petitions": petitions,
        **_samples(at),
    }


def _cast(
    places: dict[str, Any],
    next_grid: Any,
    offices: dict[str, Any],
    people: dict[str, Any],
    at: datetime,
) -> Any:
    """Return the town as the tests' own `make` knows it."""
    from gongzhi.matters import queries
    from gongzhi.matters.tests import make

    kinds = queries.catalogue(at.date())
    alike = ("acceptor", "dispatcher", "handler", "inspector", "supervisor", "administrator")
    return make.Town(
        district=places["district"],
        township=places["township"],
        community=places["community"],
        grid=places["grid"],
        next_grid=next_grid,
        roads=offices["roads"],
        lights=offices["lighting"],
        lamp=kinds["street_light"],
        hole=kinds["road_damage"],
        conduct=kinds["office_conduct"],
        stranger=people["handler"],
        worker=people["grid_worker"],
        officer=people["duty_officer"],
        **{name: people[name] for name in alike},
    )


def accepted(n: int, at: datetime) -> None:
    """Add ``n`` accepted matters about road damage."""
    from gongzhi.accounts.models import User
    from gongzhi.accounts.queries import staff
    from gongzhi.audit.actors import SYSTEM
    from gongzhi.matters import actions, queries
    from gongzhi.matters.models import Channel
    from gongzhi.places.models import Place

    grid = Place.objects.filter(level__code="grid").order_by("code")[0]
    by = staff(User.objects.get(username="acceptor"), at)
    kind = queries.catalogue(at.date())["road_damage"]
    for serial in range(n):
        report = actions.Report(kind, f"{HOLE} {serial + 1}", grid, Channel.HOTLINE)
        actions.accept(actions.receive(report, by=SYSTEM, at=at).matter, by=by, at=at)


def _above(place: Any) -> list[Any]:
    from gongzhi.places.queries import chain

    return list(chain(place.path).select_related("level"))


def _person(name: str, places: dict[str, Any], offices: dict[str, Any], at: datetime) -> Any:
    from gongzhi.accounts.actions import appoint, open_account
    from gongzhi.audit.actors import SYSTEM

    zh, en = (PEOPLE | MORE)[name]
    user = open_account(username=name, name_zh=zh, name_en=en, password=PASSWORD, by=SYSTEM, at=at)
    where = {"grid_worker": "grid", "grid_lead": "community"}.get(name, "district")
    duties = {
        "handler": "lighting",
        "helper": "roads",
        "keeper": "petitions",
        "reviewer": "government",
        "adviser": "justice",
        "head": "mediation",
        "mediator": "mediation",
    }
    office = offices[duties[name]] if name in duties else None
    handlers = dict.fromkeys(("helper", "keeper", "reviewer", "adviser"), "handler")
    leaders = dict.fromkeys(("newcomer", "keyholder", "guest"), "leader")
    role = (handlers | leaders).get(name, name)
    appoint(user, role=role, place=places[where], office=office, by=SYSTEM, at=at)
    return user


def _matter(cast: Any, name: str, at: datetime) -> dict[str, str]:
    """Raise a matter, walk it to the state called ``name``, and return how to open it."""
    from gongzhi.matters import actions
    from gongzhi.matters.receipts import Contact
    from gongzhi.matters.tests import make
    from gongzhi.matters.uploads import tidy

    report = make.report(
        cast,
        text=f"{STORY[name]}\n{WISH}",
        lat=cast.grid.lat,
        lon=cast.grid.lon,
        address=NEAR,
        contact=Contact("", "13900000000", "")
        if name in {"asked", "resolved", "called", "handling"}
        else Contact(),
        photos=[tidy(BytesIO(picture()))] if name in {"handling", "resolved"} else (),
        form_key=uuid4(),
    )
    receipt = actions.receive(report, by=make.ANYBODY, at=at)
    for n, step in enumerate(STATES[name]):
        then = at + timedelta(minutes=20 * (n + 1))
        if step == "defer":
            _defer(receipt.matter, cast, then)
        else:
            make.walk(cast, receipt.matter, step, at=then)
    photo = receipt.matter.attachments.first()
    return {
        "id": str(receipt.matter.pk),
        "number": receipt.matter.number,
        "code": receipt.code,
        "photo": str(photo.pk) if photo else "",
    }


def _defer(matter: Any, cast: Any, at: datetime) -> None:
    from gongzhi.matters import actions

    review_on = (at + timedelta(days=90)).date()
    actions.defer(
        matter,
        reason=LATER,
        owner=WATCHES,
        review_on=review_on,
        by=cast.staff("supervisor", at),
        at=at,
    )


STORY = {
    "received": "临水巷口的路灯不亮了",
    "accepted": "菜市场门口两盏路灯一直闪",
    "dispatched": "小学西侧的路灯被树枝挡住",
    "objected": "桥头的景观灯整排不亮",
    "handling": "公交站旁的灯杆歪了，线露在外面",
    "asked": "巷子中段的路灯时亮时不亮",
    "answered": "停车场出口的路灯白天也亮着",
    "resolved": "公园南门的庭院灯碎了灯罩",
    "called": "老年活动中心门口的路灯不亮",
    "closed": "卫生服务站前的路灯不亮",
    "refused": "家里客厅的吊灯不亮",
    "withdrawn": "楼下的路灯不亮，后来又亮了",
    "deferred": "整条街的路灯都太暗",
    "sent_back": "河边步道的灯不亮",
    "reopened": "广场东侧的路灯修了又坏",
}


HOLE = "路面坑洼"
LATER = "等整条街改造。"
WATCHES = "照明所值班组"
HELP = "请一起看看现场"


def _pressed() -> list[str]:
    """Return what the cast writes when it moves a matter."""
    from gongzhi.matters.tests.make import PRESSED

    return [
        word for _who, said in PRESSED.values() for word in said.values() if isinstance(word, str)
    ]


def _samples(at: datetime) -> dict[str, Any]:
    """Return what else stands in addresses: a post, an absence, a letter."""
    from gongzhi.accounts.actions import leave
    from gongzhi.accounts.models import Post, User
    from gongzhi.audit.actors import SYSTEM

    user = User.objects.get(username="supervisor")
    absence = leave(
        user,
        deputy=User.objects.get(username="leader"),
        starts_at=at + timedelta(days=20),
        ends_at=at + timedelta(days=25),
        by=SYSTEM,
        at=at,
    )
    posts = {post.user.username: str(post.pk) for post in Post.objects.select_related("user")}
    today = date.today().isoformat()  # noqa: DTZ011
    return {"absence": str(absence.pk), "posts": posts, "day": today, "rows": _rows(at)}


def _rows(at: datetime) -> dict[str, str]:
    """Plant one row of each sort that an address names, and return their keys."""
    from gongzhi.accounts.models import Office, User
    from gongzhi.accounts.queries import staff
    from gongzhi.audit.actors import SYSTEM
    from gongzhi.desk.actions import begin_bulk
    from gongzhi.matters import actions
    from gongzhi.matters.models import Exclusion, FollowUp, Matter
    from gongzhi.opendata.actions import publish

    def by(name: str) -> Any:
        return staff(User.objects.get(username=name), at)

    offices = {office.pk: office for office in Office.objects.select_related("place__level")}
    lead = next(iter(offices.values()))
    duty = actions.list_duty(
        kind_code="road_damage", place=lead.place, level=lead.place.level,
        lead=lead, listed_on=at.date() + timedelta(days=30), by=SYSTEM, at=at,
    )  # fmt: skip
    helped = Matter.objects.filter(state="handling").order_by("number")[0]
    other = next(one for key, one in offices.items() if key != helped.office_id)
    actions.involve(helped, office=other, words=HELP, by=by("dispatcher"), at=at)
    asked = Matter.objects.get(title=STORY["resolved"])
    for _n in range(3):
        actions.follow_up(asked, result="no_answer", by=by("acceptor"), at=at)
    received = Matter.objects.filter(state="received").order_by("number")[0]
    bulk = begin_bulk(
        "note", [(received.pk, received.version)], given={"words": HELP}, by=by("acceptor"), at=at
    )
    return {
        "duty": str(duty.pk),
        "task": str(helped.tasks.get(lead=False).pk),
        "exclusion": str(Exclusion.objects.get(matter=asked).pk),
        "follow_up": str(FollowUp.objects.get(matter__title=STORY["closed"]).pk),
        "token": actions.invite(Matter.objects.get(title=STORY["called"]), by=SYSTEM, at=at),
        "bulk": str(bulk.pk),
        "model": str(actions.ask_for_model(by=SYSTEM, at=at).pk),
        "hot": samples.hot(received, at),
        "published": str(publish(by=SYSTEM, at=at)),
        "api_token": samples.client(lead, at),
        **samples.passed_on(helped, received, by("dispatcher"), at),
    }


if __name__ == "__main__":
    main()
