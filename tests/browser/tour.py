"""A tour of every named address, as one visitor and in one language, with open eyes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import APIResponse, Browser

from gongzhi.counter.states import TICKET
from gongzhi.matters.forms import TASK_FORMS
from gongzhi.matters.states import MATTER
from gongzhi.meetings.states import ATTENDANCE, RESOLUTION, Sort
from tests.browser.people import DESK, LOCALES, Person, Town
from tests.browser.plant import PEOPLE, STATES

SMALLEST = {"width": 320, "height": 700}
ON_PHONES = ("portal", "field", "accounts")
VISITORS = ("anybody", "holder", *PEOPLE)
MOVES = {move.name for move in MATTER.moves} - {"redact"}  # which has a page of its own
REFUSED = {403, 404, 405}
GONE = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]*"|value="[0-9a-f-]{36}"|data:image/[^"]*'
    r"|<time[^>]*>.*?</time>"
)
INSIDE = re.compile(r"<main\b.*</main>", re.DOTALL)
FRAME = re.compile(r'<title>.*?</title>| aria-current="\w+"', re.DOTALL)
NAMES = re.compile("|".join(name for pair in PEOPLE.values() for name in pair))
ENGLISH = re.compile(r"[A-Za-z]{2,}(?:[ ,]+[A-Za-z]{2,}){2,}")
PARTS = re.compile(r"[。？，！\n]")
CHINESE = re.compile(r"[一-鿿]+")
# Words marked as being of another language are meant to be.
TEXT = """() => {
  const others = [...document.querySelectorAll("body [lang]")].map((e) => e.innerText)
    .sort((a, b) => b.length - a.length);
  const seen = [document.title, others.reduce((text, one) => text.replaceAll(one, ""), document.body.innerText)];
  for (const name of ["aria-label", "placeholder", "title", "alt"])
    document.querySelectorAll(`[${name}]`).forEach((e) => seen.push(e.getAttribute(name)));
  return seen.join("\\n");
}"""
DRAWN = """() => [...document.querySelectorAll("[data-map]")].every(
  (box) => !box.checkVisibility() || box.querySelector("path, canvas, .leaflet-tile"))"""


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
    """Return every address of the installation, each route once."""
    found = {address.route: address for address in _walk(get_resolver(), "", "")}
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
    photo = town.matters["handling"]["photo"]
    known: dict[tuple[str, str], Any] = {
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
        ("matters:overturn", "key"): [town.rows["exclusion"]],
        ("matters:exclude", "key"): [town.rows["follow_up"]],
        ("matters:uphold", "key"): [town.rows["exclusion"]],
        ("desk:follow_up", "key"): [ids["called"], ids["closed"]],
        ("desk:number", "key"): [ids["called"]],
        ("desk:bulk_progress", "key"): [town.rows["bulk"]],
        ("desk:drop_filter", "key"): [ids["received"]],
        ("manage:duty", "key"): [town.rows["duty"]],
        ("manage:delist_duty", "key"): [town.rows["duty"]],
        ("manage:move_clocks", "code"): ["loop.accept"],
        ("papers:dossier", "key"): [ids["handling"]],
        ("papers:order", "key"): [ids["handling"]],
        ("papers:reply", "key"): [ids["answered"]],
        ("field:reported", "key"): [ids["received"]],
        ("portal:show", "pk"): list(ids.values()) if visitor == "holder" else [ids["received"]],
        ("portal:why", "pk"): [ids["handling"]],
        ("portal:solved", "token"): [town.rows["token"], "nobody-made-this-one-x"],
        ("accounts:come_back", "pk"): [town.absence],
        ("manage:calendar", "code"): ["cn"],
        ("manage:change_day", "code"): ["cn"],
        ("manage:import_days", "code"): ["cn"],
        ("manage:confirm_year", "code"): ["cn"],
        ("manage:hours", "code"): ["cn"],
        ("manage:rule", "code"): ["petition.handle", "hotline.answer"],
        ("manage:history", "key"): [ids["handling"]],
        ("manage:kind", "code"): [town.kind],
        ("manage:delist", "code"): [town.kind],
        ("manage:office", "code"): [town.office],
        ("manage:close_office", "code"): [town.office],
        ("manage:phrase", "code"): ["elsewhere", "answer_lamp"],
        ("manage:delist_phrase", "code"): ["elsewhere"],
        ("manage:place", "code"): [town.place, town.community],
        ("manage:qr", "code"): [town.place, town.community],
        ("meetings:call", "sort"): list(Sort.values),
        ("meetings:situation", "code"): [town.situation],
        ("meetings:delist", "code"): [town.situation],
        ("accounts:hand_over", "pk"): [town.posts.get(visitor, town.posts["acceptor"])],
    }
    known |= _of_counter(town)
    if (address.name, param) in known:
        return list(known[address.name, param])
    if address.face == "matters" and move in TASK_FORMS:
        return [town.rows["task"]]
    if address.face == "meetings" and param == "key":
        return [_of_meeting(move.removeprefix("meetings:"), town)]
    if address.face == "matters" and param == "key" and move in MOVES:
        return [ids[_in_state_for(move)]]
    if address.face == "portal" and param == "pk":
        return [ids["received"]]
    simple = {("notices", "pk"): ids["received"], ("manage", "username"): "handler"}
    if (address.face, param) in simple:
        return [simple[address.face, param]]
    raise LookupError(
        f"{address.name}: say in tour.py what stands for <{param}> of {address.route}"
    )


def _in_state_for(move: str) -> str:
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


def _of_meeting(move: str, town: Town) -> str:
    """Return which of the planted meetings, or what of them, a page or a move is of."""
    if move in {one.name for one in ATTENDANCE.moves}:
        return town.meetings["seat"]
    if move in {one.name for one in RESOLUTION.moves}:
        return town.meetings["reported" if move in ("approve", "rework") else "resolution"]
    return town.meetings["held" if move in ("resolve", "end", "minutes") else "called"]


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


@dataclass
class Tour:
    """What was open, and what was wrong."""

    opened: set[str] = field(default_factory=set)
    refused: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


# Language and what was looked at: the frame of a page or what stands in it, each looked at once.
SEEN: set[tuple[str, str]] = set()


def tour(browser: Browser, town: Town, visitor: str, language: str) -> Tour:
    """Visit every address; look closely at each page that was not seen before."""
    role = visitor if visitor in PEOPLE else ""
    person = Person(browser, town, role, screen=DESK, language=language)
    if visitor == "holder":
        _prove(person, town)
    found = Tour()
    axe = Axe()
    for address in addresses():
        for path in fill(address, town, visitor):
            _visit(person, axe, address, path, found)
    found.faults += person.leaves()
    return found


def _prove(person: Person, town: Town) -> None:
    """Open every planted matter by its receipt, and raise one."""
    for matter in town.matters.values():
        person.goes("/follow/")
        person.page.locator("[name=number]").fill(matter["number"])
        person.page.locator("[name=code]").fill(matter["code"])
        person.page.locator("form:has([name=code]) button[type=submit]").click()
        person.page.wait_for_url(f"**/follow/{matter['id']}/")


def _visit(person: Person, axe: Axe, address: Address, path: str, found: Tour) -> None:
    answer = person.context.request.get(
        path, headers={"Accept": "text/html", "Accept-Language": LOCALES[person.language]}
    )
    where = f"{person.language} {person.role or 'visitor'} {path}"
    if answer.status >= 400 and answer.status not in REFUSED:
        found.faults.append(f"{where}: {answer.status}")
    if answer.ok:
        found.opened.add(address.name)
    else:
        found.refused[address.name] = answer.status
    if "text/html" not in answer.headers.get("content-type", "") or answer.status == 405:
        return
    found.faults += [f"{where}: {fault}" for fault in _guards(answer)]
    move = address.name.removeprefix("matters:")
    if move in MOVES and f'id="move-{move}"' not in answer.text():
        return  # whoever may not make it sees the page of the matter as it is
    parts = {(person.language, part) for part in _parts(answer.text())}
    if parts <= SEEN:
        return
    SEEN.update(parts)
    found.faults += [f"{where}: {fault}" for fault in look(person, axe, path, address.face)]


def _parts(document: str) -> tuple[str, str]:
    """Return what stands in a page and the frame around it, without what differs each time."""
    document = NAMES.sub("", GONE.sub("", document))
    inside = INSIDE.search(document)
    return (inside[0], FRAME.sub("", INSIDE.sub("", document))) if inside else (document, document)


def _guards(answer: APIResponse) -> Iterator[str]:
    policy = answer.headers.get("content-security-policy", "")
    if "script-src 'self'" not in policy or "unsafe" in policy:
        yield f"policy “{policy}”"


def look(person: Person, axe: Axe, path: str, face: str) -> Iterator[str]:
    """Open a page as wide as it is used and yield what is wrong with it."""
    person.page.set_viewport_size(SMALLEST if face in ON_PHONES else DESK)  # type: ignore[arg-type]
    person.goes(path)
    person.page.wait_for_function(DRAWN)
    # What a map drew anew meanwhile is nowhere any more: a fault stands when it is looked for again.
    faulty = axe.run(person.page).response["violations"]
    for broken in faulty and axe.run(person.page).response["violations"]:
        nodes = "; ".join(f"{n['target']} {n['failureSummary'][:300]}" for n in broken["nodes"][:3])
        yield f"{broken['id']} ({broken['impact']}) ×{len(broken['nodes'])}: {nodes}"
    if wide := person.scrolls_sideways():
        yield f"scrolls sideways by {wide} px"
    yield from _untranslated(person)


def _untranslated(person: Person) -> Iterator[str]:
    """Find words of the other language that are not a name or what people wrote."""
    text = NAMES.sub("", person.page.evaluate(TEXT))
    said = (part for whole in (*person.town.said, *Person.wrote) for part in PARTS.split(whole))
    for part in sorted(said, key=len, reverse=True):
        text = text.replace(part, "")
    strange = (ENGLISH if person.language == "zh" else CHINESE).findall(text)
    if strange:
        yield f"untranslated: {sorted(set(strange))[:12]}"
