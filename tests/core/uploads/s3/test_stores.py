"""What a folder and a bucket promise alike: each test runs on both."""

import dataclasses
import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from cdv_civic.core.uploads.file_store import FAR, FolderStore, Store
from cdv_civic.core.uploads.s3.store import S3Store
from tests.s3_server import Storage

KEY = "ab" * 16
NAME = f"{KEY}-400.jpg"
DAY = date(2026, 11, 20)
NOW = datetime.now(UTC)


@dataclasses.dataclass
class Kept:
    """A store, and what stands behind it."""

    store: Store
    names: Callable[[], list[str]]
    age: Callable[[str, datetime], None]
    #: Writes something past the store.
    put: Callable[[str, bytes], None]


@pytest.fixture(params=["folder", "bucket"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Kept:
    if request.param == "folder":
        root = tmp_path / "files"

        def put(key: str, content: bytes) -> None:
            (root / key).parent.mkdir(parents=True, exist_ok=True)
            (root / key).write_bytes(content)

        return Kept(
            FolderStore(root),
            lambda: sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()),
            lambda key, at: os.utime(root / key, (at.timestamp(),) * 2),
            put,
        )
    storage: Storage = request.getfixturevalue("storage")
    return Kept(S3Store(storage.settings), lambda: storage.names, storage.written, storage.put)


def read(store: Store, name: str) -> bytes:
    with store.open(name) as file:
        return file.read()


def all_of(store: Store) -> list[str]:
    return list(store.older_than(NOW + FAR))


def test_what_was_saved_is_read_back(kept: Kept) -> None:
    for content in (b"", b"\xff\xd8\xff" * 100_000):
        kept.store.save(NAME, content)
        assert read(kept.store, NAME) == content
    assert kept.names() == [f"ab/{NAME}"]


def test_what_is_not_there_is_not_found(kept: Kept) -> None:
    with pytest.raises(FileNotFoundError):
        kept.store.open(NAME)
    kept.store.delete(NAME)
    kept.store.discard(NAME, DAY)
    kept.store.delete_for_good(NAME, DAY)
    with pytest.raises(FileNotFoundError):
        kept.store.take_back(NAME, DAY)
    assert (all_of(kept.store), list(kept.store.trash()), kept.store.owner()) == ([], [], None)


def test_what_was_deleted_is_gone(kept: Kept) -> None:
    kept.store.save(NAME, b"x")
    kept.store.delete(NAME)
    with pytest.raises(FileNotFoundError):
        kept.store.open(NAME)
    assert kept.names() == []


@pytest.mark.parametrize(
    "name", ["../secret", "..", "ab/../../x", "/etc/passwd", "", "a", "ab/cd", "é1x.pdf"]
)
def test_no_name_leads_out_of_the_store(kept: Kept, name: str) -> None:
    kept.store.claim("a site")
    for ask in (kept.store.open, lambda it: kept.store.take_back(it, DAY)):
        with pytest.raises((FileNotFoundError, IsADirectoryError)):
            ask(name)


def test_files_are_listed_by_when_they_were_written(kept: Kept) -> None:
    for name, days in ((NAME, 3), ("cd12.pdf", 1)):
        kept.store.save(name, b"x")
        kept.age(f"{name[:2]}/{name}", NOW - timedelta(days=days))
    assert list(kept.store.older_than(NOW - timedelta(days=4))) == []
    assert list(kept.store.older_than(NOW - timedelta(days=2))) == [NAME]
    assert list(kept.store.older_than(NOW)) == [NAME, "cd12.pdf"]


def test_the_trash_and_the_owner_are_no_files(kept: Kept) -> None:
    kept.store.save(NAME, b"x")
    kept.store.save("cd12.pdf", b"y")
    kept.store.claim("a site")
    kept.store.discard(NAME, DAY)
    assert all_of(kept.store) == ["cd12.pdf"]
    assert kept.names() == ["cd/cd12.pdf", "site", f"trash/2026-11-20/{NAME}"]
    with pytest.raises(FileNotFoundError):
        kept.store.open(NAME)


def test_a_file_lies_in_the_trash_of_its_day_until_it_is_taken_back_or_deleted(kept: Kept) -> None:
    later = DAY + timedelta(days=1)
    for name, day in ((NAME, DAY), ("cd12.pdf", later)):
        kept.store.save(name, name.encode())
        kept.store.discard(name, day)
    assert list(kept.store.trash()) == [(NAME, DAY), ("cd12.pdf", later)]
    kept.store.take_back(NAME, DAY)
    assert read(kept.store, NAME) == NAME.encode()
    kept.store.delete_for_good("cd12.pdf", later)
    assert kept.names() == [f"ab/{NAME}"]
    assert list(kept.store.trash()) == []


def test_what_lies_in_the_trash_under_no_day_is_left_alone(kept: Kept) -> None:
    for day in ("2026-02-30", "2026-99-99", "2026-W01-1", "notes", "0000-00-00", "\u0662026-11-20"):
        kept.put(f"trash/{day}/{NAME}", b"somebody else's")
    kept.put("trash/2026-11-21", b"a file with the name of a day")
    kept.put(f"trash/2026-11-20/{NAME}", b"x")
    assert list(kept.store.trash()) == [(NAME, DAY)]


def test_a_store_says_whose_it_is(kept: Kept) -> None:
    kept.store.claim("one")
    assert kept.store.owner() == "one"
    kept.store.claim("another")
    assert kept.store.owner() == "another"


def test_many_files_are_listed_page_by_page_and_may_go_meanwhile(kept: Kept) -> None:
    names = [f"{number % 256:02x}{number:06x}.pdf" for number in range(30)]
    for name in names:
        kept.store.save(name, b"x")
    seen = []
    for name in kept.store.older_than(NOW + FAR):
        seen.append(name)
        kept.store.discard(name, DAY)
    assert sorted(seen) == sorted(names)
    gone = []
    for name, day in kept.store.trash():
        gone.append(name)
        kept.store.delete_for_good(name, day)
    assert sorted(gone) == sorted(names)
    assert kept.names() == []
