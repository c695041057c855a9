"""What the demo tells of meetings: dates that change, people counted, papers. All of it is invented."""

import json
from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from cdv_civic.bodies.models import Attendance, BodyPublication, Meeting, MeetingException
from cdv_civic.bodies.operations.occurrences import cancel_occurrence, enter_attendance, move_occurrence
from cdv_civic.bodies.operations.publication_drafts import NewDecision, PublicationDraft
from cdv_civic.bodies.operations.publications import publish, withdraw_publication
from cdv_civic.bodies.rules import AGENDA, Slot, to_utc
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.policy.model import Actor
from cdv_civic.territory.models import Body

DATA: Final = Path(__file__).with_name("data") / "papers.json"


def tell_of_meetings(actor: Actor, contract_id: int) -> None:
    """Bring the meetings of the demo's body to the whole story, as far as an earlier load did not."""
    story: dict[str, Any] = json.loads(DATA.read_text(encoding="utf-8"))
    body_id = db.session.execute(
        select(Body.id).where(Body.contract_id == contract_id, Body.slug == story["body"])
    ).scalar_one()
    for entry in story["dates"]:
        _decide(actor, entry)
    for entry in story["attendance"]:
        meeting_id, day = _meeting(entry["meeting"])[0], date.fromisoformat(entry["day"])
        if day <= clock.today() and db.session.get(Attendance, (meeting_id, day)) is None:
            enter_attendance(
                actor,
                meeting_id,
                day,
                present=entry["present"],
                first_time=entry.get("first_time"),
                version=0,
                zone=clock.zone(),
            )
    for entry in story["papers"]:
        _publish(actor, body_id, entry)


def _meeting(client_key: str) -> tuple[int, int]:
    row = db.session.execute(
        select(Meeting.id, Meeting.sequence).where(Meeting.client_key == client_key)
    ).one()
    return row.id, row.sequence


def _decide(actor: Actor, entry: Mapping[str, Any]) -> None:
    (meeting_id, sequence), day, here = (
        _meeting(entry["meeting"]),
        date.fromisoformat(entry["day"]),
        clock.zone(),
    )
    if db.session.get(MeetingException, (meeting_id, day)) is not None:
        return
    if "cancelled" in entry:
        cancel_occurrence(actor, meeting_id, day, entry["cancelled"], sequence=sequence, zone=here)
        return
    moved = entry["moved"]
    on = date.fromisoformat(moved["day"])
    start, end = (to_utc(on, time.fromisoformat(moved[name]), here) for name in ("start", "end"))
    move_occurrence(actor, meeting_id, day, [Slot(start, end)], entry["reason"], sequence=sequence, zone=here)


def _publish(actor: Actor, body_id: int, entry: Mapping[str, Any]) -> None:
    known = db.session.execute(
        select(BodyPublication.id).where(
            BodyPublication.body_id == body_id, BodyPublication.client_key == entry["key"]
        )
    ).scalar()
    of_meeting = "meeting" in entry
    told_on = date.fromisoformat(entry["day"] if of_meeting else entry["on"])
    if known is not None or (entry["kind"] != AGENDA and told_on > clock.today()):
        return
    draft = PublicationDraft(
        kind=entry["kind"],
        summary=entry["summary"],
        title=entry.get("title", {}),
        said_on=None if of_meeting else told_on,
        meeting_id=_meeting(entry["meeting"])[0] if of_meeting else None,
        meeting_day=told_on if of_meeting else None,
        decisions=[
            NewDecision(
                each["sentence"],
                each.get("who", ""),
                date.fromisoformat(each["by"]) if "by" in each else None,
            )
            for each in entry.get("decisions", ())
        ],
    )
    publication_id = publish(actor, body_id, draft, client_key=entry["key"], zone=clock.zone())
    if "withdrawn" in entry:
        withdraw_publication(actor, publication_id, entry["withdrawn"], version=1)
