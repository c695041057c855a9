"""A commitment locked for a change: nobody else changes it before the transaction ends."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.commitments.models import Commitment
from cdv_civic.commitments.scopes import touched_commitment
from cdv_civic.core.errors import NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.territory.models import Contract


def locked_commitment(
    session: Session, actor: Actor, action: str, commitment_id: int, *languages: str
) -> tuple[Commitment, Contract]:
    """The commitment as it stands now, and its contract; raises `NotFound` or `Forbidden`."""
    statement = (
        select(Commitment, Contract)
        .join(Contract, Contract.id == Commitment.contract_id)
        .where(Commitment.id == commitment_id)
        .with_for_update(of=Commitment, key_share=True)
        .execution_options(populate_existing=True)
    )
    found = session.execute(statement).one_or_none()
    if found is None:
        raise NotFound(_l("Cet engagement n’existe pas."))
    require(actor, action, touched_commitment(session, found[0].id, found[0].contract_id, *languages))
    return found
