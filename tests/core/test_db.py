"""Writing goes through one door."""

import threading

import pytest
from flask import Flask
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from cdv_civic.core.db import (
    SITE,
    CacheTag,
    TagName,
    WriteConflict,
    after_commit,
    before_commit,
    db,
    is_writing,
    raise_tags,
    rows_of,
    transaction,
)
from cdv_civic.core.localized import LocalizedText, change_originals, words_of
from tests.publishing import publications
from tests.races import at_once
from tests.texts import write_text

HERE, THERE = TagName("contract:here"), TagName("contract:there")


def test_a_transaction_keeps_everything_or_nothing(app: Flask, session: Session) -> None:
    def write_and_fail() -> None:
        with transaction() as writing:
            write_text(writing, "Bonjour")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert session.execute(select(LocalizedText)).all() == []


def test_what_comes_last_is_done_once_and_what_follows_a_commit_only_after_one(app: Flask) -> None:
    done: list[str] = []

    def write(*, fail: bool) -> None:
        with transaction() as outer:
            after_commit(outer, lambda: done.append("after"))
            before_commit(outer, "chain", lambda _session: done.append("before"))
            with transaction() as inner:
                before_commit(inner, "chain", lambda _session: done.append("again"))
                write_text(inner, "Bonjour")
            done.append("acts")
            if fail:
                raise ZeroDivisionError

    write(fail=False)
    assert done == ["acts", "before", "after"]
    done.clear()
    with pytest.raises(ZeroDivisionError):
        write(fail=True)
    assert done == ["acts"]


def test_an_error_after_a_commit_takes_nothing_back(app: Flask, session: Session) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    with transaction() as writing:
        write_text(writing, "Bonjour")
        after_commit(writing, fail)
    assert len(session.execute(select(LocalizedText)).all()) == 1


def test_hooks_need_a_transaction(app: Flask, session: Session) -> None:
    with pytest.raises(RuntimeError, match="outside a transaction"):
        after_commit(session, lambda: None)
    with pytest.raises(RuntimeError, match="outside a transaction"):
        before_commit(session, "chain", lambda _session: None)


def numbers() -> dict[str, int]:
    return dict(db.session.execute(select(CacheTag.name, CacheTag.number)).all())


def test_a_publication_raises_the_number_of_its_tag_and_of_no_other(app: Flask) -> None:
    with transaction(publishes=SITE):
        pass
    before = numbers()
    with transaction():
        pass
    assert numbers() == before
    with transaction(publishes=HERE):
        pass
    assert numbers() == {**before, HERE: 1}
    with transaction() as writing:
        raise_tags(writing, HERE, THERE)
        raise_tags(writing, HERE)
    assert numbers() == {**before, HERE: 2, THERE: 1}, "once for each transaction"


def test_a_transaction_that_fails_raises_no_number(app: Flask) -> None:
    def publish_and_fail() -> None:
        with transaction(publishes=HERE) as writing:
            raise_tags(writing, THERE)
            raise ZeroDivisionError

    before = numbers()
    with pytest.raises(ZeroDivisionError):
        publish_and_fail()
    assert numbers() == before


def test_tags_are_raised_outside_no_transaction(app: Flask, session: Session) -> None:
    with pytest.raises(RuntimeError, match="outside a transaction"):
        raise_tags(session, HERE)


def test_whoever_raises_the_same_tags_at_once_waits_and_never_in_a_circle(app: Flask) -> None:
    def publish(*tags: TagName) -> None:
        for _ in range(10):
            with transaction() as writing:
                raise_tags(writing, *tags)

    acts = [lambda: publish(HERE, THERE), lambda: publish(THERE, HERE), lambda: publish(THERE, SITE, HERE)]
    assert at_once(app, *acts, *acts) == [None] * 6
    db.session.rollback()
    found = numbers()
    assert (found[HERE], found[THERE], found[SITE]) == (60, 60, 20)


def test_the_cache_tags_and_the_trail_are_written_after_everything_else(app: Flask) -> None:
    done: list[str] = []
    before = publications()
    with transaction() as writing:
        before_commit(writing, "trail", lambda _session: done.append(f"last {publications()}"), last=True)
        raise_tags(writing, SITE)
        before_commit(writing, "more", lambda _session: done.append(f"before {publications()}"))
        assert publications() == before
    assert done == [f"before {before}", f"last {before + 1}"]


