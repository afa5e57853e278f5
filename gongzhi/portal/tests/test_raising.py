from __future__ import annotations

import json
import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import shapely
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localtime, now
from PIL import Image
from pypdf import PdfReader

from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.queries import history
from gongzhi.base import doors
from gongzhi.base.seal import seal_mark, unseal
from gongzhi.matters.actions.proving import Limit
from gongzhi.matters.models import Attachment, Channel, Matter
from gongzhi.matters.tests import make as cast
from gongzhi.places.actions import import_addresses
from gongzhi.places.readers import AddressRow
from gongzhi.portal.pages import raising
from gongzhi.portal.tests.make import bound, picture, raised, sent

pytestmark = pytest.mark.django_db
RAISE = "/raise/"
NO_PHOTO = "This file is not a photo we can read. Please send a JPEG, PNG, WebP or HEIC photo."


@pytest.fixture
def english(client):
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def square(town):
    """The grid is one square degree about 121.5, 31.5."""
    bound(town.grid, shapely.box(121, 31, 122, 32), also=["翠微路"])
    return town


def errors(response):
    return {name: list(said) for name, said in response.context["form"].errors.items()}


def test_the_form_opens_without_a_session(client, town):
    response = client.get(RAISE)
    assert response.status_code == 200
    assert response.cookies.get("sessionid") is None
    assert "no-store" in response["Cache-Control"]


def test_a_few_words_and_a_place_are_enough(client, town):
    matter = raised(client)
    assert (matter.kind, matter.place, matter.channel) == (town.lamp, town.community, Channel.WEB)
    assert matter.requester.sealed is None
    assert [entry.by_label for entry in history(matter.pk)] == ["requester"]


def test_the_kind_somebody_chooses_outweighs_their_words(client, town):
    assert raised(client, kind="hole").kind == town.hole


def test_words_that_no_kind_knows_ask_for_the_kind(english, town):
    response = english.post(RAISE, sent(text="嗯嗯嗯"))
    assert (response.status_code, errors(response)) == (
        422,
        {"kind": ["Please choose what it is about."]},
    )


def test_empty_words_and_no_place_are_said_beside_the_fields(english, town):
    response = english.post(RAISE, sent(text=" \n", place=""))
    assert (response.status_code, errors(response)) == (
        422,
        {
            "text": ["Please write a few words."],
            "place": ["Where is it? Set the pin, choose from the list, or write the street."],
        },
    )


def test_a_request_of_ones_own_needs_no_place(client, town):
    cast.kind(town.lamp.kind_class, "question", "本人咨询", "My question", object="own_request")
    matter = raised(client, kind="question", place="")
    assert matter.place == town.district


def test_a_contact_is_kept_sealed_and_only_if_wanted(client, town):
    matter = raised(
        client, reach="yes", name="李", phone="+86 138-0013-8000", email="a@example.org"
    )
    sealed = unseal(bytes(matter.requester.sealed or b""), matter.pk.hex)
    assert sealed == {"name": "李", "phone": "13800138000", "email": "a@example.org"}

    matter = raised(
        client, text="路灯不亮又一天。", reach="no", phone="13800138000", email="nonsense"
    )
    assert matter.requester.sealed is None


def test_who_wants_to_be_reached_says_how(english, town):
    response = english.post(RAISE, sent(reach="yes"))
    assert errors(response) == {"phone": ["Write a telephone number or an e-mail address."]}

    response = english.post(RAISE, sent(reach="yes", phone="call me", email="me"))
    assert errors(response) == {
        "phone": ["This is no telephone number. Write digits, such as 13800138000."],
        "email": ["This is no e-mail address. Is an @ missing?"],
    }


def test_the_code_of_a_place_fills_the_place_and_is_the_channel(client, town):
    form = client.get(RAISE, {"place": town.grid.code}).context["form"]
    assert (form["place"].value(), form["scanned"].value()) == (town.grid.code, town.grid.code)

    matter = raised(client, place=town.grid.code, scanned=town.grid.code)
    assert (matter.place, matter.channel) == (town.grid, Channel.QR)


@pytest.mark.parametrize("code", ["nonsense", "999999999999", "' or 1=1", "9" * 400, "٣٤٥"])
def test_the_code_of_no_place_is_as_if_there_were_none(client, town, code):
    response = client.get(RAISE, {"place": code})
    assert (response.status_code, response.context["form"]["scanned"].value()) == (200, "")


