"""A client that a program of others makes from the description walks the loop."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.utils.timezone import now

from gongzhi.exchange.pages import described
from gongzhi.exchange.tests import make
from gongzhi.matters.models import Matter

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Make the client, as anybody would, and return how its modules are imported."""
    folder = tmp_path_factory.mktemp("client")
    (folder / "openapi.json").write_text(json.dumps(described()))
    tools = str(Path(sys.executable).parent)
    command = [f"{tools}/openapi-python-client", "generate", "--path", "openapi.json"]
    done = subprocess.run(
        [*command, "--output-path", "gongzhi_client", "--meta", "none"],
        cwd=folder,
        env=os.environ | {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Warning" not in done.stdout + done.stderr
    sys.path.insert(0, str(folder))
    yield lambda name: importlib.import_module(f"gongzhi_client.{name}")
    sys.path.remove(str(folder))


def test_the_loop_is_walked_with_a_generated_client(town, made, one_connection):
    def operation(name: str) -> Any:
        return made(f"api.{name}")

    def caller(client: Any) -> Any:
        secret = make.secret(client, at=now())
        transport = httpx.WSGITransport(app=WSGIHandler())
        return made("client").AuthenticatedClient(
            base_url="http://localhost", token=secret, httpx_args={"transport": transport}
        )

    hotline, lighting, models = caller(town.hotline), caller(town.lighting), made("models")
    said = models.MatterIn(kind="lamp", text="路灯不亮", place="990101001001001")
    receipt = operation("matters.raise_matter").sync(
        client=hotline, body=said, idempotency_key="H-1"
    )
    number, version = receipt.matter.number, receipt.matter.version
    accepted = operation("moves.accept").sync(number, client=hotline, if_match=str(version))
    sent = operation("moves.dispatch").sync(
        number,
        client=hotline,
        if_match=str(accepted.version),
        body=models.DispatchIn(office="lights"),
    )
    taken = operation("moves.acknowledge").sync(number, client=lighting, if_match=str(sent.version))
    answer = models.AnswerIn(words="已修好，今晚照明。")
    answered = operation("moves.answer").sync(
        number, client=lighting, if_match=str(taken.version), body=answer
    )
    assert answered.state == "answered"
    late = operation("moves.answer").sync(
        number, client=lighting, if_match=str(taken.version), body=answer
    )
    assert late.status == 412
    page = operation("matters.matters").sync(client=hotline, state="answered")
    assert [one.number for one in page.items] == [number]
    assert Matter.objects.get().state == "answered"
