"""A page begins after a row or ends before one; walking visits every row once, forward and back."""

from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, insert, select

from cdv_civic.core.db import db
from cdv_civic.core.paging import LARGEST, Cursor, Key, Page, page_of, read_cursor, window, write_key

KEYS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(1, 10_000)), unique_by=lambda key: key[1], max_size=60
)

rows_table = Table(
    "rows",
    MetaData(),
    Column("rank", Integer),
    Column("id", Integer, primary_key=True),
    prefixes=["TEMPORARY"],
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(KEYS, st.integers(1, 7), st.tuples(st.booleans(), st.booleans()))
def test_walking_forward_then_back_visits_every_row_once_in_order(
    app: Flask, keys: list[Key], size: int, falls: tuple[bool, bool]
) -> None:
    """Also where the values of a column fall, one of them or both."""
    in_order = sorted(
        keys, key=lambda key: [-part if falling else part for part, falling in zip(key, falls, strict=True)]
    )
    with db.engine.connect() as connection:
        rows_table.create(connection)
        if keys:
            connection.execute(insert(rows_table), [{"rank": rank, "id": id_} for rank, id_ in keys])

        def page(cursor: Cursor | None) -> Page[Any]:
            columns = [
                each.desc() if falling else each
                for each, falling in zip((rows_table.c.rank, rows_table.c.id), falls, strict=True)
            ]
            statement = window(select(rows_table), columns, cursor, size)
            found = [tuple(row) for row in connection.execute(statement)]
            return page_of(found, cursor, size, lambda key: key)

        forward: list[tuple[int, ...]] = []
        cursor: Cursor | None = None
        pages = []
        while True:
            current = page(cursor)
            pages.append(current)
            forward += current.rows
            if current.next_key is None:
                break
            cursor = Cursor(current.next_key)
        assert forward == in_order
        assert pages[0].previous_key is None

        back, current = [list(pages[-1].rows)], pages[-1]
        while current.previous_key is not None:
            current = page(Cursor(current.previous_key, before=True))
            back.insert(0, list(current.rows))
        assert [row for rows in back for row in rows] == in_order
        assert back == [list(each.rows) for each in pages]


@given(st.lists(st.integers(0, LARGEST), min_size=1, max_size=3).map(tuple))
def test_a_key_survives_the_address(key: Key) -> None:
    assert read_cursor(write_key(key), None, parts=len(key)) == Cursor(key)
    assert read_cursor(None, write_key(key), parts=len(key)) == Cursor(key, before=True)


@pytest.mark.parametrize("written", [f"{LARGEST + 1}-1", f"1-{LARGEST + 1}", f"{10**14}-{10**14}"])
def test_a_number_that_no_column_holds_is_no_place(written: str) -> None:
    """PostgreSQL would end the request with an error."""
    assert read_cursor(written, None, parts=2) is None


@given(st.text(max_size=40))
def test_whatever_stands_in_the_address_is_a_place_or_the_first_page(typed: str) -> None:
    cursor = read_cursor(typed, None, parts=2)
    assert cursor is None or len(cursor.key) == 2


def test_what_we_could_not_have_written_is_the_first_page() -> None:
    for typed in ("", "12", "1-2-3", "a-b", "-1-2", "1-", "٣-٤", "1-" + "9" * 40, None):
        assert read_cursor(typed, None, parts=2) is None