def test_a_pin_finds_the_grid_and_stays_with_the_matter(client, square):
    matter = raised(client, place="", lat="31.5", lon="121.5", pin_from="pin")
    assert (matter.place, matter.lat, matter.lon) == (square.grid, 31.5, 121.5)


def test_where_a_device_is_only_finds_the_grid(client, square):
    matter = raised(client, place="", lat="31.5", lon="121.5", pin_from="device")
    assert (matter.place, matter.lat, matter.lon) == (square.grid, None, None)


def test_a_pin_in_no_grid_goes_to_the_pool_of_the_district(client, square):
    matter = raised(client, place="", lat="-12.5", lon="5", pin_from="pin")
    assert (matter.place, matter.lat, matter.lon) == (square.district, -12.5, 5.0)


@pytest.mark.parametrize("lat", ["nan", "inf", "91", "north", "1e999"])
def test_a_pin_that_is_none_leaves_the_place_of_the_list(client, square, lat):
    matter = raised(client, lat=lat, lon="121.5")
    assert (matter.place, matter.lat) == (square.community, None)


def test_the_names_in_an_address_find_the_place(client, square):
    matter = raised(client, place="", address="柳岸社区翠微路12号楼下")
    assert (matter.place, matter.address) == (square.grid, "柳岸社区翠微路12号楼下")
    assert raised(client, place="", address="柳岸社区东门").place == square.community
    assert raised(client, place="", address="不知道什么地方").place == square.district


def test_a_form_sent_twice_is_one_matter_with_one_receipt(client, town):
    first, second = (client.post(RAISE, sent()) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Matter.objects.count() == 1
    codes = {client.get(first["Location"]).context["code"] for _ in range(2)}
    assert len(codes) == 1


def test_the_same_form_with_other_words_is_another_matter(client, town):
    """Whoever goes back, writes something else and sends again loses nothing."""
    assert raised(client) != raised(client, text="旁边那条路的路灯不亮。")


def test_a_hundred_thousand_unbroken_characters_are_refused_and_kept(english, town):
    response = english.post(RAISE, sent(text="灯" * 100_000))
    assert errors(response) == {"text": ["Please write at most 5000 characters; these are 100000."]}
    assert "灯" * 100_000 in response.content.decode()


def test_control_characters_go_and_every_script_stays(client, town):
    matter = raised(client, text="路灯\x00\x07不亮\u202e了 😀👨‍👩‍👧 مصباح <b>x</b>")
    assert matter.text == "路灯不亮了 😀👨‍👩‍👧 مصباح <b>x</b>"
    page = client.get(reverse("portal:show", args=[matter.pk])).content.decode()
    assert "&lt;b&gt;x&lt;/b&gt;" in page


def test_the_future_is_refused_and_what_was_typed_is_kept(english, town):
    tomorrow = f"{localtime(now()) + timedelta(days=1):%Y-%m-%dT%H:%M}"
    response = english.post(RAISE, sent(occurred_at=tomorrow, address="东门", kind="hole"))
    assert errors(response) == {"occurred_at": ["The date lies in the future. When did it happen?"]}
    page = response.content.decode()
    assert f'value="{tomorrow}"' in page
    assert 'value="东门"' in page
    assert '<option value="hole" selected>' in page
    assert sent()["form_key"] in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("0001-01-01T00:00", "That is more than ten years ago. Is the year right?"),
        ("yesterday", "Write a day and a time, such as 2026-03-05 17:30."),
    ],
)
def test_a_date_that_is_none_is_said_so(english, town, typed, said):
    assert errors(english.post(RAISE, sent(occurred_at=typed))) == {"occurred_at": [said]}


def test_photos_of_every_usual_format_are_taken_and_stripped(client, town):
    exif = Image.Exif()
    exif[0x010F] = "MakerOfThePhone"
    exif.get_ifd(0x8825)[1] = "N"
    photos = [picture("JPEG", exif=exif), picture("PNG"), picture("WEBP"), picture("HEIF")]
    matter = raised(client, photos=photos)
    kept = []
    for photo in Attachment.objects.all():
        with default_storage.open(photo.file.name or "") as file:
            kept.append(file.read())
    assert (matter.attachments.count(), [b[:3] for b in kept]) == (4, [b"\xff\xd8\xff"] * 4)
    assert not any(b"MakerOfThePhone" in content for content in kept)


