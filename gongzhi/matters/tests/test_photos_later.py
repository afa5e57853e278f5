"""Photos from the field are written anew after the answer: sealed until then, shown after it."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.urls import reverse
from PIL import Image

from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.queries import broken, history
from gongzhi.jobs import actions as jobs
from gongzhi.jobs.models import Job
from gongzhi.matters import tasks  # noqa: F401  registers the handlers
from gongzhi.matters.models import Attachment
from gongzhi.matters.tests import make
from gongzhi.matters.tests.make import NOON
from gongzhi.matters.tests.test_files import scanner, seen  # noqa: F401  a fixture
from gongzhi.matters.tests.test_uploads import bomb, with_gps
from gongzhi.matters.uploads import tidy

pytestmark = pytest.mark.django_db
MAKER = b"MakerOfThePhone"


@pytest.fixture
def town():
    return make.town()


def later(file):
    return tidy(file, "门口.jpg", later=True)


def work(capture):
    with capture(execute=True):
        while claimed := jobs.claim(by=SYSTEM, at=NOON):
            for job in claimed:
                assert jobs.run(job, by=SYSTEM, at=NOON)


def on_disk() -> bytes:
    """Return all that is kept of files, one behind another."""
    return b"".join(
        p.read_bytes() for p in Path(default_storage.path("")).rglob("*") if p.is_file()
    )


def test_a_photo_is_sealed_until_it_is_written_anew_and_the_first_is_gone_then(
    as_, town, django_capture_on_commit_callbacks
):
    assert MAKER in with_gps().read()
    matter = make.matter(town, photos=[later(with_gps())])
    kept = matter.attachments.get()
    address = reverse("matters:file", args=[kept.pk])
    assert (kept.checked, bool(kept.file), kept.sha256) == ("waiting", False, "")
    assert MAKER not in on_disk()
    waiting = as_("acceptor").get(address)
    assert waiting.status_code == 403
    assert "正在检查" in waiting.content.decode()
    page = as_("acceptor").get(reverse("matters:show", args=[matter.pk])).content.decode()
    assert "正在检查" in page
    work(django_capture_on_commit_callbacks)
    shown = Image.open(BytesIO(b"".join(as_("acceptor").get(address).streaming_content)))
    assert (shown.size, dict(shown.getexif())) == ((40, 60), {})
    made = matter.attachments.get()
    assert (made.width, made.height, bool(made.small), len(made.sha256)) == (40, 60, True, 64)
    assert not made.raw
    assert not default_storage.exists(str(kept.raw.name))
    assert MAKER not in on_disk()


def test_no_picture_after_all_is_taken_away_and_the_history_says_so(
    as_, town, django_capture_on_commit_callbacks
):
    out = BytesIO()
    Image.effect_noise((400, 400), 60).save(out, "PNG")
    matter = make.matter(town, photos=[later(BytesIO(out.getvalue()[:9000]))])
    raw = str(matter.attachments.get().raw.name)
    work(django_capture_on_commit_callbacks)
    kept = matter.attachments.get()
    assert (kept.checked, kept.file.name, kept.raw.name) == ("broken", "", "")
    assert not default_storage.exists(raw)
    assert [entry.verb for entry in history(matter.pk)] == ["matter.receive", "matter.unreadable"]
    assert broken(matter.pk) == []
    page = as_("acceptor").get(reverse("matters:show", args=[matter.pk])).content.decode()
    assert "照片无法读取" in page
    assert as_("acceptor").get(reverse("matters:file", args=[kept.pk])).status_code == 404


def test_a_job_that_comes_again_changes_nothing(town, django_capture_on_commit_callbacks):
    matter = make.matter(town, photos=[later(with_gps())])
    job = Job.objects.get(topic="prepare")
    work(django_capture_on_commit_callbacks)
    before = Attachment.objects.values().get()
    jobs.enqueue("prepare", by=SYSTEM, at=NOON, key=job.key)
    work(django_capture_on_commit_callbacks)
    assert Attachment.objects.values().get() == before
    assert len(list(history(matter.pk))) == 1


def test_the_scanner_is_asked_of_what_was_written_anew(
    as_,
    town,
    scanner,  # noqa: F811
    django_capture_on_commit_callbacks,
):
    kept = make.matter(town, photos=[later(with_gps())]).attachments.get()
    work(django_capture_on_commit_callbacks)
    kept.refresh_from_db()
    assert (scanner.got, kept.checked) == ([kept.file.size], "clean")
    assert seen(as_("acceptor").get(reverse("matters:file", args=[kept.pk]))).size == (40, 60)


@pytest.mark.parametrize(
    "file", [BytesIO(b"<html>"), bomb(9000), BytesIO(b"\xff\xd8\xff\xe0" + b"a" * 99)]
)
def test_what_its_head_already_shows_is_refused_at_once(file):
    with pytest.raises(ValidationError):
        later(file)
