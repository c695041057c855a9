"""Counters that all processes share, in the database."""

import dataclasses
import threading
import time
from collections.abc import Iterator

import pytest
from flask import Flask
from limits import parse
from sqlalchemy import select, text

from cdv_civic.accounts import limits
from cdv_civic.accounts.limits import AttemptKind, CountersSilent, TooManyAttempts
from cdv_civic.core import rate_limits
from cdv_civic.core.concurrency import ConcurrencyLimit, TooManyAtOnce
from cdv_civic.core.db import db, transaction
from cdv_civic.core.external_services import UnusableSetting
from cdv_civic.core.rate_limits import Counters, CountersDown, DatabaseStorage, RateCounter, counters
from cdv_civic.core.settings import Settings
from tests.conftest import counting

TEN = parse("10 per minute")


@pytest.fixture
def kept(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counters]:
    """Counters in the database of the test."""
    monkeypatch.setitem(app.extensions, "rate_limits", None)
    settings = dataclasses.replace(app.extensions["settings"], rate_limit_storage="database://")
    rate_limits.register(app, settings)
    made = counters()
    assert isinstance(made.storage, DatabaseStorage)
    yield made
    made.storage.close()


def test_ten_of_ten_pass_and_the_eleventh_does_not(kept: Counters) -> None:
    assert [kept.hit(TEN, "a") for _ in range(11)] == [True] * 10 + [False]
    assert kept.hit(TEN, "b"), "another key is another counter"
    assert 55 <= kept.seconds_left(TEN, "a") <= 60
    assert kept.full(TEN, "a")
    assert not kept.full(TEN, "b")


