"""Texts of bodies, in all languages of the site."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.localized import (
    SOURCE_LANGUAGE,
    LocalizedText,
    Translation,
    TranslationState,
    change_original,
    translate,
    write_original,
)

LONGEST_TITLE: Final = 120
LONGEST_TEXT: Final = 1000
LONGEST_PLACE: Final = 200


def said_in(texts: Mapping[str, str]) -> dict[str, str]:
    """The languages in which something was typed."""
    return {tag: text.strip() for tag, text in texts.items() if text.strip()}


def put_text(
    session: Session, text_id: int | None, texts: Mapping[str, str], name: str, longest: int
) -> int | None:
    """Write a text and its translations; an empty one is None. Raises `DomainError`."""
    said = said_in(texts)
    for tag, text in said.items():
        if len(text) > longest:
            raise DomainError(
                _l("Ce texte est trop long : %(most)s signes au plus.", most=longest), field=f"{name}_{tag}"
            )
    original = said.pop(SOURCE_LANGUAGE, "")
    if not original:
        if said:
            raise DomainError(_l("Écrivez d’abord ce texte en français."), field=f"{name}_{SOURCE_LANGUAGE}")
        return None
    fresh = text_id is None
    if text_id is None:
        text_id = write_original(session, original).id
    changed = session.get_one(LocalizedText, text_id, populate_existing=True).original != original
    if changed:
        change_original(session, text_id, original)
    known = (
        {}
        if fresh
        else {
            row.language: row
            for row in session.execute(
                select(Translation).where(Translation.text_id == text_id),
                execution_options={"populate_existing": True},
            ).scalars()
        }
    )
    for tag, text in said.items():
        old = known.get(tag)
        # The same words again say that they are still right, unless the original changed just now.
        still_right = old is not None and not changed and old.state == TranslationState.STALE.value
        if old is None or old.text != text or still_right:
            translate(session, text_id, tag, text)
    for tag, old in known.items():
        if tag not in said:
            session.delete(old)
    session.flush()
    return text_id


def forget_text(session: Session, text_id: int | None) -> None:
    """Delete a text that nothing names any more."""
    if text_id is not None:
        session.delete(session.get_one(LocalizedText, text_id))
