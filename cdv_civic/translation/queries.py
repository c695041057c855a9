"""What replaces the catalogues that the site came with."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.engine import Connection

from cdv_civic.core.db import db
from cdv_civic.core.i18n.entries import Entry
from cdv_civic.translation.models import CatalogueOverride, CatalogueRevision


def replacements(
    connection: Connection, known: Mapping[str, int]
) -> Mapping[str, tuple[int, Sequence[Entry]]]:
    """The languages whose revision is not the one that is known: their revision and their replacements, unchecked.

    One statement, and one more where there are such languages.
    """
    statement = select(CatalogueRevision.language, CatalogueRevision.number)
    revisions = {row.language: row.number for row in connection.execute(statement)}
    changed = {tag for tag in {*known, *revisions} if known.get(tag, 0) != revisions.get(tag, 0)}
    if not changed:
        return {}
    entries = _entries_by_language(connection, changed)
    return {tag: (revisions.get(tag, 0), entries[tag]) for tag in changed}


def overrides_in(language: str) -> Sequence[Entry]:
    """The replacements of one language, unchecked; 1 statement."""
    return _entries_by_language(db.session.connection(), (language,))[language]


def _entries_by_language(connection: Connection, languages: Iterable[str]) -> dict[str, list[Entry]]:
    table = CatalogueOverride
    found: dict[str, list[Entry]] = {language: [] for language in languages}
    statement = (
        select(table.language, table.source, table.plural, table.forms)
        .where(table.language.in_(found))
        .order_by(table.id)
    )
    for language, source, plural, forms in connection.execute(statement):
        found[language].append(Entry(source, plural, tuple(forms)))
    return found
