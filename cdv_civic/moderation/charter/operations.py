"""A body, or the staff of a contract, says what it asks of whoever writes and how it moderates (art. 14)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from cdv_civic.core import clock
from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.errors import ChangedMeanwhile, Conflict, DomainError, NotFound, Refusals
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.localized import LocalizedText, put_text, said_in
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.moderation.charter.example import example_texts
from cdv_civic.moderation.charter.rules import LONGEST_PRINCIPLE, MOST_PRINCIPLES, moved, replaces
from cdv_civic.moderation.models import Charter, CharterPrinciple, ModerationDecision
from cdv_civic.moderation.rules.decisions import MOST_HOURS, READ_WITHIN_HOURS
from cdv_civic.territory.cache_tags import contract_tag
from cdv_civic.territory.models import Body, Contract
from cdv_civic.territory.scopes import in_contract, touched_body
from cdv_civic.territory.vocabulary import RESIDENTS_BODY_KINDS

ACTION: Final = "charter.edit"
_GONE = _l("Ce principe n’existe pas.")


@dataclass(frozen=True)
class CharterOf:
    """Whose charter: a body’s, or the staff’s of a contract."""

    contract_id: int
    body_id: int | None = None


@dataclass(frozen=True)
class Manner:
    """How texts are read."""

    read_before: bool
    read_within_hours: int
    #: Whose moderators answer appeals where the body has one alone; None: the staff of the contract.
    appeals_body_id: int | None


def describe_charter(actor: Actor, whose: CharterOf, manner: Manner, *, version: int) -> None:
    """Say how texts are read, and who answers appeals. `version` is that of the form; 0 for the first time.

    Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    with transaction() as session:
        charter, slug = _locked(session, actor, whose, version)
        with Refusals() as refused:
            if not 1 <= manner.read_within_hours <= MOST_HOURS:
                refused.add(
                    DomainError(
                        _l("Écrivez un nombre d’heures entre 1 et %(most)s.", most=MOST_HOURS),
                        field="read_within_hours",
                    )
                )
            if manner.appeals_body_id is not None and not _may_answer(session, whose, manner.appeals_body_id):
                refused.add(DomainError(_l("Choisissez une réponse de la liste."), field="appeals_body_id"))
        charter.read_before = manner.read_before
        charter.read_within_hours = manner.read_within_hours
        charter.appeals_body_id = manner.appeals_body_id
        _changed(
            session,
            actor,
            charter,
            slug,
            {
                "read_before": manner.read_before,
                "hours": manner.read_within_hours,
                "appeals_body": manner.appeals_body_id,
            },
        )


def publish_charter(actor: Actor, whose: CharterOf, *, version: int) -> None:
    """Let a charter be in force, which has one principle at least. Raises as `describe_charter`."""
    with transaction() as session:
        charter, slug = _locked(session, actor, whose, version)
        if not _in_force(session, charter.id):
            raise DomainError(_l("Écrivez d’abord un principe."))
        charter.published_at = charter.published_at or clock.now()
        _changed(session, actor, charter, slug, {"published": True})


def adopt_example(actor: Actor, whose: CharterOf, *, version: int) -> None:
    """Begin with the six principles of the example, in the languages of the site; all of them can be changed.

    Raises `Conflict` where there is a principle already, and as `describe_charter`.
    """
    with transaction() as session:
        charter, slug = _locked(session, actor, whose, version)
        if _in_force(session, charter.id):
            raise Conflict(_l("Cette charte a déjà des principes. Changez-les un par un."))
        for texts in example_texts():
            _add(session, actor, charter, texts)
        _changed(session, actor, charter, slug, {"example": True})


def add_principle(actor: Actor, whose: CharterOf, texts: Mapping[str, str], *, version: int) -> None:
    """Add a principle at the end, by language tag. Raises as `describe_charter`."""
    with transaction() as session:
        charter, slug = _locked(session, actor, whose, version)
        if len(_in_force(session, charter.id)) >= MOST_PRINCIPLES:
            raise DomainError(
                _l("Il y a déjà %(most)s principes. Retirez-en un d’abord.", most=MOST_PRINCIPLES)
            )
        _add(session, actor, charter, texts)
        _changed(session, actor, charter, slug, {"added": said_in(texts)})


def change_principle(actor: Actor, principle_id: int, texts: Mapping[str, str], *, version: int) -> None:
    """Say a principle otherwise. One that a decision names is retired, and another one takes its place.

    `version` is that of the charter. Raises as `describe_charter`.
    """
    with transaction() as session:
        row, charter, slug = _principle(session, actor, principle_id, version)
        _check(texts)
        before = session.get_one(LocalizedText, row.text_id).original
        named = session.execute(
            select(exists().where(ModerationDecision.principle_id == row.id))
        ).scalar_one()
        if replaces(before, texts[SOURCE_LANGUAGE], named=named):
            row.retired_at = clock.now()
            session.flush()
            _add(session, actor, charter, texts, position=row.position)
        else:
            owner = TextOwner("charter_principle", row.id, "text", charter.contract_id)
            put_text(session, row.text_id, texts, "text", LONGEST_PRINCIPLE, owner, actor)
        _changed(session, actor, charter, slug, {"principle": row.id, "text": said_in(texts)})


