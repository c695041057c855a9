"""Answers for tests, written and published as the desk does."""

from typing import Any

from sqlalchemy import select

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.restitution.models import Restitution
from cdv_civic.consultations.restitution.operations import NewPoint, NewReply, publish_reply, save_reply
from cdv_civic.consultations.restitution.rules import Fate
from cdv_civic.core.db import db
from tests import factories as make

POINTS = (
    NewPoint({"fr": "Des bancs à l’ombre."}, Fate.RETAINED, {}, 47, 1),
    NewPoint({"fr": "Un jet d’eau."}, Fate.REFUSED, {"fr": "L’eau coûte trop cher."}, None, 2),
    NewPoint({"fr": "Une aire pour chiens."}, Fate.STUDIED, {"fr": "Nous cherchons la place."}, None, 3),
)


def a_reply(**values: Any) -> NewReply:
    """A complete answer."""
    return NewReply(
        **{
            "said": {"fr": "Le parc manque d’ombre.", "ar": "الحديقة تنقصها الظلال."},
            "signed": {"fr": "La mairie et le conseil citoyen"},
            "next_step": {"fr": "Les bancs arrivent en juin."},
            "points": POINTS,
            **values,
        }
    )


def version_of(consultation: Consultation) -> int:
    """The version of an answer as it is stored; 0: none is."""
    db.session.rollback()
    wanted = select(Restitution.version).where(Restitution.consultation_id == consultation.id)
    return db.session.execute(wanted).scalar() or 0


def make_reply(
    consultation: Consultation, *, published: bool = True, who: SignedIn | None = None, **values: Any
) -> None:
    """An answer of a consultation whose results are out (`stage="counted"`)."""
    who = who or make.make_account(role="administrator")
    save_reply(who, consultation.id, a_reply(**values), version=version_of(consultation))
    if published:
        publish_reply(who, consultation.id, version=version_of(consultation))
    db.session.rollback()
