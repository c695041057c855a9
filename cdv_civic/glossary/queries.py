"""What pages read of the glossary."""

from sqlalchemy import select

from cdv_civic.core.db import db
from cdv_civic.core.localized import Localized
from cdv_civic.core.pagecache import kept
from cdv_civic.glossary.models import GlossaryEntry
from cdv_civic.glossary.rules import Entry, Lexicon, Marker


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


def lexicon(language: str) -> Lexicon:
    """The words ready to be looked for, kept in memory until the next publication; see `pagecache.kept`."""
    return kept(("lexicon", language), lambda: Lexicon(entries(language)))


def marker(language: str) -> Marker:
    """What marks words on one page; make one for each page. Costs at most two statements, most often none."""
    return Marker(lexicon(language))