def move_principle(actor: Actor, principle_id: int, *, up: bool, version: int) -> None:
    """Move a principle one place. Raises as `describe_charter`."""
    with transaction() as session:
        row, charter, slug = _principle(session, actor, principle_id, version)
        rows = {each.id: each for each in _in_force(session, charter.id)}
        for position, each in enumerate(moved(list(rows), row.id, up=up)):
            rows[each].position = position
        _changed(session, actor, charter, slug, {"moved": row.id, "up": up})


def retire_principle(actor: Actor, principle_id: int, *, version: int) -> None:
    """Take a principle out of force; decisions that name it still say it. Raises as `describe_charter`."""
    with transaction() as session:
        row, charter, slug = _principle(session, actor, principle_id, version)
        if charter.published_at is not None and len(_in_force(session, charter.id)) == 1:
            raise Conflict(_l("Une charte publiée garde un principe au moins. Ajoutez-en un autre d’abord."))
        row.retired_at = clock.now()
        _changed(session, actor, charter, slug, {"retired": row.id})


def require_edit(session: Session, actor: Actor, whose: CharterOf) -> None:
    """Raise `NotFound`, `Forbidden` unless somebody may write the charter of a body, or of the staff of a contract."""
    _slug(session, actor, whose)


def _slug(session: Session, actor: Actor, whose: CharterOf) -> str:
    """The slug of the contract, its row locked: nobody else makes or changes the same charter meanwhile."""
    slug = session.execute(
        select(Contract.slug).where(Contract.id == whose.contract_id).with_for_update(key_share=True)
    ).scalar()
    if slug is None:
        raise NotFound(_l("Ce contrat n’existe pas."))
    if whose.body_id is None:
        require(actor, ACTION, in_contract(whose.contract_id))
        return slug
    body = session.get(Body, whose.body_id)
    if body is None or body.contract_id != whose.contract_id or body.kind not in RESIDENTS_BODY_KINDS:
        raise NotFound(_l("Ce groupe n’existe pas."))
    require(actor, ACTION, touched_body(session, whose.body_id))
    return slug


def _locked(session: Session, actor: Actor, whose: CharterOf, version: int) -> tuple[Charter, str]:
    """The charter, its row locked, and the slug of its contract; a new one where there is none."""
    slug = _slug(session, actor, whose)
    body = Charter.body_id.is_(None) if whose.body_id is None else Charter.body_id == whose.body_id
    charter = session.execute(
        select(Charter).where(Charter.contract_id == whose.contract_id, body).with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    ).scalar()
    if (charter.version if charter is not None else 0) != version:
        raise ChangedMeanwhile
    if charter is None:
        charter = Charter(
            contract_id=whose.contract_id,
            body_id=whose.body_id,
            read_before=True,
            read_within_hours=READ_WITHIN_HOURS,
            appeals_body_id=None,
            published_at=None,
            version=0,
        )
        session.add(charter)
        session.flush()
    return charter, slug


def _principle(
    session: Session, actor: Actor, principle_id: int, version: int
) -> tuple[CharterPrinciple, Charter, str]:
    found = session.execute(
        select(Charter.contract_id, Charter.body_id)
        .join(CharterPrinciple, CharterPrinciple.charter_id == Charter.id)
        .where(CharterPrinciple.id == principle_id)
    ).first()
    if found is None:
        raise NotFound(_GONE)
    charter, slug = _locked(session, actor, CharterOf(found.contract_id, found.body_id), version)
    row = session.get_one(CharterPrinciple, principle_id, populate_existing=True)
    if row.retired_at is not None:
        raise Conflict(_l("Ce principe n’est plus dans la charte."))
    return row, charter, slug


def _in_force(session: Session, charter_id: int) -> list[CharterPrinciple]:
    return list(
        session.execute(
            select(CharterPrinciple)
            .where(CharterPrinciple.charter_id == charter_id, CharterPrinciple.retired_at.is_(None))
            .order_by(CharterPrinciple.position, CharterPrinciple.id)
        ).scalars()
    )


def _add(
    session: Session, actor: Actor, charter: Charter, texts: Mapping[str, str], position: int | None = None
) -> None:
    _check(texts)
    if position is None:
        position = max((each.position for each in _in_force(session, charter.id)), default=-1) + 1
    row_id = reserve_ids(session, CharterPrinciple)[0]
    owner = TextOwner("charter_principle", row_id, "text", charter.contract_id)
    text_id = put_text(session, None, texts, "text", LONGEST_PRINCIPLE, owner, actor)
    session.add(
        CharterPrinciple(
            id=row_id, charter_id=charter.id, position=position, text_id=text_id, retired_at=None
        )
    )
    session.flush()


def _check(texts: Mapping[str, str]) -> None:
    if SOURCE_LANGUAGE not in said_in(texts):
        raise DomainError(_l("Écrivez le principe en français."), field=f"text_{SOURCE_LANGUAGE}")


def _may_answer(session: Session, whose: CharterOf, body_id: int) -> bool:
    body = session.get(Body, body_id)
    return (
        whose.body_id is not None
        and body is not None
        and body.id != whose.body_id
        and body.contract_id == whose.contract_id
        and body.kind in RESIDENTS_BODY_KINDS
        and body.retired_at is None
    )


def _changed(
    session: Session, actor: Actor, charter: Charter, slug: str, after: Mapping[str, object]
) -> None:
    charter.version += 1
    if charter.published_at is not None:
        raise_tags(session, contract_tag(slug))
    record(session, actor, ACTION, "charter", charter.id, scope=slug, after=dict(after))
