"""Consultations at the desk, for tests: made as an organiser makes them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select

from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.operations.editing.creating import Organiser, create
from cdv_civic.consultations.operations.editing.publishing import publish
from cdv_civic.consultations.operations.editing.settings import (
    ConsultationSettings,
    NewPublic,
    change_settings,
    choose_quartiers,
    name_publics,
)
from cdv_civic.consultations.organiser_models import ConsultationCorrection
from cdv_civic.consultations.queries.definition import Definition, definition_of
from cdv_civic.consultations.starters import starters
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import DomainError
from cdv_civic.core.localized import LocalizedText, write_original
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.territory.models import Contract, Quartier

_numbers = count(1)
#: The title of a consultation that a test begins.
TITLE = {"fr": "Autre chose ?"}
WORDS = {"fr": "Des mots", "en": "Some words", "ar": "كلمات"}
TEXTS = {
    "purpose": WORDS,
    "negotiable": WORDS,
    "settled": WORDS,
    "decider": WORDS,
    "readers": WORDS,
    "ties": WORDS,
}


def begun(actor: Actor, contract: Contract, starter: str = "one_question", **organiser: Any) -> Consultation:
    """A consultation that was just begun."""
    number = next(_numbers)
    slug = create(
        actor,
        Organiser(contract.id, **organiser),
        starters()[starter],
        {"fr": "La placette, quel nom ?", "en": "The square, which name?"},
        client_key=f"une-consultation-{number}",
    )
    return stored(slug)


def stored(slug: str) -> Consultation:
    """A consultation as the database has it now."""
    db.session.rollback()
    statement = select(Consultation).where(Consultation.slug == slug)
    found = db.session.execute(statement, execution_options={"populate_existing": True}).scalar_one()
    db.session.expunge(found)
    db.session.rollback()
    return found


def said(**changes: Any) -> ConsultationSettings:
    """All that the long form asks for."""
    now = clock.now()
    found = ConsultationSettings(
        {"title": {"fr": "La placette, quel nom ?"}, **TEXTS},
        "consulter",
        now - timedelta(hours=1),
        now + timedelta(days=10),
        now + timedelta(days=12),
        clock.today() + timedelta(days=60),
        "aucune",
        0,
        15,
        18,
        ("fr", "en", "ar"),
    )
    return replace(found, **changes)


def ready(
    actor: Actor,
    contract: Contract,
    quartiers: Sequence[Quartier],
    starter: str = "one_question",
    **organiser: Any,
) -> Consultation:
    """A consultation that lacks nothing."""
    row = begun(actor, contract, starter, **organiser)
    change_settings(actor, row.id, said(), version=row.version)
    row = stored(row.slug)
    choose_quartiers(actor, row.id, [each.id for each in quartiers], version=row.version)
    row = stored(row.slug)
    name_publics(
        actor,
        row.id,
        [NewPublic({"fr": "Les jeunes"}, "rue")],
        nobody=False,
        version=row.version,
    )
    return stored(row.slug)


def opened(actor: Actor, contract: Contract, quartiers: Sequence[Quartier], **more: Any) -> Consultation:
    """One that is public and open."""
    row = ready(actor, contract, quartiers, **more)
    publish(actor, row.id, version=row.version)
    return stored(row.slug)


def in_days(days: int) -> datetime:
    """A moment."""
    return clock.now() + timedelta(days=days)


def on_day(days: int) -> date:
    """A day."""
    return clock.today() + timedelta(days=days)


def make_correction(row: Consultation) -> tuple[int, int]:
    """A correction of the title that waits, proposed by nobody who is still there; its id, and that of the title."""
    with transaction() as session:
        id_ = reserve_ids(session, ConsultationCorrection)[0]
        reason = write_original(
            session, "Une faute.", TextOwner("consultation_correction", id_, "reason", row.contract_id)
        )
        title = session.get_one(LocalizedText, row.title_id)
        session.add(
            ConsultationCorrection(
                id=id_,
                consultation_id=row.id,
                owner_kind="consultation",
                owner_id=row.id,
                field="title",
                before={"fr": title.original},
                after={"fr": "Un autre titre"},
                reason_id=reason.id,
                state="proposed",
                proposed_at=clock.now(),
                proposed_by=None,
                decided_at=None,
                decided_by=None,
            )
        )
        session.flush()
        return id_, title.id


def asked(row: Consultation, language: str = "fr") -> Definition:
    db.session.rollback()
    return definition_of(row.id, language)


def words(row: Consultation, language: str = "fr") -> list[str]:
    return [str(question.words) for question in asked(row, language).questions]


def refused(act: Callable[[], object], kind: type[DomainError] = DomainError) -> DomainError:
    with pytest.raises(kind) as found:
        act()
    return found.value
