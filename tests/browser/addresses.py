"""Every named address of the installation, and what of the planted town stands in each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product

from django.urls import URLPattern, URLResolver, get_resolver

from gongzhi.assets.states import ASSET
from gongzhi.counter.states import TICKET
from gongzhi.demands.states import DEFERRAL, DEMAND
from gongzhi.errands.states import Sort as ErrandSort
from gongzhi.hazards.states import HAZARD
from gongzhi.matters.forms import TASK_FORMS
from gongzhi.matters.states import MATTER
from gongzhi.mediation.states import AGREEMENT, CONFIRMATION, OPENING, SESSION, TERM
from gongzhi.meetings.states import ATTENDANCE, RESOLUTION, Sort
from gongzhi.patrol.states import PLAN, ROUND
from gongzhi.petitions.states import PETITION, VISIT
from gongzhi.sharing.states import USE
from gongzhi.tables.states import DROP, RUN
from gongzhi.webhooks.states import LINE
from tests.browser.people import Town
from tests.browser.plant import STATES

MACHINES = (
    "api/v1/",
    "open311/v2/",
    "open311/discovery",
    "hotline/in/",
    "mailbox/in/",
    "federation/parcels",
    "federation/ledger",
    "federation/ask",
    "federation/files",
    "sharing/v1/",
    "sharing/catalogue",
    "tables/api/",
    "rights/tracker/",
    "worker.js",
    "offline/pack",
    "offline/app.webmanifest",
    "health/",
    "ready/",
    "metrics/",
    "digests.json",
)  # other systems ask there: no page
MOVES = {move.name for move in MATTER.moves} - {"redact"}  # which has a page of its own


@dataclass(frozen=True)
class Address:
    """A named address: its route with the names of what stands in it."""

    name: str
    route: str
    params: tuple[str, ...]

    @property
    def face(self) -> str:
        return self.name.partition(":")[0]


@cache
def addresses() -> tuple[Address, ...]:
    """Return every address of the installation that people open, each route once."""
    return tuple(one for one in every() if not one.route.startswith(MACHINES))


@cache
def every() -> tuple[Address, ...]:
    """Return every address of the installation, each route once."""
    found = {one.route: one for one in _walk(get_resolver(), "", "")}
    return tuple(found[route] for route in sorted(found))


def _walk(resolver: URLResolver, before: str, spaces: str) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            space = f"{spaces}{entry.namespace}:" if entry.namespace else spaces
            yield from _walk(entry, route, space)
        elif isinstance(entry, URLPattern):
            yield Address(
                f"{spaces}{entry.name or ''}", route, tuple(re.findall(r"<(?:\w+:)?(\w+)>", route))
            )


def fill(address: Address, town: Town, visitor: str) -> list[str]:
    """Return the addresses to visit, with a value in each place of the route.

    :raises LookupError: nobody has said what may stand there
    """
    values = [_values(address, param, town, visitor) for param in address.params]
    paths = []
    for chosen in product(*values):
        path = address.route
        for param, value in zip(address.params, chosen, strict=True):
            path = re.sub(rf"<(?:\w+:)?{param}>", value, path)
        paths.append(f"/{path}")
    return paths


def _values(address: Address, param: str, town: Town, visitor: str) -> list[str]:
    ids = {name: matter["id"] for name, matter in town.matters.items()}
    move = address.name.removeprefix("matters:")
    known = _of_matters(town, visitor) | _of_manage(town) | _of_counter(town) | _of_petitions(town)
    known |= (
        _of_webhooks(town)
        | _of_hotline(town)
        | _of_mailbox(town)
        | _of_sharing(town)
        | _of_levels(town)
        | _of_tables(town)
        | _of_assets(town)
        | _of_errands(town)
        | _of_patrol(town)
        | _of_hazards(town)
        | _of_rights(town)
        | _of_demands(town)
    )
    if (address.name, param) in known:
        return list(known[address.name, param])
    if address.face == "matters" and move in TASK_FORMS:
        return [town.rows["task"]]
    if business := {"meetings": _of_meeting, "mediation": _of_mediation}.get(address.face):
        return [business(address.name.partition(":")[2], param, town)]
    if address.face == "matters" and param == "key" and move in MOVES:
        return [ids[in_state_for(move)]]
    if address.face == "portal" and param == "pk":
        return [ids["received"]]
    simple = {
        ("offline", "key"): town.device,
        ("field", "key"): ids["received"],
        ("open311", "ending"): "json",
        ("notices", "pk"): ids["received"],
        ("manage", "username"): "handler",
    }
    if (address.face, param) in simple:
        return [simple[address.face, param]]
    raise LookupError(
        f"{address.name}: say in addresses.py what stands for <{param}> of {address.route}"
    )


def _of_matters(town: Town, visitor: str) -> dict[tuple[str, str], list[str]]:
    """Return what stands for a matter, or something of one, in the addresses of several faces."""
    ids = {name: matter["id"] for name, matter in town.matters.items()}
    photo = town.matters["handling"]["photo"]
    return {
        ("matters:show", "key"): list(ids.values()) if visitor == "acceptor" else [ids["handling"]],
        ("matters:contact", "key"): [ids["asked"]],
        ("matters:why", "key"): [ids["handling"], ids["received"]],
        ("matters:file", "key"): [photo],
        ("matters:small", "key"): [photo],
        ("matters:redact", "key"): [ids["handling"]],
        ("matters:redact", "photo"): [photo],
        ("matters:uncover", "key"): [ids["handling"]],
        ("matters:uncover", "photo"): [photo],
        ("matters:here", "key"): [ids["handling"]],
        ("matters:mention", "key"): [ids["handling"]],
        ("matters:hints", "key"): [ids["handling"]],
        ("matters:draft", "key"): [ids["handling"]],
        ("matters:summarise", "key"): [ids["handling"]],
        ("matters:translate", "key"): [ids["handling"]],
        ("matters:overturn", "key"): [town.rows["exclusion"]],
        ("matters:exclude", "key"): [town.rows["follow_up"]],
        ("matters:uphold", "key"): [town.rows["exclusion"]],
        ("desk:follow_up", "key"): [ids["called"], ids["closed"]],
        ("desk:number", "key"): [ids["called"]],
        ("desk:bulk_progress", "key"): [town.rows["bulk"]],
        ("desk:drop_filter", "key"): [ids["received"]],
        ("papers:dossier", "key"): [ids["handling"]],
        ("papers:order", "key"): [ids["handling"]],
        ("papers:reply", "key"): [ids["answered"]],
        ("field:reported", "key"): [ids["received"]],
        ("portal:show", "pk"): list(ids.values()) if visitor == "holder" else [ids["received"]],
        ("portal:why", "pk"): [ids["handling"]],
        ("insight:show", "key"): [town.rows["hot"]],
        ("insight:open_joint", "key"): [town.rows["hot"]],
        ("open311:server", "pk"): [town.rows["server"]],
        ("open311:change", "pk"): [town.rows["server"]],
        ("open311:retire", "pk"): [town.rows["server"]],
        ("open311:map_kind", "pk"): [town.rows["server"]],
        ("open311:unmap_kind", "pk"): [town.rows["mapping"]],
        ("open311:forward", "pk"): [ids["handling"], ids["received"]],
        ("open311:resend", "pk"): [town.rows["forwarded"]],
        ("opendata:volume", "name"): ["communities"],
        ("opendata:volume", "sort"): ["geojson"],
        ("portal:solved", "token"): [town.rows["token"], "nobody-made-this-one-x"],
        ("accounts:come_back", "pk"): [town.absence],
        ("accounts:passkey", "key"): ["nobodys"],
        ("accounts:end_session", "key"): [town.absence],  # nobody's: sending alone ends one
        ("accounts:remove_passkey", "key"): ["nobodys"],
        ("meetings:call", "sort"): list(Sort.values),
        ("meetings:situation", "code"): [town.situation],
        ("meetings:delist", "code"): [town.situation],
        ("accounts:hand_over", "pk"): [town.posts.get(visitor, town.posts["acceptor"])],
    }


def _of_manage(town: Town) -> dict[tuple[str, str], list[str]]:
    """Return what an administrator's page is of."""
    handling = town.matters["handling"]["id"]
    return {
        ("manage:duty", "key"): [town.rows["duty"]],
        ("manage:delist_duty", "key"): [town.rows["duty"]],
        ("manage:employ", "key"): [town.rows["model"]],
        ("manage:client", "code"): ["hotline"],
        ("manage:give_token", "code"): ["hotline"],
        ("manage:rotate_token", "code"): ["hotline"],
        ("manage:rotate_token", "key"): [town.rows["api_token"]],
        ("manage:end_token", "code"): ["hotline"],
        ("manage:end_token", "key"): [town.rows["api_token"]],
        ("manage:move_clocks", "code"): ["loop.accept"],
        ("portal:grid", "code"): [town.place, town.community],
        ("portal:grid_paper", "code"): [town.place],
        ("portal:grid_papers", "code"): [town.community],
        ("manage:calendar", "code"): ["cn"],
        ("manage:change_day", "code"): ["cn"],
        ("manage:import_days", "code"): ["cn"],
        ("manage:confirm_year", "code"): ["cn"],
        ("manage:hours", "code"): ["cn"],
        ("manage:rule", "code"): ["petition.handle", "hotline.answer"],
        ("manage:history", "key"): [handling],
        ("manage:kind", "code"): [town.kind],
        ("manage:delist", "code"): [town.kind],
        ("manage:office", "code"): [town.office],
        ("manage:close_office", "code"): [town.office],
        ("manage:phrase", "code"): ["elsewhere", "answer_lamp"],
        ("manage:delist_phrase", "code"): ["elsewhere"],
        ("manage:place", "code"): [town.place, town.community],
        ("manage:qr", "code"): [town.place, town.community],
    }


