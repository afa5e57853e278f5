"""What is planted of the businesses."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from tests.browser.samples.words import (
    ASSET,
    ERRANDS,
    NEAR,
    PETITION,
    PETITIONER,
    TOGETHER,
    WISH,
    picture,
)


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


def errands(cast: Any, at: datetime) -> dict[str, str]:
    """Ask the grid worker for something of each sort; what is to be checked after handling is done."""
    from gongzhi.accounts.queries import staff
    from gongzhi.errands import actions, queries
    from gongzhi.errands.states import OUTCOMES, Found, Sort
    from gongzhi.errands.tests.make import WALKS
    from gongzhi.matters.receipts import Contact
    from gongzhi.matters.tests import make

    what, agreed, recipient, found = ERRANDS
    known = {}
    for sort, (moves, asker) in WALKS.items():
        raised = make.matter(cast, at, text=WISH, contact=Contact(phone="13900000000"))
        matter = make.walk(cast, raised, *moves, at=at)
        given = actions.Given(sort, cast.worker, what, agreed=agreed, recipient=recipient)
        by = staff(getattr(cast, asker), at)
        known[sort.value] = actions.ask(matter, given, by=by, at=at)
    done, lines = known[Sort.INSPECT.value], queries.editions(Sort.INSPECT)[0].pairs
    seen = actions.Seen(OUTCOMES[Sort.INSPECT][0], answers=[Found.YES] * len(lines), said=found)
    actions.finish(done, seen, by=staff(cast.worker, at), at=at)
    return {sort: str(errand.pk) for sort, errand in known.items()}


def rights(matter_id: str, party_id: str, officer: Any, at: datetime) -> dict[str, str]:
    """Let the person of a matter and a party ask for everything, and the data officer have one of everything."""
    from gongzhi.accounts.models import User
    from gongzhi.accounts.queries import staff
    from gongzhi.audit.actions import look
    from gongzhi.audit.actors import SYSTEM
    from gongzhi.matters.models import Matter
    from gongzhi.matters.rules import holder
    from gongzhi.parties.models import Party
    from gongzhi.parties.rules import member
    from gongzhi.rights import actions
    from gongzhi.rights.actions.assessing import Told
    from gongzhi.rights.models import UnusualLook
    from gongzhi.rights.states import Sort

    by, matter = staff(officer, at), Matter.objects.get(pk=matter_id)
    party, wait = Party.objects.get(pk=party_id), []
    for whose, person in ((matter, holder(matter)), (party, member(party))):
        for sort in (Sort.SEE, Sort.COPY):
            asked = actions.ask(whose, sort=sort, by=person, at=at)
            actions.examine(asked, by=by, at=at)
            actions.grant(asked, by=by, at=at)
        waits = actions.ask(whose, sort=Sort.EXPLAIN, words=WISH, by=person, at=at)
        actions.examine(waits, by=by, at=at)
        wait.append(waits)
    acceptor = staff(User.objects.get(username="acceptor"), at)
    look(matter.pk, purpose="ask", by=acceptor, at=at.replace(hour=16))
    actions.note_unusual(by=SYSTEM, at=at)
    until = at.date() + timedelta(days=200)
    held = actions.hold(matter, ground=WISH, until=until, by=by, at=at)
    told = Told(WISH, WISH, WISH, WISH, until)
    assessment = actions.assess(told, by=by, at=at)
    unusual = UnusualLook.objects.first()
    return {
        "matter": matter_id,
        "request": str(wait[0].pk),
        "of_party": str(wait[1].pk),
        "hold": str(held.pk),
        "look": str(unusual.pk if unusual else matter.pk),
        "assessment": str(assessment.pk),
    }


def demands(matter_id: str, officer: Any, at: datetime) -> dict[str, str]:
    """Enter a written order about a matter."""
    from gongzhi.accounts.queries import staff
    from gongzhi.demands import actions, queries
    from gongzhi.demands.states import Authority, Part
    from gongzhi.matters.models import Matter
    from gongzhi.matters.uploads import tidy

    order = actions.Order(
        sort=Authority.POLICE,
        authority=WISH,
        number="〔2026〕7",
        issued_on=at.date(),
        law="《刑事诉讼法》",
        article="第五十四条",
        parts=[Part.WORDS, Part.FILES],
        asked=WISH,
        who=WISH,
        papers=[tidy(BytesIO(picture()), "order.jpg")],
    )
    matter = Matter.objects.get(pk=matter_id)
    made = actions.enter(matter, order, by=staff(officer, at), at=at)
    return {"demand": str(made.pk), "paper": str(queries.papers(made)[0].pk)}


def device(worker: Any, at: datetime) -> str:
    """Let a grid worker have worked with a telephone."""
    from uuid import uuid4

    from gongzhi.accounts.queries import staff
    from gongzhi.offline.actions import know

    return str(know(uuid4(), label="Android Chrome", by=staff(worker, at), at=at).pk)


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
            reach=Reach(name=PETITIONER, phone="13900000001"),
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
    actions.book(day, slot=1, words=text, reach=Reach(name=PETITIONER), by=make.ANYBODY, at=at)
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
