"""Votes of the past: what their pages say is what their published file holds, counted by both rules."""

import errno
import html
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.core.settings import ROOT
from cdv_civic.demo.registration import TOULOUSE
from cdv_civic.fund.archive import views
from cdv_civic.fund.archive.elections import counts_of, read_counts, write_counts
from cdv_civic.fund.archive.presentation import RULE_PATHS
from cdv_civic.fund.tally.counting import TallyRule
from cdv_civic.fund.tally.pabulib.reading import read_election
from cdv_civic.fund.tally.report import lines
from tests.conftest import PostgresServer, Site
from tests.fund.tally.elections import FILES

LANGUAGES = ("fr", "en", "ar")
VOTE = f"/votes/{TOULOUSE.slug}"


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer | None) -> FlaskClient:
    """A site that shows the vote of the demonstration."""
    return Site(tmp_path_factory.mktemp("votes"), postgres, demo=True).app.test_client()


def text_of(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    words = html.unescape(re.sub("<[^>]+>", " ", answer.get_data(as_text=True)))
    return re.sub(r"[\s\u00a0\u202f]+", " ", words)


def test_the_counts_that_are_shipped_are_those_of_the_file_that_is_shipped() -> None:
    with TOULOUSE.file.open("rb") as file:
        counts = counts_of(read_election(file))
    assert json.loads(TOULOUSE.counts_file.read_text(encoding="utf-8")) == json.loads(json.dumps(counts))


def test_nobody_is_named_in_the_file() -> None:
    rows = TOULOUSE.file.read_text(encoding="utf-8").splitlines()
    assert rows[rows.index("PROJECTS") + 1] == "project_id;cost;public_id;subunit;name;votes"
    assert rows[rows.index("VOTES") + 1] == "voter_id;vote;points"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_project_is_told_with_why_in_both_counts(shown: FlaskClient, language: str) -> None:
    for path, rule in RULE_PATHS.items():
        text = text_of(shown, f"/{language}{VOTE}/{path}")
        counted = TOULOUSE.counted.counts[rule]
        assert len(counted.fates) == 30
        for project in TOULOUSE.counted.projects.values():
            assert " ".join(project.name.split()) in text
    beginnings = {
        "fr": "Retenu : 1 090 points. Il restait 1 000 000 €, assez pour le payer.",
        "en": "Selected: 1,090 points. €1,000,000 was left, enough to pay for it.",
        "ar": "مختار: 1 090 نقطة. كان الباقي ",
    }
    assert beginnings[language] in text_of(shown, f"/{language}{VOTE}/plus-de-voix")


def test_the_page_sets_both_results_beside_each_other(shown: FlaskClient) -> None:
    text = text_of(shown, f"/fr{VOTE}")
    assert "1 494 bulletins" in text
    for numbers in ("14 sur 30", "22 sur 30", "96 sur 1 494", "70 sur 1 494", "997 000 €"):
        assert numbers in text, numbers
    assert "Retenus des deux façons 13 projets" in text
    assert "1 406,34 € (110 % de plus)" in text_of(shown, f"/fr{VOTE}/parts-egales")
    assert VOTE in shown.get("/fr/votes").get_data(as_text=True)


def test_the_command_on_the_page_counts_the_file_on_the_page_to_the_same_projects(
    shown: FlaskClient, tmp_path: Path
) -> None:
    (tmp_path / TOULOUSE.file.name).write_bytes(shown.get(f"/fr{VOTE}/bulletins.pb").data)
    published = shown.get(f"/fr{VOTE}/comptes.json").get_json()
    for path, rule in RULE_PATHS.items():
        page = shown.get(f"/fr{VOTE}/{path}").get_data(as_text=True)
        [command] = re.findall(r"<code>(.+?)</code>", page)
        python, *words = html.unescape(re.sub("<[^>]+>", "", command)).split()
        assert python == "python"
        printed = subprocess.run([sys.executable, *words, "--json"], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, check=True, capture_output=True)  # fmt: skip
        found = json.loads(printed.stdout)
        assert (
            found["selected"] == list(TOULOUSE.counted.counts[rule].selected) == published[rule]["selected"]
        )
        found["explanation"].pop("warnings")
        assert found["explanation"] == published[rule]["explanation"]


def test_the_folder_to_take_away_counts_its_ballots_alone_to_the_numbers_on_the_page(
    shown: FlaskClient, tmp_path: Path
) -> None:
    """All that « Vérifier moi-même » asks for, NumPy apart, is in it: no other code, no setting, no site."""
    given = shown.get(f"/fr{VOTE}/verifier.zip")
    assert given.content_type == "application/zip"
    assert given.data == shown.get(f"/ar{VOTE}/verifier.zip").data
    with ZipFile(io.BytesIO(given.data)) as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / TOULOUSE.slug
    assert [each.name for each in tmp_path.iterdir()] == [TOULOUSE.slug]
    assert (folder / "depouillement.md").read_text(encoding="utf-8").startswith("# Vérifier un dépouillement")
    assert (folder / "LICENSE").is_file()
    for path in RULE_PATHS:
        page = shown.get(f"/fr{VOTE}/{path}").get_data(as_text=True)
        [command] = re.findall(r"<code>(.+?)</code>", page)
        _python, *words = html.unescape(re.sub("<[^>]+>", "", command)).split()
        printed = subprocess.run([sys.executable, *words], cwd=folder, env={}, check=True, capture_output=True, text=True)  # fmt: skip
        selected = re.findall(r"^\+ (\S+):", printed.stdout, re.MULTILINE)
        assert f"ces numéros : {', '.join(selected)}" in text_of(shown, f"/fr{VOTE}/{path}")
    guide = (folder / "depouillement.md").read_text(encoding="utf-8")
    first = TOULOUSE.counted.counts[TallyRule.MOST_VOTES]
    assert "\n".join(list(lines(first))[:3]) in guide, "the guide shows what the command prints"


def test_what_changes_is_folded_where_it_is_long(shown: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page is six screens of a phone at most."""
    opened = re.compile(r'<details class="disclosure" open>')
    assert len(opened.findall(shown.get(f"/fr{VOTE}").get_data(as_text=True))) == 2
    monkeypatch.setattr(views, "OPEN_CHANGES", 9)
    folded = shown.get(f"/en{VOTE}").get_data(as_text=True)
    assert opened.findall(folded) == []


def test_each_count_says_how_it_reads_and_how_it_is_checked_by_hand(shown: FlaskClient) -> None:
    by_votes, by_shares = (text_of(shown, f"/fr{VOTE}/{path}") for path in RULE_PATHS)
    assert "Sans ordinateur : suivez les projets, du plus de points" in by_votes
    assert "personne n’a payé avec son argent" not in by_votes
    assert "Sans ordinateur" not in by_shares
    assert "personne n’a payé avec son argent" in by_shares
    assert "Cette page est sur le site" in by_shares
    both = shown.get(f"/fr{VOTE}").get_data(as_text=True)
    assert "Sans ordinateur" not in both, "beside two counts nobody knows of which it speaks"
    for name in ("Le plus de points d’abord", "Parts égales"):
        assert f'<p class="vote-command-name">{name}</p>' in both


def test_a_site_that_is_no_demonstration_shows_no_vote(app: Flask) -> None:
    client = app.test_client()
    assert client.get(f"/fr{VOTE}").status_code == 404
    assert client.get(f"/fr{VOTE}/parts-egales").status_code == 404
    assert client.get(f"/fr{VOTE}/bulletins.pb").status_code == 404
    assert client.get(f"/fr{VOTE}/verifier.zip").status_code == 404
    assert "Aucun vote passé ici" in client.get("/fr/votes").get_data(as_text=True)
    assert "/fr/votes" not in client.get("/fr/contrats").get_data(as_text=True)


def test_other_addresses_are_not_found(shown: FlaskClient) -> None:
    for path in ("/votes/ailleurs", f"{VOTE}/autrement", "/votes/..%2ftoulouse-2019"):
        assert shown.get(f"/fr{path}").status_code == 404


def test_approval_ballots_are_counted_by_cost_and_shown_as_votes(tmp_path: Path) -> None:
    name = "poland_gdynia_2020_wielki-kack-small.pb"
    file = tmp_path / name
    file.write_bytes((FILES / name).read_bytes())
    counted = read_counts(write_counts(file))
    assert counted.currency == ""
    assert set(counted.counts) == set(TallyRule)
    assert counted.counts[TallyRule.EQUAL_SHARES].rules.utility == "cost"
    assert all(fate.points is None for fate in counted.counts[TallyRule.MOST_VOTES].fates)


def test_the_command_keeps_the_counts_beside_the_file_and_refuses_what_is_no_election(
    app: Flask, tmp_path: Path
) -> None:
    file = tmp_path / "vote.pb"
    file.write_bytes(TOULOUSE.file.read_bytes())
    runner = app.test_cli_runner()
    done = runner.invoke(args=["fund", "archive", str(file)])
    assert (done.exit_code, (tmp_path / "vote.json").read_bytes()) == (0, TOULOUSE.counts_file.read_bytes())
    file.write_bytes(file.read_bytes().replace(b"VOTES", b"VOTE?"))
    refused = runner.invoke(args=["fund", "archive", str(file)])
    assert refused.exit_code == 2
    assert "line " in refused.output


def test_counts_are_written_whole_or_not_at_all(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "vote.pb"
    file.write_bytes(TOULOUSE.file.read_bytes())
    (tmp_path / "vote.json").write_text("before")

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    refused = app.test_cli_runner().invoke(args=["fund", "archive", str(file)])
    assert (refused.exit_code, "No space left" in refused.output) == (2, True)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["vote.json", "vote.pb"]
    assert (tmp_path / "vote.json").read_text() == "before"


def test_counts_never_take_the_place_of_ballots(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "vote.json"
    file.write_bytes(TOULOUSE.file.read_bytes())
    refused = app.test_cli_runner().invoke(args=["fund", "archive", str(file)])
    assert (refused.exit_code, "call the file .pb" in refused.output) == (2, True)
    assert file.read_bytes() == TOULOUSE.file.read_bytes()


def test_days_and_limits_that_a_file_says_badly_are_left_out() -> None:
    said = (
        TOULOUSE.file.read_bytes()
        .replace(b"11.09.2019", b"en 2019")
        .replace(b"max_sum_points;7", b"currency;EUR")
    )
    counts = counts_of(read_election(io.BytesIO(said)))
    assert (counts["begins"], counts["ends"], counts["most_points"]) == (None, "2019-10-15", None)