def test_of_two_transactions_in_a_circle_one_is_told_to_try_again(app: Flask, database_kind: str) -> None:
    if database_kind != "postgresql":
        pytest.skip("on SQLite one writes at a time")
    with transaction() as writing:
        ids = [write_text(writing, text) for text in ("Un", "Deux")]
    met = threading.Barrier(2)
    ended: list[str] = []

    def cross(first: int, second: int) -> None:
        with app.app_context():
            try:
                with transaction() as writing:
                    change_originals(writing, {first: "Trois"})
                    writing.flush()
                    met.wait(20)
                    change_originals(writing, {second: "Quatre"})
                ended.append("kept")
            except WriteConflict as told:
                ended.append(f"told {told.status}")

    threads = [threading.Thread(target=cross, args=order) for order in (ids, ids[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == ["kept", "told 409"]


def test_a_change_before_the_transaction_is_refused(app: Flask, session: Session) -> None:
    session.add(LocalizedText(original="Bonjour"))
    with pytest.raises(RuntimeError), transaction():
        pass
    session.expunge_all()


def test_a_row_that_was_changed_or_deleted_before_the_transaction_is_refused_too(
    app: Flask, session: Session
) -> None:
    with transaction() as writing:
        row = writing.get_one(LocalizedText, write_text(writing, "Bonjour"))
    row.original = "Bonsoir"
    with pytest.raises(RuntimeError, match="outside a transaction"), transaction():
        pass
    session.refresh(row)
    assert row.original == "Bonjour"
    session.delete(row)
    with pytest.raises(RuntimeError, match="outside a transaction"), transaction():
        pass
    session.expunge_all()
    assert len(session.execute(select(LocalizedText)).all()) == 1


def test_one_is_writing_inside_a_transaction_and_at_no_other_time(app: Flask, session: Session) -> None:
    session.execute(select(LocalizedText))
    assert not is_writing(), "a session that reads"
    with transaction():
        assert is_writing()
    assert not is_writing()
    with pytest.raises(ZeroDivisionError), transaction():
        raise ZeroDivisionError
    assert not is_writing()


def test_on_sqlite_what_a_transaction_reads_is_still_so_when_it_writes(
    app: Flask, database_kind: str
) -> None:
    if database_kind != "sqlite":
        pytest.skip("PostgreSQL locks the rows that are asked for")
    with transaction() as writing:
        text_id = write_text(writing, "0")

    def count_on() -> None:
        for _ in range(5):
            with transaction() as session:
                known = session.get_one(LocalizedText, text_id, populate_existing=True)
                known.original = str(int(known.original) + 1)

    assert at_once(app, *[count_on] * 6) == [None] * 6
    db.session.rollback()
    assert words_of([text_id], "fr")[text_id].text == "30"


def test_an_inner_transaction_joins_the_outer_one(app: Flask, session: Session) -> None:
    before = publications()

    def publish_inside_and_fail() -> None:
        with transaction() as outer:
            with transaction(publishes=SITE):
                write_text(outer, "Bonjour")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        publish_inside_and_fail()
    assert publications() == before


def test_a_hundred_racing_publications_are_all_counted(app: Flask) -> None:
    def publish() -> None:
        with app.app_context():
            for _ in range(10):
                with transaction(publishes=SITE):
                    pass

    threads = [threading.Thread(target=publish) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert publications() == 100


def test_rows_of_columns_are_read_in_the_transaction_at_hand(app: Flask) -> None:
    with transaction(publishes=HERE) as writing:
        write_text(writing, "Bonjour")
        found = rows_of(select(LocalizedText.original, LocalizedText.id))
        assert [row.original for row in found] == ["Bonjour"]
        asked = select(LocalizedText.id).where(LocalizedText.original == bindparam("words"))
        assert rows_of(asked, {"words": "Bonsoir"}).all() == []
        writing.rollback()
    assert rows_of(select(LocalizedText.id)).all() == []


def test_what_one_page_reads_is_of_one_moment(app: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL shows each statement what is committed by then")
    asked = select(CacheTag.number).where(CacheTag.name == HERE)
    with transaction(publishes=HERE):
        pass
    before = rows_of(asked).scalar_one()

    def publish() -> None:
        with app.app_context(), transaction(publishes=HERE):
            pass

    other = threading.Thread(target=publish)
    other.start()
    other.join()
    assert rows_of(asked).scalar_one() == before
    db.session.rollback()
    assert rows_of(asked).scalar_one() == before + 1
