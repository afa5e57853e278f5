"""Make the virtual environment with exactly the pinned, hashed requirements.

``python3 -m tools.setup run`` or ``dev``. Needs only Python's standard library; does nothing when
nothing has changed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)


def say(chinese: str, english: str) -> None:
    """Print one message in both languages, at once."""
    print(f"{chinese}\n  {english}", flush=True)


def stop(chinese: str, english: str) -> NoReturn:
    """Say what is in the way and what to do, and end."""
    say(chinese, english)
    raise SystemExit(1)


def check_python() -> None:
    """Go on under a newer Python of this machine when this one is too old, or say so."""
    if sys.version_info >= OLDEST:
        return
    for name in ("python3.14", "python3.13", "python3.12", "python3.11"):
        path = shutil.which(name)
        if path and works(path):
            module = f"tools.{Path(sys.argv[0]).stem}"
            os.execv(path, [path, "-m", module, *sys.argv[1:]])
    stop(
        f"需要 Python 3.11 或更高版本，当前是 {sys.version.split()[0]}。请安装后再运行一次。",
        f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}. "
        "Install one and run this again.",
    )


def works(python: str) -> bool:
    """Say whether this interpreter starts (a shim on the path may not)."""
    return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0


def check_folder(folder: Path) -> None:
    """End with a sentence when `folder` cannot be written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        stop(
            f"无法写入文件夹 {folder}（{error.strerror}）。请更改其权限，"
            "或把项目复制到您可以写入的地方。",
            f"The folder {folder} cannot be written to ({error.strerror}). Change its "
            "permissions, or copy the project to a place where you may write.",
        )


def ensure(kind: str) -> None:
    """Install ``requirements/<kind>.txt`` unless the environment already holds exactly that."""
    check_python()
    check_folder(ROOT)
    file = ROOT / "requirements" / f"{kind}.txt"
    stamp = VENV / f".installed-{kind}"
    wanted = hashlib.sha256(file.read_bytes()).hexdigest()
    if PYTHON.exists() and works(str(PYTHON)) and stamp.exists() and stamp.read_text() == wanted:
        return
    say(f"正在安装依赖（{file.name}），首次约需半分钟……", f"Installing {file.name} …")
    make_venv()
    install(file)
    stamp.write_text(wanted)


def make_venv() -> None:
    """Make the virtual environment when there is none that works."""
    if PYTHON.exists() and works(str(PYTHON)):
        return
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", VENV], capture_output=True, text=True, check=False
    )
    if made.returncode:
        stop(
            "无法建立虚拟环境。在 Debian/Ubuntu 上请先执行：apt install python3-venv",
            "The virtual environment could not be made. On Debian or Ubuntu first run: "
            f"apt install python3-venv\n{made.stdout}{made.stderr}",
        )


def install(file: Path) -> None:
    """Install `file` with uv where it is to be had, else with pip."""
    arguments = ["install", "-qq", "--require-hashes", "-r", str(file)]
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check"]
    uv = find_uv(pip)
    if uv and done([uv, "pip", *arguments, "--python", str(PYTHON)]):
        return
    if not done([*pip, *arguments]):
        stop(
            "依赖没有装好，原因见上。请检查网络或软件源设置后再运行一次。",
            "The requirements were not installed; the reason is above. "
            "Check the network or the package index and run this again.",
        )


def find_uv(pip: list[str]) -> str | None:
    """Return uv: the machine's, or one put into the environment; None when neither works."""
    own = VENV / "bin" / "uv"
    if not own.exists() and (found := shutil.which("uv")):
        return found
    hashed = ["--require-hashes", "-r", str(ROOT / "requirements" / "uv.txt")]
    if own.exists() or done([*pip, "install", "-qq", *hashed]):
        return str(own)
    return None


def done(command: list[str]) -> bool:
    """Run `command` and say whether it succeeded."""
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


if __name__ == "__main__":
    for which in sys.argv[1:]:
        ensure(which)
