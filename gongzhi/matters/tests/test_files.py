from __future__ import annotations

import socketserver
from io import BytesIO
from threading import Thread

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.urls import reverse
from PIL import Image

from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.models import Look
from gongzhi.audit.queries import broken, history
from gongzhi.jobs import actions as jobs
from gongzhi.matters import (
    actions,
    tasks,  # noqa: F401  registers the handlers
)
from gongzhi.matters.models import Attachment
from gongzhi.matters.tests import make
from gongzhi.matters.tests.make import NOON
from gongzhi.matters.uploads import tidy

pytestmark = pytest.mark.django_db
MIDDLE = actions.Box(0.25, 0.25, 0.75, 0.75)


def photo(size=(80, 80)):
    out = BytesIO()
    Image.new("RGB", size, "white").save(out, "JPEG")
    return tidy(BytesIO(out.getvalue()), "门口.jpg")


@pytest.fixture
def town():
    return make.town()


@pytest.fixture
def matter(town):
    return make.matter(town, photos=[photo()])


def seen(response) -> Image.Image:
    """Return the picture that was sent."""
    return Image.open(BytesIO(b"".join(response.streaming_content))).convert("L")


def level(picture, at) -> int:
    """Return how bright a picture is at a point, 0 to 255."""
    found = picture.getpixel(at)
    assert isinstance(found, int)
    return found


# --- Covered parts.


def test_what_is_covered_nobody_sees_any_more_whole_or_small(
    as_, town, matter, django_capture_on_commit_callbacks
):
    kept = matter.attachments.get()
    with default_storage.open(kept.file.name) as file:
        before = file.read()
    with django_capture_on_commit_callbacks(execute=True):
        actions.redact(matter, attachment=kept, boxes=[MIDDLE], by=town.staff("acceptor"), at=NOON)
    browser = as_("acceptor")
    for name in ("file", "small"):
        shown = seen(browser.get(reverse(f"matters:{name}", args=[kept.pk])))
        assert level(shown, (40, 40)) < 40
        assert level(shown, (5, 5)) > 215
    assert not default_storage.exists(kept.file.name)
    sealed = matter.attachments.get().original
    with sealed.open() as file:
        assert before not in file.read()


def test_a_supervisor_sees_the_first_photo_again_and_the_look_is_kept(as_, town, matter):
    kept = matter.attachments.get()
    for _again in range(2):
        actions.redact(
            matter, attachment=matter.attachments.get(), boxes=[MIDDLE],
            by=town.staff("acceptor"), at=NOON,
        )  # fmt: skip
    address = reverse("matters:uncover", args=[matter.pk, kept.pk])
    assert as_("acceptor").post(address).status_code == 403
    assert not Look.objects.exists()
    first = Image.open(BytesIO(as_("supervisor").post(address).content)).convert("L")
    assert level(first, (40, 40)) > 215
    assert Look.objects.get().purpose == "uncover"
    assert [entry.verb for entry in history(matter.pk)] == [
        "matter.receive",
        "matter.redact",
        "matter.redact",
    ]
    assert broken(matter.pk) == []


@pytest.mark.parametrize("n", [0, 51])
def test_nothing_or_too_much_to_cover_is_refused(town, matter, n):
    with pytest.raises(ValidationError, match="最多 50 处"):
        actions.redact(
            matter, attachment=matter.attachments.get(), boxes=[MIDDLE] * n,
            by=town.staff("acceptor"), at=NOON,
        )  # fmt: skip
    assert not matter.attachments.get().original


def test_a_photo_of_another_matter_is_not_covered_through_this_one(town, matter):
    other = make.matter(town, photos=[photo()])
    with pytest.raises(ValidationError, match="这件事项的照片"):
        actions.redact(
            matter, attachment=other.attachments.get(), boxes=[MIDDLE],
            by=town.staff("acceptor"), at=NOON,
        )  # fmt: skip


def test_a_stranger_covers_nothing(town, matter):
    with pytest.raises(PermissionDenied):
        actions.redact(
            matter, attachment=matter.attachments.get(), boxes=[MIDDLE],
            by=town.staff("stranger"), at=NOON,
        )  # fmt: skip


