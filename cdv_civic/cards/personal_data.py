"""What cards hold about a person, and that they are a way in."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cdv_civic.accounts.other_ways_in import OtherWay
from cdv_civic.accounts.personal_parts import PersonalPart
from cdv_civic.cards.models import Card, CardBatch
from cdv_civic.cards.queries import cards_that_open
from cdv_civic.cards.rules import Reason
from cdv_civic.core import clock
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.table import ROLES
from cdv_civic.territory.models import Quartier


def _cards_of(session: Session, account_id: int) -> list[dict[str, object]]:
    rows = session.execute(
        select(Card, CardBatch, Quartier.name)
        .join(CardBatch, CardBatch.id == Card.batch_id)
        .join(Quartier, Quartier.id == CardBatch.quartier_id)
        .where(Card.account_id == account_id)
        .order_by(Card.id)
    )
    return [
        {
            "number": card.serial,
            "quartier": quartier,
            "handed_out_by": batch.handed_out_by,
            "first_used_on": card.first_used_on,
            "expires_on": batch.expires_on,
            "closed": card.revoked_at is not None or batch.closed_at is not None,
            "closed_at": card.revoked_at or batch.closed_at,
            "closed_by": card.revoked_role or batch.closed_role,
        }
        for card, batch, quartier in rows
    ]


def _forget(session: Session, account_id: int) -> None:
    """Close the cards of an account and let go of it; a card that opened it opens nothing ever again."""
    session.execute(
        update(Card)
        .where(Card.account_id == account_id, Card.revoked_at.is_(None))
        .values(revoked_at=clock.now(), revoked_reason=Reason.ERASED.value)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Card)
        .where(Card.account_id == account_id)
        .values(account_id=None, revoked_reason=Reason.ERASED.value)
        .execution_options(synchronize_session=False)
    )


#: What « Mes données » shows and erases.
PERSONAL_PART = PersonalPart(
    "cards",
    _l("Votre carte d’accès"),
    _cards_of,
    _forget,
    words={
        "number": _l("Numéro"),
        "quartier": _l("Quartier"),
        "handed_out_by": _l("Donnée par"),
        "first_used_on": _l("Première fois"),
        "expires_on": _l("Valable jusqu’au"),
        "closed": _l("Fermée"),
        "closed_at": _l("Fermée le"),
        "closed_by": _l("Fermée par"),
    },
    codes={"closed_by": {role.value: words.label for role, words in ROLES.items()}},
    stays=_l("La carte reste comptée parmi celles qui ont servi, sans lien avec vous."),
)

#: What « Mon compte » counts, before the last other way in is taken away.
WAY_IN = OtherWay("card", _l("Carte d’accès"), "id", cards_that_open, "cards.own_card", _l("Carte perdue ?"))
