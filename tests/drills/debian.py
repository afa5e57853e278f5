"""Install the program on an empty Debian, as deploy/README.md tells it, and bring a release in while people ask.

``python -m tests.drills.debian FOLDER``, as root: makes a Debian in the folder by debootstrap and starts it by
systemd-nspawn, with an init of its own and no network but its own loopback.  Prints what it found as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from io import BytesIO
from pathlib import Path

from tests.drills.kill import ROOT

NEEDED = ("debootstrap", "systemd-nspawn", "git")
SUITE = "bookworm"
RELEASE = "0.1.0"
PATIENCE_S = 1200
CERTIFICATES = "etc/ssl/certs/ca-certificates.crt"
BLOCK = re.compile(r"^```sh (\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SITE = "https://gongzhi.example.org"

# Runs in the started Debian.  Its clock and its network are its own.
PLAY = f"""
set -ex
mkdir -p /etc/ssl/gongzhi
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=gongzhi.example.org \
  -addext subjectAltName=DNS:gongzhi.example.org \
  -keyout /etc/ssl/gongzhi/privkey.pem -out /etc/ssl/gongzhi/fullchain.pem
echo 127.0.0.1 gongzhi.example.org >> /etc/hosts
rm -f /etc/nginx/sites-enabled/default
(
START
)
asked() {{ curl --silent --cacert /etc/ssl/gongzhi/fullchain.pem --output /dev/null \
  --write-out '%{{http_code}}\\n' "{SITE}$1"; }}
for n in $(seq 60); do [ "$(asked /)" = 200 ] && break; sleep 1; done
asked /health/ > /root/told/health; asked / > /root/told/home; asked /raise/ > /root/told/raise
( while [ ! -e /root/over ]; do asked /health/; asked /raise/; done > /root/told/asked ) &
cp -a /opt/gongzhi/{RELEASE} /opt/gongzhi/next
rm -r /opt/gongzhi/next/.venv
cp -a /opt/gongzhi/{RELEASE}/.venv /opt/gongzhi/next/.venv
: > /root/told/cwd
where() {{ readlink /proc/$(systemctl show -P MainPID "$1")/cwd >> /root/told/cwd; }}
ln -sfnT /opt/gongzhi/next /opt/gongzhi/now
where gongzhi-web@8001
UPGRADE
where gongzhi-web@8001; where gongzhi-web@8002; where gongzhi-work@1; where gongzhi-work@2
touch /root/over; wait
systemctl start gongzhi-backup && echo done > /root/told/services
systemctl start gongzhi-doctor || true # it says what is to be done still: the log has it
ls /var/backups/gongzhi > /root/told/backups
"""
UNIT = """[Unit]
After=multi-user.target postgresql.service nginx.service
[Service]
Type=oneshot
TimeoutStartSec=infinity
ExecStart=/bin/sh -c 'sh /root/play.sh > /root/told/log 2>&1; echo $? > /root/told/code; journalctl --no-pager -u "gongzhi*" > /root/told/journal; poweroff'
"""


def missing() -> str:
    """Return why this machine cannot do it; empty where it can."""
    if os.geteuid() != 0:
        return "only root makes a Debian of its own"
    lacking = [name for name in NEEDED if not shutil.which(name)]
    return f"not installed here: {', '.join(lacking)}" if lacking else ""


def blocks(page: str) -> dict[str, str]:
    """Return the commands that a page tells, by the name of their block."""
    return dict(BLOCK.findall((ROOT / page).read_text(encoding="utf-8")))


def bootstrap(folder: Path) -> None:
    """Make an empty Debian, where there is none yet."""
    if not (folder / "etc/debian_version").exists():
        say(
            "debootstrap",
            "--variant=minbase",
            "--include=systemd,systemd-sysv,dbus,openssl",
            SUITE,
            str(folder),
        )
    shutil.copy("/etc/resolv.conf", folder / "etc/resolv.conf")


def install(folder: Path) -> None:
    """Follow the first part of the page, with the network; no service starts yet."""
    release = folder / f"opt/gongzhi/{RELEASE}"
    release.mkdir(parents=True, exist_ok=True)
    packed = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True)
    with tarfile.open(fileobj=BytesIO(packed.stdout)) as archive:
        archive.extractall(release, filter="data")
    quiet = folder / "usr/sbin/policy-rc.d"
    quiet.write_text("#!/bin/sh\nexit 101\n")
    quiet.chmod(0o755)
    # Debian's own certificates come by its package; those this machine trusts come on top.
    first, _comment, then = blocks("deploy/README.md")["install"].partition("# Unpack")
    say(
        "chroot",
        str(folder),
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "sh",
        "-exc",
        f"apt-get update\n{first}",
    )
    if Path("/", CERTIFICATES).exists():
        shutil.copy(Path("/", CERTIFICATES), folder / CERTIFICATES)
    kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_"))}
    pip = {"PIP_CERT": f"/{CERTIFICATES}", "SSL_CERT_FILE": f"/{CERTIFICATES}"}
    env = [f"{name}={value}" for name, value in (kept | pip).items()]
    say("chroot", str(folder), "env", *env, "sh", "-exc", f"# {then}")
    quiet.unlink()
    for file in folder.glob(
        "etc/postgresql/*/main/postgresql.conf"
    ):  # this machine's port was taken
        file.write_text(re.sub(r"(?m)^port = \d+", "port = 5432", file.read_text()))


def start(folder: Path) -> None:
    """Start the Debian, let it follow the rest by itself and turn itself off."""
    told = folder / "root/told"
    shutil.rmtree(told, ignore_errors=True)
    told.mkdir()
    page = (ROOT / "docs/upgrade.md").read_text(encoding="utf-8")
    upgrade = re.findall(r"^systemctl .*$", page, re.MULTILINE)
    script = PLAY.replace("START", blocks("deploy/README.md")["start"])
    (folder / "root/play.sh").write_text(script.replace("UPGRADE", "\n".join(upgrade)))
    (folder / "etc/systemd/system/play.service").write_text(UNIT)
    wants = folder / "etc/systemd/system/multi-user.target.wants"
    wants.mkdir(exist_ok=True)
    (wants / "play.service").unlink(missing_ok=True)
    (wants / "play.service").symlink_to("/etc/systemd/system/play.service")
    say("systemd-nspawn", "--quiet", f"--directory={folder}", "--register=no", "--keep-unit",
        "--private-network", "--boot", "--console=read-only")  # fmt: skip


def say(*command: str) -> None:
    """Run a command of this machine to its end."""
    subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=True, timeout=PATIENCE_S
    )


def found(folder: Path) -> dict[str, object]:
    """Return what the Debian told."""
    told = folder / "root/told"

    def lines(name: str) -> list[str]:
        file = told / name
        return file.read_text(encoding="utf-8").split() if file.exists() else []

    asked = lines("asked")
    return {
        "code": lines("code"),
        "pages": lines("health") + lines("home") + lines("raise"),
        "asked": len(asked),
        "refused": sorted({one for one in asked if one != "200"}),
        "folders": [Path(one).name for one in lines("cwd")],
        "services": lines("services"),
        "backups": len(lines("backups")),
    }


def main() -> None:
    """Make, install, start, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder.resolve()
    if why := missing():
        sys.exit(why)
    bootstrap(folder)
    install(folder)
    start(folder)
    sys.stdout.write(json.dumps(found(folder)) + "\n")


if __name__ == "__main__":
    main()
