"""Putting translations in the place of those that the site came with."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from cdv_civic.core import clock
from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import SITE, after_commit, raise_tags, transaction
from cdv_civic.core.i18n.catalogues import catalogues, is_said, shipped, sources
from cdv_civic.core.i18n.entries import Entry
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor, Touched
from cdv_civic.translation.models import CatalogueOverride
from cdv_civic.translation.rules import NotTaken, sort_out, source_hash

#: Its row is locked first, so that two imports of one language follow each other.
_NEXT_REVISION = text(
    "INSERT INTO catalogue_revision (language, number) VALUES (:language, 1)"
    " ON CONFLICT (language) DO UPDATE SET number = catalogue_revision.number + 1"
)


@dataclass
class Imported:
    """What an import did, in messages."""

    written: int = 0
    #: Said again as the site came with them: they replace nothing any more.
    taken_back: int = 0
    unchanged: int = 0
    refused: tuple[NotTaken, ...] = ()


def import_translations(actor: Actor, language: str, entries: Iterable[Entry]) -> Imported:
    """Say in one language what these translations say; those that may not be shown are refused, and the rest stands.

    The same again changes nothing. Raises `Forbidden`.
    """
    require(actor, "interface.translate", Touched(languages=frozenset({language})))
    taken, refused = sort_out(entries, sources(), language)
    done = Imported(refused=tuple(refused))
    with transaction() as session:
        session.execute(_NEXT_REVISION, {"language": language})
        _write(session, actor, language, taken, done)
        if done.written or done.taken_back:
            raise_tags(session, SITE)
            after_commit(session, catalogues().forget)
            record(
                session,
                actor,
                "interface.translate",
                "catalogue_override",
                None,
                after={"language": language, "written": done.written, "taken_back": done.taken_back},
            )
    return done


def forget_unsaid(actor: Actor, language: str) -> int:
    """Delete what replaces messages that the program does not say any more, in one language; how many.

    No page said them. A version that says them again shows its own translations. Raises `Forbidden`.
    """
    require(actor, "interface.translate", Touched(languages=frozenset({language})))
    with transaction() as session:
        session.execute(_NEXT_REVISION, {"language": language})
        gone = [
            row
            for row in _overrides(session, language)
            if not is_said(Entry(row.source, row.plural, tuple(row.forms)))
        ]
        for row in gone:
            session.delete(row)
        if gone:
            after = {"language": language, "forgotten": len(gone)}
            record(session, actor, "interface.translate", "catalogue_override", None, after=after)
    return len(gone)


def _overrides(session: Session, language: str) -> Iterable[CatalogueOverride]:
    return session.execute(
        select(CatalogueOverride).where(CatalogueOverride.language == language),
        execution_options={"populate_existing": True},
    ).scalars()


def _write(session: Session, actor: Actor, language: str, entries: Iterable[Entry], done: Imported) -> None:
    known = {row.source_hash: row for row in _overrides(session, language)}
    for entry in entries:
        key = source_hash(entry.source, entry.plural)
        row = known.get(key)
        forms = list(entry.forms)
        as_it_came = _as_it_came(entry, language)
        if forms == (row.forms if row else as_it_came):
            done.unchanged += 1
        elif row is not None and forms == as_it_came:
            session.delete(row)
            done.taken_back += 1
        else:
            if row is None:
                row = CatalogueOverride(
                    language=language, source_hash=key, source=entry.source, plural=entry.plural
                )
                session.add(row)
            row.forms, row.author_id, row.changed_at = forms, actor.actor_id, clock.now()
            done.written += 1


def _as_it_came(entry: Entry, language: str) -> list[str]:
    """The translation that the site came with; French says what stands in the program."""
    known = shipped(language).entries.get(entry.source)
    if known is not None:
        return list(known.forms)
    return [entry.source] if language == SOURCE_LANGUAGE and entry.plural is None else []
