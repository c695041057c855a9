"""Let many imported commitments stand at once, and take it back."""

import threading
from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.commitments import selection
from cdv_civic.commitments.models import Commitment
from cdv_civic.commitments.operations.progress import NewProgress, publish_progress
from cdv_civic.commitments.operations.publishing import ListChanged, publish_commitments, undo_publication
from cdv_civic.commitments.rules.work_list import WorkQueue
from cdv_civic.commitments.selection import Selection
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry, verify
from cdv_civic.core.errors import Forbidden, NotFound
from cdv_civic.core.policy.model import Reach
from cdv_civic.territory.vocabulary import STATES
from tests.commitments.queues import queues_of
from tests.factories import make_account, make_commitment, make_commitments, make_contract, make_quartier
from tests.publishing import publications, seen_at_once


def states(session: Session) -> dict[str, int]:
    return dict(session.execute(select(Commitment.state, func.count()).group_by(Commitment.state)).all())


def test_the_chosen_are_announced_and_nobody_else(app: Flask, session: Session) -> None:
    ids = make_commitments(make_contract(), 5, state="a_verifier")
    before = publications()
    done = publish_commitments(make_account(), ids[:2])
    assert done.count == 2
    assert publications() == before + 1
    assert states(session) == {"annonce": 2, "a_verifier": 3}
    assert publish_commitments(make_account(), ids[:2]).count == 0
    with seen_at_once():
        undo_publication(make_account(), done.entries)
    assert states(session) == {"a_verifier": 5}


def test_what_is_under_way_is_left_alone(app: Flask, session: Session) -> None:
    contract = make_contract()
    running = make_commitment(contract, state="en_cours")
    gone = make_commitment(contract, state="a_verifier", retired_at=clock.now())
    assert publish_commitments(make_account(), [running.id, gone.id]).count == 0
    assert states(session) == {"en_cours": 1, "a_verifier": 1}


def test_all_that_a_filter_finds_are_announced(app: Flask, session: Session) -> None:
    contract, quartier = make_contract(), None
    quartier = make_quartier(contract)
    make_commitments(contract, 3, state="a_verifier", quartier=quartier)
    make_commitments(contract, 4, state="a_verifier")
    assert publish_commitments(make_account(), Selection(quartier_id=quartier.id)).count == 3
    assert states(session) == {"annonce": 3, "a_verifier": 4}


def test_2000_cost_as_many_statements_as_20(
    app: Flask, session: Session, count_statements: Callable[[], Any]
) -> None:
    actor, contract = make_account(), make_contract()
    make_commitments(contract, 20, state="a_verifier", searchable=False)
    with count_statements() as few:
        done = publish_commitments(actor, Selection(contract_id=contract.id))
    with count_statements() as few_back:
        assert undo_publication(actor, done.entries) == 20
    make_commitments(contract, 1980, state="a_verifier", searchable=False)
    with count_statements() as many:
        done = publish_commitments(actor, Selection(contract_id=contract.id), expected=2000)
    with count_statements() as many_back:
        assert undo_publication(actor, done.entries) == 2000
    assert len(few) == len(many)
    assert len(few_back) == len(many_back)
    assert verify(session) == (4, None)


def test_a_list_that_changed_is_not_published(app: Flask, session: Session) -> None:
    contract = make_contract()
    make_commitments(contract, 3, state="a_verifier")
    with pytest.raises(ListChanged):
        publish_commitments(make_account(), Selection(), expected=2)
    assert states(session) == {"a_verifier": 3}


def test_undoing_spares_what_was_told_since(app: Flask, session: Session) -> None:
    actor = make_account()
    ids = make_commitments(make_contract(), 3, state="a_verifier")
    done = publish_commitments(actor, ids)
    publish_progress(
        actor, ids[0], NewProgress("en_cours", clock.today(), "Le chantier a commencé.", "une-clef-unique")
    )
    assert undo_publication(actor, done.entries) == 2
    assert states(session) == {"en_cours": 1, "a_verifier": 2}
    assert undo_publication(actor, done.entries) == 0


