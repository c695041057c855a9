"""Who reads and comments a document while it is under embargo."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.consultations.scopes import Organised, touched_consultation
from cdv_civic.core import clock
from cdv_civic.core.policy.decisions import may
from cdv_civic.seats.models import Seat

#: What is asked of whoever comments anything.
COMMENT = "comment.put"
#: What whoever works where the document is from may do.
INSIDE = "comment.inside"


def is_insider(session: Session, author: SignedIn | None, row: Organised) -> bool:
    """Whether somebody sits in the body that asks, or has a role for it or for its places. 4 statements at most."""
    if author is None or author.actor_id is None:
        return False
    if may(author, INSIDE) and may(author, INSIDE, touched_consultation(session, row)):
        return True
    return row.body_id is not None and _sits(session, author.actor_id, row.body_id)


def _sits(session: Session, account_id: int, body_id: int) -> bool:
    """Whether an account has a seat today: said yes to, begun, and not ended. Substitutes wait for one."""
    today = clock.today()
    found = select(Seat.id).where(
        Seat.account_id == account_id,
        Seat.body_id == body_id,
        ~Seat.substitute,
        ~Seat.pending,
        Seat.starts_on <= today,
        Seat.ended_on.is_(None),
        or_(Seat.ends_on.is_(None), Seat.ends_on >= today),
    )
    return bool(session.execute(select(found.exists())).scalar())
