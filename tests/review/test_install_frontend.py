"""The page styles are fetched by hash and call no outside address."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.install_frontend import InstallError, clean_style, copy_frontend

pytestmark = pytest.mark.pure
ROOT = Path(__file__).resolve().parents[2]


def a_package(folder: Path, style: str, script: str = "export {};") -> Path:
    source = folder / "package" / "dist" / "nhsuk"
    (source / "assets" / "images").mkdir(parents=True)
    (source / "assets" / "images" / "tick.svg").write_text("<svg/>")
    (source / "assets" / "manifest.json").write_text('{"icons": [{"src": "/assets/images/tick.svg"}]}')
    (source / "nhsuk-frontend.min.css").write_text(style)
    (source / "nhsuk-frontend.min.js").write_text(script)
    (folder / "package" / "package.json").write_text('{"version": "1.2.3", "license": "MIT"}')
    return folder / "package"


def test_web_fonts_are_left_out_and_pictures_found_beside_the_style_sheet() -> None:
    font = "@font-face{font-family:F;src:url(https://fonts.example/a.woff2)}"
    style = f"{font}a{{background:url(/assets/images/tick.svg)}}\n/*# sourceMappingURL=x.css.map */"
    assert clean_style(style) == "a{background:url(images/tick.svg)}\n"


def test_the_copy_holds_everything_and_says_its_version(tmp_path: Path) -> None:
    target = tmp_path / "static"
    version = copy_frontend(a_package(tmp_path, "a{}"), target)
    assert version.startswith("nhsuk-frontend 1.2.3, licence MIT\n")
    assert (target / "VERSION").read_text() == version
    assert (target / "manifest.json").read_text() == '{"icons": [{"src": "images/tick.svg"}]}'
    assert {path.name for path in target.rglob("*") if path.is_file()} == {
        "VERSION",
        "manifest.json",
        "nhsuk-frontend.min.css",
        "nhsuk-frontend.min.js",
        "tick.svg",
    }


@pytest.mark.parametrize(
    ("style", "script"),
    [
        ("a{background:url(https://pictures.example/a.png)}", ""),
        ("@import '//styles.example/a.css';", ""),
        ("a{}", "import 'https://scripts.example/a.js'"),
    ],
)
def test_an_outside_address_stops_the_installation(tmp_path: Path, style: str, script: str) -> None:
    with pytest.raises(InstallError, match="would call an outside address"):
        copy_frontend(a_package(tmp_path, style, script), tmp_path / "static")
    assert not (tmp_path / "static").exists()


def test_the_lock_file_pins_hashes_and_names_no_address() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert set(packages) == {"node_modules/nhsuk-frontend", "node_modules/axe-core"}
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert "resolved" not in json.dumps(lock)
    assert "://" not in json.dumps(lock)
