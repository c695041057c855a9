"""The trail of what staff did: whoever rewrites it is found out."""

import threading

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.core import audit
from cdv_civic.core.audit import AuditEntry, verify
from cdv_civic.core.db import transaction
from cdv_civic.core.policy import CommandLine


def record(count: int) -> None:
    for number in range(count):
        with transaction() as session:
            audit.record(
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
        entry.hash = audit._digest(entry)
    status, output = command(app)
    assert status == 1
    assert "entry 4" in output


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
            audit.record(writing, CommandLine(), "commitment.edit", "commitment", 1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    record(1)
    assert verify(session) == (1, None)
