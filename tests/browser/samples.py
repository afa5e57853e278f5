"""What each business has planted for the browser: one of everything that an address names."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

DISPUTE = (
    "楼上漏水的赔偿",
    "漏水三个月，天花板泡坏了。",
    "希望先修管道。",
    "一个月内修好。",
    "赵青禾",
    "钱大川",
)
WISH = "晚上走路看不清，请尽快看一下。"
NEAR = "临水巷口"
PETITION = (
    "楼道供暖一直不热",
    "请恢复供暖",
    "已收到将入户测温",
    "测温符合标准",
    "城镇供热条例",
    "区长",
)
TOGETHER = "带工具到场，当场定由谁来做。"
MAILBOX = ("云溪邮箱", "小云机器人")
HOTLINE = ("云溪热线", "小区门口的路灯不亮。", "没有这张单子。")
SYSTEMS = ("市级平台", "热线平台", "市政热线", "查无此灯", "路口的灯不亮。", "路口的路灯不亮了。")
SHARED = (
    *("道路施工时避让灯杆", "《城市照明管理规定》", "第二十条", "设施档案", "编号", "参保号"),
    *("地址不缺", "约定以外不用", "灯的位置"),
)
TABLES = ("街道台账", "街道每日", "台账.csv", "今日事项清单中没有此编码的类别。", "街道")
ASSET = "临水巷口12号灯"
ANSWER = (
    "已更换灯泡和镇流器，现场恢复照明。"  # of a journey; quoted where a matter is like that one
)
LEVEL = "青石街道平台", "街角的路灯一明一暗。", "这不应由该层级平台来说。"
SAID = (
    WISH,
    NEAR,
    TOGETHER,
    *DISPUTE,
    *PETITION,
    *SYSTEMS,
    *HOTLINE,
    *MAILBOX,
    *SHARED,
    *LEVEL,
    *TABLES,
    ASSET,
    ANSWER,
)  # what stands on pages in one language alone


def picture() -> bytes:
    """Return a small photograph: a lamp on a dark street, as JPEG."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (640, 480), (28, 36, 60))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 380, 640, 480), fill=(60, 60, 64))
    draw.rectangle((310, 120, 322, 400), fill=(110, 110, 110))
    draw.ellipse((280, 90, 352, 140), fill=(240, 220, 150))
    out = BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


def client(office: Any, at: datetime) -> str:
    """Register another system with a token that is good and one that was ended."""
    from gongzhi.audit.actors import SYSTEM
    from gongzhi.exchange import actions

    hotline = actions.register(
        code="hotline", name_zh="热线平台", name_en="Hotline", office=office, by=SYSTEM, at=at
    )
    given = [
        actions.give_token(hotline, scopes=["read", "raise"], days=90, by=SYSTEM, at=at).token
        for _twice in range(2)
    ]
    actions.end_token(given[0], by=SYSTEM, at=at)
    return str(given[1].pk)


def counter(cast: Any, at: datetime) -> dict[str, str]:
    """Open a seat of the acceptors and one of the lights; call one number and let one wait."""
    from gongzhi.audit.actors import SYSTEM
    from gongzhi.counter import actions, queries
    from gongzhi.counter.rules import ENTRANCE

    seat = actions.open_seat(cast.district, number=1, by=SYSTEM, at=at)
    actions.open_seat(cast.district, number=2, office=cast.lights, by=SYSTEM, at=at)
    for office in (None, None, cast.lights):
        actions.draw(cast.district, office=office, by=ENTRANCE, at=at)
    ticket = actions.call_next(seat, by=cast.staff("acceptor", at), at=at)
    return {
        "seat": str(seat.pk),
        "ticket": str(ticket.pk) if ticket else "",
        "code": cast.district.code,
        "sealed": queries.sealed(cast.district),
    }


def assets(cast: Any, at: datetime) -> dict[str, str]:
    """Add the classes, a lamp in the grid that is damaged, and a matter about it."""
    from gongzhi.assets import actions, queries
    from gongzhi.assets.actions.keeping import Told
    from gongzhi.audit.actors import SYSTEM
    from gongzhi.matters.tests import make

    actions.seed_classes(by=SYSTEM, at=at)
    lamp = next(row for row in queries.classes() if row.code == "0118")
    grid = cast.grid
    told = Told(name=ASSET, lat=grid.lat, lon=grid.lon, keeper=cast.lights, owner=cast.roads)
    asset = actions.add(told, asset_class=lamp, by=SYSTEM, at=at)
    matter = make.matter(cast, at, text=WISH)
    actions.link(asset, matter=matter, by=make.ANYBODY, at=at)
    actions.damage(asset, by=SYSTEM, at=at)
    return {"asset": str(asset.pk), "code": asset.code, "class": str(lamp.pk)}


