"""Mails become matters once; whoever is down, killed or made anew."""

from __future__ import annotations

import socket
from threading import Thread
from time import monotonic

import pytest
from django.core.exceptions import PermissionDenied

from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.models import Entry
from gongzhi.base.seal import unseal
from gongzhi.jobs.models import Job
from gongzhi.mailbox import actions, backends
from gongzhi.mailbox.models import Mail, Mailbox
from gongzhi.mailbox.tests import make
from gongzhi.matters.models import Channel, Matter, Message
from gongzhi.matters.queries import by_receipt

pytestmark = pytest.mark.django_db


def test_a_mail_becomes_a_matter_and_its_writer_gets_the_receipt(town, server, mailbox):
    server.put(make.mail(Message_ID="<m1@example.com>"))
    assert make.read(mailbox) == 1
    matter = make.only()
    assert (matter.channel, matter.kind, matter.place) == (Channel.EMAIL, town.lamp, town.community)
    assert matter.text == "路灯\n路口的路灯不亮了。"
    contact = unseal(bytes(matter.requester.sealed or b""), matter.pk.hex)
    assert contact == {"email": "wang@example.com"}
    assert Entry.objects.get(subject=matter.pk).by_label == "区邮箱"
    (letter,) = make.letters()
    assert letter.to == ["wang@example.com"]
    heads = letter.extra_headers
    assert heads["In-Reply-To"] == heads["References"] == "<m1@example.com>"
    assert (heads["Reply-To"], heads["Auto-Submitted"]) == (make.OWN, "auto-replied")
    number, code = matter.number, letter.body.split("查询码 ")[1].split("，")[0]
    assert number in letter.body
    assert by_receipt(number, code) == matter
    assert "路灯" not in letter.body.replace("路灯管理所", "")


def test_what_lay_there_before_is_nobodys_matter(town, server):
    server.put(make.mail())
    mailbox = make.mailbox(town, server)
    assert make.read(mailbox) == 0
    assert not Matter.objects.exists()


def test_each_mail_is_read_once_and_then_marked(server, mailbox):
    server.put(make.mail("第一封"), make.mail("第二封"))
    assert make.read(mailbox) == 2
    assert server.flags() == [set(), set()]
    assert make.read(mailbox) == 0
    assert server.flags() == [{"\\Seen"}, {"\\Seen"}]
    assert make.read(mailbox) == 0
    assert {one.text for one in Matter.objects.all()} == {"路灯\n第一封", "路灯\n第二封"}
    assert [one.uid for one in Mail.objects.order_by("uid")] == [101, 102]


def test_a_worker_killed_between_keeping_and_marking_makes_no_twin(server, mailbox):
    server.put(make.mail())
    mailbox.refresh_from_db()
    first = actions.fetch(mailbox, by=SYSTEM, at=make.NOON)
    again = actions.fetch(mailbox, by=SYSTEM, at=make.NOON)  # the first was cut off
    assert actions.keep(mailbox, fetched=again, by=SYSTEM, at=make.NOON) == 1
    assert actions.keep(mailbox, fetched=first, by=SYSTEM, at=make.NOON) == 0
    make.read(mailbox)
    assert server.flags() == [{"\\Seen"}]
    assert Matter.objects.count() == 1


def test_a_folder_that_was_made_anew_is_read_again_without_a_twin(server, mailbox):
    old, new = make.mail("旧的"), make.mail("新的")
    server.put(old)
    make.read(mailbox)
    server.begin_anew()
    server.put(old, new)
    assert make.read(mailbox) == 1
    assert Matter.objects.count() == 2
    mailbox.refresh_from_db()
    assert mailbox.validity
    make.read(mailbox)
    assert server.flags() == [{"\\Seen"}, {"\\Seen"}]


def test_a_mail_copied_into_the_folder_again_is_no_twin(server, mailbox):
    one = make.mail()
    server.put(one, one)
    assert make.read(mailbox) == 1
    make.read(mailbox)
    assert Matter.objects.count() == 1


def test_a_mail_without_an_id_is_known_by_its_heads(server, mailbox):
    one = make.mail(Message_ID="")
    server.put(one, one)
    assert make.read(mailbox) == 1
    (letter,) = make.letters()
    assert "In-Reply-To" not in letter.extra_headers


def test_a_round_takes_so_many_and_the_next_goes_on(server, mailbox, monkeypatch):
    monkeypatch.setattr(backends, "MOST", 2)
    server.put(*[make.mail(f"第{n}封", From=f"a{n}@example.com") for n in range(5)])
    assert [make.read(mailbox) for _n in range(4)] == [2, 2, 1, 0]


