"""A photo that shows a piece of news stands as long as the news may stand, wherever the connection breaks."""

import dataclasses
import io
import resource
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.exc import DBAPIError

from cdv_civic.app import create_app
from cdv_civic.commitments.models import Evidence, Progress
from cdv_civic.commitments.operations.progress import EvidenceFile, NewProgress, publish_progress
from cdv_civic.core import clock
from cdv_civic.core.db import OutcomeUnknown, db
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.uploads.orphans import remove_orphans
from cdv_civic.core.uploads.receiving import Upload, read_upload
from cdv_civic.core.uploads.serving import open_file
from cdv_civic.core.uploads.stored_files import StoredFile
from tests.core.uploads.files import files, picture
from tests.factories import make_account, make_commitment, make_contract
from tests.faults.tcp_proxy import COMMIT, TcpProxy, proxy_to, through


def photo() -> Upload:
    return read_upload(io.BytesIO(picture()), field="file_1")


def tell(actor: Actor, commitment_id: int, upload: Upload | None = None) -> Progress:
    """Publish a piece of news with a photo: the same form each time, sent again."""
    return publish_progress(
        actor,
        commitment_id,
        NewProgress(
            state="en_cours",
            happened_on=date(2026, 11, 1),
            sentence="Le chantier a commencé.",
            client_key="une-clef-unique",
            files=[EvidenceFile(upload or photo(), "Une grue")],
        ),
    )


def published() -> int:
    db.session.rollback()
    return db.session.execute(select(func.count()).select_from(Progress)).scalar_one()


def every_row_has_its_file() -> int:
    """How many photos of news there are, each of which opens."""
    db.session.rollback()
    rows = db.session.execute(select(StoredFile).join(Evidence, Evidence.file_id == StoredFile.id)).scalars()
    opened = 0
    for row in rows:
        for size in ("grande", "petite"):
            with open_file(row, size).stream as stream:
                assert stream.read(3) == b"\xff\xd8\xff"
        opened += 1
    return opened


@dataclass
class Desk:
    """A site whose database is behind a proxy, and somebody who publishes."""

    app: Flask
    proxy: TcpProxy
    actor: Actor
    commitment_id: int


@pytest.fixture
def desk(app: Flask, database_kind: str) -> Iterator[Desk]:
    if database_kind == "sqlite":
        pytest.skip("SQLite has no connection that breaks")
    settings = app.extensions["settings"]
    with proxy_to(settings.database_url) as proxy:
        behind = create_app(dataclasses.replace(settings, database_url=through(proxy, settings.database_url)))
        with behind.app_context():
            yield Desk(behind, proxy, make_account(), make_commitment(make_contract()).id)
            db.session.remove()
            db.engine.dispose()


@pytest.fixture(autouse=True)
def _no_files(each_store: Path) -> None:
    """In a folder, and in a bucket."""
    shutil.rmtree(each_store, ignore_errors=True)


@pytest.mark.parametrize("hard", [False, True], ids=["ended", "reset"])
@pytest.mark.parametrize("same", [False, True], ids=["another upload", "the same upload"])
def test_a_commit_that_was_done_and_not_heard_of_keeps_its_photo(desk: Desk, hard: bool, same: bool) -> None:
    upload = photo()
    desk.proxy.cut(COMMIT, after=b"INSERT INTO progress ", answered=True, hard=hard)
    with pytest.raises(OutcomeUnknown):
        tell(desk.actor, desk.commitment_id, upload)
    assert desk.proxy.cuts == 1
    assert (published(), every_row_has_its_file()) == (1, 1)
    again = tell(desk.actor, desk.commitment_id, upload if same else None)
    assert (again.id, published(), every_row_has_its_file()) == (1, 1, 1)
    assert len(files()) == 2, "what the second try brought is not kept twice"


@pytest.mark.parametrize("hard", [False, True], ids=["ended", "reset"])
@pytest.mark.parametrize("same", [False, True], ids=["another upload", "the same upload"])
def test_a_commit_that_never_arrived_is_made_up_for_by_the_next_try(
    desk: Desk, hard: bool, same: bool
) -> None:
    upload = photo()
    desk.proxy.cut(COMMIT, after=b"INSERT INTO progress ", hard=hard)
    with pytest.raises(OutcomeUnknown):
        tell(desk.actor, desk.commitment_id, upload)
    assert desk.proxy.cuts == 1
    assert published() == 0
    tell(desk.actor, desk.commitment_id, upload if same else None)
    assert (published(), every_row_has_its_file()) == (1, 1)
    # What the first one left is found later, and nothing else is.
    with clock.frozen_everywhere(clock.now() + timedelta(days=60)):
        assert remove_orphans() == (0 if same else 2)
    assert (len(files()), every_row_has_its_file()) == (2, 1)


def test_a_connection_that_breaks_before_leaves_nothing_behind(desk: Desk) -> None:
    desk.proxy.cut(b"INSERT INTO evidence ")
    with pytest.raises(DBAPIError):
        tell(desk.actor, desk.commitment_id)
    assert (published(), files()) == (0, [])
    tell(desk.actor, desk.commitment_id)
    assert (published(), every_row_has_its_file()) == (1, 1)


@contextmanager
def at_commit(instead: Callable[[Callable[[Any], None], Any], None]) -> Iterator[None]:
    """Call `instead` with the driver's own way to commit, once, when the news is committed."""
    dialect, told = db.engine.dialect, False
    commit = dialect.do_commit

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        nonlocal told
        told |= statement.startswith("INSERT INTO evidence ")

    def do_commit(connection: Any) -> None:
        if told:
            dialect.do_commit = commit  # type: ignore[method-assign]
            instead(commit, connection)
        else:
            commit(connection)

    event.listen(db.engine, "before_cursor_execute", note)
    dialect.do_commit = do_commit  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        dialect.do_commit = commit  # type: ignore[method-assign]
        event.remove(db.engine, "before_cursor_execute", note)
    assert told


@pytest.fixture
def _hears_interrupts() -> Iterator[None]:
    """A run that was begun in the background of a shell is deaf to them."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_hears_interrupts")
def test_a_process_that_is_stopped_while_it_commits_keeps_the_photo(app: Flask) -> None:
    actor, commitment = make_account(), make_commitment(make_contract())

    def commit_and_stop(commit: Callable[[Any], None], connection: Any) -> None:
        commit(connection)
        signal.raise_signal(signal.SIGINT)

    with at_commit(commit_and_stop), pytest.raises(KeyboardInterrupt):
        tell(actor, commitment.id)
    db.session.remove()
    assert (published(), every_row_has_its_file()) == (1, 1)


@contextmanager
def full_disk(limit: int) -> Iterator[None]:
    """No file grows beyond `limit` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_fails_at_the_commit_leaves_no_row_without_its_photo(
    app: Flask, database_kind: str
) -> None:
    if database_kind != "sqlite":
        pytest.skip("the disk is that of PostgreSQL")
    actor, commitment_id = make_account(), make_commitment(make_contract()).id
    wal = Path(f"{db.engine.url.database}-wal")

    def commit_on_a_full_disk(commit: Callable[[Any], None], connection: Any) -> None:
        with full_disk(wal.stat().st_size):
            commit(connection)

    with at_commit(commit_on_a_full_disk), pytest.raises((OutcomeUnknown, DBAPIError)):
        tell(actor, commitment_id)
    db.session.remove()
    assert published() == every_row_has_its_file()
    tell(actor, commitment_id)
    assert (published(), every_row_has_its_file()) == (1, 1)