def webhooks(cast: Any, at: datetime) -> dict[str, str]:
    """Tell a system that nobody runs of a matter, until one event is a dead letter; let another in."""
    from django.test import override_settings

    from gongzhi.audit.actors import SYSTEM
    from gongzhi.matters.tests import make
    from gongzhi.webhooks import actions

    with override_settings(PRIVATE_HOSTS={"127.0.0.1"}):
        hook = actions.add_hook(
            name="市级平台",
            office=cast.lights,
            address="http://127.0.0.1:9/hooks",
            places=[cast.township.code],
            batched=False,
            by=SYSTEM,
            at=at,
        ).line
        matter = make.matter(cast, at=at)
        make.walk(cast, matter, "accept", at=at)
        for seq in (1, 2):
            actions.note(matter.pk, seq, by=SYSTEM, at=at)
        actions.spread(by=SYSTEM, at=at)
        for n in range(12):
            actions.deliver(by=SYSTEM, at=at + timedelta(hours=7 * n))
    inlet = actions.add_inlet(
        name="热线平台",
        office=cast.lights,
        way="hmac",
        mapping={"text": "/data/what", "id": "/id", "place": "/data/area", "kind": "/data/sort"},
        kinds={"路灯": "street_light"},
        fallback="street_light",
        by=SYSTEM,
        at=at,
    ).line
    slug = vars(inlet)["slug"]
    return {"hook": str(hook.pk), "inlet": str(inlet.pk), "slug": slug}


def mailbox(cast: Any, at: datetime) -> dict[str, str]:
    """Read a mailbox with a mail that nobody wrote, and listen to a robot."""
    from django.test import override_settings

    from gongzhi.audit.actors import SYSTEM
    from gongzhi.mailbox import actions
    from gongzhi.mailbox.models import Mail
    from gongzhi.mailbox.readers.mails import Unreadable

    serves = {"office": cast.lights, "place": cast.community}
    with override_settings(PRIVATE_HOSTS={"127.0.0.1"}):
        made = actions.add(
            name=MAILBOX[0],
            address="12345@example.org",
            host="127.0.0.1",
            port=9,
            line="plain",
            user="12345",
            password="x" * 16,
            by=SYSTEM,
            at=at,
            **serves,
        )
    came = actions.Fetched(before=("", 0), validity="1", last_uid=7)
    came.mails.append((7, Unreadable("sender", "0" * 64)))
    actions.keep(made, fetched=came, by=SYSTEM, at=at)
    says = {"secret": "x" * 16, "by": SYSTEM, "at": at, **serves}
    robot = actions.add_robot(sort="dingtalk", name=MAILBOX[1], **says)
    keys = {"mailbox": made.pk, "mail": Mail.objects.get().pk, "robot": robot.pk}
    return {name: str(key) for name, key in keys.items()}


def hotline(cast: Any, at: datetime) -> dict[str, str]:
    """Let a hotline that nobody runs send an order, and write back to it in vain."""
    from django.test import override_settings

    from gongzhi.audit.actors import SYSTEM, Actor
    from gongzhi.hotline import actions

    with override_settings(PRIVATE_HOSTS={"127.0.0.1"}):
        platform = actions.register(
            name=HOTLINE[0],
            office=cast.lights,
            address="http://127.0.0.1:9/orders",
            our_code="YX-01",
            key="k" * 32,
            place=cast.community,
            mapping={"id": "/id", "order": "/order", "text": "/text", "answer_by": "/answer_by"},
            fallback="street_light",
            by=SYSTEM,
            at=at,
        )
    says = {"id": "1", "order": "GD-2026-17", "text": HOTLINE[1]}
    by = Actor(platform.pk, platform.name)
    order = actions.hear(platform, says, by=by, at=at).order
    line = actions.write_back(order.matter_id, 1, "receive", by=SYSTEM, at=at)
    if line is None:
        raise AssertionError
    actions.sent(line, refused=HOTLINE[2], by=SYSTEM, at=at)
    keys = {"platform": platform.pk, "matter": order.matter_id, "line": line.pk}
    return {name: str(key) for name, key in keys.items()}