def test_a_mail_that_is_too_large_is_refused_by_its_heads_alone(server, mailbox, monkeypatch):
    monkeypatch.setattr(backends, "MOST_BYTES", 2000)
    server.put(make.mail("长" * 3000), make.mail())
    assert make.read(mailbox) == 2
    refused = Mail.objects.get(outcome="refused")
    assert refused.reason == "large"
    make.read(mailbox)
    assert server.flags() == [{"\\Flagged"}, {"\\Seen"}]


@pytest.mark.parametrize(
    ("says", "fault"),
    [
        ({"password": "wrong"}, "login"),
        ({"folder": "Nowhere"}, "folder"),
        ({"port": 9}, "network"),
    ],
)
def test_what_is_wrong_with_a_mailbox_is_told_and_tried_later(town, server, says, fault):
    mailbox = make.mailbox(town, server, **says)
    mailbox.refresh_from_db()
    assert (mailbox.fault, mailbox.fails) == (fault, 1)
    assert mailbox.again_at == make.at(minutes=2)
    assert actions.look_after(by=SYSTEM, at=make.at(minutes=1)) == 0
    assert actions.look_after(by=SYSTEM, at=make.at(minutes=2)) == 1
    assert actions.look_after(by=SYSTEM, at=make.at(minutes=2)) == 0
    for _n in range(9):
        make.read(mailbox)
    mailbox.refresh_from_db()
    assert mailbox.again_at == make.at(hours=1)


def test_what_came_while_the_server_was_down_is_read_later(town, server, mailbox):
    mailbox.refresh_from_db()
    Mailbox.objects.update(port=9)
    make.read(mailbox)
    server.put(make.mail())
    Mailbox.objects.update(port=server.port)
    assert make.read(mailbox) == 1
    mailbox.refresh_from_db()
    assert (mailbox.fault, mailbox.fails, mailbox.again_at) == ("", 0, None)


def test_a_private_host_is_not_met(server, mailbox, settings):
    settings.PRIVATE_NETWORKS = []
    server.put(make.mail())
    assert make.read(mailbox) == 0
    mailbox.refresh_from_db()
    assert mailbox.fault == "private"


def test_a_training_copy_reads_nothing(server, mailbox, settings):
    settings.TRAINING = True
    server.put(make.mail())
    assert make.read(mailbox) == 0
    assert not Matter.objects.exists()


