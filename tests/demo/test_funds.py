"""The funds of the demonstration: real rules, invented projects that say so, and each stage of their way."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cdv_civic.core.i18n.translation_check import problems
from cdv_civic.core.settings import ROOT
from cdv_civic.demo.pictures import SCENES
from cdv_civic.fund.rules.projects import ProjectState
from tests.demo.test_data import texts
from tests.demo_site import copy_demo

STORY = json.loads((ROOT / "cdv_civic/demo/data/funds.json").read_text(encoding="utf-8"))
PROJECTS = [each for fund in STORY["funds"] for round_ in fund["rounds"] for each in round_["projects"]]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("demo")
    return folder, copy_demo(folder, tmp_path_factory)


def rows(folder: Path, statement: str) -> list[Any]:
    with closing(sqlite3.connect(folder / "test.sqlite3")) as connection:
        return connection.execute(statement).fetchall()


def test_what_funds_and_teams_say_is_whole_in_each_language() -> None:
    found = [text for text in texts(STORY) if set(text) <= {"fr", "en", "ar"}]
    assert len(found) > 20
    for text in found:
        assert set(text) == {"fr", "en", "ar"}
        for tag, said in text.items():
            assert tag == "fr" or not problems(text["fr"], said, tag), said


def test_each_invented_project_says_that_it_is_an_example() -> None:
    assert len(PROJECTS) > 25
    for project in PROJECTS:
        assert "exemple" in project["title"] or "مثال" in project["title"]
        if "photo" in project:
            assert project["photo"] in SCENES


def test_projects_stand_at_every_stage(site: tuple[Path, dict[str, str]]) -> None:
    folder, _environment = site
    states = {state for (state,) in rows(folder, "SELECT state FROM fund_project")}
    # The desk takes a review and closes the project by one act.
    assert states == set(ProjectState) - {ProjectState.REVIEWED}


def test_a_council_gave_its_opinion_and_is_asked_for_another(site: tuple[Path, dict[str, str]]) -> None:
    folder, _environment = site
    fund = "(SELECT id FROM fund WHERE kind = 'fpcc')"
    stances = {
        stance
        for (stance,) in rows(
            folder,
            "SELECT stance FROM fund_project_opinion JOIN fund_project ON fund_project.id = project_id"
            f" WHERE fund_id = {fund}",
        )
    }
    assert stances == {"for", "for-if", "against"}
    assert rows(folder, f"SELECT 1 FROM fund_project WHERE fund_id = {fund} AND state = 'opinion'")
    assert rows(folder, f"SELECT 1 FROM fund_project WHERE fund_id = {fund} AND state = 'not-selected'")


def test_three_envelopes_wait_for_the_vote_and_a_past_one_can_be_counted(
    site: tuple[Path, dict[str, str]],
) -> None:
    folder, _environment = site
    scopes = rows(
        folder,
        "SELECT scope, count(*) FROM fund_project JOIN fund_envelope ON fund_envelope.id = envelope_id"
        " JOIN fund ON fund.id = fund_project.fund_id"
        " WHERE kind = 'participatory-budget' AND state = 'in-choice' GROUP BY scope",
    )
    assert {scope for scope, _count in scopes} == {"quartier", "whole", "youth"}
    assert rows(folder, "SELECT count(*) FROM fund_round_ballots") == [(1,)]


def test_a_commission_met_with_members_aside_and_published_its_minutes(
    site: tuple[Path, dict[str, str]],
) -> None:
    folder, _environment = site
    ((met, published),) = rows(
        folder,
        "SELECT count(closed_at), count(minutes_at) FROM fund_jury_meeting"
        " JOIN fund ON fund.id = fund_id WHERE kind = 'mixed-jury'",
    )
    assert (met, published) == (1, 1)
    kinds = {kind for (kind,) in rows(folder, "SELECT kind FROM fund_jury_conflict")}
    assert kinds == {"declared", "body"}
    assert rows(folder, "SELECT 1 FROM fund_jury_item WHERE aside = 1 AND taking_part = 5")


def test_one_review_was_taken_with_a_photo_one_is_late_and_one_project_is_silent(
    site: tuple[Path, dict[str, str]],
) -> None:
    folder, _environment = site
    taken = (
        "SELECT 1 FROM fund_project_review JOIN fund_project_file"
        " ON fund_project_file.project_id = fund_project_review.project_id"
        " WHERE taken_at IS NOT NULL AND kind = 'photo'"
    )
    assert rows(folder, taken)
    late = "SELECT julianday('now') - julianday(state_on) FROM fund_project WHERE state = 'paid' AND review_due_on < date('now')"
    days = [count for (count,) in rows(folder, late)]
    assert max(days) > 183 > min(days)


def test_a_second_load_tells_nothing_twice(site: tuple[Path, dict[str, str]]) -> None:
    folder, environment = site
    tables = (
        "fund",
        "fund_envelope",
        "fund_round",
        "fund_project",
        "fund_project_step",
        "fund_project_opinion",
        "fund_project_file",
        "fund_jury_member",
        "fund_jury_meeting",
        "fund_jury_item",
        "role_grant",
        "stored_file",
        "notice",
    )
    before = {table: rows(folder, f"SELECT count(*) FROM {table}") for table in tables}
    load = [sys.executable, "-m", "flask", "--app", "app", "demo", "load"]
    told = subprocess.run(load, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert "already there" in told.stdout
    assert {table: rows(folder, f"SELECT count(*) FROM {table}") for table in tables} == before
