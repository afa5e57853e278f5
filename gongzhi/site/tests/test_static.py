"""Files of two releases beside each other: who serves one also serves what the other has laid there."""

from __future__ import annotations

import json
from contextlib import closing

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from gongzhi.site.storage import Static
from tools.prepare import lay

pytestmark = pytest.mark.django_db  # closing an answer closes connections
OLD, SAME, NEW = "app/old.0123456789ab.css", "app/same.0123456789ab.js", "app/new.0123456789ab.css"


def release(folder, *names: str) -> None:
    """Write the files of a release as `collectstatic` does, with the manifest that names them."""
    paths = {}
    for name in names:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"/* {name} */")
        file.with_name(f"{file.name}.gz").write_bytes(b"packed")
        paths[name.replace(".0123456789ab", "")] = name
    (folder / "staticfiles.json").write_text(json.dumps({"paths": paths}))


def names(folder) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*.css")} | {
        str(file.relative_to(folder)) for file in folder.rglob("*.js")
    }


@pytest.fixture
def root(tmp_path):
    release(tmp_path / "root", OLD, SAME)
    return tmp_path / "root"


@pytest.fixture
def served(root, settings):
    """A server of the old release: how it answers a path."""
    settings.STATIC_ROOT = str(root)
    server = Static(lambda _request: HttpResponse(status=404))
    return lambda path: server(RequestFactory().get(path))


def body(response) -> bytes:
    with closing(response):
        return b"".join(response.streaming_content)


def test_the_files_of_the_release_before_stay_and_older_ones_go(tmp_path, root):
    before = (root / SAME).stat().st_ino
    release(tmp_path / "new", SAME, NEW)
    lay(tmp_path / "new", root)
    assert names(root) == {OLD, SAME, NEW}
    assert (root / SAME).stat().st_ino == before  # not for a moment away
    assert (root / f"{NEW}.gz").exists()
    assert not (tmp_path / "new").exists()
    release(tmp_path / "newer", NEW)
    lay(tmp_path / "newer", root)
    assert names(root) == {SAME, NEW}


def test_an_old_server_gives_the_styles_of_a_new_page(tmp_path, root, served):
    assert served(f"/static/{NEW}").status_code == 404
    release(tmp_path / "new", SAME, NEW)
    lay(tmp_path / "new", root)
    found = served(f"/static/{NEW}")
    assert (found.status_code, body(found)) == (200, f"/* {NEW} */".encode())
    assert body(served(f"/static/{OLD}")) == f"/* {OLD} */".encode()


def test_nothing_outside_the_folder_is_given(tmp_path, root, served):
    (tmp_path / "secret.0123456789ab.json").write_text("{}")
    (root / "link.0123456789ab.json").symlink_to(tmp_path / "secret.0123456789ab.json")
    (root / "app/later.css").write_text("plain")
    asked = ("../secret.0123456789ab.json", "link.0123456789ab.json", "app/later.css", "app")
    assert [served(f"/static/{path}").status_code for path in asked] == [404] * 4
