"""Words that residents said to a body come under moderation as they are published."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import DomainError, Forbidden
from cdv_civic.core.ledger import LedgerLine, kinds, mark
from cdv_civic.moderation.appeals.operations.answering import AppealAnswer, decide_appeal, seen_version
from cdv_civic.moderation.appeals.operations.contesting import contest
from cdv_civic.moderation.models import ModeratedText, ModerationAppeal
from cdv_civic.moderation.operations.deciding import decide
from cdv_civic.moderation.rules.appeals import AppealOutcome
from cdv_civic.moderation.rules.decisions import LegalGround, ModerationAct, Reasons
from cdv_civic.participation.rules.receipts import read_receipt
from cdv_civic.voices.models import Voice
from cdv_civic.voices.operations import answering, keeping, publishing
from cdv_civic.voices.operations.receiving import Received, say
from cdv_civic.voices.queries.public import latest
from tests import factories as make
from tests.mail_server import MailBox
from tests.moderation.appeals.test_appealing import an_appeal, answered, moderator_of
from tests.moderation.cases import decisions, make_report, stored_case
from tests.moderation.test_letters import letters
from tests.races import at_once
from tests.signing_in import open_browser
from tests.voices.voices import BodyWithPeople, a_voice, hidden, make_place, said, stored

INDEX = "/fr/contrats/val/instances/conseil/paroles"
FOLLOW = "/fr/parole/suivi"


@pytest.fixture
def place(app: Flask) -> BodyWithPeople:
    return make_place()


def published(place: BodyWithPeople, words: str = "Le banc manque.", **values: object) -> Received:
    got = said(place, words, agrees_public=True, **values)
    publish(place, got)
    return got


def publish(place: BodyWithPeople, got: Received, words: str = "") -> None:
    publishing.publish(
        place.moderator,
        got.voice_id,
        words,
        read_again=True,
        confirmed=True,
        version=stored(got.voice_id).version,
    )


def case_of(got: Received) -> ModeratedText:
    case_id = stored(got.voice_id).case_id
    assert case_id is not None
    return stored_case(case_id)


def test_a_published_word_has_a_case_and_another_one_has_none(place: BodyWithPeople) -> None:
    kept, got = said(place), published(place, theme="drogues")
    assert stored(kept.voice_id).case_id is None
    case = case_of(got)
    assert (case.kind, case.state, case.body_id, case.sensitive) == ("voice", "publie", place.body.id, True)
    assert case.received_at == stored(got.voice_id).received_at
    assert [decision.act for decision in decisions(case.id)] == ["publier"]
    publish(place, got, "Un banc manque.")
    assert (case_of(got).shown_words, len(decisions(case.id))) == ("Un banc manque.", 1)


def test_the_database_shows_no_word_without_its_case(place: BodyWithPeople) -> None:
    got = said(place, agrees_public=True)
    with pytest.raises(IntegrityError), transaction() as session:
        session.get_one(Voice, got.voice_id).published_at = clock.now()


def test_a_reported_word_is_hidden_with_its_reason_and_shown_again(
    place: BodyWithPeople, client: FlaskClient, mail: MailBox, session: Session
) -> None:
    got = published(place, contact="autrice@example.org", contact_language="fr")
    case = case_of(got)
    make_report(case.id)
    assert "Le banc manque." in client.get(INDEX).text
    hidden(place.moderator, got.voice_id)
    assert "Le banc manque." not in client.get(INDEX).text
    assert latest(place.body.id, "fr") == []
    assert [letter.recipient for letter in letters(session)] == ["autrice@example.org", "voisin@example.org"]
    page = client.post(FOLLOW, data={"receipt": got.receipt}).text
    for sentence in (
        "Ce texte est masqué.",
        "Un nom.",
        "Une atteinte à la vie privée",
        "Une personne l’a signalé.",
        "Vous pouvez contester jusqu’au",
    ):
        assert sentence in page, sentence
    decide(place.moderator, case.id, ModerationAct.SHOW_AGAIN, version=case_of(got).version)
    assert "Le banc manque." in client.get(INDEX).text


def test_a_hidden_word_is_contested_from_its_receipt_and_shown_again(
    place: BodyWithPeople, client: FlaskClient
) -> None:
    got = published(place)
    case_id = case_of(got).id
    public = client.get(INDEX).text
    assert f"/fr/signaler/{case_id}" in public
    assert f"/fr/bureau/moderation/textes/{case_id}" in public
    hidden(place.moderator, got.voice_id)
    decision = str(decisions(case_id)[-1].id)
    assert f'name="decision" value="{decision}"' in client.post(FOLLOW, data={"receipt": got.receipt}).text
    asked = {"receipt": got.receipt, "decision": decision}
    assert "Une autre personne" in client.post("/fr/contester", data=asked).text
    words = {"asked": "oui", "client_key": "un-recours-0001", "words": "Il n’y a aucun nom."}
    sent = client.post("/fr/contester", data=asked | words)
    assert "Recours reçu" in sent.text
    db.session.rollback()
    appeal = db.session.execute(select(ModerationAppeal)).scalar_one()
    seen = seen_version(appeal.version, case_of(got).version)
    answer = AppealAnswer(AppealOutcome.REVERSED, {"fr": "Il n’y a pas de nom."})
    assert decide_appeal(place.staff, appeal.id, answer, version=seen)
    assert "Le banc manque." in client.get(INDEX).text


def test_whoever_has_an_account_contests_from_there(client: FlaskClient, place: BodyWithPeople) -> None:
    author = make.make_account()
    got = say(a_voice(place.body, agrees_public=True), author)
    publish(place, got)
    hidden(place.moderator, got.voice_id)
    open_browser(client, author)
    page = client.get(f"/fr/moi/messages/{got.voice_id}").text
    assert f"/fr/moi/moderation/contester/{decisions(case_of(got).id)[-1].id}" in page


def test_publishing_what_was_hidden_shows_it_again_and_tells_its_author(
    place: BodyWithPeople, mail: MailBox, session: Session
) -> None:
    got = published(place, contact="autrice@example.org", contact_language="fr")
    hidden(place.moderator, got.voice_id)
    publish(place, got)
    assert [decision.act for decision in decisions(case_of(got).id)] == ["publier", "masquer", "remontrer"]
    assert [letter.subject for letter in letters(session)] == [
        "Une décision sur ce que vous avez écrit",
        "Des nouvelles de ce que vous avez écrit",
    ]


def test_what_became_delicate_waits_to_be_read_again(place: BodyWithPeople) -> None:
    got = published(place)
    answering.correct(
        place.moderator,
        got.voice_id,
        theme="violences",
        holds_names=True,
        version=stored(got.voice_id).version,
    )
    case = case_of(got)
    assert (case.state, case.sensitive, stored(got.voice_id).published_at) == ("en_attente", True, None)
    with pytest.raises(DomainError):
        decide(place.moderator, case.id, ModerationAct.PUBLISH, version=case.version)
    decide(
        place.moderator,
        case.id,
        ModerationAct.HIDE_PART,
        Reasons(law=LegalGround.PRIVACY, facts="Vu."),
        version=case.version,
        part="Le banc […]",
    )
    voice = stored(got.voice_id)
    assert (voice.public_words, voice.published_at is not None) == ("Le banc […]", True)


def test_nobody_asks_to_write_a_word_otherwise(place: BodyWithPeople) -> None:
    got = published(place)
    with pytest.raises(DomainError):
        decide(
            place.moderator,
            case_of(got).id,
            ModerationAct.ASK_TO_REWORD,
            Reasons(law=LegalGround.INSULT, facts="Vu."),
            version=1,
        )


def test_a_moderator_publishes_no_word_of_their_own(place: BodyWithPeople) -> None:
    got = say(a_voice(place.body, agrees_public=True), place.moderator)
    with pytest.raises(Forbidden):
        publish(place, got)


def test_what_an_appeal_showed_again_is_not_shortened_by_who_hid_it(place: BodyWithPeople) -> None:
    author = make.make_account()
    got = say(a_voice(place.body, agrees_public=True), author)
    publish(place, got)
    hidden(place.moderator, got.voice_id)
    other = moderator_of(place)
    appeal = contest(author, an_appeal(decisions(case_of(got).id)[-1].id))
    answered(other, appeal, AppealOutcome.REVERSED)
    with pytest.raises(Forbidden):
        publish(place, got, "Un mot.")
    assert (case_of(got).state, case_of(got).shown_words) == ("publie", None)


def test_a_word_that_is_taken_back_closes_its_case(place: BodyWithPeople) -> None:
    got = published(place)
    case_id = case_of(got).id
    assert keeping.take_away(read_receipt(got.receipt))
    case = stored_case(case_id)
    assert (case.state, case.author_id, case.shown_words) == ("repris", None, None)
    assert len(decisions(case_id)) == 1


def test_a_restore_leaves_off_the_page_what_was_hidden_since(place: BodyWithPeople) -> None:
    got = published(place)
    case = case_of(got)
    line = LedgerLine("cle", "moderation.hidden", str(case.id), mark(case.received_at), "masque", clock.now())
    for changed in (True, False):
        with transaction() as session:
            assert kinds()[line.kind](session, line) is changed
    assert (case_of(got).state, stored(got.voice_id).published_at) == ("masque", None)


def test_hiding_and_taking_back_at_once_leave_nothing_public(place: BodyWithPeople, app: Flask) -> None:
    got = published(place)
    case = case_of(got)
    reasons = Reasons(law=LegalGround.PRIVACY, facts="Vu.")
    at_once(
        app,
        lambda: decide(place.moderator, case.id, ModerationAct.HIDE, reasons, version=case.version),
        lambda: keeping.take_away(read_receipt(got.receipt)),
    )
    db.session.rollback()
    assert db.session.get(Voice, got.voice_id) is None
    assert stored_case(case.id).state == "repris"


def test_the_author_finds_the_decision_in_their_account(place: BodyWithPeople, app: Flask) -> None:
    person = make.make_account()
    got = say(a_voice(place.body, agrees_public=True), person)
    publish(place, got)
    hidden(place.moderator, got.voice_id)
    client = app.test_client()
    open_browser(client, person)
    assert "Ce texte est masqué." in client.get(f"/fr/moi/messages/{got.voice_id}").text
