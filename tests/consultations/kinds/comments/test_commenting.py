"""A comment comes in, is read by a moderator, found by its receipt, written otherwise and taken back."""

import html
import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from cdv_civic.consultations.kinds.comments.models import CommentedThing, CommentStep
from cdv_civic.consultations.kinds.comments.operations import (
    CommentedAlready,
    CommentsClosed,
    reword,
    take_comment_back,
)
from cdv_civic.consultations.kinds.comments.queries import comments as comments_query
from cdv_civic.core import clock, ledger
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import Conflict, DomainError, NotFound
from cdv_civic.core.ledger import LedgerLine, mark
from cdv_civic.core.paging import Cursor
from cdv_civic.moderation.kinds import moderated_kinds
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.participation.models import ParticipationLink
from cdv_civic.participation.rules.receipts import read_receipt
from cdv_civic.participation.speaking import AccountNeeded
from tests import factories
from tests.consultations.answering.answers import SAME_ORIGIN, receipt_in
from tests.consultations.kinds.comments.commented import Commented, comments, decide
from tests.page_forms import PageForm

WORDS = "Il manque de l’ombre."


@pytest.fixture
def asked(app: Flask) -> Commented:
    return Commented()


def page_of(asked: Commented, place: int = 0) -> str:
    return f"/fr/consultations/avis/avis/{asked.things[place].id}"


def post(client: FlaskClient, url: str, words: str = WORDS, **more: str):  # type: ignore[no-untyped-def]
    form = PageForm(client.get(url).text, "client_key")
    return client.post(url, data=form.filled({"words": words, **more}), headers=SAME_ORIGIN)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_it_is_read_before_and_found_again_by_its_receipt(
    client: FlaskClient, asked: Commented, place: int
) -> None:
    url = page_of(asked, place)
    form = PageForm(client.get(url).text, "client_key").filled({"words": WORDS})
    answer = client.post(url, data=form, headers=SAME_ORIGIN)
    assert answer.headers["Cache-Control"] == "no-store"
    receipt = receipt_in(answer)
    assert receipt_in(client.post(url, data=form, headers=SAME_ORIGIN)) == receipt
    (said,) = comments()
    case = db.session.get_one(ModeratedText, said.case_id)
    assert (case.state, case.kind, case.author_id) == ("en_attente", "comment", None)
    assert WORDS not in client.get(url).text
    assert WORDS not in client.get("/fr/consultations/avis/avis.csv").text
    found = client.post("/fr/parole/suivi", data={"receipt": receipt}, headers=SAME_ORIGIN).text
    assert WORDS in found
    assert "Une personne va le lire" in found
    decide(said.case_id)
    for address in (url, "/fr/consultations/avis/avis.csv", "/fr/consultations/avis/avis.json"):
        assert WORDS in client.get(address).text
    assert "1 commentaire" in client.get("/fr/consultations/avis/avis").text


def test_each_thing_is_shown_as_it_is_today(client: FlaskClient, asked: Commented) -> None:
    page = client.get("/fr/consultations/avis/avis").text
    for words in ("Poser des bancs", "Bancs posés", "2 juin 2026", "Passage 3", "La fontaine est réparée"):
        assert words in page
    with transaction() as session:
        session.get_one(type(asked.commitment), asked.commitment.id).retired_at = clock.now()
    url = page_of(asked)
    assert client.get(url).status_code == 404
    with pytest.raises(NotFound):
        asked.say()


def test_the_page_of_the_commitment_leads_to_the_consultation(asked: Commented) -> None:
    links = db.session.execute(select(ParticipationLink.to_kind, ParticipationLink.to_id)).all()
    assert ("engagement", asked.commitment.id) in [tuple(each) for each in links]


def test_the_same_words_are_one_comment_on_each_thing(asked: Commented) -> None:
    asked.say()
    with pytest.raises(CommentedAlready):
        asked.say("il manque de l'OMBRE !")
    asked.say(place=1)
    assert len(comments()) == 2


