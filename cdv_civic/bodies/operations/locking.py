"""What all operations on bodies share: lock the body, and check that the person may act on it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.core.errors import NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.territory.models import Body, Contract
from cdv_civic.territory.scopes import touched_body


def locked_body(session: Session, actor: Actor, action: str, body_id: int) -> tuple[Body, str]:
    """The body, and the slug of its contract; raises `NotFound` or `Forbidden`."""
    found = session.execute(
        select(Body, Contract.slug)
        .join(Contract, Contract.id == Body.contract_id)
        .where(Body.id == body_id)
        .with_for_update(of=Body, key_share=True)
    ).one_or_none()
    if found is None:
        raise NotFound(_l("Ce groupe n’existe pas."))
    body, contract = found
    require(actor, action, touched_body(session, body_id))
    return body, contract
