"""Texts of answers that an organiser chooses: said before, read by another person, shown without who wrote them."""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from cdv_civic.accounts.erasure import erase_account
from cdv_civic.accounts.limits import limiter
from cdv_civic.accounts.models import Account
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.consultations.answering.operations.answering import by_receipt, join
from cdv_civic.consultations.answering.operations.retention import WITHOUT_ANSWER, unlink_answers
from cdv_civic.consultations.models import Consultation, ConsultationAnswer, ConsultationWords
from cdv_civic.consultations.operations.editing.publishing import withdraw
from cdv_civic.consultations.operations.keeping import forget_answer
from cdv_civic.consultations.operations.verbatims import GIVEN_UP
from cdv_civic.consultations.results.operations.closing import close_consultations
from cdv_civic.consultations.verbatims.operations import TAKEN_BACK, choose, give_up, take_back_by_receipt
from cdv_civic.consultations.words_models import ConsultationVerbatim
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import Conflict, DomainError, Forbidden
from cdv_civic.core.ledger import LedgerEntry, LedgerLine, kinds, mark
from cdv_civic.moderation.models import ModeratedText, ModerationHint
from cdv_civic.moderation.operations.deciding import decide, publish_many
from cdv_civic.moderation.rules.decisions import LegalGround, ModerationAct, Reasons
from cdv_civic.participation.receipts import receipt_for, receipt_hash
from cdv_civic.participation.rules.receipts import written
from tests import factories
from tests.conftest import counting
from tests.consultations import factories as make
from tests.signing_in import open_browser, send

PUBLIC = "/fr/consultations/les-mots"
RESULTS = f"{PUBLIC}/resultats"
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
WORDS = "Il manque un banc à l’ombre, appelez le 06 12 34 56 78."
PART = "Il manque un banc à l’ombre, […]"
#: The name of the form of an answer.
RAW = "00112233445566778899aabbccddeeff"


class Said:
    """A consultation that has ended: one question said that chosen texts may be published, the other did not."""

    def __init__(self, stage: str = "closed") -> None:
        limiter.reset()
        self.contract = factories.make_contract("val")
        self.row: Consultation = make.make_consultation(self.contract, stage=stage, slug="les-mots")
        step = make.make_step(self.row)
        self.told = make.make_question(step, "Que manque-t-il ?", "long", may_publish=True)
        self.untold = make.make_question(step, "Et encore ?", "long")
        self.organiser = factories.make_account(contract=self.contract)
        self.moderator = factories.make_account(contract=self.contract)
        # Somebody who works here answered too.
        self.author = factories.make_account(contract=self.contract)
        make.make_answers(self.row, 30, words={self.told.id: "Des arbres."}, channel="papier")
        self.code = receipt_for(RAW)
        answer = make.make_answer(
            self.row,
            words={self.told.id: WORDS, self.untold.id: "Rien du tout."},
            receipt_hash=receipt_hash(self.code),
            account_id=self.author.actor_id,
        )
        self.answer_id = answer.id

    def words_id(self, question: Any = None) -> int:
        db.session.rollback()
        return db.session.execute(
            select(ConsultationWords.id).where(
                ConsultationWords.answer_id == self.answer_id,
                ConsultationWords.question_id == (question or self.told).id,
            )
        ).scalar_one()

    def choose(self, actor: SignedIn | None = None) -> ModeratedText:
        choose(actor or self.organiser, self.row.id, [self.words_id()])
        return self.case

    @property
    def case(self) -> ModeratedText:
        db.session.rollback()
        (case,) = cases()
        return case

    def decide(self, act: ModerationAct, actor: SignedIn | None = None, **more: Any) -> None:
        case = self.case
        decide(actor or self.moderator, case.id, act, version=case.version, **more)
        db.session.rollback()

    def hide(self) -> None:
        self.decide(
            ModerationAct.HIDE, reasons=Reasons(law=LegalGround.PRIVACY, facts="Un numéro de téléphone.")
        )


def cases() -> list[ModeratedText]:
    db.session.rollback()
    statement = select(ModeratedText).order_by(ModeratedText.id)
    return list(db.session.execute(statement, execution_options={"populate_existing": True}).scalars())


@contextmanager
def refused(kind: type[DomainError], words: str) -> Iterator[None]:
    with pytest.raises(kind) as found:
        yield
    assert words in str(found.value.sentence).replace("\u00a0", " ")