def test_a_page_that_calls_itself_a_photo_is_named_and_refused(english, town):
    page = SimpleUploadedFile("cat.jpg", b"<html><script>alert(1)</script>", "image/jpeg")
    response = english.post(RAISE, sent(photos=[picture(), page]))
    assert (response.status_code, errors(response)) == (
        422,
        {"photos": [f"cat.jpg: {NO_PHOTO}"]},
    )
    assert not Matter.objects.exists()


def test_ten_photos_are_one_too_many(english, town):
    response = english.post(RAISE, sent(photos=[picture() for _ in range(10)]))
    assert errors(response) == {"photos": ["Please send at most 9 files."]}


def test_words_of_danger_are_taken_with_help_first(english, town):
    matter = raised(english, text="三楼着火了，楼道里路灯不亮！", kind="lamp")
    assert (matter.danger, matter.urgent) == ("fire", True)
    page = english.get(reverse("portal:receipt", args=[matter.pk])).content.decode()
    assert page.index('href="tel:119"') < page.index(matter.number)
    assert "from a safe place call 119" in page


def test_a_dangerous_kind_shows_help_first_and_is_urgent(client, town):
    cast.kind(town.lamp.kind_class, "manhole", "井盖缺失", "Missing cover", danger=True)
    matter = raised(client, text="路中间没有盖子。", kind="manhole")
    assert matter.urgent
    assert client.get(reverse("portal:receipt", args=[matter.pk])).context["danger"]


def test_the_form_knows_the_words_of_danger(client, town):
    page = client.get(RAISE).content.decode()
    listed = page.partition('id="danger" type="application/json">')[2].partition("</script>")[0]
    assert "着火了" in json.loads(listed)


def test_a_receipt_is_shown_only_where_the_matter_was_raised(client, town):
    matter = raised(client)
    address = reverse("portal:receipt", args=[matter.pk])
    assert client.get(address).status_code == 200
    elsewhere = Client().get(address)
    assert (elsewhere.status_code, elsewhere["Location"]) == (302, "/follow/")


def test_a_receipt_is_shown_however_many_read(client, town, monkeypatch):
    matter = raised(client)
    monkeypatch.setattr(doors.Rows, "enter", lambda _rows, who: who is doors.Who.SENDS)

    assert client.get("/").status_code == 503
    assert client.get(reverse("portal:receipt", args=[matter.pk])).status_code == 200


def test_a_receipt_on_paper_holds_number_and_code_and_is_made_only_where_it_was_raised(
    client, town
):
    matter = raised(client)
    code = client.get(reverse("portal:receipt", args=[matter.pk])).context["code"]
    address = reverse("portal:receipt_paper", args=[matter.pk])
    said = PdfReader(BytesIO(client.get(address).content)).pages[0].extract_text()
    assert matter.number in said
    assert code in said
    assert Client().get(address).status_code == 302


def test_a_receipt_says_whether_messages_come(client, town):
    silent = raised(client)
    reached = raised(client, text="另一盏路灯不亮。", reach="yes", phone="13812345678")
    told = [
        "每有变化" in client.get(reverse("portal:receipt", args=[matter.pk])).content.decode()
        for matter in (silent, reached)
    ]
    assert told == [False, True]


def test_a_receipt_opens_the_matter_from_another_device(client, town):
    matter = raised(client)
    code = client.get(reverse("portal:receipt", args=[matter.pk])).context["code"]
    other = Client()
    response = other.post(
        "/follow/", {"number": matter.number.lower(), "code": f" {code.lower()} "}
    )
    assert response["Location"] == reverse("portal:show", args=[matter.pk])


def test_a_flood_from_one_address_is_slowed_and_nothing_typed_is_lost(english, town):
    for _n in range(60):
        english.post(RAISE, sent(text=""))
    response = english.post(RAISE, sent(address="东门"))
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 3600
    page = response.content.decode()
    assert "柳岸路口的路灯不亮了。" in page
    assert 'value="东门"' in page
    assert not Matter.objects.exists()


