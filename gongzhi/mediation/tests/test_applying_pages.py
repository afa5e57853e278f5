"""Somebody applies by the portal, or at a counter."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gongzhi.matters.tests import make as matters
from gongzhi.mediation.models import Case, Consent, Origin
from gongzhi.mediation.tests import make
from gongzhi.mediation.tests.make import QIAN, SUN, ZHAO, press
from gongzhi.mediation.tests.test_reading import holding, signed_in
from gongzhi.parties.queries import by_receipt

pytestmark = pytest.mark.django_db

SUN_AT_HOME = replace(SUN, address="青石路2号")
COMMUNITY = "990101001001"


def typed(**says: Any) -> dict[str, Any]:
    """Return what somebody types who applies against one other party."""
    usual = {
        "kind": "neighbour",
        "title": make.TITLE,
        "story": make.STORY,
        "place": COMMUNITY,
        "language": "mandarin",
        "name": ZHAO.name,
        "phone": ZHAO.phone,
        "form_key": "00000000-0000-4000-8000-000000000007",
        "others-TOTAL_FORMS": "6",
        "others-INITIAL_FORMS": "0",
        "others-0-who": "party",
        "others-0-name": QIAN.name,
        "others-0-phone": QIAN.phone,
    }
    return usual | {f"others-{n}-who": "party" for n in range(1, 6)} | says


def test_somebody_applies_and_comes_in_with_number_and_code(client, town):
    answer = client.post(reverse("mediation:apply"), typed(), follow=True)
    page = answer.content.decode()
    case = Case.objects.get()
    assert case.number in page
    code = answer.context["code"]
    other = Client()
    follow = {"number": case.number, "code": code}
    page = other.post(reverse("portal:follow"), follow, follow=True).content.decode()
    assert "调解委员会正在阅读申请" in page
    assert make.TITLE in page


def test_an_application_without_the_key_of_its_form_still_shows_its_code(client, town):
    answer = client.post(reverse("mediation:apply"), typed(form_key=""), follow=True)
    assert by_receipt(Case.objects.get().number, answer.context["code"])


def test_an_application_keeps_what_was_typed_and_says_what_is_missing(client, town):
    answer = client.post(reverse("mediation:apply"), typed(title="", **{"others-0-name": ""}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert make.STORY in page
    assert Case.objects.count() == 0


def test_whoever_acts_for_the_applicant_is_named_beside_them_and_shown_to_them(client, town):
    more = {"others-1-who": "mine", "others-1-name": "周律", "others-1-phone": "13800138009"}
    client.post(reverse("mediation:apply"), typed(**more))
    case = Case.objects.get()
    zhao, qian = make.party(case), make.party(case, QIAN.name)
    assert make.names(case) == [ZHAO.name, QIAN.name]
    assert make.party(case, "周律").acts_for == zhao

    def shown(party):
        page = holding(party).get(reverse("mediation:mine", args=[party.pk]))
        return "周律" in page.content.decode()

    assert (shown(zhao), shown(qian)) == (True, False)


def test_nobody_appoints_who_acts_for_the_other_side(client, town):
    more = {"others-1-who": "theirs", "others-1-name": "周律", "others-1-phone": "13800138009"}
    assert client.post(reverse("mediation:apply"), typed(**more)).status_code == 422
    assert Case.objects.count() == 0


def test_the_form_sent_again_lets_nobody_in_once_its_code_was_renewed(client, town):
    client.post(reverse("mediation:apply"), typed())
    zhao = make.party(Case.objects.get())
    press(client, "new_code", zhao.pk)
    other = Client()
    answer = other.post(reverse("mediation:apply"), typed(), follow=True)
    assert answer.redirect_chain == [(reverse("portal:follow"), 302)]
    assert "这份申请以前已经提交" in answer.content.decode()
    assert other.get(reverse("mediation:mine", args=[zhao.pk])).status_code == 403


def test_words_of_danger_show_whom_to_call_at_once(client, town):
    says = typed(story="他说要打死我，我很害怕。")
    page = client.post(reverse("mediation:apply"), says, follow=True).content.decode()
    assert 'href="tel:110"' in page
    assert 'data-danger-panel role="alert" hidden' not in page


def test_it_comes_from_ones_own_matter_and_from_no_other(client, town, at):
    about = matters.matter(town, at=at)
    where = f"{reverse('mediation:apply')}?matter={about.number}"
    said = f"来自您的事项 {about.number}。"
    assert said not in client.get(where).content.decode()
    session = client.session
    session["follows"] = [about.pk.hex]
    session.save()
    assert said in client.get(where).content.decode()
    client.post(where, typed())
    assert (Case.objects.get().matter, Case.objects.get().origin) == (about, Origin.MATTER)


@pytest.mark.parametrize("who", ["acceptor", "dispatcher", "clerk", "head"])
def test_at_the_counter_an_application_is_taken_in_and_its_code_shown_once(town, who):
    browser = signed_in(town, who)
    says = typed(origin="police", how="counter")
    answer = browser.post(reverse("mediation:take_in"), says, follow=True)
    assert answer.context["code"] in answer.content.decode()
    case = Case.objects.get()
    assert case.origin == Origin.POLICE
    assert Consent.objects.get(giver=make.party(case)).how == "counter"
    other = signed_in(town, "inspector").get(reverse("mediation:taken", args=[case.pk]))
    assert other.status_code == 404


@pytest.mark.parametrize("who", ["inspector", "worker", "administrator", "leader", "mediator"])
def test_who_takes_in_nothing_takes_in_no_application(town, who):
    assert signed_in(town, who).get(reverse("mediation:take_in")).status_code == 403
