"""That an entry about somebody was handed on is read by them with their receipt code."""

from __future__ import annotations

import pytest
from django.urls import reverse

from gongzhi.audit.actors import SYSTEM
from gongzhi.jobs import actions as jobs
from gongzhi.matters import actions as matters
from gongzhi.matters.receipts import Contact
from gongzhi.matters.tests import make as cast
from gongzhi.notices import tasks  # noqa: F401  registers the handlers
from gongzhi.notices.models import Letter
from gongzhi.portal.tests.make import enter
from gongzhi.sharing import actions
from gongzhi.sharing.tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db):
    return make.town()


def letters():
    """Let a worker do what is due, and return of which moves letters tell."""
    while claimed := jobs.claim(by=SYSTEM, at=make.NOON):
        for job in claimed:
            assert jobs.run(job, by=SYSTEM, at=make.NOON)
    return Letter.objects.values_list("verb", flat=True)


def test_who_raised_a_matter_reads_what_of_theirs_was_handed_to_whom_and_what_for(
    client, town, settings, tmp_path
):
    settings.EMAIL_FILE_PATH = tmp_path
    use = make.fresh(make.approved(town, make.person_item(town.lamp_control)))
    said = cast.report(town, kind=town.certificate, contact=Contact("李", "13800138000"))
    receipt = matters.receive(said, by=cast.ANYBODY, at=cast.NOON)
    actions.transfer(
        use,
        count=1,
        moved_at=make.NOON,
        matter=receipt.matter,
        by=make.caller(town.hotline),
        at=make.NOON,
    )
    assert set(letters()) == {"receive", "share"}
    enter(client, receipt.matter.number, receipt.code)
    page = client.get(reverse("portal:show", args=[receipt.matter.pk])).content.decode()
    assert "您的一条信息提供给了市政道路设施系统，只用于这件事项" in page
    assert "本人参保核验：道路施工时避让灯杆" in page
    assert "hotline: 只为这件事项，向另一单位提供一条信息" in page
