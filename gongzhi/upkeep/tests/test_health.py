"""Probes, figures, the log and the doctor: what they say, and what they never say."""

from __future__ import annotations

import json
import logging
import os
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils.timezone import localdate, now

from gongzhi.audit.actors import SYSTEM
from gongzhi.deadlines.models import Calendar
from gongzhi.jobs.models import Beat, Job
from gongzhi.matters.receipts import Contact
from gongzhi.matters.tests import make
from gongzhi.upkeep import actions, logs, meters
from gongzhi.upkeep.http import meter
from gongzhi.upkeep.meters import Figures, Meter
from gongzhi.upkeep.models import Backup, Digest

pytestmark = pytest.mark.django_db
TOKEN = {"Authorization": "Bearer a token of the settings"}


@pytest.fixture(autouse=True)
def _own(settings, tmp_path):
    settings.VAR = tmp_path
    settings.METRICS_TOKEN = "a token of the settings"
    meter.cache_clear()
    yield
    meter.cache_clear()


@pytest.fixture
def working():
    """A worker has looked a moment ago."""
    return Beat.objects.create(name="test", due_at=now() + timedelta(minutes=1))


def test_health_asks_nobody(client, queries):
    with queries("health"):
        answer = client.get("/health/")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_ready_tells_each_part(client, working, queries):
    with queries("ready"):
        answer = client.get("/ready/")
    assert answer.json() == {"database": True, "migrations": True, "storage": True, "jobs": True}
    assert answer.status_code == 200


def test_without_a_worker_it_is_not_ready(client, working):
    Beat.objects.update(due_at=now() - timedelta(minutes=10))
    answer = client.get("/ready/")
    assert (answer.status_code, answer.json()["jobs"]) == (503, False)
    Beat.objects.all().delete()
    assert client.get("/ready/").json()["jobs"] is False


def test_with_a_store_that_takes_nothing_it_is_not_ready(client, working, settings, tmp_path):
    (tmp_path / "a file").touch()
    settings.MEDIA_ROOT = tmp_path / "a file"
    answer = client.get("/ready/")
    assert (answer.status_code, answer.json()["storage"]) == (503, False)


def test_figures_are_for_who_has_the_token(client, settings):
    assert client.get("/metrics/").status_code == 403
    assert client.get("/metrics/", headers={"Authorization": "Bearer other"}).status_code == 403
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics/", headers=TOKEN).status_code == 404


def figures(client) -> dict[str, float]:
    text = client.get("/metrics/", headers=TOKEN).content.decode()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _space, value in (line.rpartition(" ") for line in lines)}


def test_figures_count_requests_by_route_and_never_by_what_stands_in_it(client, queries):
    town = make.town()
    matter = make.matter(town, contact=Contact("王女士", "13800138000"))
    client.force_login(town.acceptor)
    client.get(f"/matters/{matter.pk}/", {"code": "K7Q4-M2XP-9TRB"})
    client.get("/nowhere/13800138000/")
    client.generic("BREW", "/health/")
    with queries("metrics"):
        found = figures(client)
    route = "/matters/<uuid:key>/"
    counted = f'gongzhi_requests_total{{route="{route}",method="GET",status="200"}}'
    assert found[counted] == 1
    assert found[f'gongzhi_request_seconds_bucket{{route="{route}",le="+Inf"}}'] == 1
    assert found[f'gongzhi_request_seconds_count{{route="{route}"}}'] == 1
    assert found['gongzhi_requests_total{route="(no address)",method="GET",status="404"}'] == 1
    assert found['gongzhi_requests_total{route="/health/",method="other",status="405"}'] == 1
    text = client.get("/metrics/", headers=TOKEN).content.decode()
    private = (str(matter.pk), "13800138000", "K7Q4", "acceptor", matter.number)
    assert [said for said in private if said in text] == []


