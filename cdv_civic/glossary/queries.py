"""What pages read of the glossary."""

from flask import current_app
from sqlalchemy import select

from cdv_civic.core.db import db, publication_number
from cdv_civic.core.localized import Localized
from cdv_civic.glossary.models import GlossaryEntry
from cdv_civic.glossary.rules import Entry, Lexicon, Marker

_KEPT = "glossary_lexicons"


def entries(language: str) -> tuple[Entry, ...]:
    """All entries, their explanations in `language` where they are translated; one statement."""
    explanation = Localized("explanation", GlossaryEntry.explanation_id, language)
    statement = select(
        GlossaryEntry.key,
        GlossaryEntry.term,
        GlossaryEntry.context,
        GlossaryEntry.expansion,
        GlossaryEntry.aliases,
        *explanation.columns,
    ).order_by(GlossaryEntry.position, GlossaryEntry.id)
    return tuple(
        Entry(row.key, row.term, row.context, row.expansion, explanation.words(row), tuple(row.aliases))
        for row in db.session.execute(explanation.join(statement))
    )


def lexicon(language: str, number: int | None = None) -> Lexicon:
    """The words ready to be looked for, kept in memory until the next publication.

    Costs no statement where `number` (the publication number) is given and the lexicon is known,
    else one or two.
    """
    if number is None:
        number = publication_number()
    kept: dict[str, tuple[int, Lexicon]] = current_app.extensions.setdefault(_KEPT, {})
    known = kept.get(language)
    if known is not None and known[0] == number:
        return known[1]
    read = entries(language)
    # Most publications change no word: the lexicon that was built stays.
    current = known[1] if known is not None and known[1].entries == read else Lexicon(read)
    kept[language] = (number, current)
    return current


def marker(language: str, number: int | None = None) -> Marker:
    """What marks words on one page; see `lexicon` for its cost. Make one for each page."""
    return Marker(lexicon(language, number))
