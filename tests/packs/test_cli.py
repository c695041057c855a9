"""`flask contract`: what a person at a terminal sees, and what a script gets."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from hypothesis import HealthCheck, given, settings
from sqlalchemy import update
from sqlalchemy.orm import Session

from cdv_civic.commitments.models import Commitment
from cdv_civic.core.db import transaction
from cdv_civic.packs.cli import contract
from cdv_civic.packs.report import REPORTED
from tests.packs.database import digest
from tests.packs.samples import REAL_PACKS, newer, small
from tests.packs.strategies import broken_packs

Json = dict[str, Any]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A good pack on disk."""
    return written(tmp_path / "pack.json", small())


def written(path: Path, pack: Any) -> Path:
    path.write_text(json.dumps(pack), encoding="utf-8")
    return path


def run(app: Flask, *arguments: object) -> Result:
    return app.test_cli_runner().invoke(contract, [str(one) for one in arguments])


def test_the_group_is_a_command_of_the_site(app: Flask) -> None:
    assert app.cli.commands["contract"] is contract


def test_check_says_what_a_good_file_holds_and_writes_nothing(
    app: Flask, session: Session, file: Path
) -> None:
    before = digest(session)
    result = run(app, "check", file)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        "essai-2024: no problem. 1 commitments, 3 axes, 1 quartiers, 1 communes, 1 organisations, "
        "0 indicators, 0 bodies.\n"
    )
    assert digest(session) == before


@pytest.mark.parametrize("path", REAL_PACKS, ids=lambda path: path.stem)
def test_check_finds_no_problem_in_the_real_packs(app: Flask, path: Path) -> None:
    assert run(app, "check", path).exit_code == 0


def test_import_prints_a_table_and_proves_its_counts(app: Flask, file: Path) -> None:
    lines = run(app, "import", file).stdout.splitlines()
    assert lines[0] == "Contract essai-2024"
    assert lines[2].split() == ["created", "updated", "unchanged", "retired"]
    assert lines[3].split() == ["commitments", "1", "0", "0", "0"]
    assert "Counts in = counts out" in lines
    assert "axes: 3 in the file = 3 in the database" in lines


def test_import_as_json_is_one_document_whose_counts_add_up(app: Flask, file: Path) -> None:
    result = run(app, "import", file, "--json")
    report = json.loads(result.stdout)
    assert list(report) == ["contract", "created", "updated", "unchanged", "retired"]
    assert report["contract"] == "essai-2024"
    for kind in REPORTED:
        assert report["created"][kind] == len(small()[kind])
        assert report["updated"][kind] == report["unchanged"][kind] == report["retired"][kind] == 0
    again = json.loads(run(app, "import", file, "--json").stdout)
    assert again["unchanged"] == report["created"]


def test_what_staff_set_is_listed_when_the_file_says_otherwise(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    run(app, "import", written(tmp_path / "1.json", small()))
    with transaction():
        session.execute(update(Commitment).values(nature="poursuite"))
    result = run(app, "import", written(tmp_path / "2.json", newer(nature="piste")), "--json")
    json.loads(result.stdout)
    assert 'commitments A-1, nature: stands "poursuite", the file says "piste"' in result.stderr
    result = run(app, "import", written(tmp_path / "3.json", newer(nature="idee")))
    assert 'commitments A-1, nature: stands "poursuite", the file says "idee"' in result.stdout


def test_import_can_publish_all_that_waits_to_be_checked(app: Flask, session: Session, file: Path) -> None:
    assert "Published: 1 commitments" in run(app, "import", file, "--publish").stdout
    assert session.query(Commitment.state).one() == ("annonce",)
    assert "Published: 0 commitments" in run(app, "import", file, "--publish").stdout


def test_list_names_each_contract_with_its_counts(app: Flask, file: Path) -> None:
    assert run(app, "list").stdout.startswith("No contract yet.")
    run(app, "import", file)
    header, line = run(app, "list").stdout.splitlines()
    assert header.split()[:4] == ["contract", "period", "quartiers", "commitments"]
    assert line.split() == [
        "essai-2024",
        "2024",
        "-",
        "2030",
        "1",
        "1",
        "1",
        "2026-11-20",
        "09:00",
        "UTC",
        "Essai",
    ]


# --- bad files ------------------------------------------------------------------------------------

BAD_FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "file: empty"),
    "not JSON": (b"{nope", "line 1, column 2: not JSON: expecting property name enclosed in double quotes"),
    "not text": (b"\xff\xfe{", "line 1: not UTF-8 text (byte 0xff)"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), "line 1: not UTF-8 text (byte 0x89)"),
    "deep": (b'{"format":' + b"[" * 100_000, "file: nested too deeply"),
    "other version": (
        b'{"format": "contrat-de-ville/9"}',
        'format: unknown version "contrat-de-ville/9", expected "contrat-de-ville/1"',
    ),
}


@pytest.mark.parametrize("command", ["check", "import"])
@pytest.mark.parametrize(("content", "problem"), BAD_FILES.values(), ids=BAD_FILES.keys())
def test_a_bad_file_ends_with_status_2_its_problem_and_nothing_written(
    app: Flask, session: Session, tmp_path: Path, command: str, content: bytes, problem: str
) -> None:
    before = digest(session)
    file = tmp_path / "bad.json"
    file.write_bytes(content)
    result = run(app, command, file)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines() == [f"{file}: 1 problem", problem]
    assert digest(session) == before


def test_every_problem_is_named_by_its_place(app: Flask, session: Session, tmp_path: Path) -> None:
    pack = small()
    pack["commitments"] += [
        {**pack["commitments"][0], "code": f"A-{number}", "axes": ["X"]} for number in range(2, 80)
    ]
    before = digest(session)
    result = run(app, "import", written(tmp_path / "bad.json", pack), "--publish", "--json")
    lines = result.stderr.splitlines()
    assert (result.exit_code, result.stdout) == (2, "")
    assert lines[0].endswith("bad.json: 78 problems")
    assert lines[12] == 'commitments[12].axes[0]: unknown axis "X"'
    assert lines[-1] == "... and 28 more problems"
    assert len(lines) == 52
    assert digest(session) == before


def test_a_file_that_is_not_there_ends_with_status_2(app: Flask, tmp_path: Path) -> None:
    result = run(app, "import", tmp_path / "absent.json")
    assert result.exit_code == 2
    assert "file: cannot be read (No such file or directory)" in result.stderr


def test_sixty_megabytes_of_nonsense_end_at_once_with_status_2(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    file = tmp_path / "nonsense.json"
    file.write_bytes(b'{"format": "' * 5_000_000)
    before = digest(session)
    started = time.process_time()
    result = run(app, "import", file)
    assert time.process_time() - started < 2
    assert result.exit_code == 2
    assert "file: too large: 60000000 bytes" in result.stderr
    assert digest(session) == before


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(broken=broken_packs())
def test_any_broken_pack_writes_nothing(
    app: Flask, session: Session, tmp_path: Path, broken: tuple[Json, str]
) -> None:
    before = digest(session)
    result = run(app, "import", written(tmp_path / "broken.json", broken[0]))
    assert (result.exit_code, result.stdout) == (2, "")
    assert broken[1] in result.stderr
    assert digest(session) == before