def test_figures_tell_of_jobs_backups_and_digests(client):
    at = now()
    for says in ({"run_after": at - timedelta(hours=1)}, {"failed_at": at}, {}):
        Job.objects.create(
            **{"topic": "letter", "created_at": at, "run_after": at + timedelta(1)} | says
        )
    Backup.objects.create(made_at=at - timedelta(hours=2), size=1, files=0, heads="")
    found = figures(client)
    assert (found["gongzhi_jobs_waiting"], found["gongzhi_jobs_due"]) == (2, 1)
    assert found["gongzhi_jobs_failed"] == 1
    assert 3600 <= found["gongzhi_jobs_oldest_seconds"] < 3700
    assert 7200 <= found["gongzhi_backup_age_seconds"] < 7300
    assert found["gongzhi_beats_late_seconds"] == float("inf")


def test_what_processes_counted_that_ended_is_kept_once(tmp_path):
    first = Meter(tmp_path / "meters")
    first.note("/a/", "GET", 200, 0.3)
    assert first.all().requests == {("/a/", "GET", 200): 1}
    gone = first.file.with_name(first.file.name.replace(str(os.getpid()), "4194305"))
    first.file.rename(gone)  # a process of a number that no system gives
    for _n in range(2):
        again = Meter(tmp_path / "meters")
        assert again.all().requests == {("/a/", "GET", 200): 1}
    assert not gone.exists()


def test_a_file_that_was_not_written_to_its_end_counts_nothing(tmp_path):
    (tmp_path / "half.json").write_text('[[["/a/"')
    assert Figures.read(tmp_path / "half.json").requests == {}


def test_a_label_cannot_break_out_of_its_quotes():
    assert meters.sample("x", 1, a='"\\\n') == 'x{a="\\"\\\\\\n"} 1'


# --- The log.


