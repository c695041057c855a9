"""Say what theme a part of the contract belongs to."""

from sqlalchemy import select, update

from cdv_civic.commitments.models import Commitment, commitment_axis
from cdv_civic.commitments.rules.refusals import Breach, BrokenRule
from cdv_civic.commitments.wording import refusals_in_words
from cdv_civic.core.audit import trail
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.errors import NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.territory.cache_tags import contract_tag
from cdv_civic.territory.models import Axis, Contract
from cdv_civic.territory.scopes import in_contract
from cdv_civic.territory.vocabulary import THEMES


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