def test_kinds_are_suggested_while_somebody_types(client, town):
    page = client.post("/raise/kinds/", {"text": "这里路面坑洼很大"}).content.decode()
    assert 'data-kind="hole"' in page
    assert client.post("/raise/kinds/", {"text": "嗯"}).content.strip() == b""


MARK = re.compile(r'data-same="([^"]+)" aria-pressed="(\w+)"')
TYPED = {"text": "路灯不亮", "place": "990101001001"}


def suggested(client, **says):
    return client.post("/raise/kinds/", TYPED | says).content.decode()


def test_what_is_raised_already_is_shown_by_kind_community_and_day_alone(
    english, square, django_assert_num_queries
):
    matter = cast.matter(
        square, at=now(), text="张三家门口的路灯不亮了", address="翠微路12号", lat=31.5, lon=121.5
    )
    suggested(english)
    with django_assert_num_queries(3):  # two more: of the tries, and of the edition of the places
        page = suggested(english, text="张三家门口的路灯不亮了")
    day = f"{localtime(matter.received_at).date()}"
    assert "Is it one of these nearby?" in page
    assert [said in page for said in ("Street lamp out", square.community.code, day)] == [True] * 3
    hidden = matter.number, str(matter.pk), "张三", "翠微路", "31.5", square.grid.code
    assert [word for word in hidden if word in page] == []
    assert "nearby" in suggested(english, place="", lat="31.4", lon="121.4")
    assert "nearby" in suggested(english, place=square.grid.code)


@pytest.fixture
def library(square):
    """The square with two addresses in its grid."""
    rows = [
        AddressRow(1, "翠微路2号", lat=31.5, lon=121.5),
        AddressRow(2, "银杏路6号", lat=31.6, lon=121.6),
    ]
    import_addresses(rows, by=SYSTEM, at=now())
    return square


def test_where_the_words_say_it_is_is_offered_until_there_is_a_pin(english, library):
    page = suggested(english, text="翠微路2号3单元501室门口的路灯不亮", place="")
    assert "Is it here?" in page
    assert f'data-here="{library.community.code}" data-name="翠微路2号" data-lat="31.5"' in page
    assert "501" not in page
    assert "Is it here?" in suggested(english, text="路灯不亮", address="翠微路2号")
    assert "Is it here?" not in suggested(english, text="翠微路2号", lat="31.4", lon="121.4")
    assert "data-here" not in suggested(
        english, text="柳岸社区路灯不亮"
    )  # the place chosen already


def asked(client, text):
    """Send words without a place, and return what the form then offers, with nothing chosen."""
    response = client.post(RAISE, sent(text=text, place=""))
    form = response.context["form"]
    assert (response.status_code, "checked" in str(form["spoken"])) == (422, False)
    assert "Is it here?" in response.content.decode()
    return form.fields["spoken"].choices[0][0]


def test_without_a_script_the_form_asks_and_takes_what_is_chosen(english, library):
    exact = asked(english, "翠微路2号的路灯不亮")
    matter = raised(english, text="翠微路2号的路灯不亮", place="", spoken=exact)
    assert (matter.place, matter.lat, matter.lon) == (library.grid, 31.5, 121.5)
    assert matter.address == "翠微路2号"
    rough = asked(english, "银杏路5号的路灯不亮")
    matter = raised(english, text="银杏路5号的路灯不亮", place="", spoken=rough)
    assert (matter.place, matter.lat, matter.address) == (library.grid, None, "银杏路")
    matter = raised(english, text="翠微路2号，路灯不亮", spoken=exact)  # the list says where
    assert (matter.place, matter.lat) == (library.community, None)
    assert english.post(RAISE, sent(text="路灯不亮", place="", spoken=exact)).status_code == 422


def test_a_pin_from_words_that_stands_near_it_only_finds_the_grid(client, square):
    matter = raised(client, place="", lat="31.5", lon="121.5", pin_from="words")
    assert (matter.place, matter.lat, matter.lon) == (square.grid, None, None)


def test_a_flood_of_questions_is_answered_with_nothing_and_the_form_still_works(
    client, town, monkeypatch
):
    monkeypatch.setattr(raising, "SUGGEST", Limit("suggest", 2, timedelta(hours=1)))
    told = [client.post("/raise/kinds/", TYPED) for _n in range(3)]
    assert [(one.status_code, bool(one.content)) for one in told] == [(200, True)] * 2 + [
        (204, False)
    ]
    raised(client)


