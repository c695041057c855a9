"""A resident adds a sentence: it waits, is published, asked of whoever comes after, hidden and shown again."""

import threading
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cdv_civic.accounts.limits import limiter
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.consultations.kinds.statements.operations import (
    NewSentence,
    TakesNoMore,
    add_sentence,
    case_changed,
    reword_sentence,
)
from cdv_civic.consultations.kinds.statements.rules import MOST_ADDED, MOST_BY_ONE
from cdv_civic.consultations.models import Consultation, ConsultationQuestion, ConsultationStep
from cdv_civic.consultations.operations.locking import NotOpen
from cdv_civic.consultations.queries.definition import definition_of
from cdv_civic.consultations.results.operations.closing import ACTOR, publish_results
from cdv_civic.consultations.rules.questions import Given
from cdv_civic.consultations.words_models import ConsultationSentence
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import DomainError
from cdv_civic.moderation.kinds import moderated_kinds
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.participation.rules.receipts import written
from cdv_civic.participation.speaking import AccountNeeded
from tests import factories
from tests.consultations import factories as make
from tests.consultations.answering.answers import SAME_ORIGIN, Walker, kept_answers, kept_given, receipt_in
from tests.page_forms import PageForm
from tests.signing_in import open_browser

URL = "/fr/consultations/phrases/repondre"
ADD = "/fr/consultations/phrases/phrase"


class Asked:
    """A consultation of one sentence, to which residents may add some."""

    def __init__(self, **values: Any) -> None:
        limiter.reset()
        self.row: Consultation = make.make_consultation(
            factories.make_contract("val"), slug="phrases", **values
        )
        self.step: ConsultationStep = make.make_step(self.row, "statements", takes_sentences=True)
        self.bench: ConsultationQuestion = make.make_question(
            self.step, "Il faut plus de bancs.", "statement"
        )

    def add(
        self, words: str = "Les jeux sont trop vieux.", author: SignedIn | None = None, **more: Any
    ) -> str:
        new = {"lang": "fr", "client_key": f"cle-{words}", "at": clock.now(), **more}
        receipt = add_sentence(NewSentence(self.row.id, self.step.id, words, **new), author)
        db.session.rollback()
        return receipt

    @property
    def asks(self) -> list[str]:
        db.session.rollback()
        return [str(each.words) for each in definition_of(self.row.id, "fr").questions]


def sentences() -> list[ConsultationSentence]:
    db.session.rollback()
    statement = select(ConsultationSentence).order_by(ConsultationSentence.id)
    return list(db.session.execute(statement, execution_options={"populate_existing": True}).scalars())


def decide(case_id: int, state: str, **values: Any) -> None:
    """As a moderator’s act does, once it has decided."""
    with transaction() as session:
        case = session.get_one(ModeratedText, case_id, populate_existing=True)
        case.state, case.published_at = state, case.published_at or clock.now()
        for name, value in values.items():
            setattr(case, name, value)
        moderated_kinds()[case.kind].changed(session, case)


@pytest.fixture
def asked(app: Flask) -> Asked:
    return Asked()


def test_it_is_read_before_and_found_again_by_its_receipt(client: FlaskClient, asked: Asked) -> None:
    form = PageForm(client.get(ADD).text, "client_key")
    data = form.filled({"words": "Les jeux sont trop vieux."})
    page = client.post(ADD, data=data, headers=SAME_ORIGIN)
    receipt = receipt_in(page)
    assert receipt_in(client.post(ADD, data=data, headers=SAME_ORIGIN)) == receipt
    (sentence,) = sentences()
    case = db.session.get_one(ModeratedText, sentence.case_id)
    assert (case.state, case.author_id, case.kind) == ("en_attente", None, "statement")
    assert asked.asks == ["Il faut plus de bancs."]
    found = client.post("/fr/parole/suivi", data={"receipt": receipt}, headers=SAME_ORIGIN).text
    assert "Les jeux sont trop vieux." in found
    assert "va lire votre phrase" in found


def test_once_published_it_is_asked_of_whoever_answers_after(
    app: Flask, client: FlaskClient, asked: Asked
) -> None:
    first = Walker(client, URL)
    first.send({f"q{asked.bench.id}": "1"})
    first.send()
    asked.add()
    decide(sentences()[0].case_id, "publie")
    assert asked.asks == ["Il faut plus de bancs.", "Les jeux sont trop vieux."]
    second = Walker(app.test_client(), URL)
    second.send({f"q{asked.bench.id}": "3"})
    assert "Les jeux sont trop vieux." in second.page.text
    number = sentences()[0].question_id
    second.send({f"q{number}": "1"})
    second.send()
    before, after = kept_answers()
    assert kept_given(before.id) == {asked.bench.id: Given(number=1)}
    assert kept_given(after.id) == {asked.bench.id: Given(number=3), number: Given(number=1)}