def answering(*lines):
    """Serve one connection that says ``lines``, one for each that comes, and then hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        line, _where = listener.accept()
        with line, line.makefile("rwb") as file:
            file.write(lines[0])
            file.flush()
            for said in lines[1:]:
                mark = file.readline().partition(b" ")[0]
                file.write(said.replace(b"%", mark))
                file.flush()
        listener.close()

    Thread(target=serve, daemon=True).start()
    return listener.getsockname()[1]


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ((b"HTTP/1.1 400 Bad Request\r\n\r\n",), "network"),
        ((b"* OK hello\r\n", b"* CAPABILITY IMAP4rev1\r\n% OK x\r\n", b"% NO x\r\n"), "login"),
        ((b"* OK hello\r\n", b"* CAPABILITY IMAP4rev1\r\n% OK x\r\n", b"% BAD what\r\n"), "login"),
        (
            (
                b"* OK hello\r\n",
                b"* CAPABILITY IMAP4rev1\r\n% OK x\r\n",
                b"* X {99999999999}\r\n% OK x\r\n",
            ),
            "speech",
        ),
    ],
)
def test_a_server_that_lies_is_told_of(town, server, lines, fault):
    begun = monotonic()
    mailbox = make.mailbox(town, server, port=answering(*lines))
    mailbox.refresh_from_db()
    assert mailbox.fault == fault
    assert monotonic() - begun < 5


def test_the_job_of_a_mailbox_reads_and_keeps(server, mailbox):
    server.put(make.mail())
    assert actions.look_after(by=SYSTEM, at=make.NOON) == 1
    make.work()
    assert Matter.objects.count() == 1
    assert not Job.objects.filter(topic="mailbox").exists()


def test_only_the_clock_fetches(town, mailbox):
    by = town.staff("administrator")
    for act in (
        lambda: actions.fetch(mailbox, by=by, at=make.NOON),
        lambda: actions.look_after(by=by, at=make.NOON),
        lambda: actions.erase(by=by, at=make.NOON),
    ):
        with pytest.raises(PermissionDenied, match="只有系统自身可以发送和查询。"):
            act()


# --- What becomes of what.


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ({"Auto_Submitted": "auto-replied"}, "automatic"),
        ({"Auto_Submitted": "auto-generated; x=1"}, "automatic"),
        ({"X_Autoreply": "yes"}, "automatic"),
        ({"From": "noreply@example.com"}, "automatic"),
        ({"Precedence": "bulk"}, "list"),
        ({"Precedence": "auto_reply"}, "list"),
        ({"List_Id": "<news.example.com>"}, "list"),
        ({"List_Unsubscribe": "<https://example.com/>"}, "list"),
        ({"Return_Path": "<>"}, "bounce"),
        ({"From": "MAILER-DAEMON@example.com"}, "bounce"),
        ({"From": make.OWN}, "own"),
    ],
)
def test_what_machines_write_is_left_alone_and_never_answered(server, mailbox, says, reason):
    server.put(make.mail(**says))
    assert make.read(mailbox) == 1
    mail = Mail.objects.get()
    assert (mail.outcome, mail.reason) == ("ignored", reason)
    assert not Matter.objects.exists()
    assert make.letters() == []


def test_an_answer_to_the_receipt_is_added_to_its_matter(server, mailbox):
    server.put(make.mail())
    make.read(mailbox)
    (letter,) = make.letters()
    quoted = "就在校门口。\n\n发自我的iPhone\n\n在 2026年3月2日，区邮箱写道：\n> 您的事项"
    ours = letter.extra_headers["Message-ID"]
    server.put(make.mail(quoted, Subject="Re: 路灯", In_Reply_To=ours))
    make.read(mailbox)
    matter = make.only()
    assert Message.objects.get(matter=matter).text == "就在校门口。"
    assert [one.outcome for one in Mail.objects.order_by("uid")] == ["taken", "added"]
    assert len(make.letters()) == 1


def test_the_number_alone_adds_nothing_to_anybodys_matter(server, mailbox):
    server.put(make.mail())
    make.read(mailbox)
    number = make.only().number
    server.put(make.mail("骗人的", Subject=f"Re: {number}", In_Reply_To=f"<{number}@gongzhi>"))
    make.read(mailbox)
    assert not Message.objects.exists()
    assert Matter.objects.count() == 2


def test_an_answer_to_what_somebody_who_works_here_was_sent_adds_nothing(town, server, mailbox):
    server.put(make.mail())
    make.read(mailbox)
    from gongzhi.notices.actions import write

    matter = make.only()
    letter = write(
        to="staff@example.org", text="x", verb="x", matter=matter, by=SYSTEM, at=make.NOON
    )
    server.put(make.mail("转发", In_Reply_To=f"<{letter.pk.hex}@gongzhi>"))
    make.read(mailbox)
    assert not Message.objects.exists()


def test_an_answer_after_the_end_is_a_new_matter_that_says_so(town, server, mailbox):
    server.put(make.mail())
    make.read(mailbox)
    (letter,) = make.letters()
    make.walk(town, make.only(), "refuse")
    ours = letter.extra_headers["Message-ID"]
    server.put(make.mail("还是不亮。", References=f"<x@example.com> {ours}"))
    make.read(mailbox)
    assert Matter.objects.count() == 2
    new = Matter.objects.get(text__contains="还是不亮")
    assert Entry.objects.filter(subject=new.pk, verb="matter.say_same").exists()


def test_words_of_danger_make_it_urgent(server, mailbox):
    server.put(make.mail("楼道里煤气泄漏。"))
    make.read(mailbox)
    assert make.only().urgent


def test_a_place_that_is_named_is_the_place(town, server, mailbox):
    server.put(make.mail("第二网格的路灯不亮。"))
    make.read(mailbox)
    assert make.only().place == town.next_grid


def test_a_flood_from_one_address_is_stopped(server, mailbox):
    server.put(*[make.mail(f"第{n}封") for n in range(12)])
    make.read(mailbox)
    assert Matter.objects.count() == 10
    assert set(Mail.objects.filter(outcome="refused").values_list("reason", flat=True)) == {"flood"}
    server.put(make.mail(From="other@example.com"))
    make.read(mailbox)
    assert Matter.objects.count() == 11


def test_a_later_letter_is_not_written_twice(server, mailbox):
    """The usual letter about what was received would hold no code: the receipt stands for it."""
    server.put(make.mail())
    make.read(mailbox)
    assert len(make.letters()) == 1


def test_what_is_old_is_erased_but_what_waits_for_a_look(town, server, mailbox):
    server.put(make.mail(), make.mail(From="nobody"))
    make.read(mailbox)
    later = make.at(days=401)
    assert actions.erase(by=SYSTEM, at=later) == 1
    mail = Mail.objects.get()
    assert (mail.outcome, mail.reason) == ("refused", "sender")
    actions.see_to(mail, by=town.staff("administrator"), at=make.NOON)
    assert actions.erase(by=SYSTEM, at=later) == 1


def test_nothing_of_a_mail_is_kept_beside_its_matter():
    names = {one.name for one in Mail._meta.concrete_fields}
    told = {"digest", "validity", "uid", "outcome", "reason", "is_flagged", "at", "seen_at"}
    assert names == {"id", "mailbox", *told}
