"""What is planted of other systems: lines, orders, items, files, levels."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.browser.samples.words import HOTLINE, LEVEL, MAILBOX, NEAR, TABLES


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
    usual = _usual(cast, holder, at)
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


def _usual(cast: Any, holder: Any, at: datetime) -> dict[str, Any]:
    """Return what the planted items have in common: of the lights, stale, kept too long."""
    from django.utils.timezone import localdate

    from gongzhi.audit.actors import SYSTEM
    from gongzhi.sharing import actions

    day = localdate(at)
    return {
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
