"""The office that handled a matter can nowhere learn who rated it, nor how: only the centre calls back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gongzhi.accounts.actions import appoint
from gongzhi.accounts.models import Role
from gongzhi.audit.actors import SYSTEM
from gongzhi.jobs import actions as jobs
from gongzhi.matters import actions, rules
from gongzhi.matters.models import Exclusion, FollowUp, FollowUpLink, Matter
from gongzhi.matters.receipts import Contact
from gongzhi.matters.states import State
from gongzhi.matters.tests import make
from gongzhi.notices import tasks  # noqa: F401  registers the handlers
from gongzhi.notices.models import Letter, Notice
from tests.opening import opened, words

pytestmark = [pytest.mark.django_db, pytest.mark.once]
CHECKED = ("accept", "dispatch", "acknowledge", "answer", "inspect")
WANG = Contact("王女士", "13800138000")
SAID = "那位师傅嘴上答应却没来第二回"  # words that stand nowhere else
WHY = "他说的其实是另一条街那盏灯"
SECRETS = (SAID, WHY, "1/5", "不愿评价", "未联系上", "只做了一部分")
LATER = make.at(hours=1)


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = settings.EMAIL_FILE_PATH = tmp_path


@pytest.fixture
def town():
    return make.town()


def checked(town) -> Matter:
    return make.walk(town, make.matter(town, contact=WANG), *CHECKED)


def called(town, **says: Any) -> Matter:
    matter = checked(town)
    actions.follow_up(matter, **says, by=town.staff("acceptor"), at=LATER)
    return matter


def rated(town) -> Matter:
    matter = checked(town)
    says: dict[str, Any] = {"satisfied": 1, "in_time": False, "comment": SAID}
    actions.rate(matter, **says, by=rules.holder(matter), at=LATER)
    return matter


def answered_a_link(town) -> Matter:
    matter = checked(town)
    actions.invite(matter, by=SYSTEM, at=make.NOON)
    says: dict[str, Any] = {"solved": True, "satisfied": 1, "comment": SAID}
    link = FollowUpLink.objects.select_related("matter").get(matter=matter)
    actions.respond(link, **says, by=rules.holder(matter), at=LATER)
    matter.refresh_from_db()
    return matter


def not_reached(town) -> Matter:
    matter = make.walk(town, checked(town), *["follow_up"] * 3, at=LATER)
    return make.walk(town, matter, "close", at=LATER)


def claimed(town) -> Matter:
    matter = rated(town)
    call = FollowUp.objects.get(matter=matter)
    by, reviewer = town.staff("acceptor"), town.staff("supervisor")
    out = actions.exclude(call, reason="mistaken", words=WHY, by=by, at=LATER)
    actions.overturn(out, words=WHY, by=reviewer, at=LATER)
    return matter


ENDS = {
    "rated on the portal": rated,
    "rated by the link": answered_a_link,
    "solved on the telephone": lambda town: called(
        town, result="solved", satisfied=1, comment=SAID
    ),
    "did not want to say": lambda town: called(town, result="declined", comment=SAID),
    "not reached": not_reached,
    "claimed and reviewed": claimed,
}


@pytest.mark.parametrize("end", ENDS)
def test_no_page_paper_or_list_that_the_office_opens_holds_what_was_said(client, town, end):
    matter = ENDS[end](town)
    assert matter.state == State.CLOSED
    client.force_login(town.handler)
    keys = [str(matter.pk), *map(str, FollowUp.objects.values_list("pk", flat=True))]
    keys += map(str, Exclusion.objects.values_list("pk", flat=True))
    pages = dict(opened(client, keys))
    assert {reverse("matters:show", args=[matter.pk]), "/desk/", "/matters/export.csv"} <= set(
        pages
    )
    assert {reverse(f"papers:{name}", args=[matter.pk]) for name in ("dossier", "order")} <= set(
        pages
    )
    # The rates name every reason in their formula, for all offices alike.
    spoken = {path: SECRETS[:3] if path == "/desk/rates/" else SECRETS for path in pages}
    told = [(path, word) for path, page in pages.items() for word in spoken[path] if word in page]
    assert told == []


def course(browser: Client, matter: Matter) -> list[tuple[str, str, str]]:
    """Return the course of events as the page of a matter tells it: what, by whom, in which words."""
    page = browser.get(reverse("matters:show", args=[matter.pk])).content.decode()
    line = r'timeline__head"><b>(.*?)</b> <span class="timeline__by">(.*?)</span>.*?(timeline__text.*?)?</li>'
    return re.findall(line, page)


def test_all_closings_read_alike_to_the_office_on_the_page_and_on_paper(client, town):
    matters = [make_end(town) for make_end in ENDS.values()]
    client.force_login(town.handler)
    assert len({tuple(course(client, matter)) for matter in matters}) == 1
    (last, *_rest) = course(client, matters[0])
    assert last[:2] == ("结案", "综治中心")
    papers = set()
    for matter in matters:
        paper = words(client.get(reverse("papers:dossier", args=[matter.pk])))
        papers.add(paper[paper.index("留痕") :].replace(matter.number, ""))
    assert len(papers) == 1
    lines = client.get(reverse("matters:export"))
    rows = [line.partition(",")[2] for line in words(lines).splitlines()[1:]]
    assert len(set(rows)) == 1


def test_the_office_is_told_of_no_rating_call_claim_or_link(client, town):
    for make_end in ENDS.values():
        make_end(town)
    while claimed_jobs := jobs.claim(by=SYSTEM, at=LATER):
        for job in claimed_jobs:
            jobs.run(job, by=SYSTEM, at=LATER)
    told = Notice.objects.filter(user__in=[town.handler, town.stranger])
    assert set(told.values_list("verb", flat=True)) == {"dispatch"}
    assert not Letter.objects.filter(way="robot").exists()


def test_a_search_for_what_was_said_finds_nothing_for_anybody(client, town):
    matter = rated(town)
    for name in ("handler", "acceptor", "supervisor"):
        client.force_login(getattr(town, name))
        page = client.get("/desk/search/", {"q": SAID[:6]}).content.decode()
        assert matter.number not in page


def test_an_administrator_with_a_post_in_the_office_reads_no_rating_in_its_history(client, town):
    matter = rated(town)
    post = {"role": Role.HANDLER, "place": town.district, "office": town.lights}
    address = reverse("manage:history", args=[matter.pk])
    client.force_login(town.administrator)
    assert "matter.rate" in client.get(address).content.decode()
    appoint(town.administrator, **post, by=SYSTEM, at=make.NOON)
    page = client.get(address).content.decode()
    assert "matter.rate" not in page
    assert "satisfied" not in page


def test_of_one_that_is_not_solved_the_office_reads_what_to_do_and_nothing_else(client, town):
    says: dict[str, Any] = {"satisfied": 1, "why_not": "partly", "comment": "还有一盏不亮。"}
    matter = called(town, result="unsolved", **says)
    client.force_login(town.handler)
    page = client.get(reverse("matters:show", args=[matter.pk])).content.decode()
    assert "还有一盏不亮。" in page
    assert [secret for secret in SECRETS if secret in page] == []
    assert "回访：" not in page
