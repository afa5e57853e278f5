from __future__ import annotations

import pytest
from django.core import mail

from gongzhi.accounts.models import User
from gongzhi.accounts.queries import staff
from gongzhi.accounts.tests import make
from gongzhi.audit.actors import SYSTEM
from gongzhi.exchange.actions import give_token, register
from gongzhi.jobs import actions as jobs
from gongzhi.notices import tasks  # noqa: F401  registers the handlers
from gongzhi.notices.actions import choose
from gongzhi.notices.models import Choice, Notice

pytestmark = pytest.mark.django_db
NOON = make.NOON


def test_a_token_is_told_without_its_secret():
    town = make.town()
    boss = staff(town.administrator, NOON)
    User.objects.filter(pk=town.administrator.pk).update(email="boss@example.org")
    choose(mail=Choice.Mail.AT_ONCE, only_work=True, by=boss, at=NOON)
    client = register(code="screen", name_zh="大屏", office=town.lights, by=boss, at=NOON)
    given = give_token(client, scopes=["read"], days=30, by=boss, at=NOON)
    while claimed := jobs.claim(by=SYSTEM, at=NOON):
        for job in claimed:
            jobs.run(job, by=SYSTEM, at=NOON)

    notices = Notice.objects.filter(user=town.administrator, verb="client.give_token")
    assert [(one.label, one.link) for one in notices] == [("screen", "/manage/staff/@screen/")]
    sent = "".join(f"{one.subject}{one.body}" for one in mail.outbox)
    assert "screen 获得了一个接口令牌" in sent
    assert (given.secret in sent, given.token.hint in sent) == (False, False)