def test_only_a_publication_can_be_undone(app: Flask, session: Session) -> None:
    actor = make_account()
    commitment = make_commitment(make_contract())
    publish_progress(
        actor,
        commitment.id,
        NewProgress("en_cours", clock.today(), "Le chantier a commencé.", "une-clef-unique"),
    )
    entry = session.execute(select(AuditEntry.id)).scalar_one()
    for entries in ([entry], [999], []):
        with pytest.raises(NotFound):
            undo_publication(actor, entries)


def test_a_grant_on_one_contract_publishes_nothing_of_another(app: Flask, session: Session) -> None:
    mine, other = make_contract(), make_contract()
    here = make_commitments(mine, 2, state="a_verifier")
    there = make_commitments(other, 2, state="a_verifier")
    actor = make_account(contract=mine)
    with pytest.raises(Forbidden):
        publish_commitments(actor, [*here, *there])
    with pytest.raises(Forbidden):
        publish_commitments(actor, Selection())
    assert states(session) == {"a_verifier": 4}
    theirs = publish_commitments(make_account(), there)
    with pytest.raises(Forbidden):
        undo_publication(actor, theirs.entries)
    assert publish_commitments(actor, Selection(reach=Reach(contracts=frozenset({mine.id})))).count == 2


def test_one_act_on_two_contracts_leaves_a_line_for_each(app: Flask, session: Session) -> None:
    ids = [make_commitment(make_contract(), state="a_verifier").id for _ in range(2)]
    done = publish_commitments(make_account(), ids)
    assert len(done.entries) == 2
    scopes = session.execute(select(AuditEntry.scope)).scalars().all()
    assert len(set(scopes)) == 2
    assert undo_publication(make_account(), done.entries) == 2


def test_two_racing_acts_on_the_same_list_publish_each_commitment_once(app: Flask, session: Session) -> None:
    ids = make_commitments(make_contract(), 200, state="a_verifier")
    actor = make_account()
    counts: list[int] = []
    start = threading.Barrier(4)

    def publish(chosen: list[int]) -> None:
        with app.app_context():
            start.wait()
            counts.append(publish_commitments(actor, chosen).count)

    threads = [threading.Thread(target=publish, args=(ids[::step],)) for step in (1, -1, 1, -1)]
    session.rollback()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == [0, 0, 0, 200]
    assert states(session) == {"annonce": 200}
    assert verify(session) == (1, None)


def test_the_queues_of_sql_are_those_of_the_rule_in_python(app: Flask, session: Session) -> None:
    contract = make_contract()
    days = selection.limits()
    moments = [None, *(clock.now() - timedelta(days=age) for age in (0, 182, 183, 184, 400))]
    told = [None, *(days.today - timedelta(days=age) for age in (0, 183, 184))]
    deadlines = [None, *(days.today + timedelta(days=ahead) for ahead in (-400, -1, 0, 59, 60, 61))]
    expected: dict[int, frozenset[WorkQueue]] = {}
    for state, published, last, deadline in product(STATES, moments, told, deadlines):
        if (len(expected) + hash((state, published is None))) % 7 > 2 and state not in (
            "en_cours",
            "a_verifier",
        ):
            continue  # a third of the states that behave alike is enough
        commitment_id = make_commitments(
            contract, 1, state=state, published_at=published, last_progress_on=last, deadline_date=deadline,
            searchable=False,
        )[0]  # fmt: skip
        expected[commitment_id] = queues_of(
            days,
            state=state,
            retired=False,
            published_on=published.date() if published else None,
            last_progress_on=last,
            deadline=deadline,
        )
    for queue in WorkQueue:
        found = set(session.execute(select(Commitment.id).where(selection.in_queue(queue, days))).scalars())
        assert found == {each for each, queues in expected.items() if queue in queues}
