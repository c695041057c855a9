"""Bring a backup back. What is there is kept aside, and comes back by itself where anything fails.

From the first change on, a note in DATA_DIR keeps the site from starting: a kill leaves the old site, the new one, or
one that refuses to start until the next `restore` has come to its end.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import current_app
from flask_migrate import upgrade

from cdv_civic.backup.after_restore import Ended, after_restore
from cdv_civic.backup.checking import RestorableBackup, check
from cdv_civic.backup.copying import bring_file, listed
from cdv_civic.backup.databases import Database, database, present_site
from cdv_civic.backup.facts import Facts, counted, facts_of, known_revisions, revision_of, stored_files
from cdv_civic.backup.making import secret_check
from cdv_civic.backup.problems import BackupProblem, disk_problems
from cdv_civic.core import clock, ledger, site_lock
from cdv_civic.core.audit.trail import KEY
from cdv_civic.core.db import db
from cdv_civic.core.secrets import KeyMissing
from cdv_civic.core.settings import Settings, current_settings, keys
from cdv_civic.core.uploads.file_store import FAR
from cdv_civic.core.uploads.orphans import discard_unnamed, take_back_named
from cdv_civic.core.uploads.stored_files import form_names, store


@dataclass(frozen=True)
class Restored:
    """A site that stands again."""

    checked: RestorableBackup
    ended: Ended
    #: Where the database that was there before is kept.
    database_aside: str
    #: Files that the backup does not know: they lie in the trash for 30 days.
    files_discarded: int
    #: SECRET_KEY is not the one of the backup.
    other_secret: bool


@contextmanager
def restoring(
    folder: Path, copies: Iterable[Path], *, other_site: bool, broken_chain: bool
) -> Iterator[tuple[RestorableBackup, Callable[[], Restored]]]:
    """Take the site for oneself and check a backup: what was found, and what restores it. Raises `BackupProblem`."""
    settings = current_settings()
    try:
        with site_lock.site_to_oneself(settings) as lock, disk_problems(str(settings.data_dir)):
            source = _alone(lock)
            before = site_lock.unfinished_restore(settings)
            checked = check(
                folder.absolute(), source, copies, other_site=other_site, going_on=before is not None
            )
            if checked.manifest.audit_whole is False and not broken_chain:
                raise BackupProblem(
                    "In this backup the chain of the audit trail is broken already. Take an older one, or add "
                    "--broken-chain."
                )
            if not broken_chain:
                _ask_for_key(checked)
            stamp = str((before or {}).get("stamp") or clock.now().strftime("%Y%m%d_%H%M%S"))
            yield checked, lambda: _restore(checked, source, stamp, settings, broken_chain)
    except site_lock.SiteInUse as running:
        raise BackupProblem(str(running)) from None


def _ask_for_key(checked: RestorableBackup) -> None:
    """Before anything is touched. A backup of an older version (`audit_whole` is None) has no seals yet."""
    if not checked.manifest.audit_entries or checked.manifest.audit_whole is None:
        return
    try:
        keys().read(KEY)
    except KeyMissing as missing:
        raise BackupProblem(
            f"{missing} Where it is lost, add --broken-chain: the audit trail is then sealed anew, and says so."
        ) from None


def _restore(
    checked: RestorableBackup, source: Database, stamp: str, settings: Settings, broken_chain: bool
) -> Restored:
    _note_what_is_pending(checked.manifest.site)
    place = store()
    # Names are random and their content never changes: the old site does not mind new ones beside its own.
    for sha256, path in listed(checked.folder):
        bring_file(checked.folder / path, place, sha256)
    site_lock.begin_restore(settings, {"stamp": stamp, "backup": str(checked.folder)})
    had_key = keys().exists(KEY)
    try:
        db.session.remove()
        db.engine.dispose()
        database_aside = source.put_aside(stamp)
        source.bring_in(checked.folder / checked.manifest.database_file, checked.manifest.database_sha256)
        _finish_database(checked, broken_chain)
        ended = after_restore(checked, broken_chain=broken_chain)
        db.session.remove()
    except BaseException:
        _put_database_back(source, stamp)
        site_lock.end_restore(settings)
        if not had_key:
            keys().destroy(KEY)  # made meanwhile: nothing is sealed under it
        raise
    place.claim(checked.manifest.site)
    discarded = discard_unnamed(place, clock.now() + FAR).discarded
    db.session.remove()
    site_lock.end_restore(settings)
    return Restored(
        checked,
        ended,
        database_aside,
        discarded,
        other_secret=checked.manifest.secret_check != secret_check(),
    )


def _alone(lock: int) -> Database:
    """The database, with nobody else at it."""
    db.session.remove()
    source = database(lock)
    others = source.others()
    if others:
        raise BackupProblem(
            f"The database has {others} other connections: stop the site first, on every machine."
        )
    return source


def undo_restore() -> None:
    """Bring back what was there before a restore that was cut off. Raises `BackupProblem`."""
    settings = current_settings()
    try:
        with site_lock.site_to_oneself(settings) as lock, disk_problems(str(settings.data_dir)):
            source = _alone(lock)
            before = site_lock.unfinished_restore(settings)
            if before is None or "stamp" not in before:
                raise BackupProblem("No restore was cut off: there is nothing to undo.")
            _put_database_back(source, str(before["stamp"]))
            here = present_site()
            if here is not None:
                store().claim(here)
                take_back_named(store())
                db.session.remove()
            site_lock.end_restore(settings)
    except site_lock.SiteInUse as running:
        raise BackupProblem(str(running)) from None


def _put_database_back(source: Database, stamp: str) -> None:
    db.session.remove()
    db.engine.dispose()
    source.put_back(stamp)


def _note_what_is_pending(site: str) -> None:
    """Write the last lines of the ledger that the present database still holds, if it can say them."""
    if present_site() == site:
        try:
            ledger.append_pending()
        except Exception as error:
            current_app.logger.warning("the present database told nothing: %s", type(error).__name__)


def _finish_database(checked: RestorableBackup, broken_chain: bool) -> None:
    """Check what was brought in, row by row, and bring its tables up to this version."""
    manifest = checked.manifest
    session = db.session()
    wrong = "What was restored is not what the backup says of itself: {}. What was there before is back."
    rows = counted(session, manifest.rows)
    if rows != dict(manifest.rows):
        differing = next(name for name in manifest.rows if rows.get(name) != manifest.rows[name])
        raise BackupProblem(wrong.format(f"the table {differing} has another number of rows"))
    names = {Path(path).name for _sha256, path in listed(checked.folder)}
    names.update(manifest.missing)
    for kind, key in stored_files(session):
        for name in form_names(kind, key):
            if name not in names:
                raise BackupProblem(wrong.format(f"the file {name} is missing"))
    older = revision_of(session) != known_revisions().get_current_head()
    db.session.remove()
    if older:
        upgrade()
    facts = facts_of(db.session())
    db.session.remove()
    _check_facts(facts, checked, broken_chain, wrong)


def _check_facts(facts: Facts, checked: RestorableBackup, broken_chain: bool, wrong: str) -> None:
    if facts.site != checked.manifest.site:
        raise BackupProblem(wrong.format("it is of another site"))
    if broken_chain:
        return
    if not facts.audit_whole or facts.audit_entries != checked.manifest.audit_entries:
        raise BackupProblem(
            wrong.format("the chain of the audit trail is broken, or KEYS_DIR/audit.key is not its key")
        )
