"""Which commitments of a list somebody may act on, so that no button leads to a refusal."""

from collections.abc import Iterable

from sqlalchemy import select

from cdv_civic.commitments.models import Commitment
from cdv_civic.commitments.scopes import commitments_within
from cdv_civic.core.db import db
from cdv_civic.core.policy.decisions import reach_of
from cdv_civic.core.policy.model import Actor


def permitted(actor: Actor, action: str, ids: Iterable[int]) -> frozenset[int]:
    """Those of the commitments `ids` that `actor` may do `action` on. 1 statement."""
    return frozenset(
        db.session.execute(
            select(Commitment.id).where(
                Commitment.id.in_(sorted(set(ids))), commitments_within(reach_of(actor, action))
            )
        ).scalars()
    )
