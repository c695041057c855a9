"""What all acts on a consultation share: hold it alone, ask who may, write its texts, and keep what is public whole."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.consultations.cache_tags import consultation_tag
from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.operations.idea_links import follow, hold_boxes
from cdv_civic.consultations.operations.locking import calendar_of, hold_alone
from cdv_civic.consultations.operations.reminders import withdraw_reminders_of
from cdv_civic.consultations.operations.subjects import link_subjects
from cdv_civic.consultations.queries.definition import definition_of
from cdv_civic.consultations.queries.desk import answered, printed
from cdv_civic.consultations.queries.preparation import prepared_of
from cdv_civic.consultations.rules.calendar import ConsultationCalendar
from cdv_civic.consultations.rules.checklist import Item, checklist
from cdv_civic.consultations.scopes import contract_slug, touched_consultation
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.errors import ChangedMeanwhile, Conflict, DomainError
from cdv_civic.core.forgotten_texts import forget_text
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.localized import put_text
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.territory.cache_tags import contract_tag

ACTION: Final = "consultation.edit"
LONGEST_TITLE: Final = 140
LONGEST_LINE: Final = 200
LONGEST_TEXT: Final = 2_000

#: Words by language tag.
Texts = Mapping[str, str]


class AlreadyAnswered(Conflict):
    """Somebody has answered: what is asked stays as it was asked."""

    def __init__(self) -> None:
        super().__init__(
            _l(
                "Des réponses sont déjà arrivées. Ce qui est demandé ne change plus\u00a0: seuls des mots peuvent être "
                "corrigés, à deux."
            )
        )


class AlreadyPrinted(Conflict):
    """Sheets are out: what is typed in from them must mean what they say."""

    def __init__(self) -> None:
        super().__init__(
            _l(
                "Des feuilles sont imprimées\u00a0: ce qu’elles disent ne change plus. Pour le changer, remettez la "
                "consultation en préparation, puis imprimez de nouveau."
            )
        )


def has_answers(session: Session, consultation_id: int) -> bool:
    """Whether anybody has answered; certain while the consultation is held alone. 1 statement."""
    return bool(session.execute(select(answered(consultation_id))).scalar())


@contextmanager
def editing(
    actor: Actor,
    consultation_id: int,
    *,
    version: int | None = None,
    asks: bool = False,
    said: str = ACTION,
    trace: dict[str, Any] | None = None,
) -> Iterator[tuple[Session, Consultation]]:
    """A transaction in which nobody else answers or changes a consultation.

    `version`: of the form (None: no form). `asks`: the act changes what is asked, so that nobody may have answered yet,
    no sheet of it is out, and what is public stays complete. `said` and `trace`: what the audit trail says. Where a
    moment changes, or whether anybody may read it, lists are made anew and no reminder of before leaves; its boxes of
    ideas follow it (`idea_links`); pages of commitments that it asks about name it while it is public. Raises
    `NotFound`, `Forbidden`, `ChangedMeanwhile`, `AlreadyAnswered`, `AlreadyPrinted`, `DomainError`.
    """
    require(actor, ACTION)
    with transaction() as session:
        row = hold_alone(session, consultation_id)
        require(actor, ACTION, touched_consultation(session, row))
        if version is not None and row.version != version:
            raise ChangedMeanwhile
        if row.withdrawn_at is not None:
            raise DomainError(_l("Cette consultation est retirée\u00a0: on ne peut plus la changer."))
        hold_boxes(session, row.id)
        if asks and has_answers(session, row.id):
            raise AlreadyAnswered
        if asks and row.published_at is not None and session.execute(select(printed(row.id))).scalar():
            raise AlreadyPrinted
        raise_tags(session, consultation_tag(row.id))
        before = calendar_of(row)
        yield session, row
        row.version += 1
        session.flush()
        # Its quartiers may be others now: whoever acts still has to reach it.
        require(actor, ACTION, touched_consultation(session, row))
        if asks and row.published_at is not None:
            _stays_whole(row)
        follow(session, actor, row)
        scope = contract_slug(session, row.contract_id)
        if calendar_of(row) != before:
            _moved(session, row, before, scope)
        if asks or (before.published_at is None) != (row.published_at is None):
            link_subjects(session, actor, row)
        record(session, actor, said, "consultation", row.id, scope=scope, after=trace or {})


def _moved(session: Session, row: Consultation, before: ConsultationCalendar, contract: str) -> None:
    """Make lists anew that name it or should, and keep reminders of the moments of before from leaving."""
    if before.published_at is None and row.published_at is None:
        return
    raise_tags(session, contract_tag(contract))
    withdraw_reminders_of(session, row.id)


def _stays_whole(row: Consultation) -> None:
    """Refuse what would leave a consultation that is public without what it cannot be opened without."""
    prepared = prepared_of(row, definition_of(row.id, SOURCE_LANGUAGE))
    for line in checklist(prepared, clock.now(), clock.zone()):
        if not line.stops:
            continue
        if line.item is Item.STEPS and prepared.faults:
            sentence = str(prepared.faults[0])
            raise DomainError(
                _l(
                    "Cette consultation est publiée. Remettez-la en préparation, ou\u00a0: %(missing)s",
                    missing=sentence,
                )
            )
        raise DomainError(
            _l("Cette consultation est publiée. Remettez-la en préparation pour enlever ou déplacer cela.")
        )


def put_field(
    session: Session,
    actor: Actor | None,
    row: Any,
    field: str,
    texts: Texts,
    *,
    longest: int,
    contract_id: int,
    must: Any = None,
) -> None:
    """Write one text of a row (whose id is known) in all its languages, or give it up where nothing was typed.

    `must`: what is said where it cannot be without. Raises `DomainError` with the field `<field>_<tag>`.
    """
    owner = TextOwner(row.__tablename__, row.id, field, contract_id)
    before = getattr(row, f"{field}_id")
    text_id = put_text(session, before, texts, field, longest, owner, actor)
    if text_id is None and must is not None:
        raise DomainError(must, field=f"{field}_{SOURCE_LANGUAGE}")
    setattr(row, f"{field}_id", text_id)
    if text_id is None and before is not None:
        session.flush()
        forget_text(session, before)
