"""The trail of what staff did: whoever rewrites it is found out."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, inspect, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.core import clock
from cdv_civic.core.audit import trail
from cdv_civic.core.audit.counter import Counter
from cdv_civic.core.audit.trail import AuditEntry, NotSealed, verify
from cdv_civic.core.db import db, transaction
from cdv_civic.core.policy.model import CommandLine
from tests.conftest import TODAY


def record(count: int) -> None:
    for number in range(count):
        with transaction() as session:
            trail.record(
                session,
                CommandLine(),
                "commitment.edit",
                "commitment",
                number,
                scope="contrat",
                before={"titre": "é"},
                after={"titre": number},
            )


def command(app: Flask) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["audit", "verify"])
    return result.exit_code, result.output


def test_an_empty_trail_is_whole(app: Flask) -> None:
    assert command(app) == (0, "0 entries, the chain is whole\n")


def test_a_trail_that_nobody_touched_is_whole(app: Flask) -> None:
    record(5)
    assert command(app) == (0, "5 entries, the chain is whole\n")


@pytest.mark.parametrize(
    "change",
    [
        {"actor_id": 7},
        {"actor_label": "quelqu’un d’autre"},
        {"action": "progress.publish"},
        {"object_id": 99},
        {"scope": "autre"},
        {"before": {"titre": "e"}},
        {"after": None},
    ],
)
def test_a_changed_entry_is_found(app: Flask, session: Session, change: dict[str, object]) -> None:
    record(5)
    with transaction():
        session.execute(update(AuditEntry).where(AuditEntry.id == 3).values(**change))
    status, output = command(app)
    assert status == 1
    assert "entry 3" in output


def test_a_removed_entry_is_found(app: Flask, session: Session) -> None:
    record(5)
    with transaction():
        session.execute(delete(AuditEntry).where(AuditEntry.id == 3))
    status, output = command(app)
    assert status == 1
    assert "entry 4" in output


def test_a_changed_entry_whose_hash_was_made_anew_is_found(app: Flask, session: Session) -> None:
    record(5)
    with transaction():
        entry = session.execute(select(AuditEntry).where(AuditEntry.id == 3)).scalar_one()
        entry.actor_label = "quelqu’un d’autre"
        entry.hash = trail.digest(entry)
    status, output = command(app)
    assert status == 1
    assert "entry 3" in output


def test_two_entries_cannot_follow_the_same_one(app: Flask, session: Session) -> None:
    record(2)

    def fork() -> None:
        with transaction() as writing:
            second = writing.execute(select(AuditEntry).where(AuditEntry.id == 2)).scalar_one()
            writing.add(
                AuditEntry(
                    at=second.at,
                    actor_id=None,
                    actor_label="",
                    action="commitment.edit",
                    object_kind="commitment",
                    object_id=None,
                    scope=None,
                    before=None,
                    after=None,
                    previous_hash=second.previous_hash,
                    hash="another",
                    seal="another",
                )
            )

    with pytest.raises(IntegrityError):
        fork()


def test_racing_acts_make_one_chain(app: Flask, session: Session) -> None:
    wrong: list[Exception] = []

    def act() -> None:
        with app.app_context():
            try:
                record(5)
            except Exception as error:
                wrong.append(error)

    threads = [threading.Thread(target=act) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.rollback()
    assert wrong == []
    assert verify(session) == (40, None)


def test_an_act_that_fails_leaves_no_line(app: Flask, session: Session) -> None:
    def fail() -> None:
        with transaction() as writing:
            trail.record(writing, CommandLine(), "commitment.edit", "commitment", 1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    record(1)
    assert verify(session) == (1, None)


def test_lines_are_chained_together_at_the_end_of_the_transaction(
    app: Flask, session: Session, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    record(1)
    with count_statements() as statements, transaction() as writing:
        lines = []
        for number in range(4):
            with clock.frozen_everywhere(TODAY + number * timedelta(minutes=1)):
                lines.append(trail.record(writing, CommandLine(), "commitment.edit", "commitment", number))
        assert statements == [], "nobody waits for the trail while others act"
        assert inspect(lines[0]).transient
    asked = [each for each in statements if "audit_entry" in each or "advisory" in each]
    # SQLite takes the lines one by one: it was the only one writing from the start.
    assert len(asked) == (3 if db.engine.dialect.name == "postgresql" else 1 + 4)
    assert [line.at for line in lines] == [TODAY + number * timedelta(minutes=1) for number in range(4)]
    assert [line.object_id for line in session.scalars(select(AuditEntry).order_by(AuditEntry.id))] == [
        0,
        *range(4),
    ]
    assert [line.previous_hash for line in lines[1:]] == [line.hash for line in lines[:-1]]
    assert verify(session) == (5, None)


def test_a_line_says_what_was_true_when_it_was_written(app: Flask, session: Session) -> None:
    told: dict[str, object] = {"names": ["a"]}
    with transaction() as writing:
        line = trail.record(writing, CommandLine(), "commitment.edit", "commitment", 1, after=told)
        told["names"] = ["b"]
    assert line.after == {"names": ["a"]}
    assert verify(session) == (1, None)


def test_a_line_of_an_act_that_failed_is_not_kept_for_the_next_one(app: Flask, session: Session) -> None:
    for wrong in (True, False):
        with suppress(ZeroDivisionError), transaction() as writing:
            trail.record(writing, CommandLine(), "commitment.edit", "commitment", int(wrong))
            if wrong:
                raise ZeroDivisionError
    assert session.scalars(select(AuditEntry.object_id)).all() == [0]


def test_nothing_is_done_where_the_counter_of_the_trail_cannot_be_made(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_counter: Counter) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Counter, "start", fail)
    with pytest.raises(NotSealed):
        record(1)
    assert session.execute(select(AuditEntry)).all() == []
