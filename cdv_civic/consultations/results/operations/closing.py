"""Closing a consultation: its answers are counted once, and what may be published of them is kept for good.

All in one transaction, which holds the consultation alone: an answer that was acknowledged is counted, and a process
that is killed leaves all of it or nothing.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from cdv_civic.consultations.cache_tags import consultation_tag
from cdv_civic.consultations.models import Consultation, ConsultationAnswer
from cdv_civic.consultations.operations.keeping import forget_answer
from cdv_civic.consultations.operations.locking import calendar_of, hold_alone
from cdv_civic.consultations.paper.models import ConsultationSheetEntry
from cdv_civic.consultations.paper.operations.entering import keep_single_entries
from cdv_civic.consultations.paper.operations.evidence import forget_evidence
from cdv_civic.consultations.paper.operations.sheets import held_by
from cdv_civic.consultations.paper.queries.sheets import sheets_of
from cdv_civic.consultations.results.building import Built, Change, build, build_again, read_ahead
from cdv_civic.consultations.results.counting import how_many
from cdv_civic.consultations.results.counts import as_content
from cdv_civic.consultations.results.models import ConsultationPublication, ConsultationTally
from cdv_civic.consultations.rules.calendar import ConsultationCalendar
from cdv_civic.consultations.scopes import contract_slug, touched_consultation
from cdv_civic.core import background, clock, ledger
from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import db, raise_tags, transaction
from cdv_civic.core.errors import Conflict, DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor, CommandLine
from cdv_civic.core.settings import current_settings
from cdv_civic.core.suppression import step_count
from cdv_civic.territory.cache_tags import contract_tag

#: How the audit trail names what the clock does.
ACTOR: Final = CommandLine(name="close-consultations")
#: How the ledger names results that were published.
PUBLISHED: Final = "consultation.results"
#: How often at most the public count moves.
COUNTED_EVERY: Final = timedelta(hours=1)
LONGEST_NOTE: Final = 1_000
#: How long results wait for somebody to say which of two people read a sheet right; then the first one is kept.
COMPARED_WITHIN: Final = timedelta(days=7)


class NotEnded(Conflict):
    """Answers still come in."""

    def __init__(self) -> None:
        super().__init__(
            _l(
                "Des réponses peuvent encore arriver. Les résultats sont publiés une fois la consultation finie."
            )
        )


class ResultsPublished(Conflict):
    """The tables are built already."""

    def __init__(self) -> None:
        super().__init__(_l("Les résultats sont déjà publiés."))


class SheetsDiffer(Conflict):
    """Two people read some sheets otherwise, and it may still be said who is right."""

    def __init__(self) -> None:
        super().__init__(
            _l(
                "Des feuilles ont été lues de deux façons. Dites d’abord laquelle est juste\u00a0: page "
                "«\u00a0Comparer les saisies\u00a0»."
            )
        )


def compared_until(calendar: ConsultationCalendar) -> datetime | None:
    """Until when results wait for sheets that two people read otherwise."""
    return calendar.ends_at + COMPARED_WITHIN if calendar.ends_at is not None else None


def _ended() -> ColumnElement[bool]:
    """The condition that results are to be published: nothing comes in, and no sheet waits to be compared."""
    now, ends_at = clock.now(), func.coalesce(Consultation.paper_until, Consultation.closes_at)
    entry = ConsultationSheetEntry
    differ = select(entry.id).where(entry.consultation_id == Consultation.id, entry.place == 2).exists()
    return and_(
        Consultation.published_at.is_not(None),
        Consultation.withdrawn_at.is_(None),
        Consultation.frozen_at.is_(None),
        ends_at <= now,
        or_(ends_at <= now - COMPARED_WITHIN, ~differ),
    )


def consultations_to_close() -> bool:
    """Whether any consultation has ended whose results are not published. 1 statement."""
    return db.session.execute(select(Consultation.id).where(_ended()).limit(1)).first() is not None


def close_consultations() -> int:
    """Publish the results of those that have ended, each in a transaction of its own; how many. May be run again.

    One that cannot be counted keeps no other waiting; its error is raised at the end.
    """
    ids = list(
        db.session.execute(select(Consultation.id).where(_ended()).order_by(Consultation.id)).scalars()
    )

    def close(consultation_id: int) -> int:
        try:
            publish_results(ACTOR, consultation_id)
        except Conflict:
            return 0  # somebody was faster, or prolonged it
        return 1

    return background.one_by_one("closing consultation", ids, close)


def publish_results(actor: Actor, consultation_id: int) -> int:
    """Publish the results of a consultation that has ended: the first version of them; its number.

    Sheets that only one person typed are kept first. What takes long is read before the consultation is held. Raises
    `NotFound`, `Forbidden`, `NotEnded`, `ResultsPublished`, `SheetsDiffer`.
    """
    ahead = read_ahead(consultation_id)
    with transaction() as session:
        row = hold_alone(session, consultation_id)
        require(actor, "consultation.edit", touched_consultation(session, row))
        if row.frozen_at is not None:
            raise ResultsPublished
        if not _has_ended(calendar_of(row)):
            raise NotEnded
        kept = _keep_sheets(session, row)
        built = build(row, ahead)
        row.frozen_at = clock.now()
        row.version += 1
        return _add_version(session, actor, row, built, number=1, note=None, kept=kept)


def _keep_sheets(session: Session, row: Consultation) -> dict[str, int]:
    """Keep what waits for a second person, so that it is counted; what the audit trail says of it.

    Sheets that two people read otherwise are waited for; after `COMPARED_WITHIN` their first reading is kept.
    """
    sheets = sheets_of(row.id)
    if not sheets.waiting and not sheets.differing:
        return {}
    until = compared_until(calendar_of(row))
    if sheets.differing and until is not None and clock.now() < until:
        raise SheetsDiffer
    keep_single_entries(session, held_by(session, row), differing=True)
    session.flush()
    return {"typed_once": len(sheets.waiting), "first_of_two": len(sheets.differing)}


def correct_results(
    actor: Actor,
    consultation_id: int,
    note: str,
    *,
    version: int,
    remove: Change | None = None,
    add: Change | None = None,
) -> int:
    """Count anew and publish another version, with a note that says what was corrected and why; its number.

    `remove`: a sheet that was entered twice, say (`without_sheet`); `add`: sheets that were found late. Without either,
    what was read in words is published. `version`: the version that was shown.

    Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    with transaction() as session:
        row = hold_alone(session, consultation_id)
        require(actor, "consultation.edit", touched_consultation(session, row))
        newest = newest_version(session, row.id)
        if newest is None:
            raise NotEnded
        if newest.version != version:
            raise Conflict(_l("Une autre version vient d’être publiée. Relisez-la d’abord."))
        said = _checked_note(note)
        built = build_again(session, row, newest, remove=remove, add=add)
        return _add_version(session, actor, row, built, number=newest.version + 1, note=said)


