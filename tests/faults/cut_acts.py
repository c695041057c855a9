"""What holds of every act whose connection breaks as the database commits."""

from collections.abc import Callable, Iterable
from contextlib import nullcontext, suppress
from typing import TypeAlias

import pytest
from sqlalchemy import func, select, text

from cdv_civic.core.db import Model, OutcomeUnknown, db
from cdv_civic.core.errors import DomainError
from tests.faults.tcp_proxy import COMMIT, TcpProxy

Act: TypeAlias = Callable[[], object]
#: What an act may change, as numbers, by name.
Stored: TypeAlias = dict[str, tuple[int, ...]]


def rows_and_versions(tables: Iterable[str]) -> Stored:
    """Of each table how many rows it has, and what their versions add up to."""
    db.session.rollback()
    found: Stored = {}
    for name in tables:
        table = Model.metadata.tables[name]
        versions = func.sum(table.c.version) if "version" in table.c else text("0")
        count, version = db.session.execute(select(func.count(), versions).select_from(table)).one()
        found[name] = (count, int(version or 0))
    return found


def stands_whole_or_not_at_all(
    proxy: TcpProxy, act: Act, stored: Callable[[], Stored], *, sends: bytes, answered: bool
) -> None:
    """Cut an act at the commit that follows what it `sends`, `answered` or not, and do it again and again: what is
    stored is all of it or nothing, and it is done once."""
    before = stored()
    proxy.cut(COMMIT, after=sends, answered=answered)
    with pytest.raises(OutcomeUnknown):
        act()
    assert proxy.cuts == 1
    left = stored()
    assert (left != before) is answered
    # Whoever tries again is told that it stands, or does it.
    with suppress(DomainError) if answered else nullcontext():
        act()
    done = stored()
    assert done != before
    assert done == left or not answered
    with suppress(DomainError):
        act()
    assert stored() == done