def test_of_sixteen_at_once_ten_pass(app: Flask, kept: Counters) -> None:
    passed: list[bool] = []

    def hit() -> None:
        with app.app_context():
            passed.append(kept.hit(TEN, "a"))

    threads = [threading.Thread(target=hit) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (passed.count(True), len(passed)) == (10, 16)


def test_a_window_that_is_over_begins_anew_and_is_swept(kept: Counters) -> None:
    second = parse("1 per second")
    assert [kept.hit(second, "a"), kept.hit(second, "a")] == [True, False]
    kept.hit(TEN, "b")
    time.sleep(1.1)
    assert not kept.full(second, "a")
    assert rate_limits.sweep() == 1
    assert kept.hit(second, "a")
    assert not kept.hit(second, "a")


def test_one_is_given_back_and_all_are_forgotten(kept: Counters) -> None:
    for _ in range(10):
        kept.hit(TEN, "a")
    kept.give_back(TEN, "a")
    assert [kept.hit(TEN, "a"), kept.hit(TEN, "a")] == [True, False]
    kept.clear(TEN, "a")
    assert kept.hit(TEN, "a")
    kept.reset()
    assert kept.storage.get(TEN.key_for("a")) == 0


def test_a_count_stays_when_the_request_takes_its_work_back(app: Flask, kept: Counters) -> None:
    db.session.execute(text("SELECT 1"))
    kept.hit(TEN, "a")
    db.session.rollback()
    assert kept.storage.get(TEN.key_for("a")) == 1


def test_nobody_counts_within_a_transaction(app: Flask, kept: Counters) -> None:
    for act in (kept.hit, kept.full, kept.give_back, kept.clear, kept.seconds_left):
        with transaction(), pytest.raises(RuntimeError, match="before the transaction"):
            act(TEN, "a")


def test_a_counted_attempt_is_one_statement(app: Flask, kept: Counters) -> None:
    with counting(app) as statements:
        kept.hit(TEN, "a")
    assert statements == [], "on a connection of its own: none in the request's"


def test_the_table_says_nothing_about_anybody(app: Flask, kept: Counters) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": "198.51.100.7"}):
        limits.count_try(AttemptKind.PASSWORD, "agent@example.org")
        limits.count_message("+33612345678", text=True)
        limits.count_open_form()
    rows = db.session.execute(select(RateCounter)).scalars().all()
    assert len(rows) == 9
    said = " ".join(row.key for row in rows)
    for secret in ("agent", "198.51", "336123", "12345678"):
        assert secret not in said


def test_without_counters_nobody_guesses_and_words_are_taken(app: Flask, kept: Counters) -> None:
    with transaction() as session:
        session.execute(text("ALTER TABLE rate_counter RENAME TO gone"))
    try:
        with pytest.raises(CountersDown):
            kept.hit(TEN, "a")
        with app.test_request_context():
            for guess in (
                lambda: limits.count_try(AttemptKind.CODE, "agent@example.org"),
                lambda: limits.count_message("agent@example.org"),
                lambda: limits.count_lost_password("agent@example.org"),
                limits.texts_run_low,
            ):
                with pytest.raises(CountersSilent) as refused:
                    guess()
                assert (refused.value.status, refused.value.seconds) == (503, 60)
            limits.count_open_form()
            assert not limits.may_wait(AttemptKind.CARD)
        answer = app.test_client().get("/fr/")
        assert answer.status_code == 200, "pages are read all the same"
    finally:
        with transaction() as session:
            session.execute(text("ALTER TABLE gone RENAME TO rate_counter"))


def test_a_lock_that_is_held_is_not_waited_for_long(app: Flask, kept: Counters) -> None:
    done = threading.Event()
    held = threading.Event()

    def hold() -> None:
        with app.app_context(), transaction() as session:
            if db.engine.dialect.name == "postgresql":
                session.execute(text("LOCK TABLE rate_counter IN ACCESS EXCLUSIVE MODE"))
            held.set()
            done.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    begun = time.monotonic()
    try:
        with pytest.raises(CountersDown):
            kept.hit(TEN, "a")
        assert 2 < time.monotonic() - begun < 25, "the thread that holds it would for 30"
    finally:
        done.set()
        thread.join()
    assert kept.hit(TEN, "a")


@pytest.mark.parametrize(
    ("said", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix:", "unix:"),
    ],
)
def test_a_network_is_what_one_customer_has(app: Flask, said: str, network: str) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": said}):
        assert limits.network() == network


def test_a_right_guess_gives_its_try_back(app: Flask, kept: Counters) -> None:
    with app.test_request_context():
        for _ in range(120):
            limits.count_try(AttemptKind.PASSWORD, "agent@example.org")
            limits.note_right(AttemptKind.PASSWORD, "agent@example.org")
        for _ in range(10):
            limits.count_try(AttemptKind.PASSWORD, "agent@example.org")
        with pytest.raises(TooManyAttempts):
            limits.count_try(AttemptKind.PASSWORD, "agent@example.org")


def test_a_gate_lets_so_many_in_and_so_many_wait() -> None:
    gate = ConcurrencyLimit(at_once=1, waiting=1, timeout=5)
    inside, leave = threading.Event(), threading.Event()
    seen: list[str] = []

    def work(name: str) -> None:
        try:
            with gate.slot():
                seen.append(name)
                inside.set()
                leave.wait(10)
        except TooManyAtOnce:
            seen.append("busy")

    first = threading.Thread(target=work, args=("first",))
    first.start()
    inside.wait(5)
    with pytest.raises(TooManyAtOnce), gate.slot(may_wait=False):
        pass
    second = threading.Thread(target=work, args=("second",))
    second.start()
    time.sleep(0.1)
    with pytest.raises(TooManyAtOnce), gate.slot():
        pass
    leave.set()
    first.join()
    second.join()
    assert seen == ["first", "second"]
    with gate.slot(may_wait=False):
        pass


def test_who_waits_too_long_is_let_go() -> None:
    gate = ConcurrencyLimit(at_once=1, waiting=1, timeout=0.05)
    with gate.slot(), pytest.raises(TooManyAtOnce), gate.slot():
        pass
    with gate.slot():
        pass


@pytest.mark.parametrize("value", ["memory://", "postgresql://x", "nonsense"])
def test_a_storage_that_cannot_work_is_refused_at_start(tmp_path: object, value: str) -> None:
    environ = {
        "SECRET_KEY": "k" * 40,
        "KEYS_DIR": f"{tmp_path}/keys",
        "LEDGER_DIR": f"{tmp_path}/ledger",
        "RATE_LIMIT_STORAGE": value,
    }
    with pytest.raises(UnusableSetting, match="RATE_LIMIT_STORAGE"):
        rate_limits.register(Flask(__name__), Settings.from_environment(environ))