@pytest.fixture
def said(app: Flask) -> Said:
    return Said()


def verbatim_of(case: ModeratedText) -> int:
    """The text that a case is of."""
    statement = select(ConsultationVerbatim.id).where(ConsultationVerbatim.case_id == case.id)
    found = db.session.execute(statement).scalar_one()
    db.session.rollback()
    return found


def public_text(client: FlaskClient) -> str:
    """All that everybody may read or take away."""
    pages = [RESULTS, f"{RESULTS}?version=1", f"{PUBLIC}/donnees.csv", f"{PUBLIC}/donnees.json", PUBLIC]
    return "\n".join(client.get(each).text for each in pages)


# --- Said before ---


def test_the_form_and_the_sheet_say_it_before_anybody_writes(client: FlaskClient) -> None:
    row = make.make_consultation(factories.make_contract("val"), slug="les-mots", one_question_a_screen=False)
    step = make.make_step(row)
    make.make_question(step, "Que manque-t-il ?", "long", may_publish=True)
    make.make_question(step, "Et encore ?", "long")
    page = client.get(f"{PUBLIC}/repondre").text
    promise = "Votre texte peut être publié, sans votre nom. Une personne le lit avant."
    assert page.count(promise) == 1
    assert page.index(promise) < page.index("Et encore ?")


def test_what_the_form_did_not_say_is_never_published(said: Said) -> None:
    with refused(Conflict, "n’a pas dit"):
        choose(said.organiser, said.row.id, [said.words_id(said.untold)])
    assert cases() == []
    case = said.choose()
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(
            insert(ConsultationVerbatim).values(
                words_id=said.words_id(said.untold),
                question_id=said.untold.id,
                may_publish=True,
                case_id=case.id + 1,
            )
        )


def test_a_question_of_another_kind_cannot_say_it(said: Said) -> None:
    with pytest.raises(IntegrityError):
        make.make_question(make.make_step(said.row), "Oui ?", "single", may_publish=True)


def test_nothing_is_chosen_while_answers_come_in(app: Flask) -> None:
    said = Said("paper")
    with refused(Conflict, "Attendez la fin"):
        said.choose()


# --- Read before, by another person ---


def test_it_waits_with_its_hints_whatever_the_charter_says_and_another_person_decides(said: Said) -> None:
    case = said.choose()
    assert (case.state, case.kind, case.author_id) == ("en_attente", "verbatim", said.author.actor_id)
    kinds = list(db.session.execute(select(ModerationHint.kind)).scalars())
    assert "telephone" in kinds
    with refused(Forbidden, "Vous avez choisi"):
        said.decide(ModerationAct.PUBLISH, said.organiser)
    assert publish_many(said.organiser, [case.id]) == ()
    with refused(Forbidden, "votre propre texte"):
        said.decide(ModerationAct.PUBLISH, said.author)
    said.decide(ModerationAct.PUBLISH)
    assert said.case.state == "publie"


def test_minors_are_marked(said: Said) -> None:
    with transaction() as session:
        session.get_one(Account, said.author.actor_id).minor = True
    assert said.choose().minor is True


def test_who_may_not_read_the_words_chooses_nothing(said: Said) -> None:
    elsewhere = factories.make_account(contract=factories.make_contract("ailleurs"))
    with pytest.raises(Forbidden):
        said.choose(elsewhere)
    with refused(DomainError, "au moins un texte"):
        choose(said.organiser, said.row.id, [0])


def test_the_trail_says_how_many_and_no_word_of_them(said: Said) -> None:
    said.choose()
    lines = [
        str(entry.after)
        for entry in db.session.execute(select(AuditEntry)).scalars()
        if entry.action == "consultation.words"
    ]
    assert lines == ["{'verbatims': {'chosen': 1}}"]


# --- Shown ---


def test_it_is_shown_and_exported_without_what_tells_who_wrote_it(client: FlaskClient, said: Said) -> None:
    close_consultations()
    said.choose()
    assert WORDS not in public_text(client), "it waits"
    said.decide(ModerationAct.PUBLISH)
    page = client.get(RESULTS).text
    shown = page.partition(f'id="texte-{said.case.id}"')[2].partition("</li>")[0]
    assert "Il manque un banc" in shown
    for never in ("en ligne", "Quartier", "numéro", "jour"):
        assert never not in shown
    assert f"/signaler/{said.case.id}" in shown
    rows = list(csv.DictReader(io.StringIO(client.get(f"{PUBLIC}/donnees.csv").text)))
    assert [(row["label"], row["count"]) for row in rows if row["table"] == "text"] == [(WORDS, "")]
    (question,) = [
        each
        for each in client.get(f"{PUBLIC}/donnees.json").get_json()["questions"]
        if each["question"] == said.told.id
    ]
    assert question["texts"] == [{"text": WORDS, "language": "fr"}]