def test_somebody_in_the_middle_of_the_form_loses_nothing(client: FlaskClient, asked: Asked) -> None:
    walker = Walker(client, URL)
    asked.add()
    decide(sentences()[0].case_id, "publie")
    walker.send({f"q{asked.bench.id}": "2"})
    assert "Les jeux sont trop vieux." in walker.page.text
    walker.send(go="finir")
    walker.send()
    assert kept_given(kept_answers()[0].id) == {asked.bench.id: Given(number=2)}


def test_hidden_it_is_nowhere_and_shown_again_it_is_there(client: FlaskClient, asked: Asked) -> None:
    asked.add()
    (sentence,) = sentences()
    decide(sentence.case_id, "publie")
    (sentence,) = sentences()
    make.make_answers(asked.row, 12, numbers={asked.bench.id: 1, sentence.question_id or 0: 1})
    make.make_answers(asked.row, 12, numbers={asked.bench.id: 3, sentence.question_id or 0: 3})
    decide(sentence.case_id, "masque")
    assert asked.asks == ["Il faut plus de bancs."]
    with transaction() as session:
        row = session.get_one(Consultation, asked.row.id)
        row.closes_at = row.paper_until = clock.now()
    publish_results(ACTOR, asked.row.id)
    for address in ("resultats", "donnees.csv", "donnees.json"):
        page = client.get(f"/fr/consultations/phrases/{address}").text
        assert "plus de bancs" in page
        assert "Les jeux" not in page
    decide(sentence.case_id, "publie")
    page = client.get("/fr/consultations/phrases/resultats").text
    assert "Les jeux sont trop vieux." in page
    assert "Phrase ajoutée" in page


def test_a_part_that_is_hidden_is_not_asked(asked: Asked) -> None:
    asked.add("Monsieur Untel gare mal sa voiture.")
    decide(sentences()[0].case_id, "publie", shown_words="Des voitures sont mal garées.")
    assert asked.asks[1] == "Des voitures sont mal garées."


def test_what_is_published_too_late_is_not_asked(asked: Asked) -> None:
    asked.add()
    with transaction() as session:
        row = session.get_one(Consultation, asked.row.id)
        row.closes_at = row.paper_until = clock.now()
    decide(sentences()[0].case_id, "publie")
    assert asked.asks == ["Il faut plus de bancs."]
    with pytest.raises(NotOpen):
        asked.add("Une autre phrase encore.")


@pytest.mark.parametrize("words", ["", "  ", "Non", "x" * 141, "\u202e\u202d"])
def test_what_is_no_sentence_is_refused(asked: Asked, words: str) -> None:
    with pytest.raises(DomainError):
        asked.add(words)
    assert sentences() == []


def test_an_account_adds_few_and_a_consultation_takes_so_many(asked: Asked) -> None:
    author = factories.make_account(role=None, organisation_name="")
    for number in range(MOST_BY_ONE):
        asked.add(f"Phrase du compte {number}", author)
    with pytest.raises(DomainError) as refused:
        asked.add("Une phrase de trop", author)
    assert "Laissez la place" in str(refused.value.sentence)
    for number in range(MOST_ADDED - MOST_BY_ONE):
        asked.add(f"Phrase de passage {number}")
    with pytest.raises(TakesNoMore):
        asked.add("Une phrase de trop")


def test_the_bounds_hold_where_two_come_at_once(app: Flask, asked: Asked) -> None:
    for number in range(MOST_ADDED - 1):
        asked.add(f"Phrase de passage {number}")
    start = threading.Barrier(4)

    def one(number: int) -> None:
        with app.app_context():
            start.wait()
            try:
                asked.add(f"La dernière phrase {number}")
            except TakesNoMore:
                db.session.rollback()
            finally:
                db.session.remove()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(sentences()) == MOST_ADDED


def test_where_the_organiser_takes_none_there_is_no_form(client: FlaskClient, app: Flask) -> None:
    asked = Asked()
    with transaction() as session:
        session.get_one(ConsultationStep, asked.step.id).takes_sentences = False
    assert client.get(ADD).status_code == 404
    with pytest.raises(TakesNoMore):
        asked.add()