def without_sheet(number: int) -> Change:
    """Take out the answer of a sheet and its photos, also after a restore; raises `DomainError` where none has this
    number.
    """

    def remove(session: Session, row: Consultation) -> None:
        found = session.execute(
            select(ConsultationAnswer)
            .where(ConsultationAnswer.consultation_id == row.id, ConsultationAnswer.sheet_number == number)
            .with_for_update(key_share=True)
        ).scalar()
        if found is None:
            raise DomainError(_l("Aucune feuille saisie ne porte ce numéro."), field="sheet_number")
        ledger.note(session, "consultation.sheet", found.id, born=found.client_key)
        forget_answer(session, found)
        forget_evidence(session, row.id, [number])

    return remove


def newest_version(session: Session, consultation_id: int) -> ConsultationPublication | None:
    """The version that stands; 1 statement."""
    publication = ConsultationPublication
    return session.execute(
        select(publication)
        .where(publication.consultation_id == consultation_id)
        .order_by(publication.version.desc())
        .limit(1)
    ).scalar()


def _has_ended(calendar: ConsultationCalendar) -> bool:
    return (
        calendar.published_at is not None
        and calendar.withdrawn_at is None
        and calendar.ends_at is not None
        and calendar.ends_at <= clock.now()
    )


def _checked_note(note: str) -> str:
    said = " ".join(note.split())
    if not said:
        raise DomainError(_l("Dites ce qui est corrigé, et pourquoi."), field="note")
    if len(said) > LONGEST_NOTE:
        raise DomainError(
            _l("Ce texte est trop long\u00a0: %(most)s caractères au plus.", most=LONGEST_NOTE), field="note"
        )
    return said


def _add_version(
    session: Session,
    actor: Actor,
    row: Consultation,
    built: Built,
    *,
    number: int,
    note: str | None,
    kept: Mapping[str, int] = MappingProxyType({}),
) -> int:
    publication = ConsultationPublication(
        consultation_id=row.id,
        version=number,
        published_at=clock.now(),
        content=built.content,
        outcome=built.outcome.value,
        note=note,
    )
    session.add(publication)
    session.flush()
    if built.counted is not None:
        session.add(ConsultationTally(publication_id=publication.id, content=as_content(built.counted)))
    if row.published_at is not None:
        ledger.note(session, PUBLISHED, row.id, born=row.published_at, code=_as_code(publication))
    contract = contract_slug(session, row.contract_id)
    raise_tags(session, consultation_tag(row.id), contract_tag(contract))
    record(
        session,
        actor,
        "consultation.results",
        "consultation",
        row.id,
        scope=contract,
        after={"version": number, "outcome": built.outcome.value, **kept},
    )
    return number


def _as_code(publication: ConsultationPublication) -> str:
    """What the ledger holds of a version: ids and counts that everybody may read, without the rows, which are long."""
    return json.dumps(
        {
            "version": publication.version,
            "outcome": publication.outcome,
            "content": {**publication.content, "rows": None},
        }
    )


def _countable() -> ColumnElement[bool]:
    now = clock.now()
    return and_(
        Consultation.published_at.is_not(None),
        Consultation.withdrawn_at.is_(None),
        Consultation.frozen_at.is_(None),
        Consultation.opens_at <= now,
        # One that lies ahead was counted while the clock was wrong.
        or_(
            Consultation.counted_at.is_(None),
            Consultation.counted_at <= now - COUNTED_EVERY,
            Consultation.counted_at > now,
        ),
    )


def counts_wanted() -> bool:
    """Whether the public count of any consultation is an hour old. 1 statement."""
    return db.session.execute(select(Consultation.id).where(_countable()).limit(1)).first() is not None


def count_answers() -> int:
    """Say of those that are open how many answers came, in steps, never fewer than before; how many moved.

    Each in a transaction of its own. May be run again.
    """
    ids = list(
        db.session.execute(select(Consultation.id).where(_countable()).order_by(Consultation.id)).scalars()
    )
    return background.one_by_one("counting the answers of consultation", ids, _count_one)


def _count_one(consultation_id: int) -> bool:
    """Count one; nobody who answers waits for the count, which is made before the row is locked."""
    steps = step_count(how_many(consultation_id), current_settings().small_count)
    with transaction() as session:
        row: Any = session.execute(
            select(Consultation)
            .where(Consultation.id == consultation_id, _countable())
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        ).scalar()
        if row is None:
            return False
        before, row.counted = row.counted, max(row.counted or 0, steps)
        row.counted_at = clock.now()
        if before != row.counted:
            raise_tags(session, consultation_tag(consultation_id))
        return bool(before != row.counted)
