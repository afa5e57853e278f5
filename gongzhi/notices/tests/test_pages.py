from __future__ import annotations

from datetime import time

import pytest
from django.urls import reverse

from gongzhi.accounts.models import User
from gongzhi.matters.tests import make
from gongzhi.notices.models import Choice, Robot

pytestmark = pytest.mark.django_db
INDEX, CHOOSE, ROBOTS = (reverse(f"notices:{name}") for name in ("index", "choose", "robots"))


def test_a_notice_of_a_matter_that_went_elsewhere_says_so_and_nothing_of_it(as_, town, work):
    gone = make.walk(town, make.matter(town), "accept", "dispatch")
    work()
    make.walk(town, gone, "object", "send_back")
    page = as_("handler").get(INDEX).content.decode()
    assert gone.number in page
    assert "已不在您的岗位" in page
    assert gone.kind.name not in page
    assert str(gone.pk) not in page


def test_notices_cost_the_same_queries_with_one_and_three(as_, town, work, queries):
    browser = as_("handler")
    browser.get(INDEX)  # what is kept a minute is read
    for _n in (1, 3):
        make.walk(town, make.matter(town), "accept", "dispatch")
        work()
        with queries("notices"):
            browser.get(INDEX)


def test_somebody_chooses_how_to_be_written_to(as_, town):
    browser = as_("handler")
    assert "没有登记您的邮箱" in browser.get(CHOOSE).content.decode()
    User.objects.filter(pk=town.handler.pk).update(email="a@example.org")
    said = {"mail": "digest", "scope": "all", "quiet_from": "20:00", "quiet_to": "08:00"}
    assert browser.post(CHOOSE, said)["Location"] == CHOOSE
    kept = Choice.objects.get()
    assert (kept.mail, kept.only_work, kept.quiet_from) == ("digest", False, time(20))
    page = browser.get(CHOOSE).content.decode()
    assert "a@example.org" in page
    assert 'value="20:00' in page


def test_half_a_time_is_refused_beside_what_was_typed(as_, town):
    response = as_("handler").post(CHOOSE, {"mail": "never", "scope": "work", "quiet_to": "08:00"})
    assert response.status_code == 422
    assert "免打扰时段" in response.content.decode()
    assert not Choice.objects.exists()


def test_an_administrator_attaches_tries_and_removes_a_robot(as_, town, service, work):
    browser = as_("administrator")
    said = {"office": town.lights.pk, "sort": "wecom", "name": "路灯所值班群"}
    assert browser.post(ROBOTS, said | {"address": "https://example.org/x"}).status_code == 422
    assert browser.post(ROBOTS, said | {"address": service.address})["Location"] == ROBOTS
    robot = Robot.objects.get()
    page = browser.get(ROBOTS).content.decode()
    assert "路灯所值班群" in page
    assert "access_token" not in page
    browser.post(reverse("notices:try_robot", args=[robot.pk]))
    work(robot.added_at)
    browser.post(reverse("notices:remove_robot", args=[robot.pk]))
    assert not Robot.objects.exists()


@pytest.mark.parametrize("name", ["handler", "supervisor", "dispatcher"])
def test_robots_are_shown_to_nobody_else(as_, town, name):
    response = as_(name).get(ROBOTS)
    assert response.status_code == 403
    assert "只有管理员" in response.content.decode()


def test_letters_say_why_they_wait_and_not_where_to(as_, town, service, settings, work):
    from gongzhi.matters.receipts import Contact

    settings.SMS_GATEWAY, service.status = service.address, 500
    make.matter(town, contact=Contact(phone="000-1234"))
    work()
    page = as_("administrator").get(reverse("notices:letters")).content.decode()
    assert "HTTP 500" in page
    assert "000-1234" not in page
