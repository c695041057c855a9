"""What « Mes données » shows of a resident's own words, and what is left of them after an account is erased."""

from collections.abc import Mapping, Sequence

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cdv_civic.accounts.personal_parts import PersonalPart, register_part
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.localized import LocalizedText
from cdv_civic.participation.wording import THEME_WORDS
from cdv_civic.territory.models import Body
from cdv_civic.voices.models import Voice
from cdv_civic.voices.wording import KINDS, STATES


def read(session: Session, account_id: int) -> Sequence[Mapping[str, object]]:
    """The words that a resident said with their account, the newest first; 1 statement."""
    rows = session.execute(
        select(Voice, Body.name.label("body"), LocalizedText.original.label("answer"))
        .join(Body, Body.id == Voice.body_id)
        .outerjoin(LocalizedText, LocalizedText.id == Voice.answer_id)
        .where(Voice.author_id == account_id)
        .order_by(Voice.id.desc())
    )
    return [
        {
            "body": row.body,
            "said_on": row.Voice.received_on,
            "kind": row.Voice.kind,
            "theme": row.Voice.theme,
            "words": row.Voice.words,
            "state": row.Voice.state,
            "answer": row.answer,
            "contact": row.Voice.contact,
            "asked_again_on": row.Voice.asked_again_on,
            "public": row.Voice.published_at is not None,
        }
        for row in rows
    ]


def erase(session: Session, account_id: int) -> None:
    """Leave the words without the person: no account, no way to answer. Whoever answers relies on them."""
    session.execute(
        update(Voice)
        .where(Voice.author_id == account_id)
        .values(author_id=None, contact=None, contact_kind=None, contact_language=None, shares_contact=False)
        .execution_options(synchronize_session=False)
    )


def register(app: Flask) -> None:
    """Declare the part."""
    register_part(
        app,
        PersonalPart(
            "voices",
            _l("Ce que vous avez dit"),
            read,
            erase,
            words={
                "body": _l("À qui"),
                "said_on": _l("Quand"),
                "kind": _l("Quoi"),
                "theme": _l("Sujet"),
                "words": _l("Vos mots"),
                "state": _l("Où ça en est"),
                "answer": _l("La réponse"),
                "contact": _l("Comment vous répondre"),
                "asked_again_on": _l("Vous avez demandé où ça en est"),
                "public": _l("Public, sans votre nom"),
            },
            codes={
                name: {code: word.label for code, word in table.items()}
                for name, table in (("kind", KINDS), ("theme", THEME_WORDS), ("state", STATES))
            },
            stays=_l("Vos messages restent, sans votre nom et sans votre adresse e-mail."),
        ),
    )