def test_moderators_read_what_it_says_and_nothing_of_who_wrote_it(app: Flask, asked: Asked) -> None:
    asked.add()
    (sentence,) = sentences()
    kind = moderated_kinds()["statement"]
    with app.test_request_context("/fr/"):
        said = kind.texts([sentence.case_id], "fr")[sentence.case_id]
    assert (said.words, said.url) == ("Les jeux sont trop vieux.", None)
    (author,) = kind.authors(db.session(), [sentence.case_id]).values()
    assert (author.account_id, author.contact, author.has_receipt) == (None, None, True)


def test_a_case_without_a_sentence_changes_nothing(asked: Asked) -> None:
    asked.add()
    with transaction() as session:
        case = session.get_one(ModeratedText, sentences()[0].case_id)
        session.delete(session.get_one(ConsultationSentence, sentences()[0].id))
        session.flush()
        case_changed(session, case)


def test_asked_to_write_it_otherwise_its_author_does_by_the_receipt(
    client: FlaskClient, asked: Asked
) -> None:
    receipt = written(asked.add())
    number = sentences()[0].case_id
    decide(number, "a_reformuler")
    page = client.post("/fr/parole/suivi", data={"receipt": receipt}, headers=SAME_ORIGIN).text
    assert "écrire autrement" in page
    url = "/fr/consultations/phrases/phrase/reformuler"
    assert f'action="{url}"' in page
    long = client.post(url, data={"receipt": receipt, "words": "é" * 300}, headers=SAME_ORIGIN)
    assert (long.status_code, "é" * 300 in long.text) == (422, True), "what was typed is kept"
    sent = client.post(url, data={"receipt": receipt, "words": "Les jeux ont vieilli."}, headers=SAME_ORIGIN)
    assert "va lire votre phrase" in sent.text
    (sentence,) = sentences()
    assert sentence.words == "Les jeux ont vieilli."
    assert db.session.get_one(ModeratedText, number, populate_existing=True).state == "en_attente"
    again = client.post(url, data={"receipt": receipt, "words": "Autre chose ici."}, headers=SAME_ORIGIN)
    assert (again.status_code, "Autre chose ici." in again.text) == (409, True), "what was typed is kept"
    assert sentences()[0].words == "Les jeux ont vieilli."


def test_answers_to_the_old_words_stay_with_them(asked: Asked) -> None:
    receipt = asked.add()
    number = sentences()[0].case_id
    decide(number, "publie")
    first = sentences()[0].question_id
    decide(number, "a_reformuler")
    reword_sentence(receipt, "Les jeux ont vieilli.", clock.now())
    decide(number, "publie")
    (sentence,) = sentences()
    assert sentence.question_id not in (None, first)
    assert asked.asks == ["Il faut plus de bancs.", "Les jeux ont vieilli."]
    old = db.session.get_one(ConsultationQuestion, first)
    assert old.hidden_at is not None


def test_a_sentence_is_not_written_otherwise_once_it_is_closed(app: Flask) -> None:
    asked = Asked()
    receipt = asked.add()
    decide(sentences()[0].case_id, "a_reformuler")
    closed = asked.row.closes_at
    assert closed is not None
    with pytest.raises(NotOpen):
        reword_sentence(receipt, "Les jeux ont vieilli.", closed)


def test_an_account_and_an_age_where_the_consultation_asks_them(app: Flask, client: FlaskClient) -> None:
    asked = Asked(proof="message", age_to_answer=12)
    with pytest.raises(AccountNeeded):
        asked.add(old_enough=True)
    page = client.get(ADD).text
    assert "Me connecter" in page
    assert "Envoyer ma phrase" not in page
    resident = factories.make_account(role=None)
    with pytest.raises(DomainError) as refused:
        asked.add(author=resident)
    assert refused.value.field == "age"
    open_browser(client, resident)
    page = client.get(ADD).text
    assert "J’ai 12 ans ou plus" in page
    form = PageForm(page, "words")
    answer = client.post(ADD, data=form.filled({"words": "Les jeux sont vieux."}), headers=SAME_ORIGIN)
    assert "Les jeux sont vieux." in answer.text, "what was typed stays"
    client.post(ADD, data=form.filled({"words": "Les jeux sont vieux.", "age": "y"}), headers=SAME_ORIGIN)
    assert [each.words for each in sentences()] == ["Les jeux sont vieux."]


def test_words_that_were_sent_before_an_account_was_asked_for_stay_on_the_page(
    app: Flask, client: FlaskClient
) -> None:
    Asked(proof="message")
    answer = client.post(
        ADD, data={"words": "Les jeux sont vieux.", "client_key": "c" * 20}, headers=SAME_ORIGIN
    )
    assert answer.status_code == AccountNeeded.status
    assert "Les jeux sont vieux." in answer.text
    assert sentences() == []
