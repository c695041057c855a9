"""The demo's invented story fits the contract it is told about."""

import json
from collections.abc import Iterator
from datetime import date

import pytest

from cdv_civic.commitments.rules.texts import check_sentence
from cdv_civic.commitments.rules.transitions import check_reason, check_transition
from cdv_civic.core.i18n.translation_check import problems
from cdv_civic.core.settings import ROOT
from cdv_civic.demo.pictures import SCENES
from cdv_civic.territory.codes import TO_CHECK
from cdv_civic.territory.vocabulary import STATES

DATA = ROOT / "cdv_civic/demo/data"
PACK = json.loads((ROOT / "cdv_civic/packs/data/grand-orly-seine-bievre-2024-2030.json").read_text("utf-8"))
STORY = json.loads((DATA / "progress.json").read_text("utf-8"))
WORDS = json.loads((DATA / "translations.json").read_text("utf-8"))
COMMITMENTS = {row["code"]: row for row in PACK["commitments"]}
ORLY = {code for code, row in COMMITMENTS.items() if "orly-quartier-est" in row["quartiers"]}


def test_every_commitment_of_orly_is_translated() -> None:
    assert set(WORDS["commitments"]) == ORLY


@pytest.mark.parametrize("kind", ["axes", "commitments", "indicators"])
def test_every_translation_is_of_something_in_the_contract_and_in_both_languages(kind: str) -> None:
    codes = {row["code"] for row in PACK[kind]}
    for code, texts in WORDS[kind].items():
        assert code in codes
        assert set(texts) == {"en", "ar"}
        assert all(texts.values())


def test_every_state_that_staff_can_publish_occurs() -> None:
    assert {entry["state"] for entry in STORY["progress"]} == set(STATES) - {TO_CHECK}


def test_every_entry_is_about_a_commitment_and_a_quartier_of_the_contract() -> None:
    for entry in STORY["progress"]:
        row = COMMITMENTS[entry["code"]]
        assert entry.get("quartier") is None or entry["quartier"] in row["quartiers"]
        assert date.fromisoformat(entry["on"]) >= date(2024, 11, 1)
        if "photo" in entry:
            assert entry["photo"]["scene"] in SCENES
            assert set(entry["photo"]["alt"]) == {"fr", "en", "ar"}


def test_the_news_of_orly_can_be_read_in_three_languages() -> None:
    news = [entry for entry in STORY["progress"] if entry["code"] in ORLY]
    assert len({entry["code"] for entry in news}) >= 22
    assert all(set(entry["sentence"]) == {"fr", "en", "ar"} for entry in news)


def texts(value: object) -> Iterator[dict[str, str]]:
    """Each text in several languages, wherever it stands."""
    if isinstance(value, dict):
        if isinstance(value.get("fr"), str):
            yield value
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)


@pytest.mark.parametrize("name", ["progress", "bodies", "papers"])
def test_every_translation_keeps_the_numbers_and_addresses_of_its_original(name: str) -> None:
    found = list(texts(json.loads((DATA / f"{name}.json").read_text("utf-8"))))
    assert len(found) > 4
    for text in found:
        for language, said in text.items():
            assert problems(text["fr"], said, language) == (), said


def test_every_figure_is_of_an_indicator_of_the_contract() -> None:
    codes = {row["code"] for row in PACK["indicators"]}
    for value in STORY["indicator_values"]:
        assert value["code"] in codes
        assert ("number" in value) != ("text" in value)


def test_the_states_told_follow_one_another_as_the_rules_allow() -> None:
    before: dict[tuple[str, str | None], str] = {}
    for entry in sorted(STORY["progress"], key=lambda entry: entry["on"]):
        place = (entry["code"], entry.get("quartier"))
        was = before.get(place) or before.get((entry["code"], None)) or TO_CHECK
        sentence = check_sentence(entry["sentence"]["fr"])
        check_transition(was, entry["state"])
        check_reason(was, entry["state"], sentence, entry.get("detail", {}).get("fr", ""))
        if "withdrawn" not in entry:
            before[place] = entry["state"]
