"""The consultations of the demonstration: each stage, whole in their languages, and nobody given away by what is published."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cdv_civic.core.i18n.translation_check import problems
from cdv_civic.core.settings import ROOT
from tests.consultations.attack import attack
from tests.demo_site import copy_demo

STORY = json.loads((ROOT / "cdv_civic/demo/data/consultations.json").read_text(encoding="utf-8"))
ENTRIES = {entry["slug"]: entry for entry in STORY["consultations"]}
#: Those that ideas led to: `demo/data/ideas.json`.
OF_IDEAS = {"grigny-2-vos-idees", "le-choix-la-place-de-grigny-2-exemple"}
AXES = {row["code"] for row in json.loads((ROOT / "cdv_civic/packs/data/grand-paris-sud-2024-2030.json").read_text("utf-8"))["axes"]}  # fmt: skip


def texts_in(entry: Any) -> Iterator[dict[str, str]]:
    """All texts of an entry that has some in French."""
    if isinstance(entry, dict):
        if isinstance(entry.get("fr"), str):
            yield entry
        else:
            for each in entry.values():
                yield from texts_in(each)
    elif isinstance(entry, list):
        for each in entry:
            yield from texts_in(each)


@pytest.mark.parametrize("slug", ENTRIES)
def test_each_is_whole_in_the_languages_that_it_is_asked_in(slug: str) -> None:
    entry = ENTRIES[slug]
    for texts in texts_in(entry):
        if set(texts) != {"fr"}:  # in French alone: the axis of a contract, and simple French
            assert set(texts) == set(entry["languages"]), texts
        for tag, text in texts.items():
            assert tag == "fr" or not problems(texts["fr"], text, tag), texts


def test_options_of_a_contract_are_its_own_and_stages_are_all_there() -> None:
    used = {option["axis"] for entry in ENTRIES.values() for step in entry["steps"] for question in step["questions"] for option in question.get("options", ()) if "axis" in option}  # fmt: skip
    assert used <= AXES
    assert {entry["stage"] for entry in ENTRIES.values()} == {
        "draft",
        "coming",
        "open",
        "counted",
        "answered",
    }
    assert {entry["power"] for entry in ENTRIES.values()} >= {"consulter", "co_decider"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("demo")
    return folder, copy_demo(folder, tmp_path_factory)


def test_an_attacker_learns_no_small_count_from_all_that_the_demonstration_publishes(
    site: tuple[Path, dict[str, str]],
) -> None:
    folder, _environment = site
    with sqlite3.connect(folder / "test.sqlite3") as connection:
        rows = connection.execute(
            "SELECT consultation_id, content FROM consultation_publication ORDER BY consultation_id, version"
        ).fetchall()
    versions: dict[int, list[Any]] = {}
    for consultation_id, content in rows:
        versions.setdefault(consultation_id, []).append(json.loads(content))
    closed = [entry for entry in ENTRIES.values() if entry["stage"] in ("counted", "answered")]
    assert len(versions) == len(closed) + len(OF_IDEAS)
    for contents in versions.values():
        assert attack(*contents) == []


def test_why_by_car_is_asked_of_those_alone_who_come_by_car(site: tuple[Path, dict[str, str]]) -> None:
    folder, _environment = site
    conditional = sum("condition" in question for entry in ENTRIES.values() for step in entry["steps"] for question in step["questions"])  # fmt: skip
    with sqlite3.connect(folder / "test.sqlite3") as connection:
        (found,) = connection.execute("SELECT count(*) FROM consultation_condition").fetchone()
        (beyond,) = connection.execute(
            "SELECT count(*) FROM consultation_condition AS condition"
            " JOIN consultation_choice AS given ON given.question_id = condition.question_id"
            " WHERE NOT EXISTS (SELECT 1 FROM consultation_choice AS before"
            " WHERE before.answer_id = given.answer_id AND before.option_id = condition.option_id)"
        ).fetchone()
    assert (found, beyond) == (conditional, 0)


def test_the_command_prints_the_same_tables_and_no_other_value_than_numbers(
    site: tuple[Path, dict[str, str]],
) -> None:
    _folder, environment = site

    def said(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "flask", "--app", "app", "consultation", *words]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    listed = [line.split("\t")[0].split(" ")[0] for line in said("list").stdout.splitlines()]
    assert set(listed) == set(ENTRIES) | OF_IDEAS
    results = json.loads(said("results", "grigny-2-devant-l-ecole", "--json").stdout)
    assert results["answers"] == 230

    def counts(value: Any) -> Iterator[Any]:
        if isinstance(value, dict):
            for key, each in value.items():
                if key in ("count", "total", "answers", "people"):
                    yield each
                else:
                    yield from counts(each)
        elif isinstance(value, list):
            for each in value:
                yield from counts(each)

    assert all(each is None or isinstance(each, int) for each in counts(results))
    assert said("export", "vivre-a-grand-paris-sud-2027").returncode == 2
