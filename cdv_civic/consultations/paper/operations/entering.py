"""Sheets that are typed in: kept at once, or once a second person has typed the same."""

from enum import StrEnum
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.consultations.models import Consultation, ConsultationAnswer
from cdv_civic.consultations.operations.keeping import AnsweredBefore, NewAnswer, keep_answer
from cdv_civic.consultations.paper.form import without_place
from cdv_civic.consultations.paper.models import ConsultationSheetEntry
from cdv_civic.consultations.paper.operations.sheets import (
    ACTION,
    READS,
    Held,
    NotPrinted,
    TypedSheet,
    VoidSheet,
    held_for_sheets,
)
from cdv_civic.consultations.paper.rules.codes import on_paper
from cdv_civic.consultations.paper.rules.entries import differing, from_content, to_content
from cdv_civic.consultations.rules.evidence import AnswerEvidence
from cdv_civic.consultations.rules.questions import faults, kept
from cdv_civic.consultations.scopes import touched_consultation
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict, DomainError, Forbidden, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.idempotency import bound_key, read_key, stored_key
from cdv_civic.core.policy.decisions import may
from cdv_civic.core.policy.model import Actor
from cdv_civic.participation.rules.channels import Channel

#: What is said to whoever may not compare what others typed.
COMPARED_BY: Final = _l(
    "D’autres personnes ont saisi cette feuille\u00a0: elles seules, ou l’organisateur, la comparent."
)


class Outcome(StrEnum):
    """What became of a sheet that was typed in."""

    KEPT = "gardee"
    #: It waits for a second person.
    WAITS = "attend"
    #: A second person read something else.
    DIFFERS = "differe"
    #: The same form came before.
    AGAIN = "deja"


class EmptySheet(DomainError):
    """Nothing was typed."""

    def __init__(self) -> None:
        super().__init__(
            _l(
                "Vous n’avez rien saisi. Si la feuille est vide, écartez-la\u00a0: elle ne sera plus cherchée."
            ),
            field="sheet",
        )


class BadAnswers(DomainError):
    """What was typed cannot be answered; the form says where, before."""

    def __init__(self) -> None:
        super().__init__(_l("Une réponse ne va pas. Relisez la feuille."))


class WaitsForAnother(Conflict):
    """Whoever typed a sheet first does not type it a second time."""

    def __init__(self) -> None:
        super().__init__(
            _l("Deux personnes ont déjà saisi cette feuille, et elles n’ont pas lu la même chose. Comparez."),
            field="sheet",
        )


#: People who type a sheet that is entered twice, and the place of the second of them.
_TWICE: Final = 2


def enter_sheet(actor: Actor, consultation_id: int, sheet: TypedSheet) -> Outcome:
    """Keep a sheet that somebody typed in, or hold it until a second person types it too.

    Raises `NotFound`, `Forbidden`, `NotTakenIn`, `AnsweredBefore` (the sheet is there), and `DomainError`.
    """
    with transaction() as session:
        return take_sheet(session, actor, held_for_sheets(session, actor, consultation_id), sheet)


def take_sheet(session: Session, actor: Actor, held: Held, sheet: TypedSheet) -> Outcome:
    """The same within the caller's transaction, for a consultation that it holds."""
    if not held.row.entered_twice:
        return take_once(session, actor, held, sheet)
    _check(held, sheet)
    if sheet.number is None:
        raise DomainError(
            _l("Deux personnes saisissent chaque feuille\u00a0: il faut son numéro pour comparer."),
            field="sheet",
        )
    return _take_one_of_two(session, actor, held, sheet, sheet.number)


def take_once(session: Session, actor: Actor, held: Held, sheet: TypedSheet) -> Outcome:
    """The same of a sheet that no second person types."""
    _check(held, sheet)
    return _keep(session, actor.actor_id, held, sheet)


def _check(held: Held, sheet: TypedSheet) -> None:
    questions = on_paper(held.questions)
    if not kept(questions, sheet.answers):
        raise EmptySheet
    if faults(questions, sheet.answers):
        raise BadAnswers
    if sheet.number is not None:
        if sheet.number not in held.printed:
            raise NotPrinted
        if sheet.number in held.void:
            raise VoidSheet


def _keep(session: Session, entered_by: int | None, held: Held, sheet: TypedSheet) -> Outcome:
    """Make the answer of a sheet, and erase what waited to be typed a second time: also where each sheet is typed once
    since.
    """
    answers, place = without_place(sheet.answers)
    new = NewAnswer(
        held.row.id,
        answers,
        sheet.client_key,
        sheet.lang,
        channel=Channel.PAPER,
        evidence=AnswerEvidence.WITNESSED,
        quartier_id=place,
        entered_by=entered_by,
        sheet_number=sheet.number,
        receipted=False,
    )
    done = keep_answer(session, on_paper([each for each in held.questions if each.id]), new)
    if sheet.number is not None:
        _forget_entries(session, held.row.id, sheet.number)
    return Outcome.AGAIN if done.again else Outcome.KEPT


def _forget_entries(session: Session, consultation_id: int, number: int) -> None:
    entry = ConsultationSheetEntry
    session.execute(
        delete(entry)
        .where(entry.consultation_id == consultation_id, entry.sheet_number == number)
        .execution_options(synchronize_session=False)
    )


def _entries(session: Session, consultation_id: int, number: int) -> list[ConsultationSheetEntry]:
    """What was typed of a sheet, locked, the first one first."""
    entry = ConsultationSheetEntry
    return list(
        session.execute(
            select(entry)
            .where(entry.consultation_id == consultation_id, entry.sheet_number == number)
            .order_by(entry.place)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        ).scalars()
    )


