"""Loading the glossary, and changing what it says."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import SITE, raise_tags, transaction
from cdv_civic.core.errors import DomainError, Forbidden, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.localized import (
    LocalizedText,
    Translation,
    TranslationState,
    change_originals,
    put_text,
    standing,
    translate,
)
from cdv_civic.core.policy.decisions import reach_of, require
from cdv_civic.core.policy.model import Actor, Touched
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.core.texts_version import check_texts_version
from cdv_civic.glossary.models import GlossaryEntry
from cdv_civic.glossary.rules import LONGEST_EXPLANATION

FILE: Final = Path(__file__).with_name("data") / "glossary.json"


@dataclass
class LoadedTerms:
    """What a loading did, in entries."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0


def load(file: Path = FILE) -> LoadedTerms:
    """Bring the table up to the file, in one transaction; loading the same file again changes nothing.

    What a human changed since the last loading stays. Entries that the file no longer has stay too.
    """
    rows: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    done = LoadedTerms()
    with transaction() as session:
        known = {entry.key: entry for entry in session.execute(select(GlossaryEntry)).scalars()}
        for position, row in enumerate(rows):
            entry = known.get(row["key"])
            if entry is None:
                _create(session, row, position)
                done.created += 1
            elif entry.source_row == row and entry.position == position:
                done.unchanged += 1
            else:
                _update(session, entry, row, position)
                done.updated += 1
        if done.created or done.updated:
            raise_tags(session, SITE)
    return done


def _expansion(row: dict[str, Any]) -> str | None:
    return (row["expansion"] or {}).get(SOURCE_LANGUAGE)


def _create(session: Session, row: dict[str, Any], position: int) -> None:
    entry_id = reserve_ids(session, GlossaryEntry)[0]
    owner = TextOwner("glossary_entry", entry_id, "explanation", None)
    explanation_id = put_text(
        session, None, row["explanation"], "explanation", LONGEST_EXPLANATION, owner, None
    )
    session.add(
        GlossaryEntry(
            id=entry_id,
            key=row["key"],
            term=row["term"],
            context=row["context"],
            expansion=_expansion(row),
            explanation_id=explanation_id,
            aliases=row["aliases"],
            position=position,
            source_row=row,
        )
    )
    session.flush()


def _update(session: Session, entry: GlossaryEntry, row: dict[str, Any], position: int) -> None:
    before = entry.source_row
    for field in ("term", "context", "aliases"):
        if getattr(entry, field) == before[field]:
            setattr(entry, field, row[field])
    if entry.expansion == _expansion(before):
        entry.expansion = _expansion(row)
    original = session.get_one(LocalizedText, entry.explanation_id)
    wanted = row["explanation"][SOURCE_LANGUAGE]
    if original.original == before["explanation"][SOURCE_LANGUAGE] != wanted:
        change_originals(session, {original.id: wanted})
    for language, explanation in row["explanation"].items():
        if language == SOURCE_LANGUAGE:
            continue
        shown = session.get(Translation, (original.id, language), populate_existing=True)
        if shown is None or shown.text == before["explanation"].get(language):
            translate(session, original.id, language, explanation, author=None)
    entry.position = position
    entry.source_row = row


