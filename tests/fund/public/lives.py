"""Projects that have lived: brought through their states by the verbs that do it, on days that a test says."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert

from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.fund.models.funds import FundEnvelope, FundRound
from cdv_civic.fund.models.projects import FundProject, ProjectReview, ProjectStep
from cdv_civic.fund.operations.granting import grant
from cdv_civic.fund.operations.locking import held_envelope, held_project
from cdv_civic.fund.operations.moving import move
from cdv_civic.fund.rules.projects import ProjectState
from tests.fund import funds as given

#: The whole way of a project that was chosen.
WAY = ("admissible", "in-choice", "selected", "notified", "paid", "done", "reviewed", "closed")
WHY = {"fr": "Trop de projets pour peu d’argent."}


def live(
    fund_round: FundRound,
    *states: str,
    envelope: FundEnvelope | None = None,
    begins: date | None = None,
    step_days: int = 1,
    granted: int = 300_00,
    contract_id: int = 1,
    **values: Any,
) -> FundProject:
    """A project that was submitted on a day and came to each of some states, so many days one after the other."""
    begins = begins or clock.today() - timedelta(100)
    project = given.make_project(fund_round, state_on=begins, **values)
    for number, state in enumerate(states, 1):
        with transaction() as session:
            held = held_project(session, project.id)
            if state == "selected" and envelope is not None:
                grant(held_envelope(session, envelope.id), held, granted)
            reason = WHY if state in ("incomplete", "inadmissible", "not-selected", "abandoned") else {}
            move(
                session,
                None,
                held,
                ProjectState(state),
                contract_id,
                on=begins + timedelta(step_days * number),
                reason=reason,
            )
    with transaction() as session:
        return held_project(session, project.id)


def make_projects(fund_round: FundRound, many: int, envelope: FundEnvelope) -> None:
    """Many public projects at once, half of them selected, with the steps that led there."""
    model = live(fund_round, "admissible")
    columns = {column.name: getattr(model, column.name) for column in FundProject.__table__.columns}
    with transaction() as session:
        ids = reserve_ids(session, FundProject, many)
        rows = [
            {
                **columns,
                "id": project_id,
                "number": 10_000 + project_id,
                "title": f"Une idée {project_id}",
                "client_key": f"un-projet-parmi-{project_id}",
                "receipt_hash": f"un-recu-parmi-{project_id}",
                **(
                    {"state": "selected", "granted_cents": 100, "envelope_id": envelope.id}
                    if project_id % 2
                    else {}
                ),
            }
            for project_id in ids
        ]
        session.execute(insert(FundProject), rows)
        session.execute(
            insert(ProjectStep),
            [
                {
                    "project_id": project_id,
                    "position": position,
                    "state": state,
                    "on_day": model.state_on,
                    "entered_at": clock.now(),
                }
                for project_id in ids
                for position, state in enumerate(("submitted", *until("selected")), 1)
                if project_id % 2 or position < 3
            ],
        )


def until(state: str) -> Iterable[str]:
    """The way as far as a state."""
    return WAY[: WAY.index(state) + 1]


def tell(project: FundProject, words: str = "C’était bien.", *, taken: bool = True, people: int = 42) -> None:
    """The review of a project."""
    now = clock.now()
    with transaction() as session:
        session.add(
            ProjectReview(
                project_id=project.id,
                words=words,
                people=people,
                sent_at=now,
                taken_at=now if taken else None,
                taken_on=clock.today() if taken else None,
                client_key=f"un-bilan-{project.id}",
                version=1,
            )
        )