def test_no_words_that_somebody_guesses_change_what_is_shown(english, town):
    cast.matter(town, at=now(), text="张三家门口总有人打牌，声音很大，路灯也不亮")
    for kind in ("", "lamp", "hole"):
        right, wrong = (
            MARK.sub("", suggested(english, text=f"{name}家门口总有人打牌，声音很大", kind=kind))
            for name in ("张三", "孙七")
        )
        assert right == wrong
    assert "nearby" not in suggested(english, text="张三家门口总有人打牌，声音很大", kind="hole")


def test_what_is_not_public_elsewhere_or_long_past_is_never_shown(english, town):
    own = cast.kind(
        town.lamp.kind_class, "wage", "本人工资", "My wages", object="own_request", public=False
    )
    other = cast.place("990101001002", "桃源社区", town.community.level, town.township)
    text = "路灯不亮"
    cast.matter(town, at=now(), kind=own, text=text)
    cast.matter(town, at=now(), kind=town.conduct, text=text)
    cast.matter(town, at=now(), place=other, text=text)
    cast.matter(town, at=now() - timedelta(days=90), text=text)
    cast.walk(town, cast.matter(town, at=now(), text=text), "withdraw", at=now())
    for kind in ("", "lamp", "wage", town.conduct.code):
        assert "nearby" not in suggested(english, kind=kind)
    assert "nearby" not in suggested(english, place="")


def test_who_says_that_it_is_the_same_raises_their_own_with_a_receipt_of_its_own(english, town):
    first = cast.matter(town, at=now(), text="路灯不亮三天了")
    ((mark, pressed),) = MARK.findall(suggested(english))
    assert pressed == "false"
    ((anew, pressed),) = MARK.findall(suggested(english, same=mark))
    assert (pressed, anew != mark) == ("true", True)

    mine = raised(english, text="路灯不亮，这里也是", same=mark)
    assert (mine.state, mine.merged_into, mine.text) == ("received", None, "路灯不亮，这里也是")
    told = english.get(reverse("portal:show", args=[mine.pk])).content.decode()
    assert "You said that it is the same as one raised before" in told
    assert [said for said in (first.number, first.pk.hex, first.text) if said in told] == []


@pytest.mark.parametrize("how", ["old", "ended", "sealed", "complaint", "nonsense"])
def test_what_cannot_be_the_same_is_raised_without_it(english, town, how):
    cast.kind(town.lamp.kind_class, "petition", "信访", "Petition", sealed=True, public=False)
    first = cast.matter(town, at=now(), text="路灯不亮三天了")
    ((mark, _pressed),) = MARK.findall(suggested(english))
    says: dict[str, Any] = {"same": mark}
    if how == "old":
        says["same"] = seal_mark(
            {"key": first.pk.hex, "at": f"{now() - timedelta(days=2)}"}, "same"
        )
    elif how == "ended":
        cast.walk(town, first, "withdraw", at=now())
    elif how == "sealed":
        says["kind"] = "petition"
    elif how == "complaint":
        says["about"] = "roads"
    else:
        says["same"] = "' or 1=1"
    mine = raised(english, **says)
    assert [one for one in history(mine.pk) if one.verb == "matter.say_same"] == []


@pytest.mark.parametrize("text", ["", "灯", "🕯️" * 5000, "路灯不亮" * 25_000, "\x00", "' or 1=1"])
@pytest.mark.parametrize("where", ["nan", "inf", "1e999", "91", "north", "", "9" * 400])
def test_bad_input_suggests_little_and_never_fails(client, square, text, where):
    cast.matter(square, at=now())
    for said in ({"lat": where, "lon": where}, {"place": where}, {"kind": where}):
        assert client.post("/raise/kinds/", {"text": text, **said}).status_code == 200


def test_raising_costs_the_same_queries_with_one_and_three_photos(client, town, queries):
    raised(client)
    with queries("the form"):
        client.get(RAISE)
    for n in (1, 3):
        with queries(f"raise with {n} photos"):
            raised(client, text=f"路灯不亮{n}", photos=[picture() for _ in range(n)])
