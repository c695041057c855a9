"""Acts on sheets: numbers that never meet, sheets that count once, two people who read the same."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.consultations.models import Consultation, ConsultationAnswer, ConsultationWords
from cdv_civic.consultations.operations.editing.holding import AlreadyAnswered, AlreadyPrinted
from cdv_civic.consultations.operations.editing.publishing import discard, take_back
from cdv_civic.consultations.operations.editing.questions import delete_question
from cdv_civic.consultations.operations.keeping import AnsweredBefore
from cdv_civic.consultations.paper.models import (
    ConsultationEvidence,
    ConsultationSheetBatch,
    ConsultationSheetEntry,
)
from cdv_civic.consultations.paper.operations import evidence, printing
from cdv_civic.consultations.paper.operations.correcting import (
    WRONG_NUMBER,
    correct_sheet,
    put_back,
    take_sheet_back,
    void_sheets,
)
from cdv_civic.consultations.paper.operations.entering import (
    BadAnswers,
    EmptySheet,
    Outcome,
    WaitsForAnother,
    choose_entry,
    enter_sheet,
    keep_waiting,
)
from cdv_civic.consultations.paper.operations.evidence import add_evidence, erase_evidence, evidence_to_erase
from cdv_civic.consultations.paper.operations.sheets import NotPrinted, NotTakenIn, TypedSheet, VoidSheet
from cdv_civic.consultations.paper.queries.sheets import (
    SheetBatch,
    Sheets,
    answer_of_sheet,
    batches_of,
    sheets_of,
)
from cdv_civic.consultations.queries.desk import is_answered
from cdv_civic.consultations.rules.questions import Given
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import ChangedMeanwhile, Conflict, DomainError, Forbidden
from cdv_civic.core.idempotency import new_key
from cdv_civic.core.policy.model import Scope, ScopeKind
from cdv_civic.core.uploads.receiving import Upload
from cdv_civic.core.uploads.stored_files import StoredFile
from tests.conftest import TODAY
from tests.consultations.paper.sheets import Asked, make_asked, print_sheets, typed
from tests.core.uploads.files import files
from tests.factories import make_account, make_quartier
from tests.races import at_once


@pytest.fixture
def asked(app: Flask) -> Asked:
    return make_asked()


def colleague(asked: Asked) -> SignedIn:
    return make_account(contract=asked.contract)


def count(session: Session, table: Any) -> int:
    session.rollback()
    return int(session.execute(select(func.count()).select_from(table)).scalar_one())


# --- Printing --------------------------------------------------------------------------------------


def test_a_batch_begins_where_the_one_before_it_ends(app: Flask, asked: Asked) -> None:
    print_sheets(asked, 500)
    print_sheets(asked, 1)
    assert [(each.first, each.last) for each in batches_of(asked.row.id)] == [(1, 20), (21, 520), (521, 521)]


def test_the_same_form_reserves_once(app: Flask, asked: Asked) -> None:
    key = new_key()
    ids = {printing.reserve_batch(asked.staff, asked.row.id, 10, ("fr",), key) for _again in range(2)}
    assert len(ids) == 1
    assert len(batches_of(asked.row.id)) == 2


def test_batches_at_once_never_overlap(app: Flask, asked: Asked) -> None:
    done = at_once(
        app,
        *(
            lambda: printing.reserve_batch(asked.staff, asked.row.id, 30, ("fr",), new_key())
            for _each in range(5)
        ),
    )
    assert all(isinstance(each, int) for each in done), done
    db.session.rollback()
    spans = [(each.first, each.last) for each in batches_of(asked.row.id)]
    assert spans == [(1, 20), *((first, first + 29) for first in range(21, 171, 30))]


@pytest.mark.parametrize(
    ("after", "first", "last"), [(20, 21, 521), (None, 1, 5), (10, 11, 30), (20, 22, 30), (None, 21, 30)]
)
def test_the_database_refuses_numbers_that_meet(
    app: Flask, asked: Asked, after: int | None, first: int, last: int
) -> None:
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(
            insert(ConsultationSheetBatch).values(
                consultation_id=asked.row.id,
                after=after,
                first=first,
                last=last,
                languages=["fr"],
                printed_at=clock.now(),
                client_key="x",
            )
        )


@pytest.mark.parametrize(("quantity", "languages"), [(0, ("fr",)), (501, ("fr",)), (5, ()), (5, ("pt",))])
def test_a_batch_that_cannot_be_is_refused(
    app: Flask, asked: Asked, quantity: int, languages: tuple[str, ...]
) -> None:
    with pytest.raises(DomainError):
        printing.reserve_batch(asked.staff, asked.row.id, quantity, languages, new_key())


@pytest.mark.parametrize("stage", ["draft", "closed", "counted"])
def test_no_sheet_is_printed_that_would_not_count(app: Flask, stage: str) -> None:
    asked = make_asked(stage=stage, sheets=0)
    with pytest.raises(Conflict):
        printing.reserve_batch(asked.staff, asked.row.id, 5, ("fr",), new_key())


# --- Typing in -------------------------------------------------------------------------------------


def test_a_sheet_is_an_answer_on_paper_that_somebody_witnessed(app: Flask, asked: Asked) -> None:
    assert enter_sheet(asked.staff, asked.row.id, typed(asked, 7, words="Un banc", lang="ar")) is Outcome.KEPT
    row = db.session.execute(select(ConsultationAnswer)).scalar_one()
    assert (row.channel, row.evidence, row.sheet_number) == ("papier", "temoin", 7)
    assert (row.entered_by, row.receipt_hash, row.account_id) == (asked.staff.actor_id, None, None)
    assert db.session.execute(select(ConsultationWords.lang)).scalar_one() == "ar"
    found = answer_of_sheet(asked.row.id, 7)
    assert found is not None
    assert found.answers[asked.questions["long"]].words == "Un banc"


def test_the_same_form_is_one_sheet_and_another_form_is_told_it_is_there(app: Flask, asked: Asked) -> None:
    sheet = typed(asked, 7)
    assert enter_sheet(asked.staff, asked.row.id, sheet) is Outcome.KEPT
    assert enter_sheet(asked.staff, asked.row.id, sheet) is Outcome.AGAIN
    with pytest.raises(AnsweredBefore, match="AnsweredBefore"):
        enter_sheet(colleague(asked), asked.row.id, typed(asked, 7, 1))
    assert count(db.session(), ConsultationAnswer) == 1


def test_two_people_who_type_a_sheet_at_once_make_one_answer(app: Flask, asked: Asked) -> None:
    who = [asked.staff, colleague(asked), colleague(asked)]
    done = at_once(
        app,
        *(
            (lambda each=each, place=place: enter_sheet(each, asked.row.id, typed(asked, 7, place)))
            for place, each in enumerate(who)
        ),
    )
    assert sorted(str(each) if isinstance(each, Outcome) else type(each).__name__ for each in done) == [
        "AnsweredBefore",
        "AnsweredBefore",
        "gardee",
    ]
    assert count(db.session(), ConsultationAnswer) == 1


def test_what_no_sheet_can_be_is_refused(app: Flask, asked: Asked) -> None:
    for sheet, refusal in (
        (typed(asked, 21), NotPrinted),
        (TypedSheet(1, {}, new_key()), EmptySheet),
        (TypedSheet(1, {asked.questions["single"]: Given(choices={9_999: None})}, new_key()), BadAnswers),
        (
            TypedSheet(
                1, {asked.questions["points"]: Given(choices={asked.options["points"][0]: 3})}, new_key()
            ),
            BadAnswers,
        ),
    ):
        with pytest.raises(refusal):
            enter_sheet(asked.staff, asked.row.id, sheet)
    assert count(db.session(), ConsultationAnswer) == 0


@pytest.mark.parametrize(
    ("stage", "taken"),
    [("coming", False), ("open", True), ("paper", True), ("closed", False), ("counted", False)],
)
def test_sheets_come_in_until_paper_ends(app: Flask, stage: str, taken: bool) -> None:
    asked = make_asked(sheets=0, stage=stage)
    with transaction() as session:
        session.add(
            ConsultationSheetBatch(
                consultation_id=asked.row.id,
                after=None,
                first=1,
                last=9,
                languages=["fr"],
                printed_at=clock.now(),
                printed_by=None,
                client_key="lot",
            )
        )
    if taken:
        assert enter_sheet(asked.staff, asked.row.id, typed(asked, 1)) is Outcome.KEPT
    else:
        with pytest.raises(NotTakenIn):
            enter_sheet(asked.staff, asked.row.id, typed(asked, 1))


def test_a_relais_of_one_quartier_of_several_types_sheets_and_reads_no_words(app: Flask) -> None:
    asked = make_asked(places=2)
    relais = make_account(role="relais", scope=Scope(ScopeKind.QUARTIER, asked.quartiers[1].id))
    assert enter_sheet(relais, asked.row.id, typed(asked, 1)) is Outcome.KEPT
    enter_sheet(asked.staff, asked.row.id, typed(asked, 2))
    with pytest.raises(Forbidden):
        correct_sheet(relais, asked.row.id, typed(asked, 2, 1), 1)
    printing.reserve_batch(relais, asked.row.id, 5, ["fr"], new_key())
    elsewhere = make_account(
        role="relais", scope=Scope(ScopeKind.QUARTIER, make_quartier(asked.contract, "Ailleurs").id)
    )
    with pytest.raises(Forbidden):
        enter_sheet(elsewhere, asked.row.id, typed(asked, 3))


def test_nobody_else_types_sheets(app: Flask, asked: Asked) -> None:
    for stranger in (make_account(role=None), make_account(contract=make_asked(sheets=0).contract)):
        with pytest.raises(Forbidden):
            enter_sheet(stranger, asked.row.id, typed(asked, 1))


class Looked(frozenset[int]):
    """Numbers that tell how often one was looked for."""

    times = 0

    def __contains__(self, number: object) -> bool:
        self.times += 1
        return super().__contains__(number)


def test_each_sheet_is_looked_at_once_however_many_batches_there_are() -> None:
    batches = [SheetBatch(at, 500 * at + 1, 500 * at + 500, ("fr",), TODAY) for at in range(40)]
    entered = Looked(range(1, 19_501))
    lines = Sheets(tuple(batches), entered, void={19_501: "perdue"}, waiting={19_502: None}).by_batch()
    assert entered.times <= 20_000
    assert [(line.entered, line.void) for line in lines[-2:]] == [(500, 0), (0, 1)]
    assert lines[-1].missing == list(range(19_503, 20_001))


# --- Twice -----------------------------------------------------------------------------------------


@pytest.fixture
def twice(app: Flask) -> Asked:
    return make_asked(entered_twice=True)


def test_a_sheet_counts_once_two_people_have_read_the_same(app: Flask, twice: Asked) -> None:
    assert enter_sheet(twice.staff, twice.row.id, typed(twice, 3, words="Un banc")) is Outcome.WAITS
    assert enter_sheet(twice.staff, twice.row.id, typed(twice, 3, words="Un banc")) is Outcome.WAITS
    assert count(db.session(), ConsultationAnswer) == 0
    second = typed(twice, 3, words="un banc !")
    assert enter_sheet(colleague(twice), twice.row.id, second) is Outcome.KEPT
    assert enter_sheet(colleague(twice), twice.row.id, second) is Outcome.AGAIN
    assert count(db.session(), ConsultationAnswer) == 1
    assert count(db.session(), ConsultationSheetEntry) == 0
    with pytest.raises(AnsweredBefore):
        enter_sheet(colleague(twice), twice.row.id, typed(twice, 3))


def test_whoever_typed_it_first_may_correct_their_own_slip(app: Flask, twice: Asked) -> None:
    enter_sheet(twice.staff, twice.row.id, typed(twice, 3, 0))
    enter_sheet(twice.staff, twice.row.id, typed(twice, 3, 1))
    assert enter_sheet(colleague(twice), twice.row.id, typed(twice, 3, 1)) is Outcome.KEPT


@pytest.mark.parametrize(("place", "kept"), [(1, 0), (2, 1), (0, None)])
def test_two_who_read_otherwise_wait_for_a_choice(
    app: Flask, twice: Asked, place: int, kept: int | None
) -> None:
    other = colleague(twice)
    enter_sheet(twice.staff, twice.row.id, typed(twice, 3, 0))
    assert enter_sheet(other, twice.row.id, typed(twice, 3, 1)) is Outcome.DIFFERS
    assert sheets_of(twice.row.id).differing == {3}
    with pytest.raises(WaitsForAnother):
        enter_sheet(colleague(twice), twice.row.id, typed(twice, 3, 1))
    choose_entry(other, twice.row.id, 3, place)
    found = answer_of_sheet(twice.row.id, 3)
    if kept is None:
        assert found is None
        assert sheets_of(twice.row.id).missing()[:3] == [1, 2, 3]
    else:
        assert found is not None
        assert list(found.answers[twice.questions["single"]].choices) == [twice.options["single"][kept]]
    assert count(db.session(), ConsultationSheetEntry) == 0


def test_two_people_at_once_never_both_come_first(app: Flask, twice: Asked) -> None:
    other = colleague(twice)
    done = at_once(
        app,
        lambda: enter_sheet(twice.staff, twice.row.id, typed(twice, 5)),
        lambda: enter_sheet(other, twice.row.id, typed(twice, 5)),
    )
    assert sorted(map(str, done)) == ["attend", "gardee"]
    assert count(db.session(), ConsultationAnswer) == 1


def test_what_waits_is_kept_when_nobody_comes(app: Flask, twice: Asked) -> None:
    other = colleague(twice)
    for number in (1, 2, 3):
        enter_sheet(twice.staff, twice.row.id, typed(twice, number))
    enter_sheet(other, twice.row.id, typed(twice, 3, 1))
    assert keep_waiting(twice.staff, twice.row.id) == 2
    assert sheets_of(twice.row.id).entered == {1, 2}
    assert sheets_of(twice.row.id).differing == {3}


def test_nothing_is_left_to_compare_of_a_sheet_that_one_person_typed_after_all(
    app: Flask, twice: Asked
) -> None:
    other = colleague(twice)
    enter_sheet(twice.staff, twice.row.id, typed(twice, 3, 0))
    enter_sheet(other, twice.row.id, typed(twice, 3, 1))
    with transaction() as session:
        session.get_one(Consultation, twice.row.id).entered_twice = False
    assert enter_sheet(other, twice.row.id, typed(twice, 3, 2)) is Outcome.KEPT
    assert count(db.session(), ConsultationSheetEntry) == 0
    assert sheets_of(twice.row.id).entered == {3}


# --- Correcting, taking back, void -----------------------------------------------------------------


def test_a_sheet_is_corrected_by_whoever_typed_it_or_reads_all(app: Flask, asked: Asked) -> None:
    relais = colleague(asked)
    enter_sheet(asked.staff, asked.row.id, typed(asked, 7))
    correct_sheet(relais, asked.row.id, typed(asked, 7, 2), 1)
    with pytest.raises(ChangedMeanwhile):
        correct_sheet(asked.staff, asked.row.id, typed(asked, 7, 1), 1)
    correct_sheet(relais, asked.row.id, typed(asked, 7, 2), 1)  # nobody knew whether it was done
    found = answer_of_sheet(asked.row.id, 7)
    assert found is not None
    assert list(found.answers[asked.questions["single"]].choices) == [asked.options["single"][2]]
    assert found.version == 2


def test_what_is_taken_back_is_gone_and_not_looked_for(app: Flask, asked: Asked) -> None:
    for number, reason in ((7, "retiree"), (8, WRONG_NUMBER)):
        enter_sheet(asked.staff, asked.row.id, typed(asked, number, words="Un mot"))
        add_evidence(asked.staff, asked.row.id, number, photo())
        take_sheet_back(asked.staff, asked.row.id, number, reason)
    for table in (ConsultationAnswer, ConsultationWords, ConsultationEvidence, StoredFile):
        assert count(db.session(), table) == 0
    sheets = sheets_of(asked.row.id)
    assert sheets.void == {7: "retiree"}
    assert 8 in sheets.missing()
    with pytest.raises(VoidSheet):
        enter_sheet(asked.staff, asked.row.id, typed(asked, 7))
    assert put_back(asked.staff, asked.row.id, 7)
    assert not put_back(asked.staff, asked.row.id, 7)
    assert enter_sheet(asked.staff, asked.row.id, typed(asked, 7)) is Outcome.KEPT


def test_sheets_that_will_not_come_back_are_said_so(app: Flask, asked: Asked) -> None:
    enter_sheet(asked.staff, asked.row.id, typed(asked, 4))
    assert void_sheets(asked.staff, asked.row.id, [1, 2, 3], "perdue") == 3
    assert void_sheets(asked.staff, asked.row.id, [3, 5], "abimee") == 1
    for numbers in ([4], [21]):
        with pytest.raises(DomainError):
            void_sheets(asked.staff, asked.row.id, numbers, "perdue")
    with pytest.raises(DomainError):
        void_sheets(asked.staff, asked.row.id, [6], "autre")
    assert sheets_of(asked.row.id).missing()[0] == 6


def test_nobody_erases_what_others_typed_by_saying_that_a_sheet_does_not_count(
    app: Flask, twice: Asked, session: Session
) -> None:
    relais = make_account(role="relais", scope=Scope(ScopeKind.QUARTIER, twice.quartiers[0].id))
    enter_sheet(twice.staff, twice.row.id, typed(twice, 1))
    enter_sheet(relais, twice.row.id, typed(twice, 2))
    with pytest.raises(Forbidden):
        void_sheets(relais, twice.row.id, [1, 2], "perdue")
    assert count(session, ConsultationSheetEntry) == 2
    assert void_sheets(relais, twice.row.id, [2], "perdue") == 1
    assert void_sheets(twice.staff, twice.row.id, [1], "perdue") == 1


def test_a_sheet_that_waits_for_a_second_person_is_an_answer_already(app: Flask, twice: Asked) -> None:
    enter_sheet(twice.staff, twice.row.id, typed(twice, 1))
    assert is_answered(twice.row.id)
    version = db.session.get_one(Consultation, twice.row.id, populate_existing=True).version
    db.session.rollback()
    with pytest.raises(AlreadyAnswered):
        delete_question(twice.staff, twice.row.id, twice.questions["single"], version=version)
    with pytest.raises(AlreadyAnswered):
        take_back(twice.staff, twice.row.id, version=version)


def test_what_printed_sheets_ask_stays_until_it_is_prepared_again(app: Flask, asked: Asked) -> None:
    def version() -> int:
        found = db.session.get_one(Consultation, asked.row.id, populate_existing=True).version
        db.session.rollback()
        return found

    with pytest.raises(AlreadyPrinted):
        delete_question(asked.staff, asked.row.id, asked.questions["single"], version=version())
    take_back(asked.staff, asked.row.id, version=version())
    delete_question(asked.staff, asked.row.id, asked.questions["single"], version=version())


def test_photos_of_sheets_go_with_a_consultation_that_is_deleted(app: Flask, asked: Asked) -> None:
    add_evidence(asked.staff, asked.row.id, 1, photo())
    for act in (take_back, discard):
        version = db.session.get_one(Consultation, asked.row.id, populate_existing=True).version
        db.session.rollback()
        act(asked.staff, asked.row.id, version=version)
    assert count(db.session(), StoredFile) == 0


def test_sheets_are_counted_in_few_statements(app: Flask, asked: Asked, count_statements: Any) -> None:
    with count_statements() as few:
        sheets_of(asked.row.id)
    print_sheets(asked, 500)
    for number in range(1, 9):
        enter_sheet(asked.staff, asked.row.id, typed(asked, number))
    with count_statements() as many:
        assert len(sheets_of(asked.row.id).missing()) == 512
    assert len(few) == len(many) == 4


# --- Photos ----------------------------------------------------------------------------------------


def photo(number: int = 0) -> Upload:
    return Upload("pdf", {".pdf": b"%%PDF-1.4 %d %%%%EOF" % number}, 16)


def test_a_photo_of_a_sheet_goes_some_months_after_the_end(app: Flask, asked: Asked) -> None:
    add_evidence(asked.staff, asked.row.id, 2, photo())
    assert asked.row.paper_until is not None
    for days, left in ((179, 1), (180, 0)):
        with clock.frozen_everywhere(asked.row.paper_until + timedelta(days=days)):
            assert evidence_to_erase() is (not left)
            db.session.rollback()
            assert erase_evidence() == 1 - left
            assert count(db.session(), StoredFile) == left
    assert clock.now() == TODAY


def test_a_sheet_has_few_photos_and_only_a_sheet_that_was_printed(app: Flask, asked: Asked) -> None:
    for each in range(evidence.MOST):
        add_evidence(asked.staff, asked.row.id, 2, photo(each))
    for number in (2, 99):
        with pytest.raises(DomainError):
            add_evidence(asked.staff, asked.row.id, number, photo(evidence.MOST))
    assert count(db.session(), StoredFile) == evidence.MOST


def test_the_same_photo_of_a_sheet_that_is_sent_again_is_kept_once(app: Flask, asked: Asked) -> None:
    before = len(files())
    first, other = (add_evidence(asked.staff, asked.row.id, 2, photo(each)) for each in range(2))
    assert add_evidence(asked.staff, asked.row.id, 2, photo(1)) == other != first
    assert add_evidence(asked.staff, asked.row.id, 3, photo(1)) not in (first, other)
    assert count(db.session(), StoredFile) == len(files()) - before == 3
