from __future__ import annotations

import pytest
from django.urls import reverse

from gongzhi.audit.actors import SYSTEM
from gongzhi.base.ids import uuid7
from gongzhi.matters.models import Matter
from gongzhi.open311 import actions
from gongzhi.open311.models import Forwarded, Mapping, Server
from gongzhi.open311.tests import make
from gongzhi.open311.tests.make import NOON


@pytest.fixture
def server(town, foreign) -> Server:
    return make.server(town, foreign)


def show(client, matter: Matter) -> str:
    return str(client.get(reverse("matters:show", args=[matter.pk])).content.decode())


# --- Servers.


def test_an_administrator_registers_a_server_and_says_what_it_takes(as_, town, foreign):
    client = as_("administrator")
    assert "尚无平台" in client.get(reverse("open311:servers")).content.decode()
    given = {"name": "市政", "address": foreign.address, "key": "theirs", "jurisdiction": ""}
    response = client.post(reverse("open311:servers"), given)
    server = Server.objects.get()
    assert response["Location"] == reverse("open311:server", args=[server.pk])
    mapped = {"kind": "lamp", "service_code": "L1"}
    client.post(reverse("open311:map_kind", args=[server.pk]), mapped)
    page = client.get(reverse("open311:server", args=[server.pk])).content.decode()
    assert "L1" in page
    assert "theirs" not in page
    client.post(reverse("open311:unmap_kind", args=[Mapping.objects.get().pk]))
    assert Mapping.objects.count() == 0
    client.post(reverse("open311:retire", args=[server.pk]))
    assert "已停用" in client.get(reverse("open311:servers")).content.decode()


@pytest.mark.parametrize(
    ("name", "given", "sentence"),
    [
        (
            "servers",
            {"name": "x", "address": "https://127.0.0.1", "key": "k"},
            "这个地址不是 HTTPS",
        ),
        ("servers", {"name": "市政", "address": "{address}", "key": "k"}, "已有平台使用此名称"),
        ("change", {"name": "市政", "address": "{address}3"}, "请为新地址填写密钥"),
        ("change", {"name": "", "address": "{address}"}, "必填"),
        ("map_kind", {"kind": "lamp", "service_code": "x"}, "该类别已有代码"),
        ("map_kind", {"kind": "office_conduct", "service_code": "x"}, "office_conduct"),
    ],
)
def test_what_is_refused_stands_beside_the_field(
    as_, foreign, server, settings, *, name, given, sentence
):
    if "127.0.0.1" in given.get("address", ""):
        settings.PRIVATE_HOSTS = []
    given = {key: value.format(address=foreign.address) for key, value in given.items()}
    args = [] if name == "servers" else [server.pk]
    response = as_("administrator").post(reverse(f"open311:{name}", args=args), given)
    assert response.status_code == 422
    assert sentence in response.content.decode()


def test_a_server_is_changed_and_its_key_kept(as_, town, foreign, server):
    given = {"name": "市政热线", "address": foreign.address, "jurisdiction": "x", "key": ""}
    as_("administrator").post(reverse("open311:change", args=[server.pk]), given)
    server.refresh_from_db()
    assert (server.name, server.jurisdiction, server.api_key) == ("市政热线", "x", "theirs")


@pytest.mark.parametrize(
    "name", ["servers", "server", "change", "retire", "map_kind", "unmap_kind"]
)
def test_these_pages_are_for_administrators(as_, town, server, name):
    keys = {"servers": [], "unmap_kind": [Mapping.objects.get().pk]}
    url = reverse(f"open311:{name}", args=keys.get(name, [server.pk]))
    client = as_("dispatcher")
    ask = client.get if name in ("servers", "server") else client.post
    response = ask(url)
    assert response.status_code == 403
    assert "只有管理员可以登记外部平台。" in response.content.decode()


# --- Passing a matter on.


def test_a_dispatcher_passes_a_matter_on_and_reads_what_becomes_of_it(as_, town, server):
    matter = make.matter(town, text="王小明家门口的路灯坏了，电话13800000000")
    client = as_("dispatcher")
    assert reverse("open311:forward", args=[matter.pk]) in show(client, matter)
    url = reverse("open311:forward", args=[matter.pk])
    page = client.get(url).content.decode()
    assert "13800000000" not in page
    response = client.post(url, {"server": server.pk, "words": "门口的路灯坏了"})
    assert response["Location"] == reverse("matters:show", args=[matter.pk])
    forwarded = Forwarded.objects.get()
    said = show(client, matter)
    assert "待发送" in said

    assert "已转送“市政”" in said
    answered = actions.Answered(number="F1", token="", fault="")
    actions.sent(forwarded, answered=answered, by=SYSTEM, at=NOON)
    for status in ("closed", "open"):
        said_of = {forwarded.pk.hex: (status, "派工中")}
        heard = actions.Heard(numbers={}, said=said_of, fault="")
        actions.hear(server, heard=heard, by=SYSTEM, at=NOON)
    said = show(client, matter)
    assert "对方状态：办理中" in said
    assert "对方曾办结，后又重新打开。" in said
    assert "“市政”告知：已办结" in said
    assert "派工中" in said


def test_what_they_do_not_take_can_be_tried_once_more(as_, town, server):
    matter, by = make.matter(town), town.staff("dispatcher")
    forwarded = actions.forward(matter, server=server, words="灯", by=by, at=NOON)
    answered = actions.Answered(number="", token="", fault="No such lamp")
    actions.sent(forwarded, answered=answered, by=SYSTEM, at=NOON)
    assert "No such lamp" in show(as_("dispatcher"), matter)
    assert "重试" not in show(as_("acceptor"), matter)
    response = as_("dispatcher").post(reverse("open311:resend", args=[forwarded.pk]))
    assert response.status_code == 302
    forwarded.refresh_from_db()
    assert forwarded.state == "waiting"


def test_where_no_server_takes_it_the_page_says_so(as_, town, server):
    matter = make.matter(town, kind=town.hole)
    client = as_("dispatcher")
    assert "转送其他机构" not in show(client, matter)
    page = client.get(reverse("open311:forward", args=[matter.pk])).content.decode()
    assert "没有平台接收此事项" in page


def test_words_are_asked_for(as_, town, server):
    url = reverse("open311:forward", args=[make.matter(town).pk])
    response = as_("dispatcher").post(url, {"server": server.pk, "words": " "})
    assert response.status_code == 422


@pytest.mark.parametrize(("name", "status"), [("acceptor", 403), ("handler", 404)])
def test_others_pass_nothing_on(as_, town, server, name, status):
    url = reverse("open311:forward", args=[make.matter(town).pk])
    assert as_(name).get(url).status_code == status


def test_what_is_not_there_is_404(as_, town, server):
    assert as_("dispatcher").post(reverse("open311:resend", args=[uuid7()])).status_code == 404


@pytest.mark.parametrize("n", [1, 3])
def test_pages_cost_as_many_queries_for_one_as_for_three(as_, town, foreign, queries, n):
    server = make.server(town, foreign)
    for m in range(1, n):
        make.server(town, foreign, name=f"市政{m}")
    matter = make.matter(town)
    by = town.staff("dispatcher")
    for one in list(Server.objects.all())[:n]:
        actions.forward(matter, server=one, words="灯", by=by, at=NOON)
    client = as_("administrator")
    for name, args in (("servers", []), ("server", [server.pk])):
        client.get(url := reverse(f"open311:{name}", args=args))
        with queries(name):
            client.get(url)
    client = as_("dispatcher")
    show(client, matter)
    with queries("panel"):
        show(client, matter)
