"""The counter beside the key moves forward alone, whatever races, breaks or is cut short."""

import threading
from pathlib import Path

import pytest

from cdv_civic.core.audit.counter import START, Counter, CounterUnreadable, Mark

SITE = "0f0f0f0f-1111-2222-3333-444444444444"


def mark(entry: int) -> Mark:
    return Mark(entry, f"{entry:064x}")


@pytest.fixture
def counter(tmp_path: Path) -> Counter:
    made = Counter(tmp_path / "keys", SITE)
    made.start()
    return made


def test_it_begins_before_the_first_entry_and_only_once(counter: Counter) -> None:
    assert counter.read() == START
    counter.advance(mark(3))
    counter.start()
    assert counter.read() == mark(3)
    assert counter.path.stat().st_mode & 0o777 == 0o600


def test_it_never_goes_back_but_by_name(counter: Counter) -> None:
    counter.advance(mark(9))
    counter.advance(mark(4))
    counter.advance(Mark(9, "f" * 64))
    assert counter.read() == mark(9)
    counter.restart(mark(4))
    assert counter.read() == mark(4)


def test_one_that_was_deleted_is_not_made_by_going_on(counter: Counter) -> None:
    counter.path.unlink()
    counter.advance(mark(1))
    assert counter.read() is None


@pytest.mark.parametrize("rest", [b"12 ab", b"12", b"\0" * 40, b"12 " + b"a" * 64])
def test_a_line_cut_short_is_a_lag_that_heals(counter: Counter, rest: bytes) -> None:
    counter.advance(mark(11))
    with counter.path.open("ab") as lines:
        lines.write(rest)
    assert counter.read() == mark(11)
    counter.advance(mark(13))
    assert counter.read() == mark(13)


@pytest.mark.parametrize("content", [b"", b"nothing\n", b"12 " + b"g" * 64 + b"\n"])
def test_what_is_no_counter_is_refused(counter: Counter, content: bytes) -> None:
    counter.path.write_bytes(content)
    with pytest.raises(CounterUnreadable):
        counter.read()


def test_the_file_stays_small(counter: Counter) -> None:
    for entry in range(1, 2001):
        counter.advance(mark(entry))
    assert counter.read() == mark(2000)
    assert counter.path.stat().st_size < 70_000


def test_racing_threads_leave_the_furthest(counter: Counter) -> None:
    def go(first: int) -> None:
        for entry in range(first, 400, 8):
            counter.advance(mark(entry))

    threads = [threading.Thread(target=go, args=(first,)) for first in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.read() == mark(399)


def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not the identifier"):
        Counter(tmp_path, "../../etc/passwd")


def test_one_that_cannot_be_read_is_said(counter: Counter) -> None:
    counter.path.unlink()
    counter.path.mkdir()
    with pytest.raises(CounterUnreadable, match="cannot be read"):
        counter.read()