def sharing(cast: Any, at: datetime) -> dict[str, str]:
    """List two items, one of them found by who a person is; let one be used and one be asked for."""
    from django.utils.timezone import localdate

    from gongzhi.accounts.models import Held, Role, Staff
    from gongzhi.audit.actors import SYSTEM
    from gongzhi.base.ids import uuid7
    from gongzhi.sharing import actions

    day = localdate(at)
    actions.seed_concepts(by=SYSTEM, at=at)
    holder, taker = (
        actions.add_system(
            code=code, name_zh=name, name_en=english, office=office, by=SYSTEM, at=at
        )
        for code, name, english, office in (
            ("lamp-control", "路灯监控系统", "Lamp control", cast.lights),
            ("road-assets", "市政道路设施系统", "Road assets", cast.roads),
        )
    )
    usual: dict[str, Any] = {
        "description_zh": "灯的位置",
        "system": holder,
        "office": cast.lights,
        "concept": actions.add_concept(code="lamp", name_zh="灯", name_en="Lamp", by=SYSTEM, at=at),
        "theme": "REGI",
        "origin": "grid",
        "period": "DAILY",
        "refreshed_on": day - timedelta(days=9),
        "oldest_on": day - timedelta(days=2000),
        "retention_months": 36,
        "retention_ground": "设施档案",
        "ground": "《城市照明管理规定》",
        "article": "第二十条",
        "from_day": day,
    }
    lamp: dict[str, Any] = {
        "object": "asset",
        "fields": [{"name": "code", "type": "text", "meaning": "编号"}],
    }
    lamp |= {"name_zh": "路灯设施", "name_en": "Street lamps"}
    item, _double = (
        actions.add_item(code=code, **usual, **lamp, by=SYSTEM, at=at)
        for code in ("lamps", "lamps-again")
    )
    own = actions.add_item(
        code="insurance",
        name_zh="本人参保核验",
        name_en="Check of one's own insurance",
        object="own_request",
        by_person=True,
        fields=[{"name": "number", "type": "text", "meaning": "参保号"}],
        **usual,
        by=SYSTEM,
        at=at,
    )
    actions.note_check(item, name="地址不缺", passed=False, on=day, by=SYSTEM, at=at)
    heads = [
        Staff(uuid7(), "head", (Held(Role.HEAD, "", one.pk),)) for one in (cast.roads, cast.lights)
    ]
    asked: dict[str, Any] = {
        "system": taker,
        "purpose": "道路施工时避让灯杆",
        "ground": "《城市照明管理规定》",
        "since": day,
        "until": day + timedelta(days=90),
    }
    use = actions.ask(item, **asked, by=heads[0], at=at)
    actions.approve(use, reason="约定以外不用", by=heads[1], at=at)
    actions.transfer(use, count=12, moved_at=at, by=heads[1], at=at)
    wish = actions.ask(own, **asked, one_by_one=True, by=heads[0], at=at)
    made = {"item": item, "own": own, "use": use, "asked": wish, "system": taker}
    keys = {name: str(row.pk) for name, row in made.items()}
    return keys | {"concept": str(usual["concept"].pk), "code": item.code}


def tables(cast: Any, at: datetime) -> dict[str, str]:
    """Let a file of matters be looked through, of which a row is refused; look after a folder."""
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from gongzhi.accounts.queries import staff
    from gongzhi.audit.actors import SYSTEM
    from gongzhi.tables import actions
    from gongzhi.tables.fields import tables as known

    ledger, name, file, _why, folder = TABLES
    usual: dict[str, Any] = {"source": ledger, "owner": cast.acceptor}
    drop = actions.add_drop(
        name=name, way="in", table="matters", folder=folder, **usual, by=SYSTEM, at=at
    )
    with TemporaryDirectory() as place:
        path = Path(place) / "rows.csv"
        text = (
            f"id,text,place,kind\n1,{NEAR},{cast.grid.code},\n2,{NEAR},{cast.grid.code},nothing\n"
        )
        path.write_text(text, encoding="utf-8")
        sent = actions.Sent(
            table=known()["matters"], name=file, owner=cast.acceptor.pk, source=ledger
        )
        run = actions.upload(path, sent, by=staff(cast.acceptor, at), at=at)
    actions.step(run.pk, done=0, state=run.state, by=SYSTEM, at=at)
    return {"run": str(run.pk), "drop": str(drop.pk)}


