"""What lacks a language, or is stale: counted by kind, and listed from the one that has waited longest."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text, update
from sqlalchemy.orm import Session

from cdv_civic.commitments.models import Progress
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.localized import (
    LocalizedText,
    TranslationState,
    change_originals,
    put_text,
    translate,
)
from cdv_civic.core.missing_translations import (
    PER_PAGE,
    MissingText,
    count_missing,
    missing_texts,
    owners_that_lack,
)
from cdv_civic.core.paging import Cursor
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.territory.models import Contract
from tests import factories as make
from tests.conftest import TODAY, counting
from tests.texts import make_texts


@pytest.fixture
def contract(app: Flask) -> Contract:
    return make.make_contract(translations={"ar": "عقد", "en": "Contract"})


def counted(contract: Contract | None, language: str = "ar") -> dict[str, int]:
    found = count_missing(contract.id if contract else None, language)
    return {kind.kind: count for kind, count in found.items()}


def listed(contract: Contract, language: str = "ar") -> list[tuple[str, str | None]]:
    return [(each.original, each.state) for each in missing_texts(contract.id, language).rows]


def test_a_text_lacks_a_language_until_somebody_has_reviewed_it(contract: Contract) -> None:
    row = make.make_commitment(contract, "Ouvrir une école")
    assert (counted(contract), listed(contract)) == ({"commitment": 1}, [("Ouvrir une école", None)])
    with transaction() as session:
        translate(session, row.title_id, "ar", "مدرسة", author=None, state=TranslationState.DRAFT)
    assert (counted(contract), listed(contract)) == ({"commitment": 1}, [("Ouvrir une école", "draft")])
    with transaction() as session:
        translate(session, row.title_id, "ar", "مدرسة", author=None)
    assert (counted(contract), listed(contract)) == ({}, [])
    assert counted(contract, "en") == {"commitment": 1}
    with transaction() as session:
        change_originals(session, {row.title_id: "Ouvrir deux écoles"})
    assert listed(contract) == [("Ouvrir deux écoles", "stale")]


def test_a_text_does_not_lack_its_own_language(contract: Contract) -> None:
    make.make_commitment(contract, "Ouvrir une école")
    assert counted(contract, "fr") == {}


def test_each_contract_has_its_own_and_words_belong_to_the_site(app: Flask, contract: Contract) -> None:
    make.make_commitment(contract)
    other = make.make_contract()
    with transaction() as session:
        put_text(
            session,
            None,
            {"fr": "Un quartier"},
            "x",
            99,
            TextOwner("glossary_entry", 1, "explanation", None),
            None,
        )
    assert counted(contract) == {"commitment": 1}
    assert counted(other) == {"contract": 1}
    assert counted(None) == {"glossary_entry": 1}


def test_what_residents_do_not_read_is_not_asked_for(contract: Contract) -> None:
    make.make_commitment(contract, "Fini", retired_at=clock.now(), translations={"en": "Over"})
    make.make_axis(contract, retired_at=clock.now())
    make.make_indicator(contract, retired_at=clock.now())
    commitment = make.make_commitment(contract, translations={"ar": "وعد"})
    news = make.make_progress(commitment, detail="Plus de détail.")
    make.make_evidence(news)
    assert counted(contract) == {"progress": 2, "evidence": 1}
    with transaction() as session:
        session.execute(update(Progress).values(withdrawn_at=clock.now(), withdrawn_reason="Une erreur."))
    assert counted(contract) == {}


def test_answers_to_one_person_are_nobody_elses_to_translate(app: Flask, session: Session) -> None:
    make_texts()
    contract = session.query(Contract).one()
    assert "voice_step" not in counted(contract, "en")
    assert counted(contract, "en")["voice_settings"] == 1


def test_the_one_that_has_waited_longest_comes_first(contract: Contract) -> None:
    ids = [make.make_commitment(contract, title).title_id for title in ("Un", "Deux", "Trois")]
    later = TODAY + timedelta(hours=1)
    with clock.frozen_everywhere(later), transaction() as session:
        change_originals(session, {ids[0]: "Un, mais mieux"})
    assert [each for each, _state in listed(contract)] == ["Deux", "Trois", "Un, mais mieux"]


def pages(contract: Contract) -> Iterator[tuple[MissingText, ...]]:
    cursor = None
    while True:
        page = missing_texts(contract.id, "ar", cursor)
        yield page.rows
        if page.next_key is None:
            return
        cursor = Cursor(page.next_key)


def test_page_after_page_shows_each_text_once_and_back_again(contract: Contract) -> None:
    make.make_commitments(contract, 120, searchable=False)
    with transaction() as session:  # moments that differ by a microsecond, and some that do not
        for each in session.query(LocalizedText).filter_by(owner_kind="commitment"):
            each.changed_at = TODAY + timedelta(microseconds=each.id // 3)
    shown = list(pages(contract))
    assert [len(each) for each in shown] == [PER_PAGE, PER_PAGE, 20]
    ids = [each.text_id for page in shown for each in page]
    assert ids == sorted(ids)
    assert len(set(ids)) == 120
    back = missing_texts(contract.id, "ar", Cursor(shown[2][0].key, before=True))
    assert back.rows == shown[1]


def test_the_list_and_the_count_cost_one_statement_each(app: Flask, contract: Contract) -> None:
    for how_many in (1, 60):
        make.make_commitments(contract, how_many, searchable=False)
        with counting(app) as statements:
            count_missing(contract.id, "ar")
            missing_texts(contract.id, "ar")
        assert len(statements) == 2


def test_owners_of_one_kind_that_lack_a_language(contract: Contract, session: Session) -> None:
    row = make.make_commitment(contract)
    make.make_commitment(contract, translations={"ar": "وعد"})
    assert list(session.execute(owners_that_lack("ar", "commitment")).scalars()) == [row.id]


def plans_of(act: Callable[[], object], explain: str) -> list[str]:
    """How the database means to do each statement that an act sends."""
    sent: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: Any, _x: object, _many: bool) -> None:
        sent.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    act()
    event.remove(db.engine, "before_cursor_execute", note)
    with db.engine.connect() as connection:
        plans = [connection.exec_driver_sql(f"{explain} {each}", given).all() for each, given in sent]
    return ["\n".join(str(tuple(row)) for row in plan) for plan in plans]


def test_a_page_of_a_long_list_is_a_walk_along_the_index(contract: Contract, database_kind: str) -> None:
    make.make_commitments(contract, 3_000, searchable=False)
    for _each in range(3):
        make.make_commitments(make.make_contract(), 1_000, searchable=False)
    with db.engine.begin() as connection:
        connection.execute(text("ANALYZE"))
    explain = "EXPLAIN" if database_kind == "postgresql" else "EXPLAIN QUERY PLAN"
    cursor = Cursor(missing_texts(contract.id, "ar").next_key or ())
    for here in (None, cursor):
        (plan,) = plans_of(lambda here=here: missing_texts(contract.id, "ar", here), explain)  # type: ignore[misc]
        assert "ix_localized_text_oldest" in plan
        assert "SCAN localized_text" not in plan
        assert "Seq Scan on localized_text" not in plan
        assert "TEMP B-TREE" not in plan, "no sort of the whole list"
