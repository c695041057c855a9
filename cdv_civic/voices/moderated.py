"""Published words as moderation sees them: what they say, who said them, and the page that follows what is decided."""

from collections.abc import Mapping, Sequence

from flask import Flask, has_request_context, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.core.db import raise_tags, rows_of
from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.moderation.kinds import Author, ModeratedKind, SaidText, register_kind
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.rules.decisions import PUBLIC_STATES
from cdv_civic.participation.receipts import receipt_hash
from cdv_civic.territory.cache_tags import contract_tag
from cdv_civic.territory.models import Body, Contract
from cdv_civic.voices import rules
from cdv_civic.voices.models import Voice
from cdv_civic.voices.operations.locking import KIND, contract_of
from cdv_civic.voices.wording import WHY_NOT


def _texts(case_ids: Sequence[int], _language: str) -> Mapping[int, SaidText]:
    """What was said, as it was said; 1 statement."""
    rows = rows_of(
        select(
            Voice.case_id,
            Voice.words,
            Voice.lang,
            Voice.photo_id,
            Body.name,
            Body.slug,
            Body.retired_at,
            Contract.slug.label("contract"),
        )
        .join(Body, Body.id == Voice.body_id)
        .join(Contract, Contract.id == Body.contract_id)
        .where(Voice.case_id.in_(sorted(case_ids)))
    )
    return {
        row.case_id: SaidText(
            "",
            row.words,
            row.lang,
            row.photo_id,
            url_for("voices.index", contract=row.contract, slug=row.slug) if has_request_context() else None,
            row.name,
            row.retired_at is None,
        )
        for row in rows
    }


def _authors(session: Session, case_ids: Sequence[int]) -> Mapping[int, Author]:
    """Who said it, as far as they wanted to be reached; 1 statement."""
    rows = session.execute(
        select(
            Voice.case_id, Voice.author_id, Voice.contact_kind, Voice.contact, Voice.contact_language
        ).where(Voice.case_id.in_(sorted(case_ids)))
    )
    return {
        row.case_id: Author(
            row.author_id,
            row.contact_kind,
            row.contact,
            row.contact_language or SOURCE_LANGUAGE,
            has_receipt=True,
        )
        for row in rows
    }


def _case_of_receipt(session: Session, code: str) -> int | None:
    """The case of the word that a receipt leads to; 1 statement."""
    return session.execute(select(Voice.case_id).where(Voice.receipt_hash == receipt_hash(code))).scalar()


def _changed(session: Session, case: ModeratedText) -> None:
    """Show a word, or take it off its page, as its case says; raises `DomainError` where it may not be shown so."""
    voice = session.execute(
        select(Voice).where(Voice.case_id == case.id).with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    ).scalar()
    if voice is None:
        return
    public = case.state in PUBLIC_STATES
    if public and not voice.author_agrees_public:
        raise DomainError(WHY_NOT[rules.Why.AUTHOR])
    if public and voice.holds_names and case.shown_words is None:
        raise DomainError(WHY_NOT[rules.Why.NAMES])
    voice.published_at = case.published_at if public else None
    voice.public_words = case.shown_words
    voice.version += 1
    raise_tags(session, contract_tag(contract_of(session, voice.body_id)))


def register(app: Flask) -> None:
    """Declare the kind. A word is not written again: whoever said it says another."""
    register_kind(
        app,
        ModeratedKind(
            KIND,
            _l("Un message à un groupe"),
            "message-2",
            _texts,
            _authors,
            _changed,
            rewordable=False,
            case_of_receipt=_case_of_receipt,
        ),
    )
