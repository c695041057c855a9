"""Begin a consultation from one of our starters, and what every way to begin one takes."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.consultations.models import (
    Consultation,
    ConsultationCondition,
    ConsultationOption,
    ConsultationQuestion,
)
from cdv_civic.consultations.operations.editing import building
from cdv_civic.consultations.operations.editing.building import NewOption, NewQuestion
from cdv_civic.consultations.operations.editing.holding import ACTION, LONGEST_TITLE, Texts, put_field
from cdv_civic.consultations.operations.editing.settings import TEXTS
from cdv_civic.consultations.queries.options_of_contract import contract_options
from cdv_civic.consultations.rules.editing import free_slug, slug_of
from cdv_civic.consultations.rules.questions import MOST_OPTIONS, QuestionKind
from cdv_civic.consultations.scopes import contract_slug, touched_by
from cdv_civic.consultations.starters import Starter
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import DomainError, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.idempotency import read_key
from cdv_civic.core.localized import said_in
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.settings import current_settings
from cdv_civic.core.text_folding import fold
from cdv_civic.territory.models import Contract, ContractCommune

#: How often a consultation is begun where others take its name at the same moment.
_ATTEMPTS: Final = 4


@dataclass(frozen=True)
class Organiser:
    """Who asks: a body, a commune, or (neither) the team of the contract."""

    contract_id: int
    body_id: int | None = None
    commune_id: int | None = None


def create(
    actor: Actor,
    organiser: Organiser,
    starter: Starter,
    title: Texts,
    *,
    client_key: str,
    axes: Sequence[int] = (),
) -> str:
    """A consultation that nobody sees yet, as a starter has it; its slug. The same `client_key` again makes no other.

    `axes`: those of the contract that residents choose among, where the starter asks for some. Raises `NotFound`,
    `Forbidden`, `DomainError` with the fields of the form.
    """
    require(actor, ACTION)
    key = read_key(client_key)
    return made_once(lambda: _create(actor, organiser, starter, title, key, axes))


def made_once(make: Callable[[], str]) -> str:
    """Make a consultation; again, where the same form came twice at once, or another took its name meanwhile: by then
    that one is there to be seen.
    """
    for _attempt in range(_ATTEMPTS - 1):
        with suppress(IntegrityError):
            return make()
    return make()


def _create(
    actor: Actor, organiser: Organiser, starter: Starter, title: Texts, key: str, axes: Sequence[int]
) -> str:
    with transaction() as session:
        check_organiser(session, actor, organiser)
        known = made_before(session, key)
        if known is not None:
            return known.slug
        row = new_consultation(session, actor, organiser, title, key)
        row.power = starter.power
        for field, texts in starter.texts.items():
            put_field(session, None, row, field, texts, longest=TEXTS[field], contract_id=row.contract_id)
        from_contract = [
            NewOption(each.texts, each.axis_id)
            for each in contract_options(session, organiser.contract_id, axes[:MOST_OPTIONS], ())
        ]
        for step in starter.steps:
            made = building.add_step(session, None, row, step.kind, step.title, step.intro)
            options: list[list[int]] = []
            for asked in step.questions:
                new = NewQuestion(
                    QuestionKind(asked.kind),
                    asked.text,
                    asked.hint,
                    asked.easy,
                    asked.required,
                    asked.least,
                    asked.most,
                    asked.lowest,
                    asked.highest,
                    asked.classes,
                    from_contract
                    if asked.of_contract and from_contract
                    else [NewOption(each) for each in asked.options],
                )
                question = building.add_question(session, None, row, made, new)
                options.append(option_ids(session, question))
                if asked.asked_after is not None:
                    which, option = asked.asked_after
                    session.add(
                        ConsultationCondition(question_id=question.id, option_id=options[which][option])
                    )
        session.flush()
        record_begun(session, actor, row, {"starter": starter.code})
        return row.slug


def check_organiser(session: Session, actor: Actor, organiser: Organiser) -> None:
    """Raise where the organiser is none, or `actor` does not act for it."""
    if session.get(Contract, organiser.contract_id) is None:
        raise NotFound(_l("Ce contrat n’existe pas."))
    if organiser.commune_id is not None and (
        session.get(ContractCommune, (organiser.contract_id, organiser.commune_id)) is None
    ):
        raise NotFound(_l("Cette commune n’existe pas."))
    touched = touched_by(
        session,
        organiser.contract_id,
        (),
        body_id=organiser.body_id,
        commune_id=organiser.commune_id,
    )
    if touched.contract != organiser.contract_id:
        raise NotFound(_l("Ce groupe n’existe pas."))
    require(actor, ACTION, touched)


def made_before(session: Session, key: str) -> Consultation | None:
    """The consultation that the form of this key made already; 1 statement."""
    return session.execute(select(Consultation).where(Consultation.client_key == key)).scalar()


def new_consultation(
    session: Session, actor: Actor, organiser: Organiser, title: Texts, key: str
) -> Consultation:
    """A draft with a title alone, within the caller's transaction; raises `DomainError` with the fields of the form."""
    french = said_in(title).get(SOURCE_LANGUAGE, "")
    if not french:
        raise DomainError(_l("Donnez un titre en français."), field=f"title_{SOURCE_LANGUAGE}")
    row = Consultation(
        id=reserve_ids(session, Consultation)[0],
        slug=_free_slug(session, french),
        contract_id=organiser.contract_id,
        body_id=organiser.body_id,
        commune_id=organiser.commune_id,
        languages=list(current_settings().languages),
        one_question_a_screen=True,
        entered_twice=False,
        open_rows=False,
        created_at=clock.now(),
        created_by=actor.actor_id,
        client_key=key,
        version=1,
    )
    put_field(session, actor, row, "title", title, longest=LONGEST_TITLE, contract_id=organiser.contract_id)
    session.add(row)
    session.flush()
    return row


def _free_slug(session: Session, title: str) -> str:
    wanted = slug_of(fold(title))
    taken = session.execute(
        select(Consultation.slug).where(Consultation.slug.startswith(wanted, autoescape=True))
    ).scalars()
    return free_slug(wanted, set(taken))


def option_ids(session: Session, question: ConsultationQuestion) -> list[int]:
    """The options of a question, in their order; 1 statement."""
    return list(
        session.execute(
            select(ConsultationOption.id)
            .where(ConsultationOption.question_id == question.id)
            .order_by(ConsultationOption.position, ConsultationOption.id)
        ).scalars()
    )


def record_begun(session: Session, actor: Actor, row: Consultation, how: Mapping[str, Any]) -> None:
    """Say in the audit trail that somebody began it, and `how`."""
    scope = contract_slug(session, row.contract_id)
    record(session, actor, ACTION, "consultation", row.id, scope=scope, after={"slug": row.slug, **how})
