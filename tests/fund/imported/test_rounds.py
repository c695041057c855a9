"""A vote that was held elsewhere: taken in without its voters, counted once, shown, and given out again."""

import csv
import io
import re
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cdv_civic.core.db import db
from cdv_civic.demo.registration import TOULOUSE
from cdv_civic.fund.archive.presentation import RULE_PATHS
from cdv_civic.fund.imported.ballots import same_ballots, without_voters
from cdv_civic.fund.models.funds import FundRound, RoundBallots
from cdv_civic.fund.tally.pabulib.reading import read_election
from tests.fund import funds as given
from tests.fund.imported.votes import VOTE
from tests.fund.tally.elections import FILES


def run(app: Flask, *words: str) -> Result:
    """The real command."""
    return app.test_cli_runner().invoke(args=["fund", *words])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "vote.pb"
    made.write_text(VOTE, encoding="utf-8")
    return made


def test_nothing_of_a_voter_or_a_proposer_stays_but_the_vote() -> None:
    kept, published = without_voters(VOTE.encode())
    for gone in ("A-17", "34", "internet", "paper", "Untel", "proposer", "age"):
        assert gone not in kept, gone
    assert same_ballots(published.election, read_election(io.BytesIO(VOTE.encode())).election)
    assert kept.splitlines()[-3:] == ["voter_id;vote", "1;1,2", "2;1"]


@pytest.mark.parametrize("path", sorted(FILES.glob("*.pb"))[:6], ids=lambda path: path.stem[:30])
def test_published_elections_stay_the_same_election(path: Path) -> None:
    content = path.read_bytes()
    kept, published = without_voters(content)
    assert same_ballots(published.election, read_election(io.BytesIO(content)).election)
    assert without_voters(kept.encode())[0] == kept
    reader = csv.reader(io.StringIO(kept), delimiter=";")
    assert next(row for row in reader if row[:1] == ["voter_id"])[1:] in (["vote"], ["vote", "points"])


def test_a_file_becomes_a_round_once(app: Flask, file: Path, tmp_path: Path) -> None:
    fund = given.make_fund()
    first = run(app, "import", str(file), "--fund", fund.slug)
    assert (first.exit_code, first.stdout) == (0, "vote-des-voisins-2024\n")
    again = run(app, "import", str(file), "--fund", fund.slug)
    assert again.exit_code == 2
    assert "vote-des-voisins-2024" in again.stderr
    db.session.rollback()
    row = db.session.execute(select(FundRound)).scalar_one()
    assert (row.year, row.rules) == (2024, {"choice": "vote"})
    assert None not in (row.published_at, row.frozen_at, row.closed_at)
    given_out = tmp_path / "sortie.pb"
    out = run(app, "export", row.slug, str(given_out))
    assert out.exit_code == 0
    assert given_out.read_text(encoding="utf-8") == without_voters(VOTE.encode())[0]


def test_what_cannot_be_taken_in_is_said_and_nothing_is_written(
    app: Flask, file: Path, tmp_path: Path
) -> None:
    fund = given.make_fund()
    bad = tmp_path / "bad.pb"
    bad.write_text("META\nnothing", encoding="utf-8")
    nameless = tmp_path / "nameless.pb"
    nameless.write_text(
        VOTE.replace("description;Vote des voisins\n", "").replace("unit;Orly\n", ""), encoding="utf-8"
    )
    for words in (
        ("import", str(bad), "--fund", fund.slug),
        ("import", str(nameless), "--fund", fund.slug),
        ("import", str(file), "--fund", "fonds-perdu"),
        ("import", str(file), "--fund", fund.slug, "--language", "<script>"),
        ("export", "appel-perdu", str(tmp_path / "x.pb")),
    ):
        found = run(app, *words)
        assert found.exit_code == 2, words
        assert found.stderr.strip()
        assert "Traceback" not in found.stderr
    assert not (tmp_path / "x.pb").exists()
    db.session.rollback()
    assert db.session.execute(select(RoundBallots.round_id)).first() is None


def test_an_export_leaves_a_file_whole_where_there_are_no_ballots(app: Flask, tmp_path: Path) -> None:
    row = given.make_round(given.make_fund())
    kept = tmp_path / "ancien.pb"
    kept.write_text("ancien", encoding="utf-8")
    found = run(app, "export", row.slug, str(kept))
    assert found.exit_code == 2
    assert "no published ballots" in found.stderr
    assert kept.read_text(encoding="utf-8") == "ancien"


def test_rounds_are_listed_one_a_line_by_their_name(app: Flask) -> None:
    fund = given.make_fund()
    given.make_envelope(fund, 1234_56)
    row = given.make_round(fund)
    given.make_project(row)
    draft = given.make_round(fund, published_at=None)
    found = run(app, "list")
    assert found.exit_code == 0
    assert found.stdout.splitlines() == [
        f"{draft.slug}\t{fund.slug}\tdraft\t0\t1234.56",
        f"{row.slug}\t{fund.slug}\topen\t1\t1234.56",
    ]


def test_the_page_of_the_round_shows_both_results(app: Flask, client: FlaskClient) -> None:
    fund = given.make_fund()
    found = run(app, "import", str(TOULOUSE.file), "--fund", fund.slug)
    slug = found.stdout.strip()
    url = f"/fr/fonds/{fund.slug}/{slug}"
    page = client.get(url).text
    assert "Ce qui change" in page
    for path, rule in RULE_PATHS.items():
        count = client.get(f"{url}/comptes/{path}")
        assert count.status_code == 200
        selected = ", ".join(TOULOUSE.counted.counts[rule].selected)
        assert selected in count.text
        assert f"{url}/comptes/{path}" in page
    assert client.get(f"{url}/comptes/perdu").status_code == 404
    assert set(client.get(f"{url}/comptes.json").get_json()) == {"most-votes", "equal-shares"}
    ballots = client.get(f"{url}/bulletins.pb")
    assert read_election(io.BytesIO(ballots.data)).election.envelope == 1_000_000
    assert client.get(f"{url}/verifier.zip").data.startswith(b"PK")
    assert re.search(rf"{slug}\.pb", page)
    other = given.make_round(fund)
    for path in ("bulletins.pb", "verifier.zip", "comptes.json", "comptes/plus-de-voix"):
        assert client.get(f"/fr/fonds/{fund.slug}/{other.slug}/{path}").status_code == 404
