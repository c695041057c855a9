"""Who may answer and how often, how it is proved, and what becomes of an answer."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.consents import Consent, record_consent
from cdv_civic.accounts.erasure import erase_own_account
from cdv_civic.accounts.models import Account
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.consultations.answering.operations import answering
from cdv_civic.consultations.answering.operations.answering import (
    AskedOtherwise,
    ChangedAnswer,
    ProofMissing,
    SentBefore,
    answer,
    by_account,
    by_receipt,
    change,
    join,
    take_away,
)
from cdv_civic.consultations.answering.operations.retention import answers_to_unlink, unlink_answers
from cdv_civic.consultations.in_person.operations.entering import HeardAnswer, enter_group
from cdv_civic.consultations.models import (
    Consultation,
    ConsultationAnswer,
    ConsultationChoice,
    ConsultationWords,
)
from cdv_civic.consultations.operations.keeping import AnsweredBefore, KeptAnswer
from cdv_civic.consultations.operations.locking import NotOpen, hold_alone
from cdv_civic.consultations.rules.questions import Given
from cdv_civic.core import clock, ledger
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import ChangedMeanwhile, Conflict, DomainError, NotFound
from cdv_civic.core.idempotency import KeyUsedElsewhere
from cdv_civic.core.site_identity import site_id
from cdv_civic.participation.receipts import receipt_hash
from cdv_civic.participation.taking_part import MayNotTakePart
from tests import factories
from tests.consultations import factories as make
from tests.consultations.answering.answers import (
    Asked,
    a_sent,
    change_row,
    kept_answers,
    kept_given,
    make_asked,
    make_resident,
)
from tests.races import at_once, write_once_all_have_looked


def count(session: Session, consultation: Consultation) -> int:
    session.rollback()
    statement = select(func.count()).select_from(ConsultationAnswer)
    return session.execute(
        statement.where(ConsultationAnswer.consultation_id == consultation.id)
    ).scalar_one()


def replaced(asked: Asked, seen: int | None, text: str) -> ChangedAnswer:
    sent = a_sent(asked)
    answers = {asked.tenant.id: Given(choices={asked.yes: None}), asked.words.id: Given(words=text)}
    return ChangedAnswer(seen, sent.questions, sent.version, answers, "fr", clock.now())


# --- Who may ---


def test_where_an_account_is_asked_a_visitor_is_told_and_an_address_that_answered_is_proof(
    app: Flask, session: Session
) -> None:
    asked = make_asked(proof="message")
    with pytest.raises(ProofMissing):
        answer(a_sent(asked))
    who = make_resident()
    answer(a_sent(asked), who)
    (row,) = kept_answers()
    assert (row.account_id, row.evidence) == (who.actor_id, "message")


def test_one_account_has_one_answer_whatever_the_form(app: Flask, session: Session) -> None:
    asked = make_asked(proof="message")
    who = make_resident()
    answer(a_sent(asked), who)
    with pytest.raises(AnsweredBefore):
        answer(a_sent(asked), who)
    answer(a_sent(asked), make_resident())
    assert count(session, asked.row) == 2


def test_an_account_with_neither_address_nor_card_is_no_proof_and_one_with_a_card_is(
    app: Flask, session: Session
) -> None:
    asked = make_asked(proof="message")

    def without_address(**more: bool) -> None:
        who = make_resident(asked.quartiers[0], **more)
        with transaction() as writing:
            writing.get_one(Account, who.actor_id).email = None
        answer(a_sent(asked), who)

    with pytest.raises(ProofMissing):
        without_address()
    without_address(verified=True)
    assert [row.evidence for row in kept_answers()] == ["carte"]


def test_where_a_card_is_asked_a_quartier_that_is_only_declared_is_none(app: Flask, session: Session) -> None:
    asked = make_asked(proof="carte")
    elsewhere = factories.make_quartier(asked.contract)
    for who in (make_resident(asked.quartiers[0]), make_resident(elsewhere, verified=True), make_resident()):
        with pytest.raises(MayNotTakePart):
            answer(a_sent(asked), who)
    who = make_resident(asked.quartiers[1], verified=True)
    answer(a_sent(asked), who)
    (row,) = kept_answers()
    assert (row.account_id, row.evidence) == (who.actor_id, "carte")


def test_a_role_gives_no_part_in_it(app: Flask, session: Session) -> None:
    asked = make_asked(proof="carte")
    for role, where in (("administrator", None), ("staff", asked.contract)):
        who = factories.make_account(contract=where, role=role)
        with pytest.raises(MayNotTakePart):
            answer(a_sent(asked), who)
    assert count(session, asked.row) == 0


def test_whoever_a_service_of_identity_knows_answers_once_without_an_account(
    app: Flask, session: Session
) -> None:
    asked = make_asked(proof="franceconnect")
    with pytest.raises(ProofMissing):
        answer(a_sent(asked), make_resident())
    answer(a_sent(asked, person_hash="une-personne"))
    with pytest.raises(AnsweredBefore):
        answer(a_sent(asked, person_hash="une-personne"))
    answer(a_sent(asked, person_hash="une-autre"))
    assert [(row.person_hash, row.account_id, row.evidence) for row in kept_answers()] == [
        ("une-personne", None, "franceconnect"),
        ("une-autre", None, "franceconnect"),
    ]


def test_another_person_on_the_same_browser_does_not_get_the_receipt_of_the_first(
    app: Flask, session: Session
) -> None:
    asked = make_asked(proof="message")
    key = "le-meme-formulaire"
    one, other = (answer(a_sent(asked, client_key=key), make_resident()) for _each in range(2))
    assert one.receipt != other.receipt
    assert not other.again
    assert count(session, asked.row) == 2


# --- When ---


def test_what_was_on_its_way_in_time_is_in_time_and_nothing_after(app: Flask, session: Session) -> None:
    asked = make_asked()
    closes = clock.now() + timedelta(minutes=1)
    change_row(asked, closes_at=closes)
    answer(a_sent(asked, at=closes - timedelta(microseconds=1)))
    with pytest.raises(NotOpen) as refused:
        answer(a_sent(asked, at=closes))
    assert refused.value.stage.value == "paper"
    assert count(session, asked.row) == 1


def test_what_came_before_it_closed_gets_its_receipt_again_after(app: Flask, session: Session) -> None:
    asked = make_asked()
    sent = a_sent(asked, client_key="un-formulaire-a-temps")
    first = answer(sent)
    change_row(asked, closes_at=clock.now())
    again = answer(sent)
    assert (again.receipt, again.id, again.again) == (first.receipt, first.id, True)


def test_what_is_asked_otherwise_meanwhile_is_looked_at_again(app: Flask, session: Session) -> None:
    asked = make_asked()
    sent = a_sent(asked)
    change_row(asked, version=2)
    with pytest.raises(AskedOtherwise):
        answer(sent)
    assert count(session, asked.row) == 0


def test_an_answer_that_no_page_of_ours_sends_is_refused(app: Flask, session: Session) -> None:
    asked = make_asked()
    points = asked.options["points"][0]
    for answers in (
        {},
        {asked.tenant.id: Given(choices={points: None})},
        {asked.tenant.id: Given(choices={asked.no: None}), asked.points.id: Given(choices={points: 3})},
    ):
        with pytest.raises(DomainError):
            answer(a_sent(asked, answers=answers or {asked.words.id: Given(words="Rien")}))
    assert count(session, asked.row) == 0


# --- Changing, taking back, finding again ---


def test_whoever_holds_the_receipt_changes_the_answer_until_it_closes(app: Flask, session: Session) -> None:
    asked = make_asked()
    kept = answer(a_sent(asked))
    assert kept.receipt
    change(by_receipt(kept.receipt), replaced(asked, 1, "Un banc"))
    (row,) = kept_answers()
    assert row.version == 2
    assert kept_given(row.id) == {
        asked.tenant.id: Given(choices={asked.yes: None}),
        asked.words.id: Given(words="Un banc"),
    }
    # A second tap on the button changes nothing more.
    change(by_receipt(kept.receipt), replaced(asked, 1, "Un banc"))
    assert kept_answers()[0].version == 2
    with pytest.raises(ChangedMeanwhile):
        change(by_receipt(kept.receipt), replaced(asked, 1, "Autre chose"))
    change_row(asked, closes_at=clock.now())
    with pytest.raises(NotOpen):
        change(by_receipt(kept.receipt), replaced(asked, 2, "Trop tard"))
    with pytest.raises(NotOpen):
        take_away(by_receipt(kept.receipt), clock.now())
    assert kept_given(row.id)[asked.words.id].words == "Un banc"


def test_an_answer_that_is_taken_back_leaves_nothing_and_does_not_come_back(
    app: Flask, session: Session
) -> None:
    asked = make_asked()
    kept = answer(a_sent(asked))
    other = answer(a_sent(asked))
    assert kept.receipt
    row = kept_answers()[0]
    saved = {
        "id": row.id,
        "consultation_id": row.consultation_id,
        "speaker": "person",
        "channel": "en_ligne",
        "evidence": "aucune",
        "relayed": False,
        "received_on": row.received_on,
        "client_key": row.client_key,
        "receipt_hash": row.receipt_hash,
        "version": 1,
    }
    take_away(by_receipt(kept.receipt), clock.now())
    assert [row.id for row in kept_answers()] == [other.id]
    for table in (ConsultationChoice, ConsultationWords):
        mine = select(func.count()).select_from(table).where(table.answer_id == kept.id)
        assert session.execute(mine).scalar_one() == 0
    with pytest.raises(NotFound):
        take_away(by_receipt(kept.receipt), clock.now())
    # A restored backup holds it again: the ledger takes it away once more, and no other that has its id.
    session.rollback()
    lines, _unreadable = ledger.read_lines([app.extensions["settings"].ledger_dir], site_id(session))
    forget_ledger_rows()
    with transaction() as writing:
        writing.add(ConsultationAnswer(**saved))
    assert ledger.replay(lines).done == {"consultation_answer.taken_away": 1}
    assert [row.id for row in kept_answers()] == [other.id]
    forget_ledger_rows()
    with transaction() as writing:
        writing.add(ConsultationAnswer(**{**saved, "client_key": "une-autre", "receipt_hash": None}))
    assert ledger.replay(lines).done == {}
    assert len(kept_answers()) == 2


def forget_ledger_rows() -> None:
    with transaction() as session:
        session.execute(ledger.LedgerEntry.__table__.delete())  # type: ignore[attr-defined]


def test_the_consent_of_a_relayed_answer_goes_with_it(app: Flask, session: Session) -> None:
    asked = make_asked()
    relais = factories.make_account(contract=asked.contract)
    with transaction() as writing:
        consent_id = record_consent(writing, relais, "words", "spoken", "fr").id
    code = "ACE34HJK79"
    make.make_answer(
        asked.row,
        choices={asked.no: None},
        relayed=True,
        consent_id=consent_id,
        channel="rue",
        receipt_hash=receipt_hash(code),
    )
    take_away(by_receipt(code), clock.now())
    session.rollback()
    assert session.execute(select(func.count()).select_from(Consent)).scalar_one() == 0


def test_an_answer_is_joined_to_an_account_and_to_no_second_one(app: Flask, session: Session) -> None:
    asked = make_asked()
    kept, other = answer(a_sent(asked)), answer(a_sent(asked))
    assert kept.receipt
    assert other.receipt
    who = make_resident()
    join(who, by_receipt(kept.receipt))
    join(who, by_receipt(kept.receipt))
    rows = kept_answers()
    assert [(row.account_id, row.evidence) for row in rows] == [(who.actor_id, "aucune"), (None, "aucune")]
    with pytest.raises(Conflict, match="Conflict"):
        join(make_resident(), by_receipt(kept.receipt))
    with pytest.raises(Conflict, match="Conflict"):
        join(who, by_receipt(other.receipt))
    change(by_account(who, asked.row.id), replaced(asked, 1, "Avec mon compte"))
    assert kept_given(rows[0].id)[asked.words.id].words == "Avec mon compte"


def test_the_answer_of_a_group_is_nobodys(app: Flask, session: Session) -> None:
    asked = make_asked()
    code = "ACE34HJK79"
    make.make_answer(asked.row, speaker="group", people=24, channel="groupe", receipt_hash=receipt_hash(code))
    with pytest.raises(Conflict):
        join(make_resident(), by_receipt(code))


def test_the_same_form_takes_the_place_of_what_it_said_once_its_reader_wants_so(
    app: Flask, session: Session
) -> None:
    asked = make_asked()
    first = answer(a_sent(asked, client_key="le-meme-formulaire"))
    other = {asked.tenant.id: Given(choices={asked.yes: None})}
    with pytest.raises(SentBefore) as before:
        answer(a_sent(asked, other, client_key="le-meme-formulaire"))
    assert before.value.version == 1
    again = answer(a_sent(asked, other, client_key="le-meme-formulaire", replaces=1))
    assert (again.id, again.receipt) == (first.id, first.receipt)
    assert kept_given(first.id) == other


def test_the_form_of_the_site_takes_no_place_of_what_came_another_way(app: Flask, session: Session) -> None:
    asked = make_asked()
    said = HeardAnswer(asked.row.id, a_sent(asked).answers, "le-meme-formulaire", "fr")
    kept = enter_group(factories.make_account(contract=asked.contract), said, 24)
    other = {asked.tenant.id: Given(choices={asked.yes: None})}
    for replaces in (None, 1):
        with pytest.raises(KeyUsedElsewhere):
            answer(a_sent(asked, other, client_key="le-meme-formulaire", replaces=replaces))
    assert kept_given(kept.id) == said.answers


# --- Erasure, retention ---


def test_an_account_that_is_erased_leaves_its_counted_answers_without_the_person(
    app: Flask, session: Session
) -> None:
    asked = make_asked(proof="message")
    who = make_resident()
    answer(a_sent(asked), who)
    make.make_answer(asked.row, choices={asked.no: None}, channel="rue", entered_by=who.actor_id)
    change_row(asked, frozen_at=clock.now())
    erase_own_account(who)
    rows = kept_answers()
    assert [(row.account_id, row.entered_by) for row in rows] == [(None, None)] * 2
    assert kept_given(rows[0].id)


@pytest.mark.parametrize("proof", ["message", "carte"])
def test_nobody_answers_twice_by_erasing_an_account_and_opening_another(
    app: Flask, session: Session, proof: str
) -> None:
    asked = make_asked(proof=proof)
    for _time in range(2):
        who = make_resident(asked.quartiers[0], verified=True)
        answer(a_sent(asked), who)
        erase_own_account(who)
    assert kept_answers() == []


def test_nobody_answers_twice_by_erasing_the_account_to_which_an_answer_was_joined(
    app: Flask, session: Session
) -> None:
    asked = make_asked(proof="franceconnect")
    kept = answer(a_sent(asked, person_hash="la-meme-personne"))
    who = make_resident()
    join(who, by_receipt(kept.receipt or ""))
    erase_own_account(who)
    with pytest.raises(AnsweredBefore):
        answer(a_sent(asked, person_hash="la-meme-personne"))
    assert [row.account_id for row in kept_answers()] == [None]


def test_answers_lose_what_joins_them_to_people_ninety_days_after_the_answer(
    app: Flask, session: Session
) -> None:
    asked = make_asked(proof="message")
    who = make_resident()
    answer(a_sent(asked), who)
    recent = make.make_consultation(asked.contract, stage="answered")
    make.make_answer(recent, receipt_hash="un-recu", person_hash="une-personne")
    assert not answers_to_unlink()
    change_row(asked, frozen_at=clock.now(), answered_at=clock.now() - timedelta(days=90))
    assert answers_to_unlink()
    assert unlink_answers() == 1
    assert [(row.account_id, row.person_hash, row.receipt_hash) for row in kept_answers()] == [
        (None, None, None),
        (None, "une-personne", "un-recu"),
    ]
    assert kept_given(kept_answers()[0].id)
    assert session.get_one(Consultation, asked.row.id, populate_existing=True).unlinked_at == clock.now()
    assert (unlink_answers(), answers_to_unlink()) == (0, False)


def test_those_of_a_consultation_that_was_withdrawn_lose_it_too(app: Flask, session: Session) -> None:
    asked = make_asked()
    kept = answer(a_sent(asked))
    change_row(asked, withdrawn_at=clock.now() - timedelta(days=90), withdrawn_reason_id=asked.row.purpose_id)
    assert unlink_answers() == 1
    assert [(row.id, row.receipt_hash) for row in kept_answers()] == [(kept.id, None)]


def test_those_of_a_consultation_that_is_never_answered_lose_it_a_year_after_its_results(
    app: Flask, session: Session
) -> None:
    asked = make_asked()
    kept = answer(a_sent(asked))
    change_row(asked, frozen_at=clock.now() - timedelta(days=364))
    assert not answers_to_unlink()
    change_row(asked, frozen_at=clock.now() - timedelta(days=365))
    assert answers_to_unlink()
    assert unlink_answers() == 1
    assert [(row.id, row.receipt_hash) for row in kept_answers()] == [(kept.id, None)]


# --- Races ---


@pytest.mark.parametrize("proof", ["message", "carte"])
def test_two_hundred_at_once_with_one_account_are_one_answer(
    app: Flask, session: Session, proof: str
) -> None:
    asked = make_asked(proof=proof)
    who = make_resident(asked.quartiers[0], verified=True)
    forms = [a_sent(asked, client_key=f"formulaire-{number % 2:08}") for number in range(200)]
    ended = [each for part in range(0, 200, 20) for each in at_once(app, *acts(forms[part : part + 20], who))]
    kept = [each for each in ended if isinstance(each, KeptAnswer)]
    assert count(session, asked.row) == 1
    # Those of the form that was first got one receipt; the other form was told.
    assert len(kept) == 100
    assert len({each.receipt for each in kept}) == 1
    assert sum(isinstance(each, AnsweredBefore) for each in ended) == 100


def acts(forms: Sequence[answering.SentAnswer], who: SignedIn | None = None) -> list[Callable[[], object]]:
    return [partial(answer, form, who) for form in forms]


def test_the_same_form_at_once_without_an_account_is_one_answer(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = make_asked()
    write_once_all_have_looked(monkeypatch, answering, 8)
    sent = a_sent(asked, client_key="un-seul-formulaire")
    ended = at_once(app, *[lambda: answer(sent) for _each in range(8)])
    assert {getattr(each, "receipt", each) for each in ended} == {getattr(ended[0], "receipt", None)}
    assert count(session, asked.row) == 1


def test_no_answer_that_was_acknowledged_is_missing_from_a_count_that_held_the_consultation_alone(
    app: Flask, session: Session
) -> None:
    """Whoever builds the tables closes it and counts; each answer is in that count, or was told that it came too late."""
    asked = make_asked()
    consultation_id = asked.row.id
    forms = [a_sent(asked) for _each in range(16)]
    counted: list[int] = []

    def freeze() -> None:
        with transaction() as writing:
            row = hold_alone(writing, consultation_id)
            there = select(func.count()).select_from(ConsultationAnswer)
            counted.append(writing.execute(there).scalar_one())
            row.frozen_at = clock.now()

    ended = at_once(app, *acts(forms[:8]), freeze, *acts(forms[8:]))
    kept = [each for each in ended if isinstance(each, KeptAnswer)]
    late = [each for each in ended if isinstance(each, NotOpen)]
    assert len(kept) + len(late) == 16
    assert counted == [len(kept)]
    assert count(session, asked.row) == len(kept)
