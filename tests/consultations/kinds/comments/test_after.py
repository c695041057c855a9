"""What is left of comments: results, open data, and what a person finds among their own data."""

import csv
import io
import json

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.accounts.personal_parts import personal_parts
from cdv_civic.commitments.models import Commitment
from cdv_civic.consultations.results.operations.closing import ACTOR as STAFF
from cdv_civic.consultations.results.operations.closing import publish_results
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.moderation.kinds import moderated_kinds
from cdv_civic.moderation.models import ModeratedText
from tests import factories
from tests.consultations.kinds.comments.commented import Commented, comments, decide, publish_all

LIST = "/fr/consultations/avis/avis"


@pytest.fixture
def asked(app: Flask) -> Commented:
    return Commented()


def test_results_count_and_show_what_is_published_by_passage(client: FlaskClient, asked: Commented) -> None:
    for number in range(5):
        asked.say(f"Les arbres comptent beaucoup, {'très ' * number}beaucoup.", 3)
    asked.say("Un seul mot sur les bancs.", 0)
    asked.say("Personne ne lira cela.", 2)
    for each in comments()[:-1]:
        decide(each.case_id)
    asked.close()
    publish_results(STAFF, asked.row.id)
    page = client.get("/fr/consultations/avis/resultats").text
    assert "5 commentaires" in page
    assert page.count("Les arbres comptent") == 3
    assert "Lire tous les commentaires" in page
    assert "Un seul mot sur les bancs." in page
    assert "Personne ne lira cela." not in page
    assert "Les commentaires sont fermés" in client.get(LIST).text
    decide(comments()[5].case_id, "masque")
    page = client.get("/fr/consultations/avis/resultats").text
    assert "Un seul mot sur les bancs." not in page


@pytest.mark.parametrize("what", ["commitment", "indicator"])
def test_a_report_shows_no_comment_on_what_is_taken_off(
    client: FlaskClient, asked: Commented, what: str
) -> None:
    asked.say("Un seul mot sur les bancs.", {"commitment": 0, "indicator": 1}[what])
    publish_all()
    url = f"/fr/signaler/{comments()[0].case_id}"
    assert "Un seul mot" in client.get(url).text
    with transaction() as session:
        row = getattr(asked, what)
        session.get_one(type(row), row.id).retired_at = clock.now()
    assert "Un seul mot" not in client.get(f"{LIST}.csv").text
    assert client.get(url).status_code == 404


def test_open_data_holds_what_is_published_alone(client: FlaskClient, asked: Commented) -> None:
    asked.say("=SOMME(A1) ; un banc", 1)
    asked.say("Il manque de l’ombre.", 2)
    decide(comments()[0].case_id)
    (line,) = csv.DictReader(io.StringIO(client.get(f"{LIST}.csv").text))
    assert (line["kind"], line["code"], line["words"][:2]) == ("chiffre", "BANCS", "'=")
    content = json.loads(client.get(f"{LIST}.json").text)
    assert [len(each["comments"]) for each in content["things"]] == [0, 1, 0, 0, 0]
    assert content["things"][1]["figure"]["number"] == 12
    assert content["things"][3]["number"] == 2


def test_pages_of_a_long_list(client: FlaskClient, asked: Commented) -> None:
    asked.publishes_at_once()
    for number in range(33):
        asked.say(f"Une remarque numéro {number}")
    url = f"{LIST}/{asked.things[0].id}"
    page = client.get(url).text
    assert "Une remarque numéro 32" in page
    assert "Une remarque numéro 1<" not in page
    following = page.split('rel="next"', 1)[1].split('href="', 1)[1].split('"', 1)[0].replace("&amp;", "&")
    assert "Une remarque numéro 1<" in client.get(following).text


def test_one_finds_one_s_own_and_an_erased_account_leaves_them(app: Flask, asked: Commented) -> None:
    author = factories.make_account(role=None, organisation_name="")
    asked.say(author=author)
    part = next(each for each in personal_parts() if each.key == "consultation_comments")
    (mine,) = part.read(db.session(), author.actor_id)
    assert (mine["words"], mine["state"]) == ("Il manque de l’ombre.", "en_attente")
    with transaction() as session:
        part.erase(session, author.actor_id)
    assert part.read(db.session(), author.actor_id) == []
    (said,) = comments()
    assert said.words == "Il manque de l’ombre."
    assert db.session.get_one(ModeratedText, said.case_id).author_id is None


def test_nothing_that_is_read_of_it_tells_who_wrote_it(client: FlaskClient, asked: Commented) -> None:
    asked.publishes_at_once()
    author = factories.make_account("zohra@example.org", role=None, name="Zohra Benali", organisation_name="")
    asked.say(author=author)
    (said,) = comments()
    asked.close()
    publish_results(STAFF, asked.row.id)
    said_where = {
        url: client.get(url).text
        for url in (
            LIST,
            f"{LIST}/{said.thing_id}",
            f"{LIST}.csv",
            f"{LIST}.json",
            "/fr/consultations/avis/resultats",
            f"/fr/signaler/{said.case_id}",
        )
    }
    assert [url for url, page in said_where.items() if "Il manque de l’ombre." not in page] == [LIST]
    for page in said_where.values():
        assert "Zohra" not in page
        assert "zohra@" not in page


def test_moderators_read_what_it_says_and_where(app: Flask, asked: Commented) -> None:
    asked.say()
    (said,) = comments()
    kind = moderated_kinds()["comment"]
    with app.test_request_context("/fr/"):
        text = kind.texts([said.case_id], "fr")[said.case_id]
        assert (text.words, text.url) == ("Il manque de l’ombre.", None)
        publish_all()
        text = kind.texts([said.case_id], "fr")[said.case_id]
    assert text.url == f"{LIST}/{asked.things[0].id}#commentaire-{said.id}"
    (author,) = kind.authors(db.session(), [said.case_id]).values()
    assert (author.account_id, author.has_receipt) == (None, True)


def test_a_public_comment_can_be_reported(client: FlaskClient, asked: Commented) -> None:
    asked.say()
    publish_all()
    assert "Il manque de l’ombre." in client.get(f"/fr/signaler/{comments()[0].case_id}").text


def test_it_is_reported_no_more_once_what_it_is_about_is_gone(client: FlaskClient, asked: Commented) -> None:
    asked.say()
    publish_all()
    with transaction() as session:
        session.get_one(Commitment, asked.commitment.id).retired_at = clock.now()
    assert client.get(f"/fr/signaler/{comments()[0].case_id}").status_code == 404