def mediation(cast: Any, people: dict[str, Any], office: Any, at: datetime) -> dict[str, str]:
    """Plant a case in mediation with something of everything, and one whose mediator declares first."""
    from gongzhi.accounts.queries import staff
    from gongzhi.audit.actors import SYSTEM
    from gongzhi.deadlines.models import Clock
    from gongzhi.matters.uploads import tidy
    from gongzhi.mediation import actions
    from gongzhi.parties.rules import member

    head, mediator = staff(people["head"], at), staff(people["mediator"], at)
    row = actions.list_mediator(
        office, user=people["mediator"], languages=["mandarin"], knows=["neighbour"], most=9,
        by=SYSTEM, at=at,
    )  # fmt: skip
    begun, waiting, settled = (_case(cast, head, row, at) for _thrice in range(3))
    case, first, second = begun
    actions.declare(case, kinship=False, interest=False, by=mediator, at=at)
    actions.begin(case, by=mediator, at=at)
    mine = member(first.party)
    actions.say(
        case, room=mine.side, words=DISPUTE[2], uploads=[tidy(BytesIO(picture()))], by=mine, at=at
    )
    says: dict[str, Any] = {"text": DISPUTE[3], "expires_at": at + timedelta(days=7)}
    theirs = actions.offer(case, **says, by=mediator, at=at)
    own = actions.offer(case, **says, by=mine, at=at)
    later = at + timedelta(days=1)
    session = actions.plan(case, begins_at=later, where=NEAR, by=mediator, at=at)
    agreement, _term = _agreement(case, mediator, at)
    opening = actions.ask_opening(
        case, reason=DISPUTE[0], by=staff(people["supervisor"], at), at=at
    )
    actions.open_file(opening, by=staff(people["data_officer"], at), at=at)
    aid = actions.ask_help(case, sort="legal", by=mine, at=at)
    return _settled(settled[0], mediator, at) | {
        "settled": str(settled[1].party.pk),
        "settled_number": settled[0].number,
        "settled_code": settled[1].code,
        "aid": str(aid.pk),
        "agreement": str(agreement.pk),
        "opening": str(opening.pk),
        "case": str(case.pk),
        "clock": str(Clock.objects.filter(subject=case.pk)[0].pk),
        "named": str(waiting[0].pk),
        "number": case.number,
        "code": first.code,
        "party": str(first.party.pk),
        "other": str(second.pk),
        "offer": str(theirs.pk),
        "own": str(own.pk),
        "session": str(session.pk),
        "paper": str(first.party.papers.get().pk),
        "mediator": str(row.pk),
        "office": office.code,
        "document": "agreement",
    }


def _agreement(case: Any, mediator: Any, at: datetime) -> tuple[Any, Any]:
    """Put an agreement with one term before the parties; return both."""
    from gongzhi.mediation import actions, queries

    gets, owes = queries.sides(case)
    clause = actions.Clause(DISPUTE[3], owes, gets, (at + timedelta(days=30)).date())
    words = {"facts": DISPUTE[1], "content": DISPUTE[3]}
    made = actions.draft(case, words=words, clauses=[clause], by=mediator, at=at)
    actions.present(made, by=mediator, at=at)
    return made, queries.terms(made)[0]


def _settled(case: Any, mediator: Any, at: datetime) -> dict[str, str]:
    """Take a case to an agreement in force; return what a court may confirm, and what is owed."""
    from gongzhi.mediation import actions, queries
    from gongzhi.parties.fields import drawn
    from gongzhi.parties.tests.make import drawing

    actions.declare(case, kinship=False, interest=False, by=mediator, at=at)
    actions.begin(case, by=mediator, at=at)
    made, term = _agreement(case, mediator, at)
    ink = drawn(drawing())
    for party in queries.sides(case):
        actions.witness(made, signer=party, drawing=ink, by=mediator, at=at)
    actions.conclude(made, drawing=ink, by=mediator, at=at)
    court = queries.confirmation(made)
    return {"court": str(court.pk) if court else "", "term": str(term.pk)}