def test_hidden_is_hidden_everywhere_and_shown_again(client: FlaskClient, said: Said) -> None:
    close_consultations()
    said.choose()
    said.decide(ModerationAct.PUBLISH)
    assert "Il manque un banc" in public_text(client)
    said.hide()
    assert "Il manque un banc" not in public_text(client)
    said.decide(ModerationAct.SHOW_AGAIN)
    assert "Il manque un banc" in public_text(client)
    said.decide(
        ModerationAct.HIDE_PART,
        reasons=Reasons(law=LegalGround.PRIVACY, facts="Un numéro de téléphone."),
        part=PART,
    )
    everything = public_text(client)
    assert "06 12 34 56 78" not in everything
    assert "Il manque un banc à l’ombre, […]" in everything


def test_where_few_were_asked_no_text_tells_of_them(client: FlaskClient, app: Flask) -> None:
    said = Said()
    with transaction() as session:
        for row in session.execute(
            select(ConsultationAnswer).where(ConsultationAnswer.id != said.answer_id)
        ).scalars():
            session.delete(row)
    close_consultations()
    said.choose()
    said.decide(ModerationAct.PUBLISH)
    assert "Il manque un banc" not in public_text(client)
    assert client.get(f"/fr/signaler/{said.case.id}").status_code == 404


def test_no_address_tells_a_text_that_the_results_do_not(client: FlaskClient, said: Said) -> None:
    said.choose()
    said.decide(ModerationAct.PUBLISH)
    address = f"/fr/signaler/{said.case.id}"
    assert client.get(address).status_code == 404, "the results are not published"
    close_consultations()
    assert "Il manque un banc" in client.get(address).text
    version = db.session.get_one(Consultation, said.row.id, populate_existing=True).version
    db.session.rollback()
    withdraw(said.organiser, said.row.id, {"fr": "Une erreur."}, version=version)
    assert client.get(address).status_code == 404


def test_a_report_shows_no_text_that_no_page_shows(client: FlaskClient, said: Said) -> None:
    """Its number is guessed easily: what the results do not show, nobody reads there."""
    case = said.choose()
    said.decide(ModerationAct.PUBLISH)
    url = f"/fr/signaler/{case.id}"
    sent = {"client_key": "un-signalement-devine", "reason": "noms"}
    assert client.get(url).status_code == 404, "the results are not published"
    assert client.post(url, data=sent, headers=SAME_ORIGIN).status_code == 404
    close_consultations()
    assert "Il manque un banc" in client.get(url).text


def test_what_its_author_took_back_no_moderator_reads(app: Flask, said: Said) -> None:
    case = said.choose()
    moderator = app.test_client()
    open_browser(moderator, said.moderator)
    url = f"/fr/bureau/moderation/contrats/{said.contract.id}/{case.id}"
    assert "Il manque un banc" in moderator.get(url).text
    with app.test_request_context("/fr/"):
        take_back_by_receipt(said.code, verbatim_of(case))
    assert "Il manque un banc" not in moderator.get(url).text


def test_as_many_statements_for_many_texts_as_for_one(app: Flask, client: FlaskClient, said: Said) -> None:
    close_consultations()
    said.choose()
    said.decide(ModerationAct.PUBLISH)
    with counting(app) as one:
        client.get(RESULTS)
    ids = db.session.execute(
        select(ConsultationWords.id).where(ConsultationWords.question_id == said.told.id)
    ).scalars()
    choose(said.organiser, said.row.id, list(ids)[:20])
    publish_many(said.moderator, [case.id for case in cases()])
    for case in cases():
        if case.state == "en_attente":
            decide(said.moderator, case.id, ModerationAct.PUBLISH, version=case.version)
    with counting(app) as many:
        page = client.get(RESULTS).text
    assert page.count("Des arbres.") >= 20
    assert len(many) == len(one)


# --- Its author ---


