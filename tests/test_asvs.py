"""docs/asvs.md is honest about itself: what it points at is there, and every gap stands among the open points."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WALK, OPEN_POINTS = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8").split("## Open points")
ROWS = re.findall(r"^\| ([\d., –]+) \| (met|partly|open|n/a) \|", WALK, re.MULTILINE)


def test_each_number_is_judged_once() -> None:
    single = [number for numbers, _state in ROWS for number in numbers.replace("–", ", ").split(", ")]
    assert len(single) > 150
    assert len(single) == len(set(single))
    assert all(re.fullmatch(r"([1-9]|1[0-6])\.\d+\.\d+", number) for number in single)


def test_every_gap_stands_among_the_open_points() -> None:
    gaps = {
        number for numbers, state in ROWS if state in ("partly", "open") for number in numbers.split(", ")
    }
    named = set(re.findall(r"\d+\.\d+\.\d+", OPEN_POINTS))
    assert gaps == named


def test_the_tests_and_modules_that_it_names_exist() -> None:
    tests = {name.rstrip("/") for name in re.findall(r"`(tests/[\w/.]+)`", WALK)}
    modules = set(
        re.findall(
            r"`((?:core|accounts|sign_in|my_space|role_desk|cards|packs|bodies|seats|draws|voices|participation|commitments)\.[\w.]+)`",
            WALK,
        )
    )
    assert len(tests) > 15
    assert len(modules) > 20
    missing = {name for name in tests if not (ROOT / name).exists()}
    for name in modules:
        path = ROOT / "cdv_civic" / Path(*name.split("."))
        # The last part may be a name within the module.
        if not any(each.exists() for each in (path, path.with_suffix(".py"), path.parent.with_suffix(".py"))):
            missing.add(name)
    assert missing == set()