def test_the_same_words_at_once_are_one_comment(app: Flask, asked: Commented) -> None:
    start, refused = threading.Barrier(4), []

    def one() -> None:
        with app.app_context():
            start.wait()
            try:
                asked.say()
            except CommentedAlready as said:
                refused.append(said)
                db.session.rollback()
            finally:
                db.session.remove()

    threads = [threading.Thread(target=one) for _each in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (len(comments()), len(refused)) == (1, 3)


@pytest.mark.parametrize("words", ["", "   ", "\u202e\u202d\u2066\u200b", "ok", "x" * 1_001, "x" * 20_000])
def test_what_is_no_comment_is_refused_and_kept_on_the_page(
    client: FlaskClient, asked: Commented, words: str
) -> None:
    with pytest.raises(DomainError) as refused:
        asked.say(words)
    assert refused.value.field == "words"
    answer = post(client, page_of(asked), words)
    assert answer.status_code == 422
    kept = PageForm(answer.text, "client_key").filled({})["words"][0]
    assert kept.strip("\u202d\u202e\u2066\u200b ") == words.strip("\u202d\u202e\u2066\u200b ")
    assert comments() == []


def test_marks_of_direction_stay_within_the_comment(client: FlaskClient, asked: Commented) -> None:
    asked.say("Un banc \u202eedrager\u202c ici")
    decide(comments()[0].case_id)
    assert "<p>Un banc" in client.get(page_of(asked)).text


def test_who_comes_too_late_keeps_the_words(client: FlaskClient, asked: Commented) -> None:
    url = page_of(asked)
    form = PageForm(client.get(url).text, "client_key").filled({"words": WORDS})
    asked.close()
    answer = client.post(url, data=form, headers=SAME_ORIGIN)
    assert answer.status_code == 409
    assert "On ne peut pas commenter en ce moment." in answer.text
    assert WORDS in answer.text
    assert comments() == []
    with pytest.raises(CommentsClosed):
        asked.say()


def test_who_comments_a_passage_that_is_deleted_meanwhile_keeps_the_words(
    client: FlaskClient, asked: Commented
) -> None:
    url = page_of(asked, 2)
    form = PageForm(client.get(url).text, "client_key").filled({"words": WORDS})
    with transaction() as session:
        session.delete(session.get_one(CommentedThing, asked.things[2].id))
    answer = client.post(url, data=form, headers=SAME_ORIGIN)
    assert answer.status_code == 404
    page = html.unescape(answer.text)
    assert "Ce que vous vouliez commenter n’est plus ici" in page
    assert "Vos mots sont ici" in page
    assert WORDS in page
    assert "no-store" in answer.headers["Cache-Control"]
    assert comments() == []
    empty = client.post(url, data={**form, "words": [" "]}, headers=SAME_ORIGIN)
    assert (empty.status_code, "Vos mots sont ici" in empty.text) == (404, False)


def test_who_comments_a_passage_that_comes_under_embargo_meanwhile_keeps_the_words_and_learns_no_more(
    client: FlaskClient, asked: Commented
) -> None:
    url = page_of(asked, 2)
    form = PageForm(client.get(url).text, "client_key").filled({"words": WORDS})
    with transaction() as session:
        step = session.execute(
            select(CommentStep).where(CommentStep.step_id == asked.document.id)
        ).scalar_one()
        step.embargo_until = clock.now() + timedelta(days=1)
    there = client.post(url, data=form, headers=SAME_ORIGIN)
    nowhere = client.post("/fr/consultations/avis/avis/999999", data=form, headers=SAME_ORIGIN)
    assert WORDS in there.text
    assert "terrain de jeux" not in there.text
    assert (there.status_code, there.text.replace(url.removeprefix("/fr"), "")) == (
        nowhere.status_code,
        nowhere.text.replace("/consultations/avis/avis/999999", ""),
    )


def test_before_it_opens_nothing_comes_in(app: Flask, client: FlaskClient) -> None:
    asked = Commented(stage="coming")
    page = client.get("/fr/consultations/avis/avis")
    assert "Vous pourrez commenter à partir de" in page.text
    with pytest.raises(CommentsClosed):
        asked.say()


def test_an_account_where_the_consultation_asks_who_takes_part(app: Flask, client: FlaskClient) -> None:
    asked = Commented(proof="message")
    assert "Me connecter" in client.get(page_of(asked)).text
    with pytest.raises(AccountNeeded):
        asked.say()
    author = factories.make_account(role=None, organisation_name="")
    asked.say(author=author)
    case = db.session.get_one(ModeratedText, comments()[0].case_id)
    assert case.author_id == author.actor_id


def test_too_young_is_told(app: Flask, client: FlaskClient) -> None:
    asked = Commented(age_to_answer=12)
    assert post(client, page_of(asked)).status_code == 422
    assert post(client, page_of(asked), age="y").status_code == 200


def test_what_minors_write_is_read_before(asked: Commented) -> None:
    asked.publishes_at_once()
    assert asked.say("Un banc de plus").waits is False
    assert asked.say("Un banc de moins", minor=True).waits is True


def test_hidden_it_is_nowhere_and_its_author_reads_why(client: FlaskClient, asked: Commented) -> None:
    receipt = asked.say().receipt
    (said,) = comments()
    decide(said.case_id)
    addresses = [page_of(asked), "/fr/consultations/avis/avis.csv", "/fr/consultations/avis/avis.json"]
    for address in addresses:
        assert WORDS in client.get(address).text
    decide(said.case_id, "masque")
    for address in addresses:
        assert WORDS not in client.get(address).text
    assert client.get(f"/fr/signaler/{said.case_id}").status_code == 404
    found = client.post("/fr/parole/suivi", data={"receipt": receipt}, headers=SAME_ORIGIN).text
    assert "n’est pas montré" in found
    assert moderated_kinds()["comment"].case_of_receipt(db.session(), read_receipt(receipt)) == said.case_id  # type: ignore[misc]


def test_a_part_that_is_hidden_is_not_shown(client: FlaskClient, asked: Commented) -> None:
    asked.say("Monsieur Untel jette ses mégots.")
    decide(comments()[0].case_id, shown_words="Des mégots sont jetés.")
    page = client.get(page_of(asked)).text
    assert "Untel" not in page
    assert "Des mégots sont jetés." in page


def test_it_is_written_otherwise_when_asked(client: FlaskClient, asked: Commented) -> None:
    code = read_receipt(asked.say().receipt)
    with pytest.raises(Conflict):
        reword(code, "Il faut des arbres.")
    decide(comments()[0].case_id, "a_reformuler")
    answer = client.post(
        "/fr/avis/suivi/reformuler", data={"receipt": code, "words": "x" * 2000}, headers=SAME_ORIGIN
    )
    assert answer.status_code == 422
    assert "trop long" in answer.text
    answer = client.post(
        "/fr/avis/suivi/reformuler",
        data={"receipt": code, "words": "Il faut des arbres."},
        headers=SAME_ORIGIN,
    )
    assert answer.status_code == 200
    (said,) = comments()
    assert said.words == "Il faut des arbres."
    assert db.session.get_one(ModeratedText, said.case_id).state == "en_attente"


def test_it_is_taken_back_by_its_receipt(client: FlaskClient, asked: Commented) -> None:
    author = factories.make_account(role=None, organisation_name="")
    receipt = asked.say(author=author).receipt
    decide(comments()[0].case_id)
    asks = client.post("/fr/avis/suivi/retirer", data={"receipt": receipt}, headers=SAME_ORIGIN)
    assert "Vous ne pourrez pas revenir en arrière." in asks.text
    assert comments()[0].words == WORDS
    done = client.post(
        "/fr/avis/suivi/retirer", data={"receipt": receipt, "sure": "oui"}, headers=SAME_ORIGIN
    )
    assert "Vos mots sont effacés" in done.text
    (said,) = comments()
    assert (said.words, said.same_words) == ("", None)
    case = db.session.get_one(ModeratedText, said.case_id)
    assert (case.state, case.author_id) == ("repris", None)
    assert WORDS not in client.get(page_of(asked)).text
    assert take_comment_back(read_receipt(receipt)) is False
    asked.say()


def test_a_restore_takes_it_back_again(app: Flask, asked: Commented) -> None:
    asked.say()
    (said,) = comments()
    born = mark(said.received_at)
    line = LedgerLine("cle", "consultation_comment.taken_back", str(said.id), born, "", clock.now())
    with transaction() as session:
        assert ledger.kinds()[line.kind](session, line) is True
    with transaction() as session:
        assert ledger.kinds()[line.kind](session, line) is False
    assert comments()[0].words == ""


def test_a_receipt_that_is_none_is_told(client: FlaskClient, asked: Commented) -> None:
    for address in ("reformuler", "retirer"):
        answer = client.post(
            f"/fr/avis/suivi/{address}", data={"receipt": "AAAA", "words": WORDS}, headers=SAME_ORIGIN
        )
        assert answer.status_code == 422


def test_the_database_keeps_one_target_and_the_bounds(asked: Commented) -> None:
    passage = asked.things[2]
    for values in ({"commitment_id": asked.commitment.id}, {"text_id": None}, {"kind": "engagement"}):
        statement = update(CommentedThing).where(CommentedThing.id == passage.id).values(values)
        with pytest.raises(IntegrityError):
            db.session.execute(statement)
        db.session.rollback()


def test_what_is_commented_is_of_the_contract_of_its_consultation(asked: Commented) -> None:
    subject = asked.things[0].id
    other = factories.make_contract("ailleurs")
    elsewhere = factories.make_commitment(other)
    for values in (
        {"commitment_id": elsewhere.id},
        {"commitment_id": elsewhere.id, "contract_id": other.id},
        {"contract_id": other.id},
    ):
        with pytest.raises(IntegrityError):
            db.session.execute(update(CommentedThing).where(CommentedThing.id == subject).values(values))
        db.session.rollback()


def test_no_page_of_it_is_found_where_there_is_none(client: FlaskClient, asked: Commented) -> None:
    for address in ("avis/avis/999999", "rien/avis", "rien/avis/1", "rien/avis.csv", "rien/avis/embargo"):
        assert client.get(f"/fr/consultations/{address}").status_code in (302, 303, 404)


def test_the_words_are_in_no_log(asked: Commented, caplog: pytest.LogCaptureFixture) -> None:
    asked.say()
    assert WORDS not in caplog.text


def test_a_consultation_without_questions_is_answered_on_that_page(
    client: FlaskClient, asked: Commented
) -> None:
    answer = client.get("/fr/consultations/avis/repondre")
    assert (answer.status_code, answer.location) == (303, "/fr/consultations/avis/avis")
    page = client.get("/fr/consultations/avis").text
    assert 'href="/fr/consultations/avis/avis"' in page
    assert "/repondre" not in page


def test_an_old_comment_keeps_the_day_it_came(client: FlaskClient, asked: Commented) -> None:
    asked.say(at=clock.now() - timedelta(hours=1))
    decide(comments()[0].case_id)
    assert clock.today().isoformat() in client.get("/fr/consultations/avis/avis.csv").text


def test_many_comments_on_a_thing_are_read_in_the_order_of_an_index(
    asked: Commented, database_kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database_kind != "sqlite":
        pytest.skip("the plan of PostgreSQL depends on its statistics")
    read: list[str] = []

    def noted(statement: Any) -> Any:
        read.append(str(statement.compile(db.engine, compile_kwargs={"literal_binds": True})))
        return db.session.execute(statement)

    monkeypatch.setattr(comments_query, "rows_of", noted)
    for cursor in (None, Cursor((500,)), Cursor((500,), before=True)):
        comments_query.comments_on(asked.things[0].id, asked.row.id, cursor)
    assert len(read) == 3
    for statement in read:
        plan = [row[3] for row in db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")]
        assert any("ix_consultation_comment_newest" in step for step in plan), plan
        assert not any("TEMP B-TREE" in step for step in plan), plan
