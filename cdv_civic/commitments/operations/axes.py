"""Say what theme a part of the contract belongs to, how it was drawn up, and what hangs on one that residents chose."""

from collections.abc import Mapping

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from cdv_civic.commitments.models import AxisOrigin, Commitment, commitment_axis
from cdv_civic.commitments.rules.origins import LONGEST_NOTE, Origin
from cdv_civic.commitments.rules.refusals import Breach, BrokenRule
from cdv_civic.commitments.wording import refusals_in_words
from cdv_civic.core.audit import trail
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.errors import ChangedMeanwhile, DomainError, NotFound
from cdv_civic.core.forgotten_texts import forget_text
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.localized import put_text, said_in
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.territory.cache_tags import contract_tag
from cdv_civic.territory.models import Axis, Contract
from cdv_civic.territory.scopes import in_contract
from cdv_civic.territory.vocabulary import BORN_TREE, THEMES


def _held_axis(session: Session, actor: Actor, axis_id: int) -> tuple[Axis, Contract]:
    """An axis that nobody else changes until this transaction ends, and its contract."""
    found = session.execute(
        select(Axis, Contract)
        .join(Contract, Contract.id == Axis.contract_id)
        .where(Axis.id == axis_id)
        .with_for_update(of=Axis, key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound(_l("Cette partie du contrat n’existe pas."))
    axis, contract = found
    require(actor, "axis.edit", in_contract(contract.id))
    return axis, contract


@refusals_in_words()
def set_axis_theme(actor: Actor, axis_id: int, theme: str | None) -> int:
    """Set the theme of an axis, and of those of its own commitments that had the axis's theme before.

    Commitments that were given another theme keep it. How many commitments changed. Raises `RuleRefused`,
    `Forbidden`, `NotFound`.
    """
    require(actor, "axis.edit")
    if theme is not None and theme not in THEMES:
        raise BrokenRule(Breach.NOT_IN_LIST, "theme")
    with transaction() as session:
        axis, contract = _held_axis(session, actor, axis_id)
        raise_tags(session, contract_tag(contract.slug))
        if axis.theme == theme:
            return 0
        before, axis.theme = axis.theme, theme
        same = Commitment.theme.is_(None) if before is None else Commitment.theme == before
        changed = session.execute(
            update(Commitment)
            .where(
                same,
                Commitment.id.in_(
                    select(commitment_axis.c.commitment_id).where(commitment_axis.c.axis_id == axis_id)
                ),
            )
            .values(theme=theme)
            .returning(Commitment.id)
            .execution_options(synchronize_session=False)
        )
        ids = sorted(changed.scalars())
        trail.record(
            session,
            actor,
            "axis.edit",
            "axis",
            axis.id,
            scope=contract.slug,
            before={"theme": before},
            after={"theme": theme, "commitments": ids},
        )
    return len(ids)


@refusals_in_words()
def set_axis_origin(
    actor: Actor, axis_id: int, how: str | None, note: Mapping[str, str], *, version: int
) -> None:
    """Say how an axis was drawn up (None: nothing is said), with a note for residents by language tag.

    `version` is that of the form, 0 where nothing was ever said. Raises `RuleRefused`, `Forbidden`, `NotFound`,
    `Conflict`, `DomainError` with the fields of the form.
    """
    require(actor, "axis.edit")
    if how is not None and how not in set(Origin):
        raise BrokenRule(Breach.NOT_IN_LIST, "how")
    if how is None and any(said_in(note).values()):
        raise DomainError(_l("Choisissez d’abord comment cette partie a été écrite."), field="how")
    with transaction() as session:
        axis, contract = _held_axis(session, actor, axis_id)
        raise_tags(session, contract_tag(contract.slug))
        row = session.execute(
            select(AxisOrigin).where(AxisOrigin.axis_id == axis_id),
            execution_options={"populate_existing": True},
        ).scalar()
        if (row.version if row else 0) != version:
            raise ChangedMeanwhile
        if row is None:
            row = AxisOrigin(axis_id=axis_id, version=0)
            session.add(row)
        before, row.how = row.how, how
        old = row.note_id
        owner = TextOwner("axis_origin", axis_id, "note", contract.id)
        row.note_id = put_text(session, old, note, "note", LONGEST_NOTE, owner, actor)
        row.version += 1
        session.flush()
        if row.note_id is None:
            forget_text(session, old)
        trail.record(
            session,
            actor,
            "axis.edit",
            "axis",
            axis.id,
            scope=contract.slug,
            before={"how": before},
            after={"how": how, "note": row.note_id is not None},
        )


def _born_axis(session: Session, actor: Actor, axis_id: int) -> tuple[Axis, Contract]:
    """An axis that no document has, held; what hangs on the others is said by the contract, and changes with it."""
    axis, contract = _held_axis(session, actor, axis_id)
    if axis.tree != BORN_TREE or axis.retired_at is not None:
        raise NotFound(_l("Cette partie du contrat n’existe pas."))
    raise_tags(session, contract_tag(contract.slug))
    return axis, contract


def hang_commitment(actor: Actor, axis_id: int, code: str) -> None:
    """Hang a commitment of the same contract, by its code, on a part of it that was born of a consultation; it stays
    where the contract has it too. A second time changes nothing. Raises `Forbidden`, `NotFound`, `DomainError`.
    """
    require(actor, "axis.edit")
    with transaction() as session:
        axis, contract = _born_axis(session, actor, axis_id)
        commitment_id = session.execute(
            select(Commitment.id).where(
                Commitment.contract_id == contract.id,
                func.lower(Commitment.code) == code.strip().lower(),
                Commitment.retired_at.is_(None),
            )
        ).scalar()
        if commitment_id is None:
            raise DomainError(
                _l("Aucun engagement de ce contrat n’a ce code. Exemple\u00a0: ORL-EST-EMA-07."),
                field="commitment",
            )
        links = commitment_axis
        here = links.c.commitment_id == commitment_id
        if session.execute(select(links.c.axis_id).where(here, links.c.axis_id == axis.id)).first():
            return
        last = session.execute(select(func.max(links.c.position)).where(here)).scalar()
        session.execute(
            insert(links).values(
                commitment_id=commitment_id, axis_id=axis.id, position=0 if last is None else last + 1
            )
        )
        _record_hung(session, actor, axis, contract, {"hung": commitment_id})


def take_commitment_off(actor: Actor, axis_id: int, commitment_id: int) -> None:
    """Take a commitment off a part that was born of a consultation. Raises `Forbidden`, `NotFound`."""
    require(actor, "axis.edit")
    with transaction() as session:
        axis, contract = _born_axis(session, actor, axis_id)
        links = commitment_axis.c
        session.execute(
            delete(commitment_axis).where(links.axis_id == axis.id, links.commitment_id == commitment_id)
        )
        _record_hung(session, actor, axis, contract, {"taken_off": commitment_id})


def _record_hung(
    session: Session, actor: Actor, axis: Axis, contract: Contract, after: dict[str, object]
) -> None:
    trail.record(session, actor, "axis.edit", "axis", axis.id, scope=contract.slug, after=after)