def follow(client: FlaskClient, said: Said) -> str:
    return client.post("/fr/parole/suivi", data={"receipt": written(said.code)}, headers=SAME_ORIGIN).text


def test_the_receipt_tells_what_became_of_it_and_leads_to_an_appeal(client: FlaskClient, said: Said) -> None:
    assert "Vos textes et la publication" not in follow(client, said)
    said.choose()
    assert "aimerait publier ce texte" in follow(client, said)
    said.decide(ModerationAct.PUBLISH)
    assert "Ce texte est publié avec les résultats" in follow(client, said)
    said.hide()
    page = follow(client, said)
    assert "une personne qui modère l’a masqué" in page
    assert "Un numéro de téléphone." in page
    assert "Contester la décision" in page
    decision = page.partition('name="decision" value="')[2].partition('"')[0]
    asked = client.post(
        "/fr/contester", data={"receipt": written(said.code), "decision": decision}, headers=SAME_ORIGIN
    )
    key = re.search(r'name="client_key"[^>]*value="([^"]*)"', asked.text)
    assert key is not None, asked.text
    words = {"words": "Ce numéro est public.", "client_key": key[1], "asked": "oui"}
    receipt = {"receipt": written(said.code), "decision": decision}
    sent = client.post("/fr/contester", data={**receipt, **words}, headers=SAME_ORIGIN)
    assert "Recours reçu" in sent.text
    assert "Vous avez contesté cette décision" in follow(client, said)


def test_by_the_receipt_it_is_taken_back_for_good(client: FlaskClient, said: Said) -> None:
    close_consultations()
    said.choose()
    said.decide(ModerationAct.PUBLISH)
    page = follow(client, said)
    number = page.partition('name="text" value="')[2].partition('"')[0]
    url = "/fr/consultations/reponse/texte"
    asked = client.post(url, data={"receipt": written(said.code), "text": number}, headers=SAME_ORIGIN)
    assert "Ne pas publier ce texte ?" in asked.text
    assert said.case.state == "publie", "it asks first"
    done = client.post(
        url, data={"receipt": written(said.code), "text": number, "sure": "oui"}, headers=SAME_ORIGIN
    )
    assert "vous ne le voulez pas" in done.text
    assert "Il manque un banc" not in public_text(client)
    assert said.case.author_id is None
    assert choose(said.organiser, said.row.id, [said.words_id()]) == 0, "nobody chooses it again"
    assert said.case.state == "repris"
    # The answer is counted as before.
    assert db.session.get(ConsultationAnswer, said.answer_id) is not None


def test_nobody_takes_back_the_text_of_another_answer(client: FlaskClient, said: Said) -> None:
    case = said.choose()
    other = receipt_for("ff" * 16)
    make.make_answer(said.row, receipt_hash=receipt_hash(other))
    number = db.session.execute(select(ConsultationVerbatim.id)).scalar_one()
    refused = client.post(
        "/fr/consultations/reponse/texte",
        data={"receipt": written(other), "text": str(number), "sure": "oui"},
        headers=SAME_ORIGIN,
    )
    assert refused.status_code == 404
    assert said.case.state == case.state == "en_attente"


def test_with_the_account_it_is_found_taken_away_and_taken_back(app: Flask, said: Said) -> None:
    said.choose()
    browser = app.test_client()
    open_browser(browser, said.author)
    own = "/fr/moi/reponses/les-mots"
    assert "Vos textes et la publication" in browser.get(own).text
    number = db.session.execute(select(ConsultationVerbatim.id)).scalar_one()
    assert send(browser, f"{own}/textes/{number}/retirer").status_code == 303
    assert said.case.state == "repris"
    stranger = app.test_client()
    open_browser(stranger, said.moderator)
    assert stranger.get(f"{own}/textes/{number}/retirer").status_code == 404


def test_an_answer_that_is_forgotten_takes_its_text_along(client: FlaskClient, said: Said) -> None:
    close_consultations()
    said.choose()
    said.decide(ModerationAct.PUBLISH)
    assert "Il manque un banc" in public_text(client)
    with transaction() as session:
        forget_answer(session, session.get_one(ConsultationAnswer, said.answer_id))
    assert said.case.state == "repris"
    assert db.session.execute(select(ConsultationVerbatim)).first() is None
    assert "Il manque un banc" not in public_text(client)
    lines = db.session.execute(select(LedgerEntry.kind)).scalars().all()
    assert GIVEN_UP in lines, "a restore that brings the answer back shows it to nobody"