def _take_one_of_two(session: Session, actor: Actor, held: Held, sheet: TypedSheet, number: int) -> Outcome:
    """The first waits; the second is kept where it is equal, else both wait for somebody to choose."""
    key = stored_key(bound_key(read_key(sheet.client_key), held.row.id))
    before = _kept_by(session, held.row.id, number)
    if before == key:
        return Outcome.AGAIN
    if before is not None:
        raise AnsweredBefore(sheet=True)
    found = _entries(session, held.row.id, number)
    if any(each.client_key == key for each in found):
        return Outcome.AGAIN
    own = next((each for each in found if each.entered_by == actor.actor_id), None)
    if len(found) >= _TWICE:
        raise WaitsForAnother
    if own is not None:
        # Whoever typed it sees a slip of their own: it is what waits from now on.
        own.content, own.lang, own.client_key = to_content(sheet.answers), sheet.lang, key
        return Outcome.WAITS
    first = found[0] if found else None
    if first is not None and not differing(held.questions, from_content(first.content), sheet.answers):
        return _keep_first(session, held, first, sheet.client_key)
    place = 1 if first is None else 2
    try:
        with session.begin_nested():
            session.add(
                ConsultationSheetEntry(
                    consultation_id=held.row.id,
                    sheet_number=number,
                    place=place,
                    content=to_content(sheet.answers),
                    lang=sheet.lang,
                    entered_at=clock.now(),
                    entered_by=actor.actor_id,
                    client_key=key,
                )
            )
            session.flush()
    except IntegrityError:
        if place == _TWICE:
            raise WaitsForAnother from None
        # Somebody else was first, in the same moment: this one is the second.
        return _take_one_of_two(session, actor, held, sheet, number)
    return Outcome.WAITS if place == 1 else Outcome.DIFFERS


def _kept_by(session: Session, consultation_id: int, number: int) -> str | None:
    """The key of the form by which a sheet was kept; None: it is not."""
    answer = ConsultationAnswer
    return session.execute(
        select(answer.client_key).where(
            answer.consultation_id == consultation_id, answer.sheet_number == number
        )
    ).scalar()


def _keep_first(
    session: Session, held: Held, entry: ConsultationSheetEntry, client_key: str | None = None
) -> Outcome:
    """Make the answer of what somebody typed. `client_key`: of the form that makes it so, where one does: sent twice,
    it is done once.
    """
    key = client_key or entry.client_key
    sheet = TypedSheet(entry.sheet_number, from_content(entry.content), key, entry.lang)
    return _keep(session, entry.entered_by, held, sheet)


def choose_entry(actor: Actor, consultation_id: int, number: int, place: int) -> None:
    """Say which of two people read a sheet right (1 or 2); 0: neither, it is typed again from the start.

    For those who typed it, and whoever reads all words; also after the end, while the results wait for it, but nobody
    types it again then. Raises `NotFound`, `Forbidden`, `NotTakenIn`.
    """
    with transaction() as session:
        held = held_for_sheets(session, actor, consultation_id, until_counted=bool(place))
        found = _entries(session, consultation_id, number)
        if len(found) < _TWICE:
            raise NotFound(_l("Il n’y a plus rien à comparer pour cette feuille."))
        check_reads(session, actor, held.row, [each.entered_by for each in found])
        if place:
            _keep_first(session, held, found[place - 1])
            return
        for each in found:
            session.delete(each)


def check_reads(session: Session, actor: Actor, row: Consultation, typed_by: list[int | None]) -> None:
    """Raise `Forbidden` unless somebody typed it, or reads all words of the consultation."""
    if actor.actor_id not in typed_by and not may(actor, READS, touched_consultation(session, row)):
        raise Forbidden(COMPARED_BY)


def keep_waiting(actor: Actor, consultation_id: int) -> int:
    """Keep the sheets that one person alone has typed, without waiting any longer; how many.

    Raises `NotFound`, `Forbidden`, `NotTakenIn`.
    """
    with transaction() as session:
        held = held_for_sheets(session, actor, consultation_id, alone=True)
        count = keep_single_entries(session, held)
        record(
            session,
            actor,
            ACTION,
            "consultation",
            consultation_id,
            scope=held.contract,
            after={"kept": count},
        )
    return count


def keep_single_entries(session: Session, held: Held, *, differing: bool = False) -> int:
    """The same within the caller's transaction, which has the consultation alone: for whoever closes it. Sheets that
    two people read otherwise stay, for nobody can say which is right; `differing`: of these too the first is kept.
    """
    entry = ConsultationSheetEntry
    rows = session.execute(
        select(entry).where(entry.consultation_id == held.row.id).order_by(entry.sheet_number, entry.place)
    ).scalars()
    by_sheet: dict[int, list[ConsultationSheetEntry]] = {}
    for row in rows:
        by_sheet.setdefault(row.sheet_number, []).append(row)
    first = [found[0] for found in by_sheet.values() if differing or len(found) == 1]
    return sum(_kept_first(session, held, row) for row in first)


def _kept_first(session: Session, held: Held, entry: ConsultationSheetEntry) -> bool:
    """Whether what was typed of a sheet is its answer now; no, where it was kept in another way meanwhile."""
    try:
        return _keep_first(session, held, entry) is Outcome.KEPT
    except AnsweredBefore:
        _forget_entries(session, held.row.id, entry.sheet_number)
        return False
