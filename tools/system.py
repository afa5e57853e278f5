"""What tests need of the machine itself: a browser, a Chinese font, GNU gettext.

``python -m tools.system`` installs what is missing when it may, and says what to install when not.
"""

from __future__ import annotations

import os
import shutil
import subprocess

from tools.setup import say, stop

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """Return the path of this machine's Chromium, or None where there is none."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def has_chinese_font() -> bool:
    """Say whether a page in Chinese would show characters and not boxes."""
    if not shutil.which("fc-list"):
        return False
    found = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False)
    return bool(found.stdout)


def missing() -> list[str]:
    """Return the Debian packages that this machine lacks."""
    there = {
        "chromium": chromium() is not None,
        "fonts-noto-cjk": has_chinese_font(),
        "gettext": shutil.which("xgettext") is not None,
    }
    return [package for package, present in there.items() if not present]


def install(packages: list[str]) -> None:
    """Install these with apt-get, or say that a person has to."""
    names = " ".join(packages)
    if os.geteuid() or not shutil.which("apt-get"):
        stop(
            f"检查还需要：{names}。请用系统的包管理器安装，例如：sudo apt-get install {names}",
            f"The checks also need: {names}. Install them with the system's package manager, "
            f"for example: sudo apt-get install {names}",
        )
    say(f"正在安装：{names}", f"Installing: {names}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-qq", "--no-install-recommends", *packages]):
        subprocess.run(["apt-get", "-y", *command], env=quiet, check=True)


if __name__ == "__main__":
    if packages := missing():
        install(packages)