def in_state_for(move: str) -> str:
    """Return which of the planted matters ``move`` is open from, any where it is from none."""
    special = {"dismiss": "objected", "grant": "handling", "deny": "handling", "rate": "resolved"}
    ends = {
        "objected": "dispatched",
        "asked": "handling",
        "sent_back": "accepted",
        "called": "resolved",
        "reopened": "handling",
    }
    sources = {str(state) for state in MATTER[move].sources}
    return special.get(move) or next((n for n in STATES if ends.get(n, n) in sources), "handling")


def _of_meeting(move: str, _param: str, town: Town) -> str:
    """Return which of the planted meetings, or what of them, a page or a move is of."""
    if move in {one.name for one in ATTENDANCE.moves}:
        return town.meetings["seat"]
    if move in {one.name for one in RESOLUTION.moves}:
        return town.meetings["reported" if move in ("approve", "rework") else "resolution"]
    return town.meetings["held" if move in ("resolve", "end", "minutes") else "called"]


def _of_mediation(name: str, param: str, town: Town) -> str:
    """Return what of the planted cases a page or a move is of."""
    special = {
        ("declare", "key"): "named",
        ("mediator", "key"): "mediator",
        ("delist", "key"): "mediator",
        ("paper", "pk"): "paper",
        ("my_paper", "key"): "paper",
        ("join_in", "pk"): "settled",
        ("take_back", "pk"): "settled",
        ("drop_help", "key"): "aid",
    }
    own = ("my_retract", "my_renew")
    offers, sessions = ("take", "reject", "retract", "renew"), [m.name for m in SESSION.moves]
    special |= {(one, "key"): "own" for one in own} | {(one, "key"): "offer" for one in offers}
    special |= {(one, "key"): "session" for one in (*sessions, "calendar", "my_calendar")}
    for row, some in {
        "agreement": AGREEMENT.moves,
        "court": CONFIRMATION.moves,
        "term": TERM.moves,
        "opening": OPENING.moves,
    }.items():
        special |= {(one.name, "key"): row for one in some}
    special |= {(one.name, "pk"): "settled" for one in TERM.moves}
    special |= {(one, "key"): "opening" for one in ("opened", "opened_archive")}
    usual = {"key": "case", "pk": "party", "code": "office", "name": "document", "clock": "clock"}
    return town.mediation[special.get((name, param)) or usual[param]]