def test_an_account_that_is_erased_takes_its_text_along(client: FlaskClient, said: Said) -> None:
    close_consultations()
    said.choose()
    said.decide(ModerationAct.PUBLISH)
    with transaction() as session:
        erase_account(session, said.author, said.author.actor_id or 0, "account.self")
    assert said.case.state == "repris"
    assert "Il manque un banc" not in public_text(client)
    assert choose(said.organiser, said.row.id, [said.words_id()]) == 0


def test_who_finds_their_answer_with_an_account_does_not_decide_on_its_text(said: Said) -> None:
    with transaction() as session:
        session.get_one(ConsultationAnswer, said.answer_id).account_id = None
    assert said.choose().author_id is None
    join(said.moderator, by_receipt(said.code))
    assert said.case.author_id == said.moderator.actor_id
    with refused(Forbidden, "propre texte"):
        said.decide(ModerationAct.PUBLISH)


def test_a_text_is_joined_to_an_account_no_longer_than_its_answer(
    said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    close_consultations()
    said.choose()
    said.decide(ModerationAct.PUBLISH)
    assert said.case.author_id == said.author.actor_id
    later = clock.now() + WITHOUT_ANSWER + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert unlink_answers() == 1
    after = said.case
    assert after.author_id is None
    assert after.state == "publie"


def test_a_restored_backup_publishes_nothing_that_was_taken_back(said: Said) -> None:
    case = said.choose()
    said.decide(ModerationAct.PUBLISH)
    number = db.session.execute(select(ConsultationVerbatim.id)).scalar_one()
    line = LedgerLine("cle", TAKEN_BACK, str(number), mark(case.received_at), "", case.received_at)
    again = kinds()[TAKEN_BACK]
    with transaction() as session:
        assert again(session, line) is True
    assert said.case.state == "repris"
    with transaction() as session:
        assert again(session, line) is False


# --- The desk ---


def sent(browser: FlaskClient, page: str, data: dict[str, str]) -> str:
    """Press a button of the page; what the page says after."""
    send(browser, f"{page}/publier", page, **data)
    return browser.get(page).text


def test_the_desk_proposes_a_text_and_gives_it_up(app: Flask, said: Said) -> None:
    browser = app.test_client()
    open_browser(browser, said.organiser)
    page = f"/fr/bureau/consultations/les-mots/resultats/textes/{said.told.id}"
    assert "Proposer de publier" in browser.get(page).text
    data = {"texte": str(said.words_id()), "acte": "publier"}
    after = sent(browser, page, data)
    assert "1 texte attend une personne" in after
    assert "publication : à lire" in after.replace("\u00a0", " ")
    data["acte"] = "retirer"
    assert "1 texte n’est plus proposé" in sent(browser, page, data)
    assert said.case.state == "repris"
    assert choose(said.organiser, said.row.id, [said.words_id()]) == 1, "it may be chosen again"
    other = browser.get(page.replace(str(said.told.id), str(said.untold.id))).text
    assert "Proposer de publier" not in other
    assert "Ces textes ne sont pas publiés" in other


def test_a_text_that_is_given_up_is_on_no_page(client: FlaskClient, said: Said) -> None:
    close_consultations()
    said.choose()
    said.decide(ModerationAct.PUBLISH)
    assert "Il manque un banc" in public_text(client)
    give_up(said.organiser, said.row.id, [said.words_id()])
    assert "Il manque un banc" not in public_text(client)


def test_the_cases_are_locked_before_the_consultation(app: Flask, said: Said) -> None:
    # As a moderator does who publishes sentences of it with them: two who lock the other way round wait in a circle.
    said.choose()
    words, number, organiser = said.words_id(), said.row.id, said.organiser
    with counting(app) as statements:
        assert give_up(organiser, number, [words]) == 1
    case, row = (
        next(place for place, each in enumerate(statements) if f"FROM {table} \nWHERE" in each)
        for table in ("moderated_text", "consultation")
    )
    assert case < row


def test_what_moderators_hid_is_not_given_up(said: Said) -> None:
    said.choose()
    said.hide()
    with refused(DomainError, "Aucun de ces textes"):
        give_up(said.organiser, said.row.id, [said.words_id()])
    assert said.case.state == "masque"
