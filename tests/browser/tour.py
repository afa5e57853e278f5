"""A tour of every named address, as one visitor and in one language, with open eyes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.urls import resolve
from lxml import etree
from lxml.html import fromstring
from playwright.sync_api import APIResponse, Browser

from tests.browser.addresses import MOVES, Address, addresses, fill
from tests.browser.people import DESK, LOCALES, Person, Town
from tests.browser.plant import PEOPLE

SMALLEST = {"width": 320, "height": 700}
ON_PHONES = ("portal", "field", "accounts")
VISITORS = ("anybody", "holder", *PEOPLE)
REFUSED = {403, 404, 405}
NAMES = re.compile("|".join(name for pair in PEOPLE.values() for name in pair))
ENGLISH = re.compile(r"[A-Za-z]{2,}(?:[ ,]+[A-Za-z]{2,}){2,}")
PARTS = re.compile(r"[。？，！\n]")
CHINESE = re.compile(r"[一-鿿]+")
DRAWN = """() => [...document.querySelectorAll("[data-map]")].every(
  (box) => !box.checkVisibility() || box.querySelector("path, canvas, .leaflet-tile"))"""


@dataclass
class Tour:
    """What was open, and what was wrong."""

    opened: set[str] = field(default_factory=set)
    refused: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


# What pages are built of, by language, address and answer: what is new is looked at in the browser.
SEEN: dict[tuple[str, str, int], set[tuple[str, ...]]] = {}


def tour(browser: Browser, town: Town, visitor: str, language: str) -> Tour:
    """Visit every address; look closely at each page that is built unlike those seen before."""
    role = visitor if visitor in PEOPLE else ""
    person = Person(browser, town, role, screen=DESK, language=language)
    if visitor == "holder":
        _prove(person, town)
        _come_in(person, town)
    found = Tour()
    axe = Axe()
    for address in addresses():
        for path in fill(address, town, visitor):
            _visit(person, axe, address, path, found)
    found.faults += person.leaves()
    return found


def _prove(person: Person, town: Town) -> None:
    """Open every planted matter and petition by its receipt."""
    for matter in town.matters.values():
        person.goes("/follow/")
        person.page.locator("[name=number]").fill(matter["number"])
        person.page.locator("[name=code]").fill(matter["code"])
        person.page.locator("form:has([name=code]) button[type=submit]").click()
        person.page.wait_for_url(f"**/follow/{matter['id']}/")
    for held in ("", "decided_"):
        person.goes("/follow/")
        person.page.locator("[name=number]").fill(town.petitions[f"{held}number"])
        person.page.locator("[name=code]").fill(town.petitions[f"{held}code"])
        person.page.locator("form:has([name=code]) button[type=submit]").click()
        person.page.wait_for_url(f"**/petitions/mine/{town.petitions[f'{held}who']}/")


def _come_in(person: Person, town: Town) -> None:
    """Come in as the party that applied for mediation, of the case that goes on and of the settled one."""
    for party, number, code in (
        ("party", "number", "code"),
        ("settled", "settled_number", "settled_code"),
    ):
        person.goes("/follow/")
        person.page.locator("[name=number]").fill(town.mediation[number])
        person.page.locator("[name=code]").fill(town.mediation[code])
        person.page.locator("form:has([name=code]) button[type=submit]").click()
        person.page.wait_for_url(f"**/mediation/mine/{town.mediation[party]}/")


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
    found.faults += [f"{where}: {fault}" for fault in _untranslated(person, answer.text())]
    came_to = resolve(urlsplit(answer.url).path).view_name if answer.ok else ""
    seen = SEEN.setdefault((person.language, came_to, answer.status), set())
    parts = _parts(answer.text())
    if not parts <= seen:
        seen |= parts
        found.faults += [f"{where}: {fault}" for fault in look(person, axe, path, address.face)]


def _parts(document: str) -> set[tuple[str, ...]]:
    """Return what a page is built of: elements, each by its class, attributes and where it stands."""
    return {
        (*(f"{e.tag}.{e.get('class', '')}" for e in (over, e)), *sorted(map(str, e.attrib)))
        for over in fromstring(document).iter(etree.Element)
        for e in over
        if isinstance(e.tag, str)
    }


def _guards(answer: APIResponse) -> Iterator[str]:
    policy = answer.headers.get("content-security-policy", "")
    if "script-src 'self'" not in policy or "unsafe" in policy:
        yield f"policy “{policy}”"


def look(person: Person, axe: Axe, path: str, face: str) -> Iterator[str]:
    """Open a page as wide as it is used and yield what is wrong with it.

    How it is built is the same in every language, so that is judged in Chinese alone.
    """
    person.page.set_viewport_size(SMALLEST if face in ON_PHONES else DESK)  # type: ignore[arg-type]
    person.goes(path)
    person.page.wait_for_function(DRAWN)
    if person.language == "zh":
        yield from _broken(person, axe)
    if wide := person.scrolls_sideways():
        yield f"scrolls sideways by {wide} px"
    yield from _untranslated(person, person.page.content())


def _broken(person: Person, axe: Axe) -> Iterator[str]:
    """Find what axe does twice: what a map drew anew meanwhile is nowhere any more."""
    faulty = axe.run(person.page).response["violations"]
    for broken in faulty and axe.run(person.page).response["violations"]:
        nodes = "; ".join(f"{n['target']} {n['failureSummary'][:300]}" for n in broken["nodes"][:3])
        yield f"{broken['id']} ({broken['impact']}) ×{len(broken['nodes'])}: {nodes}"


def _untranslated(person: Person, document: str) -> Iterator[str]:
    """Find words of the other language that are not a name or what people wrote."""
    text = NAMES.sub("", _text(document))
    said = {part for whole in (*person.town.said, *Person.wrote) for part in PARTS.split(whole)}
    for part in sorted(said, key=len, reverse=True):
        text = text.replace(part, "")
    found = (ENGLISH if person.language == "zh" else CHINESE).findall(text)
    strange = sorted({one for one in found if not any(one in part for part in said)})
    if strange:  # a page may quote a few words of what somebody wrote
        yield f"untranslated: {strange[:12]}"


def _text(document: str) -> str:
    """Return all that a page says, but for what people wrote and words marked as of another language."""
    page = fromstring(document)
    etree.strip_tags(page, "mark")  # what was sought stands in the middle of a word
    others = [_plain(other.text_content()) for other in page.xpath("//body//*[@lang]")]
    for apart in page.xpath("//script | //style | //template | //textarea | //body//*[@lang]"):
        apart.drop_tree()
    said = page.xpath("//text() | //@aria-label | //@placeholder | //@title | //@alt")
    text = "\n".join(map(_plain, said))
    for other in sorted(filter(None, others), key=len, reverse=True):
        text = text.replace(other, "")
    return text


def _plain(text: str) -> str:
    return " ".join(text.split())
