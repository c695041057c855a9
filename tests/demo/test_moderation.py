"""The moderation of the demonstration: each fate of a text is there, decided by who may, and nothing of it is written twice."""

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
from cdv_civic.demo.moderation import CHOSEN
from tests.demo_site import copy_demo

STORY = json.loads((ROOT / "cdv_civic/demo/data/moderation.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("demo")
    return folder, copy_demo(folder, tmp_path_factory)


def rows(folder: Path, statement: str) -> list[Any]:
    with closing(sqlite3.connect(folder / "test.sqlite3")) as connection:
        return connection.execute(statement).fetchall()


@pytest.mark.parametrize("name", ["own_principle", "noted", "won"])
def test_what_is_said_is_whole_in_each_language(name: str) -> None:
    texts = STORY[name]
    assert set(texts) == {"fr", "en", "ar"}
    for tag, text in texts.items():
        assert tag == "fr" or not problems(texts["fr"], text, tag), texts


def test_every_fate_of_a_text_is_there(site: tuple[Path, dict[str, str]]) -> None:
    folder, _environment = site
    acts = {act for (act,) in rows(folder, "SELECT act FROM moderation_decision")}
    assert acts == {"publier", "garder", "masquer", "masquer_en_partie", "remontrer", "reformuler"}
    ((waiting, hinted),) = rows(
        folder,
        "SELECT count(DISTINCT moderated_text.id), count(DISTINCT text_id) FROM moderated_text"
        " LEFT JOIN moderation_hint ON text_id = moderated_text.id WHERE state = 'en_attente'",
    )
    assert 0 < hinted < waiting
    reports = rows(folder, "SELECT reporter_id, decided_at IS NULL FROM moderation_report")
    assert {who for who, _open in reports} == {None}, "nobody needs an account to report"
    assert {waits for _who, waits in reports} == {0, 1}
    assert len(rows(folder, "SELECT id FROM charter WHERE published_at IS NOT NULL")) == 2


def test_the_appeal_that_was_won_was_answered_by_another_person(site: tuple[Path, dict[str, str]]) -> None:
    folder, _environment = site
    found = rows(
        folder,
        "SELECT appeal.outcome, appeal.decided_by, decision.decided_by, text.state FROM moderation_appeal AS appeal"
        " JOIN moderation_decision AS decision ON decision.id = appeal.decision_id"
        " JOIN moderated_text AS text ON text.id = decision.text_id ORDER BY appeal.id",
    )
    assert [(outcome, state) for outcome, _by, _contested, state in found] == [
        ("annulee", "publie"),
        (None, "masque"),
    ]
    _outcome, answered_by, decided_by, _state = found[0]
    assert None not in (answered_by, decided_by)
    assert answered_by != decided_by


def test_texts_of_answers_are_chosen_by_one_person_and_published_by_another(
    site: tuple[Path, dict[str, str]],
) -> None:
    folder, _environment = site
    found = rows(
        folder,
        "SELECT words.words, text.state, chosen.chosen_by, decision.decided_by FROM consultation_verbatim AS chosen"
        " JOIN consultation_words AS words ON words.id = chosen.words_id"
        " JOIN moderated_text AS text ON text.id = chosen.case_id"
        " JOIN moderation_decision AS decision ON decision.text_id = text.id",
    )
    assert sorted((words, state) for words, state, *_who in found) == [(each, "publie") for each in CHOSEN]
    assert all(None not in (by, decided) and by != decided for *_text, by, decided in found)


def test_a_second_load_adds_nothing(site: tuple[Path, dict[str, str]]) -> None:
    folder, environment = site
    counts = (
        "SELECT (SELECT count(*) FROM moderated_text), (SELECT count(*) FROM moderation_decision),"
        " (SELECT count(*) FROM moderation_report), (SELECT count(*) FROM moderation_appeal),"
        " (SELECT count(*) FROM charter_principle), (SELECT count(*) FROM voice),"
        " (SELECT count(*) FROM consultation_verbatim), (SELECT count(*) FROM audit_entry)"
    )
    before = rows(folder, counts)
    command = [sys.executable, "-m", "flask", "--app", "app", "demo", "load"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    assert rows(folder, counts) == before