def test_parts_are_marked_on_a_page_and_nonsense_is_refused_with_the_line(as_, town, matter):
    kept = matter.attachments.get()
    address = reverse("matters:redact", args=[matter.pk, kept.pk])
    browser = as_("acceptor")
    assert browser.get(address).status_code == 200
    version = {"version": matter.version}
    wrong = browser.post(address, version | {"boxes": "10, 20, 45, 60\n10, 20, 450, 60"})
    assert wrong.status_code == 422
    assert "“10, 20, 450, 60”" in wrong.content.decode()
    assert browser.post(address, version | {"boxes": "10, 20, 45, 60"}).status_code == 302
    late = browser.post(address, version | {"boxes": "10, 20, 45, 60"})
    assert late.status_code == 409


# --- Who gets a file.


@pytest.mark.parametrize("name", ["file", "small"])
def test_a_file_is_sent_to_who_sees_its_matter_and_to_nobody_else(as_, client, matter, name):
    address = reverse(f"matters:{name}", args=[matter.attachments.get().pk])
    assert client.get(address).status_code == 403
    assert seen(as_("acceptor").get(address)).size == (80, 80)
    assert as_("stranger").get(address).status_code == 403


def test_a_request_of_two_gigabytes_is_refused_before_it_is_read(client, matter):
    response = client.post("/raise/", {"text": "x"}, CONTENT_LENGTH=str(2 * 1024**3))
    assert response.status_code == 413
    assert "200 MB" in response.content.decode()


# --- A scanner.


@pytest.fixture
def scanner(settings):
    """A stand-in for clamd on this machine: what holds "EICAR" is harmful to it."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            assert self.rfile.read(10) == b"zINSTREAM\0"
            content = b""
            while n := int.from_bytes(self.rfile.read(4), "big"):
                content += self.rfile.read(n)
            self.server.got.append(len(content))  # type: ignore[attr-defined]
            self.wfile.write(self.server.says + b"\0")  # type: ignore[attr-defined]

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.got, server.says = [], b"stream: OK"  # type: ignore[attr-defined]
        settings.SCANNER = f"clamd://127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def work(at=NOON):
    while claimed := jobs.claim(by=SYSTEM, at=at):
        for job in claimed:
            jobs.run(job, by=SYSTEM, at=at)


def test_a_file_is_shown_once_the_scanner_found_nothing(as_, town, scanner):
    kept = make.matter(town, photos=[photo()]).attachments.get()
    address = reverse("matters:file", args=[kept.pk])
    waiting = as_("acceptor").get(address)
    assert waiting.status_code == 403
    assert "正在检查" in waiting.content.decode()
    work()
    assert scanner.got == [kept.file.size]
    assert seen(as_("acceptor").get(address)).size == (80, 80)


def test_a_harmful_file_is_taken_away_and_the_history_says_so(
    as_, town, scanner, django_capture_on_commit_callbacks
):
    scanner.says = b"stream: Eicar-Test-Signature FOUND"
    matter = make.matter(town, photos=[photo()])
    kept = matter.attachments.get()
    with django_capture_on_commit_callbacks(execute=True):
        work()
    assert as_("acceptor").get(reverse("matters:file", args=[kept.pk])).status_code == 404
    assert not default_storage.exists(str(kept.file.name))
    assert Attachment.objects.get().checked == "harmful"
    assert list(history(matter.pk))[-1].facts == {"found": "Eicar-Test-Signature"}
    assert broken(matter.pk) == []


def test_a_scanner_that_is_away_holds_up_no_intake_and_is_asked_again(town, settings, scanner):
    there, settings.SCANNER = settings.SCANNER, "clamd://127.0.0.1:9"
    matter = make.matter(town, photos=[photo()])
    work()
    assert make.walk(town, matter, "accept").state == "accepted"
    assert matter.attachments.get().checked == "waiting"
    settings.SCANNER = there
    work(NOON.replace(minute=5))
    assert matter.attachments.get().checked == "clean"
