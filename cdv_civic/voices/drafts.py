"""Which forms about what residents said keep drafts: those in which somebody who works here answers.

Not the form of a resident: a quick exit stands beside it, and a word is linked to an account as it is sent, never
before. Not the forms of the relais and of the permanence: those words are somebody else's. Nor those that show a
resident's words to be read again before they are published or passed on.
"""

from collections.abc import Callable, Sequence
from typing import Final

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.core.db import db
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.web.desk import numbers_in
from cdv_civic.drafts.kinds import DraftKind, DraftPlace, register_draft_kind
from cdv_civic.drafts.operations import forget_about
from cdv_civic.participation.wording import THEME_WORDS
from cdv_civic.territory.models import Body
from cdv_civic.voices.models import Voice
from cdv_civic.voices.wording import KINDS

ANSWER: Final = "voice.answer"
CLOSE: Final = "voice.close"
REPLY: Final = "voice.reply"


def _of_body(endpoint: str) -> Callable[[int, int], tuple[str, dict[str, object]]]:
    return lambda body_id, voice_id: (endpoint, {"body_id": body_id, "voice_id": voice_id})


def _described(
    page: Callable[[int, int], tuple[str, dict[str, object]]],
) -> Callable[[Sequence[str], str], dict[str, DraftPlace]]:
    def describe(owners: Sequence[str], _language: str) -> dict[str, DraftPlace]:
        rows = db.session.execute(
            select(Voice.id, Voice.kind, Voice.theme, Voice.body_id, Body.name)
            .join(Body, Body.id == Voice.body_id)
            .where(Voice.id.in_(numbers_in(owners)))
        )
        return {
            str(row.id): DraftPlace(
                f"{KINDS[row.kind].label} · {THEME_WORDS[row.theme].label}",
                row.name,
                page(row.body_id, row.id),
            )
            for row in rows
        }

    return describe


def _stands(session: Session, owner: str) -> bool:
    """Whether the words are still there; they cannot be taken away before the transaction ends."""
    held = (
        select(Voice.id).where(Voice.id.in_(numbers_in([owner]))).with_for_update(read=True, key_share=True)
    )
    return session.execute(held).scalar() is not None


def forget_drafts_about(session: Session, voice_id: int) -> None:
    """Erase what was begun to be answered to words that are taken away: it may repeat them."""
    forget_about(session, (ANSWER, CLOSE, REPLY), str(voice_id))


def register(app: Flask) -> None:
    """Declare them."""
    for kind in (
        DraftKind(
            ANSWER,
            _l("Une réponse à un message"),
            "voice.answer",
            _described(_of_body("voices_desk.answer")),
            _stands,
        ),
        DraftKind(
            CLOSE,
            _l("Un message arrêté, et pourquoi"),
            "voice.answer",
            _described(_of_body("voices_desk.close")),
            _stands,
        ),
        DraftKind(
            REPLY,
            _l("La réponse de votre organisme"),
            "voice.reply",
            _described(lambda _body_id, voice_id: ("transmitted_desk.reply", {"voice_id": voice_id})),
            _stands,
        ),
    ):
        register_draft_kind(app, kind)