def _of_counter(town: Town) -> dict[tuple[str, str], list[str]]:
    """Return the planted seat, number and place for the addresses of the counter."""
    names = {"seat": ["seat", "call", "close_seat"], "code": ["draw", "display"]}
    names |= {"sealed": ["entrance"], "ticket": ["ticket", *(m.name for m in TICKET.moves[1:])]}
    params = {"seat": "key", "ticket": "key"}
    return {
        (f"counter:{name}", params.get(what, what)): [town.counter[what]]
        for what, some in names.items()
        for name in some
    }


def _of_assets(town: Town) -> dict[tuple[str, str], list[str]]:
    """Return the planted lamp and its class for the addresses of assets."""
    names = ["show", "change", *(move.name for move in ASSET.moves)]
    known = {(f"assets:{name}", "key"): [town.assets["asset"]] for name in names}
    known |= {("assets:change_class", "key"): [town.assets["class"]]}
    return known | {("assets:public", "code"): [town.assets["code"]]}


def _of_patrol(town: Town) -> dict[tuple[str, str], list[str]]:
    """Return the planted plan, rounds and stop for the addresses of patrol."""
    plan, rounds = ["plan", "change"], ["round"]
    plan += [move.name for move in PLAN.moves]
    rounds += [move.name for move in ROUND.moves]
    known = {(f"patrol:{name}", "key"): [town.patrol["plan"]] for name in plan}
    known |= {(f"patrol:{name}", "key"): [town.patrol["round"]] for name in rounds}
    known |= {(f"patrol:{name}", "key"): [town.patrol["stop"]] for name in ("visit", "skip")}
    known |= {(f"patrol:{name}", "code"): ["grid"] for name in ("checklist", "renew")}
    known |= {(f"patrol:{name}", "code"): [town.patrol["link"]] for name in ("opened", "volunteer")}
    return known | {("patrol:volunteer", "key"): [town.patrol["open_stop"]]}


