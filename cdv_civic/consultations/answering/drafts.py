"""What is begun to be answered: with the account of whoever is signed in, and on the device of anybody.

On a device it lies under a name of its own for each consultation, which holds a key of the account where there is one;
`answers.js` reads and writes it. A device that several people use keeps nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from flask import Flask
from sqlalchemy import select

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.queries.moments import consultation_is_public
from cdv_civic.core.db import rows_of
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.localized import Localized
from cdv_civic.core.web.desk import numbers_in
from cdv_civic.drafts.forms import FormDraft, device_name
from cdv_civic.drafts.kinds import DraftKind, DraftPlace, register_draft_kind
from cdv_civic.drafts.rules import DraftKey

ANSWER: Final = "consultation.answer"


class AnswerDraft(FormDraft):
    """The draft of an answer with an account. The device keeps all screens together, in a way of its own."""

    @property
    def device_name(self) -> None:
        """None: see `name_on_device`."""
        return None


def answer_key(consultation_id: int) -> DraftKey:
    """Of which consultation it is."""
    return DraftKey(ANSWER, str(consultation_id))


def name_on_device(consultation_id: int, author: SignedIn | None) -> str | None:
    """By what name a device keeps what is begun to be answered; None on one that several people use."""
    key = answer_key(consultation_id)
    if author is None or author.actor_id is None:
        return f"visitor:{key.kind}:{key.owner}"
    return device_name(author.actor_id, key)


def _described(owners: Sequence[str], language: str) -> Mapping[str, DraftPlace]:
    title = Localized("title", Consultation.title_id, language)
    statement = select(Consultation.id, Consultation.slug, *title.columns).where(
        Consultation.id.in_(numbers_in(owners)), consultation_is_public()
    )
    return {
        str(row.id): DraftPlace(title.words(row), "", ("consultation_answer.answer", {"slug": row.slug}))
        for row in rows_of(title.join(statement))
    }


def register(app: Flask) -> None:
    """Declare it."""
    register_draft_kind(
        app, DraftKind(ANSWER, _l("Une réponse à une consultation"), "consultation.answer", _described)
    )
