"""Administrators look after mailboxes and robots; what they are opened by is never shown."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from gongzhi.audit.models import Entry
from gongzhi.mailbox import actions
from gongzhi.mailbox.models import Mail, Mailbox, Robot
from gongzhi.mailbox.tests import make

pytestmark = pytest.mark.django_db


def page(browser, name, *args):
    answer = browser.get(reverse(f"mailbox:{name}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def press(browser, where, *args, **says):
    return browser.post(reverse(f"mailbox:{where}", args=args), says, follow=True)


def typed(town, **says):
    usual = {
        "name": "区邮箱",
        "address": make.OWN,
        "host": "127.0.0.1",
        "port": "9",
        "line": "plain",
        "user": make.USER,
        "password": make.PASSWORD,
        "folder": "INBOX",
        "office": str(town.lights.pk),
        "place": town.community.code,
        "is_on": "on",
    }
    return usual | says


def test_an_administrator_adds_a_mailbox(as_, town):
    browser = as_("administrator")
    assert "还没有邮箱" in page(browser, "index")
    assert "授权码" in page(browser, "add")
    answer = press(browser, "add", **typed(town))
    assert "每分钟收取一次" in answer.content.decode()
    mailbox = Mailbox.objects.get()
    assert mailbox.known == {"user": make.USER, "password": make.PASSWORD}
    assert make.PASSWORD not in answer.content.decode()
    assert (mailbox.place, mailbox.office) == (town.community, town.lights)
    entry = Entry.objects.get(subject=mailbox.pk)
    assert entry.verb == "mailbox.add"
    assert make.PASSWORD not in str(entry.facts) + str(entry.told)
    assert "区邮箱" in page(browser, "index")


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ({"host": "10.0.0.1", "line": "tls"}, "GONGZHI_PRIVATE_HOSTS"),
        ({"host": "nobody.invalid"}, "主机"),
        ({"port": "0"}, "1"),
        ({"address": "nobody"}, "Email"),
    ],
)
def test_a_mailbox_that_cannot_be_is_told(as_, town, says, told):
    answer = press(as_("administrator"), "add", **typed(town, **says))
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not Mailbox.objects.exists()


def test_without_tls_only_a_host_that_the_operator_allowed(as_, town, settings):
    settings.PRIVATE_NETWORKS = []
    answer = press(as_("administrator"), "add", **typed(town, host="1.1.1.1"))
    assert answer.status_code == 422
    assert "不加密的连接可能被旁人读取" in answer.content.decode()


def test_a_mailbox_is_changed_and_its_password_goes_to_no_other_host(as_, town, server):
    mailbox = make.mailbox(town, server)
    mailbox.refresh_from_db()
    assert mailbox.validity
    browser = as_("administrator")
    same = {"port": str(server.port), "folder": server.folder, "user": "", "password": ""}
    answer = press(browser, "change", mailbox.pk, **typed(town, **same, is_on=""))
    assert answer.status_code == 200
    mailbox.refresh_from_db()
    assert (mailbox.is_on, mailbox.known["password"]) == (False, make.PASSWORD)
    assert mailbox.validity
    answer = press(browser, "change", mailbox.pk, **typed(town, **(same | {"port": "9"})))
    assert answer.status_code == 422
    assert "原密码不会发往其他服务器" in answer.content.decode()
    answer = press(browser, "change", mailbox.pk, **typed(town, **(same | {"folder": "Other"})))
    mailbox.refresh_from_db()
    assert (mailbox.folder, mailbox.validity, mailbox.last_uid) == ("Other", "", 0)
    facts = [one.facts for one in Entry.objects.filter(subject=mailbox.pk, verb="mailbox.change")]
    assert [one["password"] for one in facts] == [False, False]


def test_what_was_refused_stands_on_the_page_until_somebody_looked(as_, town, server, mailbox):
    server.put(make.mail(From="nobody"))
    make.read(mailbox)
    browser, mail = as_("administrator"), Mail.objects.get()
    assert "没有有效的发件人。" in page(browser, "mailbox", mailbox.pk)
    answer = press(browser, "see_to", mail.pk)
    assert "没有待查看的邮件。" in answer.content.decode()
    assert press(browser, "see_to", mail.pk).status_code == 422
    assert Entry.objects.get(subject=mailbox.pk, verb="mailbox.see_to").facts == {
        "mail": mail.pk.hex,
        "reason": "sender",
    }
    with pytest.raises(ValidationError, match="已有人处理过。"):
        actions.see_to(mail, by=town.staff("administrator"), at=make.NOON)


def test_a_fault_stands_on_the_page(as_, town, server):
    mailbox = make.mailbox(town, server, password="wrong")
    for name, args in (("index", []), ("mailbox", [mailbox.pk])):
        assert "服务器拒绝了用户名或密码。" in page(as_("administrator"), name, *args)


def test_an_administrator_adds_and_changes_a_robot(as_, town):
    browser = as_("administrator")
    says = {"name": "小云", "office": str(town.lights.pk), "place": "", "is_on": "on"}
    answer = press(browser, "add_robot", sort="dingtalk", secret=make.SECRET, **says)
    shown = answer.content.decode()

    robot = Robot.objects.get()
    assert f"/mailbox/in/{robot.slug}/" in shown
    assert make.SECRET not in shown
    assert press(browser, "add_robot", sort="wecom", **(says | {"name": "x"})).status_code == 422
    answer = press(browser, "change_robot", robot.pk, sort="wecom", **(says | {"is_on": ""}))
    assert answer.status_code == 200
    robot.refresh_from_db()
    assert (robot.sort, robot.is_on, robot.known) == ("dingtalk", False, {"secret": make.SECRET})
    verbs = Entry.objects.filter(subject=robot.pk).order_by("seq").values_list("verb", flat=True)
    assert list(verbs) == ["robot.add", "robot.change"]


@pytest.mark.parametrize("who", ["acceptor", "dispatcher", "handler", "supervisor"])
def test_only_an_administrator_looks_after_them(as_, town, server, mailbox, who):
    robot, browser = make.robot(town), as_(who)
    server.put(make.mail(From="nobody"))
    make.read(mailbox)
    mail = Mail.objects.get()
    pages = [("index", []), ("add", []), ("add_robot", []), ("robot", [robot.pk])]
    pages += [(name, [mailbox.pk]) for name in ("mailbox", "change")]
    pages += [("change_robot", [robot.pk])]
    for name, args in pages:
        answer = browser.get(reverse(f"mailbox:{name}", args=args))
        assert answer.status_code == 403
        assert "只有管理员可以管理邮箱和机器人。" in answer.content.decode()
    assert press(browser, "see_to", mail.pk).status_code == 403
    with pytest.raises(PermissionDenied, match="只有管理员可以管理邮箱和机器人。"):
        actions.see_to(mail, by=town.staff(who), at=make.NOON)


@pytest.mark.parametrize("n", [1, 3])
def test_pages_cost_the_same_however_long_they_are(as_, town, server, queries, n):
    for i in range(n):
        mailbox = make.mailbox(town, server, name=f"邮箱{i}")
        make.robot(town, name=f"机器人{i}")
    server.put(*[make.mail(From="nobody") for _n in range(n)])
    make.read(mailbox)
    browser = as_("administrator")
    with queries(f"index_{n}"):
        page(browser, "index")
    with queries(f"mailbox_{n}"):
        page(browser, "mailbox", mailbox.pk)
