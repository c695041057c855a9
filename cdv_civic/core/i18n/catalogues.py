"""The catalogues of a site: the files that it came with, and what somebody put in their place since.

Both are untrusted, and both are checked here, as they are loaded (`translation_check`): a message that a translation
cannot be shown for is said in French, and counted. Files are read once in each process, when somebody asks for their
language. What replaces them lies in a table that a higher feature keeps (`replace_by`): it is read again when the
number of the cache tag `site` has risen, so that other processes see a change without a restart.
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Final

from babel.messages.mofile import read_mo
from flask import Flask, current_app, g
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from cdv_civic.core.availability import DatabaseDown
from cdv_civic.core.db import SITE, db
from cdv_civic.core.i18n.catalogue import EXTENSION, Catalogue, CountedMessage
from cdv_civic.core.i18n.entries import Checked, Entry, RefusedEntry, checked, says
from cdv_civic.core.i18n.plurals import is_rule_of
from cdv_civic.core.settings import ROOT
from cdv_civic.core.web.page_cache import tags_of_parts
from cdv_civic.core.web.validity import TagNumbers, read_numbers

FOLDER: Final = ROOT / "translations"
#: Seconds for which a database that could not say what replaces the files is left alone.
REST_SECONDS: Final = 5.0
_log = logging.getLogger(__name__)


def read_file(path: Path, language: str) -> tuple[Entry, ...]:
    """The translations of a compiled catalogue, unchecked; none where there is no file.

    Where its plural forms are not those of the language its counted messages have no form at all.
    """
    try:
        with path.open("rb") as file:
            found = read_mo(file)
    except FileNotFoundError:
        return ()
    usual = is_rule_of(language, found.num_plurals, found.plural_expr)
    return tuple(
        Entry(message.id, None, (str(message.string),))
        if isinstance(message.id, str)
        else Entry(message.id[0], message.id[1], tuple(message.string) if usual else ())
        for message in found
        if message.id and message.string
    )


@cache
def entries_of(tag: str) -> tuple[Entry, ...]:
    """The translations that the site came with in one language, unchecked; read once in each process."""
    return read_file(FOLDER / tag / "LC_MESSAGES" / "messages.mo", tag)


@cache
def shipped(tag: str) -> Checked:
    """The translations that the site came with in one language, checked once in each process."""
    found = checked(entries_of(tag), tag)
    _tell(tag, "in the files", found.refused)
    return found


@cache
def sources() -> Mapping[str, str | None]:
    """What the program says, by the catalogues it came with: each message, and its other form where it is counted."""
    tags = sorted(path.parent.name for path in FOLDER.glob("*/pack.toml"))
    return {entry.source: entry.plural for tag in tags for entry in entries_of(tag)}


def _tell(tag: str, where: str, refused: Sequence[RefusedEntry]) -> None:
    if refused:
        first = refused[0]
        _log.warning(
            "%d translations of %s %s are refused and said in French: `flask translations check` lists them (%s: %s)",
            len(refused),
            tag,
            where,
            first.problems[0].kind.value,
            first.entry.source[:60],
        )


#: Given a connection and the revision of each language that is known, the languages whose replacements are others now:
#: their revision and their entries.
Replacements = Callable[[Connection, Mapping[str, int]], Mapping[str, tuple[int, Sequence[Entry]]]]


class Catalogues:
    """The catalogues of one application, made when somebody asks for them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.read_replacements: Replacements = lambda _connection, _known: {}
        self.forget()

    def forget(self) -> None:
        """Read anew what replaces the files: it changed, or the whole database did."""
        with self._lock:
            #: The state that `_replaced` is at least as new as.
            self._known = -1
            self._asked_again_at = 0.0
            self._revisions: dict[str, int] = {}
            self._replaced: dict[str, Sequence[Entry]] = {}
            self._made: dict[str, Catalogue] = {}

    def of(self, tag: str) -> Catalogue:
        """The catalogue of a language; 1 statement where something was published since, 1 more where words changed.

        Without an answer from the database it goes on as it was.
        """
        state = catalogue_state() or 0
        if state > self._known:
            self._look(state)
        made = self._made.get(tag)
        if made is None:
            with self._lock:
                made = self._made[tag] = self._made.get(tag) or self._make(tag)
        return made

    def _look(self, state: int) -> None:
        """Read what replaces the files, in the caller's transaction: there it is at least as new as `state`."""
        if time.monotonic() < self._asked_again_at:
            return
        try:
            # Before the lock: whoever waits for it may hold the last connection.
            connection = db.session.connection()
            with self._lock:
                if state <= self._known:
                    return
                changed = self.read_replacements(connection, self._revisions)
                for tag, (revision, entries) in changed.items():
                    self._revisions[tag], self._replaced[tag] = revision, entries
                # Others may hold the old dictionary: it keeps what they read.
                self._made = {tag: made for tag, made in self._made.items() if tag not in changed}
                self._known = state
        except (SQLAlchemyError, DatabaseDown) as error:
            _log.warning("what replaces the catalogues could not be read: %s", type(error).__name__)
            self._asked_again_at = time.monotonic() + REST_SECONDS

    def _make(self, tag: str) -> Catalogue:
        shown = shown_in(tag, self._replaced.get(tag, ()))
        _tell(tag, "in the database", shown.refused)
        return Catalogue(
            tag,
            {each.source: each.forms[0] for each in shown.entries.values() if each.plural is None},
            {
                each.source: CountedMessage(each.plural, each.forms)
                for each in shown.entries.values()
                if each.plural is not None
            },
        )


def shown_in(tag: str, replaced: Iterable[Entry]) -> Checked:
    """All that is said in a language: what replaces the files, where it may be shown, else the files.

    `refused` holds those of `replaced` that may not be shown; what the program does not say any more is left out.
    """
    found = checked((each for each in replaced if is_said(each)), tag)
    return Checked({**shipped(tag).entries, **found.entries}, found.refused)


def is_said(entry: Entry) -> bool:
    """Whether the program still says the message that an entry translates."""
    return says(sources(), entry)


def replace_by(app: Flask, read: Replacements) -> None:
    """Let `read` say what replaces the files."""
    found: Catalogues = app.extensions[EXTENSION]
    found.read_replacements = read


def catalogues() -> Catalogues:
    """Those of the current application."""
    found: Catalogues = current_app.extensions[EXTENSION]
    return found


def catalogue_state(*, ask: bool = False) -> int | None:
    """A number that rises whenever words may have changed: that of the cache tag `site`.

    As the page or the job at hand has read it, with no statement; None where it has not. With `ask` it reads it then: 1
    statement.
    """
    read: TagNumbers | None = g.get("tag_numbers")
    if read is None and ask:
        g.tag_numbers = read = read_numbers(tags_of_parts())
    return None if read is None else read.of(SITE)
