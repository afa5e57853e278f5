"""The examples for production: what reads them takes them, and they name what there is."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml
from django.core.management import get_commands

from gongzhi import __version__
from tools.run import WEB

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
UNITS = DEPLOY / "systemd"
COMPOSE = yaml.safe_load((DEPLOY / "container/compose.yaml").read_text(encoding="utf-8"))
OLDEST = "1.29"  # of Kubernetes


def resources() -> Iterator[Any]:
    """Yield every resource of the example for Kubernetes."""
    for file in sorted((DEPLOY / "kubernetes").glob("*.yaml")):
        read = yaml.safe_load(file.read_text(encoding="utf-8"))
        yield from read.get("items", [read])


RESOURCES = {f"{one['kind']} {one['metadata']['name']}": one for one in resources()}


def pods() -> dict[str, Any]:
    """Return what each resource runs."""
    found = {}
    for name, one in RESOURCES.items():
        spec = one.get("spec", {}).get("jobTemplate", one).get("spec", {})
        if "template" in spec:
            found[name] = spec["template"]["spec"]
    return found


def everything() -> str:
    return "\n".join(
        file.read_text(encoding="utf-8") for file in DEPLOY.rglob("*") if file.is_file()
    )


@pytest.mark.parametrize("name", RESOURCES)
@pytest.mark.parametrize("version", [OLDEST, kubernetes_validate.latest_version()])
def test_kubernetes_takes_each_resource(name: str, version: str):
    kubernetes_validate.validate(RESOURCES[name], version, strict=True)


def test_compose_takes_its_file():
    schema = files("check_jsonschema") / "builtin_schemas/vendor/compose-spec.json"
    jsonschema.validate(COMPOSE, json.loads(schema.read_text(encoding="utf-8")))


def test_the_proxy_knows_every_web_server():
    told = (DEPLOY / "container/Caddyfile").read_text(encoding="utf-8")
    web = {f"{name}:8000" for name in COMPOSE["services"] if name.startswith("web")}
    assert set(re.findall(r"[\w-]+:8000", told)) == web


def test_no_web_server_is_missing_while_a_release_comes_in():
    web = RESOURCES["Deployment gongzhi-web"]["spec"]
    assert web["replicas"] > 1
    assert web["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    budget = RESOURCES["PodDisruptionBudget gongzhi-web"]["spec"]
    assert budget["selector"] == web["selector"]


def test_tables_are_brought_up_to_date_once_and_not_by_every_pod():
    runs = {
        name: [
            one.get("command", [])
            for part in ("initContainers", "containers")
            for one in pod.get(part, [])
        ]
        for name, pod in pods().items()
    }
    preparing = [
        name for name, commands in runs.items() if ["python", "-m", "tools.prepare"] in commands
    ]
    assert preparing == ["Job gongzhi-prepare"]


def test_what_pods_mount_is_there():
    for name, pod in pods().items():
        claims = RESOURCES[name]["spec"].get("volumeClaimTemplates", [])
        given = {one["name"] for one in pod.get("volumes", [])}
        given |= {one["metadata"]["name"] for one in claims}
        for container in [*pod.get("initContainers", []), *pod["containers"]]:
            assert {one["name"] for one in container.get("volumeMounts", [])} <= given, name


def test_images_of_ours_are_of_this_version():
    images = {one["image"] for pod in pods().values() for one in pod["containers"]}
    assert {one for one in images if one.startswith("gongzhi")} == {f"gongzhi:{__version__}"}


def test_the_web_server_is_started_as_make_run_does():
    wanted = set(WEB.split()) - {"-m", "2"}
    docker = (DEPLOY / "container/Dockerfile").read_text(encoding="utf-8")
    for text in ((UNITS / "gongzhi-web@.service").read_text(encoding="utf-8"), docker):
        assert wanted - set(re.findall(r"[\w.-]+", text)) == set()


def test_what_is_called_exists():
    text = everything()
    commands = set(re.findall(r"-m(?:, | )gongzhi(?:, | )(\w+)", text))
    assert commands == {"backup", "doctor", "work"}
    assert commands <= set(get_commands())
    tools = set(re.findall(r"-m(?:, | )tools\.(\w+)", text))
    assert [one for one in sorted(tools) if not (ROOT / "tools" / f"{one}.py").exists()] == []


def test_every_setting_is_documented():
    named = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    ours = set(re.findall(r"\bGONGZHI_[A-Z_]*[A-Z]\b", everything())) - {
        "GONGZHI_HOST"
    }  # of compose
    assert sorted(one for one in ours if f"`{one}`" not in named) == []


def test_the_image_is_made_of_what_is_there():
    docker = (DEPLOY / "container/Dockerfile").read_text(encoding="utf-8")
    copied = [
        name
        for line in re.findall(r"^COPY (.+) \S+$", docker, re.MULTILINE)
        for name in line.split()
    ]
    assert copied
    assert [name for name in copied if not (ROOT / name).exists()] == []
    (pins,) = re.findall(r"-r (requirements/\S+)", docker)
    assert (ROOT / pins).exists()


def test_systemd_takes_every_unit(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed here")
    units = []
    for file in [*UNITS.glob("*.service"), *UNITS.glob("*.timer")]:
        units.append(tmp_path / file.name.replace("@.", "@8001."))
        shutil.copy(file, tmp_path)
        shutil.copy(file, units[-1])
    command = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *map(str, units)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "gongzhi" in line and "curl" not in line]
    assert ours == []
    assert len(units) == 7
