"""What « Mes données » shows of the comments that somebody wrote, and what is left of them afterwards."""

from collections.abc import Mapping, Sequence

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.accounts.personal_parts import PersonalPart, register_part
from cdv_civic.consultations.kinds.comments.models import Comment
from cdv_civic.core import clock
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.personal_data import leave_texts


def read(session: Session, account_id: int) -> Sequence[Mapping[str, object]]:
    """The comments of an account, the newest first; 1 statement."""
    rows = session.execute(
        select(Comment.words, Comment.received_at, ModeratedText.state)
        .join(ModeratedText, ModeratedText.id == Comment.case_id)
        .where(ModeratedText.author_id == account_id)
        .order_by(Comment.id.desc())
    ).all()
    return [
        {
            "words": row.words,
            "received_on": row.received_at.astimezone(clock.zone()).date(),
            "state": row.state,
        }
        for row in rows
    ]


def register(app: Flask) -> None:
    """Declare the part."""
    register_part(
        app,
        PersonalPart(
            "consultation_comments",
            _l("Les commentaires que vous avez écrits"),
            read,
            leave_texts,
            words={
                "words": _l("Votre commentaire"),
                "received_on": _l("Quand"),
                "state": _l("Où il en est"),
            },
            stays=_l("Vos commentaires restent, sans lien avec vous."),
        ),
    )