def record(message: str, *args: object, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("django.request", logging.WARNING, "f", 1, message, args, None)
    vars(made).update(extra)
    return made


def test_a_line_of_djangos_own_tells_the_route_and_not_the_address(client, rf):
    request = client.get("/solved/a-secret-token/").wsgi_request
    one = record("%s: %s", "Not Found", "/solved/a-secret-token/", request=request, status_code=404)
    logs.Routes().filter(one)
    assert one.getMessage() == "404 GET /solved/<str:token>/"
    other = record("%s: %s", "Not Found", "/13800138000", request=rf.get("/13800138000"))
    logs.Routes().filter(other)
    assert "13800138000" not in other.getMessage()


def test_a_fault_is_told_by_its_kind_and_place_without_what_it_says():
    one = record("job failed")
    try:
        int("13800138000!")
    except ValueError as fault:
        one.exc_info = (type(fault), fault, fault.__traceback__)
    said = json.loads(logs.Json().format(one))
    assert (said["fault"], said["level"], said["message"]) == (
        "ValueError",
        "WARNING",
        "job failed",
    )
    assert "13800138000" not in json.dumps(said)


def test_each_request_is_a_line_by_its_route(client, settings, caplog):
    settings.LOG_JSON = True
    with caplog.at_level(logging.INFO, "gongzhi.requests"):
        client.get("/health/", {"code": "K7Q4-M2XP-9TRB"})
    said = json.loads(logs.Json().format(caplog.records[-1]))
    assert (said["method"], said["route"], said["status"]) == ("GET", "/health/", 200)
    assert "K7Q4" not in json.dumps(said)


def test_a_slow_query_is_logged_without_its_values(settings, caplog):
    settings.SLOW_QUERY_MS = 0
    with caplog.at_level(logging.WARNING, "gongzhi.slow"), connection.execute_wrapper(logs.timed):
        Job.objects.filter(topic="13800138000").exists()
    (one,) = caplog.messages
    assert "jobs_job" in one
    assert "13800138000" not in one
    settings.SLOW_QUERY_MS = 60_000
    with connection.execute_wrapper(logs.timed):
        Job.objects.exists()
    assert len(caplog.messages) == 1


# --- The doctor.


def doctor() -> tuple[str, bool]:
    """Return what the doctor prints, and whether all is well."""
    out = StringIO()
    try:
        call_command("doctor", stdout=out)
    except CommandError:
        return out.getvalue(), False
    return out.getvalue(), True


@pytest.fixture
def well(settings, working, tmp_path):
    """An installation in which nothing is wrong."""
    make.town()
    Calendar.objects.update(confirmed_until=localdate() + timedelta(days=90))
    Backup.objects.create(made_at=now(), size=1, files=0, heads="")
    secrets = tmp_path / "secrets.json"
    secrets.touch(0o600)
    settings.SECRETS_FILE = str(secrets)
    settings.ALLOWED_HOSTS = ["localhost"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    return secrets


def test_where_nothing_is_wrong_the_doctor_says_so(well):
    said, is_well = doctor()
    assert (is_well, said.count("✗")) == (True, 0)
    assert "一切正常" in said


def _spoil_hosts(settings):
    settings.ALLOWED_HOSTS = ["*"]


def _spoil_mail(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"


def _spoil_debug(settings):
    settings.DEBUG = True


def _spoil_origin(settings):
    settings.ORIGIN, settings.SECURE = "http://gongzhi.example", False
    settings.ALLOWED_HOSTS = ["gongzhi.example"]


def _spoil_keys(settings):
    settings.SECRETS_FILE = "test"


def _spoil_mode(settings):
    Path(settings.SECRETS_FILE).chmod(0o644)


def _spoil_calendar(settings):
    Calendar.objects.update(confirmed_until=localdate() + timedelta(days=10))


def _spoil_no_calendar(settings):
    settings.CALENDAR = "nowhere"


def _spoil_worker(settings):
    Beat.objects.update(due_at=now() - timedelta(hours=1))


def _spoil_no_worker(settings):
    Beat.objects.all().delete()


def _spoil_jobs(settings):
    Job.objects.create(topic="letter", created_at=now(), run_after=now(), failed_at=now())


def _spoil_backup(settings):
    Backup.objects.update(made_at=now() - timedelta(days=3))


def _spoil_no_backup(settings):
    Backup.objects.all().delete()


def _spoil_files(settings):
    settings.MEDIA_ROOT = settings.SECRETS_FILE


@pytest.mark.parametrize(
    ("spoil", "name", "cure"),
    [
        (_spoil_hosts, "GONGZHI_HOSTS", "不要写对所有主机"),
        (_spoil_mail, "GONGZHI_MAIL", "没有人会收到"),
        (_spoil_debug, "GONGZHI_DEBUG", "设为 0"),
        (_spoil_origin, "GONGZHI_ORIGIN", "https://"),
        (_spoil_keys, "密钥", "GONGZHI_SECRETS"),
        (_spoil_mode, "密钥", "chmod 600"),
        (_spoil_calendar, "工作日", "节假日"),
        (_spoil_no_calendar, "工作日", "节假日"),
        (_spoil_worker, "后台任务进程", "gongzhi work"),
        (_spoil_no_worker, "后台任务进程", "gongzhi work"),
        (_spoil_jobs, "后台任务", "/manage/jobs/"),
        (_spoil_backup, "备份", "gongzhi backup"),
        (_spoil_no_backup, "备份", "gongzhi backup"),
        (_spoil_files, "文件", "GONGZHI_FILES"),
    ],
)
def test_what_is_wrong_is_named_with_what_to_do(well, settings, spoil, name, cure):
    spoil(settings)
    said, is_well = doctor()
    lines = said.splitlines()
    wrong = [n for n, line in enumerate(lines) if line.startswith("✗")]
    assert (is_well, len(wrong)) == (False, 1)
    assert lines[wrong[0]].startswith(f"✗ {name}:")
    assert cure in lines[wrong[0] + 1]


# --- The public page.


def test_everybody_sees_the_digests_and_may_take_them(client, queries):
    make.matter(make.town())
    assert "还没有摘要" in client.get("/digests/").content.decode()
    actions.digest(by=SYSTEM, at=now() + timedelta(days=1))
    one = Digest.objects.get()
    with queries("digests"):
        assert one.value in client.get("/digests/").content.decode()
    assert client.get("/digests.json").json() == [
        {"day": f"{one.day}", "heads": one.heads, "before": "0" * 64, "value": one.value}
    ]