def _of_errands(town: Town) -> dict[tuple[str, str], list[str]]:
    """Return the planted errands for the addresses of errands: one to do, and one of each sort."""
    one = ["take", "finish", "fail", "hand_over", "withdraw", "contact"]
    known = {(f"errands:{name}", "key"): [town.errands["verify"]] for name in one}
    known |= {(f"errands:{name}", "key"): list(town.errands.values()) for name in ("show", "why")}
    known |= {(f"errands:{name}", "sort"): ErrandSort.values for name in ("ask", "checklist")}
    return known | {("errands:ask", "key"): [town.matters["received"]["id"]]}


def _of_hazards(town: Town) -> dict[tuple[str, str], list[str]]:
    """Return the planted hazards, check and lists for the addresses of hazards."""
    rows = {
        "change_kind": "kind",
        "checklist": "checklist",
        "drop_question": "question",
        "check": "check",
        "end": "check",
        "visit": "visit",
        "register_finding": "finding",
        "file": "photo",
        "small": "photo",
    }
    at_first = dict.fromkeys(("fix", "order", "protect", "grade"), "registered")
    rows |= {move.name: at_first.get(move.name, "hazard") for move in HAZARD.moves}
    known = {(f"hazards:{name}", "key"): [town.hazards[row]] for name, row in rows.items()}
    return known | {("hazards:show", "key"): [town.hazards["hazard"], town.hazards["registered"]]}


def _of_rights(town: Town) -> dict[tuple[str, str], list[str]]:
    """Return the matter and the party who asked, what they asked, and what the data officer has, for rights."""
    both = [town.rights["matter"], town.petitions["who"]]
    known = {(f"rights:{name}", "key"): both for name in ("mine", "ask", "held", "copy")}
    asked = [town.rights["request"], town.rights["of_party"]]
    pressed = ("withdraw", "why", "request", "examine", "grant", "refuse")
    known |= {(f"rights:{name}", "key"): asked for name in pressed}
    of = {"lift": "hold", "settle": "look", "assessment": "assessment", "approve": "assessment"}
    return known | {(f"rights:{name}", "key"): [town.rights[what]] for name, what in of.items()}


def _of_demands(town: Town) -> dict[tuple[str, str], list[str]]:
    """Return the planted order and its paper for the addresses of orders of authorities."""
    names = ["show", "fetch", "paper", *(move.name for move in (*DEMAND.moves, *DEFERRAL.moves))]
    known = {(f"demands:{name}", "key"): [town.demands["demand"]] for name in names}
    return known | {("demands:paper", "paper"): [town.demands["paper"]]}


def _of_webhooks(town: Town) -> dict[tuple[str, str], list[str]]:
    """Return the planted hook and inlet for the addresses of webhooks."""
    names = ["hook", "gone", "test", "replay", "replay_all", "replay_span"]
    names += [move.name for move in LINE.moves]
    known = {(f"webhooks:{name}", "key"): [town.webhooks["hook"]] for name in names}
    known |= {("webhooks:inlet", "key"): [town.webhooks["inlet"]]}
    return known | {("webhooks:take", "slug"): [town.webhooks["slug"]]}