def _case(cast: Any, head: Any, row: Any, at: datetime) -> tuple[Any, Any, Any]:
    """Take a case to a mediator who is named; return it, who applied with the code, and the other."""
    from gongzhi.matters.tests import make
    from gongzhi.mediation import actions, queries
    from gongzhi.parties.reach import Reach
    from gongzhi.parties.rules import member

    people = [actions.Person(Reach(name=name, way="none")) for name in DISPUTE[4:]]
    given = actions.Application(
        kind="neighbour", title=DISPUTE[0], story=DISPUTE[1], place=cast.district, people=people
    )
    applied = actions.apply(given, by=make.ANYBODY, at=at)
    case = applied.case
    actions.invite(case, by=head, at=at)
    other = queries.sides(case)[1]
    actions.consent(case, whose=other, by=member(other), at=at)
    actions.assign(case, mediators=[row], by=head, at=at)
    return case, applied, other


def meetings(cast: Any, story: dict[str, str], at: datetime) -> dict[str, Any]:
    """Call offices together: one call to come, one that is held, and what was resolved at it."""
    from gongzhi.audit.actors import SYSTEM
    from gongzhi.deadlines.queries import days_of
    from gongzhi.matters.models import Matter
    from gongzhi.meetings import actions
    from gongzhi.meetings.actions.planting import plant_call_list
    from gongzhi.meetings.models import Situation
    from gongzhi.meetings.states import Sort

    plant_call_list(by=SYSTEM, at=at)
    about = {matter.title: matter for matter in Matter.objects.select_related("kind", "place")}
    then, by = at - timedelta(hours=3), cast.staff("dispatcher", at)

    def called(story: str, begins_at: datetime) -> Any:
        given = actions.Call(
            sort=Sort.WHISTLE_CALL,
            matter=about[story],
            place=about[story].place,
            words=TOGETHER,
            where=NEAR,
            begins_at=begins_at,
            offices=[cast.lights, cast.roads],
        )
        return actions.call(given, by=by, at=then)

    to_come = called(story["handling"], at + timedelta(hours=3))
    held = called(story["dispatched"], at - timedelta(hours=1))
    actions.hold(held, by=by, at=at)
    seat = held.attendances.select_related("summons", "office").get(office=cast.lights)
    actions.arrive(seat, by=by, at=at)
    until = days_of(cast.lights.calendar_id).after(at.date(), 3)
    for _twice in range(2):
        actions.resolve(held, office=cast.lights, text=TOGETHER, until=until, by=by, at=at)
    first, second = held.resolutions.select_related("summons", "office").order_by("rank")
    actions.report(second, words=TOGETHER, by=cast.staff("handler", at), at=at)
    mine = to_come.attendances.get(office=cast.lights)
    planted = {"called": to_come, "held": held, "seat": mine, "resolution": first}
    keys = {name: str(row.pk) for name, row in (planted | {"reported": second}).items()}
    return {"meetings": keys, "situation": Situation.objects.order_by("code")[0].code}


def petitions(cast: Any, keeper: Any, at: datetime) -> dict[str, str]:
    """Raise petitions: one to forward, one accepted with a paper, one decided; and a reception day."""
    from gongzhi.accounts.models import Office
    from gongzhi.accounts.queries import staff
    from gongzhi.matters.uploads import tidy
    from gongzhi.parties.queries import papers
    from gongzhi.parties.reach import Reach
    from gongzhi.petitions import actions, queries
    from gongzhi.petitions.models import Petition, ReceptionDay, Visit
    from gongzhi.petitions.tests import make

    text, wish, accepted, facts, law, post = PETITION
    by, handler = staff(keeper, at), cast.staff("handler", at)

    def raised(*moves: str) -> tuple[Any, str]:
        given = actions.Given(
            text=text,
            wish=wish,
            topic="housing",
            place=cast.community,
            reach=Reach(name="王芳", phone="13900000001"),
            papers=[tidy(BytesIO(picture()))],
        )
        made = actions.register(given, by=make.ANYBODY, at=at)
        row = made.petition
        for move in moves:
            row = Petition.objects.with_names().get(pk=row.pk)
            if move == "forward":
                actions.forward(row, office=cast.lights, words=wish, by=by, at=at)
            elif move == "accept":
                actions.accept(row, words=accepted, by=handler, at=at)
            else:
                opinion = actions.Opinion("reject", wish, facts, facts, law)
                actions.decide(row, opinion=opinion, by=handler, at=at)
        return Petition.objects.with_names().get(pk=row.pk), made.code

    registered, _code = raised()
    held, code = raised("forward", "accept")
    decided, decided_code = raised("forward", "accept", "decide")
    actions.share(held, by=make.speaker(held), at=at)
    day = ReceptionDay(
        office=Office.objects.get(pk=registered.keeper_id), place=cast.district, post_zh=post,
        where=NEAR, begins_at=at + timedelta(days=5),
    )  # fmt: skip
    actions.announce(day, by=by, at=at)
    actions.book(day, slot=1, words=text, reach=Reach(name="王芳"), by=make.ANYBODY, at=at)
    keys = {
        "registered": registered.pk,
        "accepted": held.pk,
        "decided": decided.pk,
        "who": make.party(held).pk,
        "decided_who": make.party(decided).pk,
        "clock": queries.clocks(held, queries.stages(held))[-1].pk,
        "document": decided.stage.pk,
        "file": papers(held.pk, [None])[0].pk,
        "day": day.pk,
        "visit": Visit.objects.get(day=day).pk,
    }
    said = {"number": held.number, "code": code, "token": queries.token(held)}
    said |= {"decided_number": decided.number, "decided_code": decided_code}
    return {name: str(key) for name, key in keys.items()} | said