def explain(
    key: str,
    explanations: Mapping[str, str],
    *,
    actor: Actor,
    state: TranslationState = TranslationState.REVIEWED,
    version: int | None = None,
) -> None:
    """Say what a word means in several languages at once; those that are empty or not given stay as they are.

    Saving a translation as it stands, after its original has changed, says that it is still right; a draft becomes
    public so. With `state` as a draft, what is new or changed is kept for staff and not shown. `version` is that
    of the form: `texts_version` of (language, explanation) of each that it takes and of the original; None where there
    was no form. Raises `TextsChanged` and what `translate_entry` raises, and then keeps nothing.
    """
    # The original first: a translation that comes with it is as new as it is.
    said = {language: text for language, text in explanations.items() if text}
    in_order = sorted(said.items(), key=lambda item: item[0] != SOURCE_LANGUAGE)
    with transaction() as session:
        entry = session.execute(
            select(GlossaryEntry).where(GlossaryEntry.key == key).with_for_update(key_share=True)
        ).scalar()
        waiting: set[str] = set()
        if entry is not None:
            text_id = entry.explanation_id
            now = _explanation(session, text_id, SOURCE_LANGUAGE)
            shown = {SOURCE_LANGUAGE, *explanations}
            check_texts_version(((each, _explanation(session, text_id, each)) for each in shown), version)
            if said.get(SOURCE_LANGUAGE, now) == now and state is TranslationState.REVIEWED:
                waiting = _waiting(session, text_id)
        for language, explanation in in_order:
            translate_entry(
                key, language, explanation, actor=actor, state=state, confirmed=language in waiting
            )


def _waiting(session: Session, text_id: int) -> set[str]:
    """The languages whose translation is a draft or stale: given again unchanged, it is right."""
    return set(
        session.execute(
            select(Translation.language)
            .join(LocalizedText, LocalizedText.id == Translation.text_id)
            .where(Translation.text_id == text_id, standing() != TranslationState.REVIEWED.value)
        ).scalars()
    )


def _require(actor: Actor, language: str) -> None:
    """Translators write in their language; staff of any place in all of them: words belong to the whole site."""
    reach = reach_of(actor, "glossary.translate")
    if not (reach.contracts or reach.communes):
        require(actor, "glossary.translate", Touched(languages=frozenset({language})))


def languages_of_actor(actor: Actor, languages: Iterable[str]) -> frozenset[str]:
    """The languages of the site in which `actor` may explain a word."""

    def allowed(language: str) -> bool:
        try:
            _require(actor, language)
        except Forbidden:
            return False
        return True

    return frozenset(filter(allowed, languages))


def translate_entry(
    key: str,
    language: str,
    explanation: str,
    *,
    actor: Actor,
    state: TranslationState = TranslationState.REVIEWED,
    confirmed: bool = False,
) -> None:
    """Put a translation of an explanation beside its original; in French, change the original.

    `confirmed`: the same words again say that they are right: of a draft, or after a change of the original.
    Raises `NotFound`, `Forbidden`, or `DomainError` where the text is empty or too long.
    """
    _require(actor, language)
    explanation = " ".join(explanation.split())
    if not explanation:
        raise DomainError(_l("Écrivez l’explication de ce mot."), field=f"explanation_{language}")
    if len(explanation) > LONGEST_EXPLANATION:
        raise DomainError(
            _l("Cette explication est trop longue. Gardez une ou deux phrases."),
            field=f"explanation_{language}",
        )
    with transaction(publishes=SITE) as session:
        entry = session.execute(
            select(GlossaryEntry).where(GlossaryEntry.key == key).with_for_update(key_share=True)
        ).scalar()
        if entry is None:
            raise NotFound(_l("Ce mot n’est pas dans la liste."))
        before = _explanation(session, entry.explanation_id, language)
        if before == explanation and not confirmed:
            return
        if language == SOURCE_LANGUAGE:
            change_originals(session, {entry.explanation_id: explanation})
        else:
            translate(
                session,
                entry.explanation_id,
                language,
                explanation,
                author=actor,
                state=state,
                field=f"explanation_{language}",
            )
        record(
            session,
            actor,
            "glossary.translate",
            "glossary_entry",
            entry.id,
            before={"key": key, "language": language, "explanation": before},
            after={"key": key, "language": language, "explanation": explanation},
        )


def _explanation(session: Session, text_id: int, language: str) -> str | None:
    if language == SOURCE_LANGUAGE:
        return session.get_one(LocalizedText, text_id, populate_existing=True).original
    translation = session.get(Translation, (text_id, language), populate_existing=True)
    return translation.text if translation else None
