"""A member's own seat among « Mes données »."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.accounts.personal_parts import PersonalPart
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.seats.models import Seat
from cdv_civic.seats.operations.retention import forget_account, tags_of_account
from cdv_civic.seats.wording import COLLEGE_WORDS, GENDER_WORDS, WAY_WORDS
from cdv_civic.territory.models import Body


def _read(session: Session, account_id: int) -> Sequence[Mapping[str, object]]:
    """The seats of an account, present and former; 1 statement."""
    rows = session.execute(
        select(Seat, Body.name)
        .join(Body, Body.id == Seat.body_id)
        .where(Seat.account_id == account_id)
        .order_by(Seat.starts_on, Seat.id),
        execution_options={"populate_existing": True},
    )
    return [
        {
            "body": name,
            "college": seat.college,
            "way": seat.way,
            "substitute": seat.substitute,
            "first_name": seat.first_name,
            "last_name": seat.last_name,
            "represents": seat.represents,
            "email": seat.email,
            "phone": seat.phone,
            "gender": seat.gender,
            "minor": seat.minor,
            "name_hidden": seat.hidden,
            "name_public_on": seat.name_public_on,
            "starts_on": seat.starts_on,
            "ends_on": seat.ends_on,
            "ended_on": seat.ended_on,
        }
        for seat, name in rows
    ]


PART = PersonalPart(
    "seats",
    _l("Votre place dans un conseil ou un collectif"),
    _read,
    forget_account,
    tags=tags_of_account,
    words={
        "body": _l("Où"),
        "college": _l("Quelles places"),
        "way": _l("Place obtenue par"),
        "first_name": _l("Prénom"),
        "last_name": _l("Nom"),
        "represents": _l("Au nom de"),
        "email": _l("Adresse e-mail"),
        "phone": _l("Téléphone"),
        "gender": _l("Femme ou homme"),
        "name_public_on": _l("Nom entier public depuis"),
        "starts_on": _l("Depuis"),
        "ends_on": _l("Fin prévue du siège"),
        "ended_on": _l("Terminé"),
    },
    codes={
        "college": {word.code: word.label for word in COLLEGE_WORDS.values()},
        "way": {word.code: word.label for word in WAY_WORDS.values()},
        "gender": {word.code: word.label for word in GENDER_WORDS.values()},
    },
    stays=_l("Le siège reste, tenu par « une habitante ou un habitant »."),
)