def hot(matter: Any, at: datetime) -> str:
    """Plant a hot issue that holds a matter, and return its key."""
    from gongzhi.insight.models import HotIssue
    from gongzhi.insight.queries import period

    since, until = period(at)
    issue = HotIssue.objects.create(
        kind_class=matter.kind.kind_class,
        area=matter.place.parent,
        path=matter.place.parent.path,
        words="路灯 照明",
        since=since,
        until=until,
        days=[0] * 20 + [3, 2] + [0] * 8,
        n_matters=5,
        n_requesters=5,
        synthetic=True,
    )
    issue.gathered.create(matter=matter)
    return str(issue.pk)


def passed_on(matter: Any, other: Any, by: Any, at: datetime) -> dict[str, str]:
    """Plant a foreign server to which a matter was passed on and that takes another; return the keys."""
    from gongzhi.audit.actors import SYSTEM
    from gongzhi.base.seal import seal
    from gongzhi.open311 import actions
    from gongzhi.open311.models import Server

    server = Server(name="市政热线", address="https://example.org/open311/v2", added_at=at)
    server.sealed = seal({"key": "theirs"}, server.pk.hex)
    server.save()
    mappings = [
        actions.map_kind(server, kind=kind, service_code=f"S{n}", by=SYSTEM, at=at)
        for n, kind in enumerate({one.kind_code: one.kind for one in (matter, other)}.values())
    ]
    forwarded = actions.forward(matter, server=server, words="路口的灯不亮。", by=by, at=at)
    actions.sent(
        forwarded,
        answered=actions.Answered(number="", token="", fault="查无此灯"),
        by=SYSTEM,
        at=at,
    )
    keys = {"server": server.pk, "mapping": mappings[0].pk, "forwarded": forwarded.pk}
    return {name: str(key) for name, key in keys.items()}


def levels(cast: Any, at: datetime) -> dict[str, str]:
    """Plant a level that handed a matter to us and said something that could not be done; return the keys."""
    from gongzhi.accounts.actions import found
    from gongzhi.accounts.models import Office
    from gongzhi.audit.actors import SYSTEM
    from gongzhi.base.ids import uuid7
    from gongzhi.federation import actions, queries
    from gongzhi.federation.models import Handed, Parcel
    from gongzhi.federation.readers import Wire

    lights: Office = cast.lights
    office = found(
        code="level", duty="level", name_zh=LEVEL[0], name_en=LEVEL[0], place=cast.district,
        calendar=lights.calendar, by=SYSTEM, at=at,
    )  # fmt: skip
    known = actions.add_peer(
        code="level",
        office=office,
        is_above=False,
        address="https://level.example.org",
        by=SYSTEM,
        at=at,
    )
    peer = known.peer
    body = {"number": "260302-001-000000-X", "kind": "street_light", "text": LEVEL[1]}
    body |= {"place": cast.grid.code, "due": (at + timedelta(days=5)).isoformat()}
    ref = uuid7()
    wires = [
        Wire(seq=1, ref=ref, verb="hand", at=at, body=body),
        Wire(seq=2, ref=ref, verb="answer", at=at, body={"text": LEVEL[1]}),
    ]
    actions.take(peer, wires, by=queries.as_caller(peer, at), at=at)
    parcel = Parcel.objects.get(peer=peer, is_ours=False, seq=2)
    keys = {"peer": peer.pk, "parcel": parcel.pk, "handed": Handed.objects.get(ref=ref).pk}
    return {name: str(key) for name, key in keys.items()}