def _of_mailbox(town: Town) -> dict[tuple[str, str], list[str]]:
    """Return the planted mailbox, refused mail and robot for the addresses of mailboxes."""
    of = {"mailbox": "mailbox", "change": "mailbox", "see_to": "mail"}
    of |= {"robot": "robot", "change_robot": "robot"}
    return {(f"mailbox:{name}", "key"): [town.mailbox[key]] for name, key in of.items()}


def _of_hotline(town: Town) -> dict[tuple[str, str], list[str]]:
    """Return the planted platform, order and line for the addresses of the hotline."""
    names = ("platform", "change", "resend_all")
    known = {(f"hotline:{name}", "key"): [town.hotline["platform"]] for name in names}
    known |= {("hotline:resend", "key"): [town.hotline["line"]]}
    known |= {("hotline:ask_more", "key"): [town.hotline["matter"]]}
    return known


def _of_levels(town: Town) -> dict[tuple[str, str], list[str]]:
    """Return the planted level, its parcel and what it handed to us for the addresses of levels."""
    names = ("peer", "compare", "pause", "resume")
    known = {(f"federation:{name}", "key"): [town.levels["peer"]] for name in names}
    known |= {("federation:again", "key"): [town.levels["parcel"]]}
    return known | {("federation:contact", "key"): [town.levels["handed"]]}


def _of_sharing(town: Town) -> dict[tuple[str, str], list[str]]:
    """Return the planted items, uses, system and concept for the addresses of shared data."""
    keys = town.sharing
    of = {"item": ["item", "own"], "change": ["item"], "withdraw": ["item"], "renew": ["item"]}
    of |= {"check": ["item"], "ask": ["own"], "use": ["use", "asked"], "transfer": ["use"]}
    of |= {move.name: ["asked"] for move in USE.moves}
    of |= {"change_system": ["system"], "change_concept": ["concept"]}
    known = {(f"sharing:{name}", "key"): [keys[one] for one in some] for name, some in of.items()}
    known |= {("sharing:public_item", "code"): [keys["code"]]}
    return known | {("sharing:export", "sort"): ["items"]}


def _of_tables(town: Town) -> dict[tuple[str, str], list[str]]:
    """Return the planted run and folder, and some tables, for the addresses of files in and out."""
    runs = ["run", "refused", *(move.name for move in RUN.moves)]
    known = {(f"tables:{name}", "key"): [town.tables["run"]] for name in runs}
    drops = ["drop", *(move.name for move in DROP.moves)]
    known |= {(f"tables:{name}", "key"): [town.tables["drop"]] for name in drops}
    known |= {("tables:table", "name"): ["matters", "ledger", "duties", "offices"]}
    known |= {(f"tables:{name}", "name"): ["matters"] for name in ("template", "package")}
    known |= {("tables:get", "name"): ["ledger"]}
    return known | {(f"tables:{name}", "ending"): ["csv"] for name in ("get", "template")}


def _of_petitions(town: Town) -> dict[tuple[str, str], list[str]]:
    """Return the planted petition, paper, day or visit for the addresses of petitions."""
    keys = town.petitions
    of = {"document": "decided", "reception": "day", "book": "day", "call_off": "day"}
    of |= {"raise_from": "visit"} | {move.name: "visit" for move in VISIT.moves}
    for move in PETITION.moves:
        sources = {str(state) for state in move.sources}
        states = [state for state in ("accepted", "registered", "decided") if state in sources]
        of[move.name] = (states or ["accepted"])[0]
    names = ("show", "reach", "why", "file", "sign", *of)
    known = {(f"petitions:{name}", "key"): [keys[of.get(name, "accepted")]] for name in names}
    own = ("petitions:mine", "parties:mend", "parties:new_code")
    known |= {(name, "pk"): [keys["who"]] for name in own}
    known |= {("petitions:reach", "who"): [keys["who"]]}
    known |= {("petitions:why", "clock"): [keys["clock"]]}
    for name in ("petitions:document", "papers:petition"):
        known |= {(name, "key"): [keys["decided"]], (name, "paper"): [keys["document"]]}
    known |= {("petitions:file", "paper"): [keys["file"]]}
    return known | {("petitions:sign", "token"): [keys["token"]]}
