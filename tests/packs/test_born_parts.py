"""Parts of a contract that residents chose are in no file: an import neither retires them nor takes off what hangs there."""

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from cdv_civic.commitments.models import commitment_axis
from cdv_civic.core.db import transaction
from cdv_civic.core.localized import write_original
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.packs.problems import BadPack
from cdv_civic.territory.models import Axis
from tests.packs.samples import commitment, load, newer, small


def born(session: Session, contract_id: int, commitment_id: int) -> int:
    """A part that residents chose, with a commitment on it."""
    with transaction() as writing:
        number = reserve_ids(writing, Axis)[0]
        title = write_original(writing, "S’asseoir", TextOwner("axis", number, "title", contract_id))
        writing.add(
            Axis(
                id=number,
                contract_id=contract_id,
                code="habitants-1",
                title_id=title.id,
                kind="groupe_d_idees",
                tree="habitants",
                position=99,
                source_row={},
            )
        )
        writing.flush()
        writing.execute(
            insert(commitment_axis).values(commitment_id=commitment_id, axis_id=number, position=9)
        )
    return number


def test_they_stay_whatever_the_new_file_says(session: Session) -> None:
    load(small())
    row = commitment(session)
    contract_id, commitment_id = row.contract_id, row.id
    session.rollback()
    axis_id = born(session, contract_id, commitment_id)
    pack = newer(title="Un autre titre")
    pack["commitments"][0]["axes"] = ["B"]
    for file in (pack, small()):
        report = load(file)
        assert report.retired["axes"] == 0
        session.rollback()
        assert session.get_one(Axis, axis_id, populate_existing=True).retired_at is None
        hung = session.execute(
            select(commitment_axis.c.axis_id).where(commitment_axis.c.commitment_id == commitment_id)
        ).scalars()
        assert axis_id in set(hung)
        session.rollback()


def test_no_file_has_a_part_of_that_tree() -> None:
    pack = small()
    pack["axes"][0]["tree"] = "habitants"
    with pytest.raises(BadPack):
        load(pack)


def test_a_file_that_calls_a_part_of_its_own_so_is_refused_in_words(session: Session) -> None:
    load(small())
    row = commitment(session)
    contract_id, commitment_id = row.contract_id, row.id
    session.rollback()
    axis_id = born(session, contract_id, commitment_id)
    pack = small()
    pack["axes"][2]["code"] = "habitants-1"
    with pytest.raises(BadPack) as refused:
        load(pack)
    assert [each.where for each in refused.value.problems] == ["axes[2].code"]
    session.rollback()
    assert session.get_one(Axis, axis_id, populate_existing=True).tree == "habitants"
