"""Meetings of a commission of the demo: who is there, who stands aside, what is decided, the minutes."""

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import Final

from sqlalchemy import select

from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.demo.funds.projects import ToldProject
from cdv_civic.demo.funds.story import Entry, Event, FundStory
from cdv_civic.fund.juries.operations.agenda import set_presences
from cdv_civic.fund.juries.operations.closing import close_meeting
from cdv_civic.fund.juries.operations.deciding import ItemDecision, decide
from cdv_civic.fund.juries.operations.linking import declare_link
from cdv_civic.fund.juries.operations.meetings import MeetingSettings, make_meeting, publish_minutes
from cdv_civic.fund.models.choosing import JuryItem, JuryMeeting
from cdv_civic.fund.models.funds import FundEnvelope, FundRound
from cdv_civic.fund.rules.juries import JuryMethod

#: Of a day on which a meeting is held: its decisions are entered after it began.
_LATER: Final = 0.2


class ToldMeeting:
    """One meeting of a story."""

    def __init__(self, stage: FundStory, entry: Entry, projects: Mapping[str, ToldProject]) -> None:
        self._stage = stage
        self._entry = entry
        self._projects = projects
        self._id = 0
        self._now = clock.now()

    def events(self) -> Iterator[Event]:
        """It is announced; it is held; everybody reads its minutes."""
        yield Event(self._entry["made"], self._announce)
        if "decisions" in self._entry:
            yield Event(self._entry["on"] - _LATER, self._hold)
            yield Event(self._entry["minutes"], lambda: publish_minutes(self._stage.cast.staff, self._id))

    def _announce(self) -> None:
        entry = self._entry
        day = (self._now - timedelta(days=entry["on"])).astimezone(clock.zone()).date()
        settings = MeetingSettings(
            # Held in the night before its decisions are entered, whatever the hour of the load is.
            datetime.combine(day, time(entry["hour"]), clock.zone()),
            entry["place"],
            JuryMethod.HANDS.value,
            entry["quorum"],
        )
        self._id = make_meeting(
            self._stage.cast.staff,
            self._stage.round_id,
            settings,
            client_key=f"demo-commission-{self._stage.round_id}-{entry['key']}",
        )

    def _hold(self) -> None:
        staff, entry = self._stage.cast.staff, self._entry
        meeting = db.session.get_one(JuryMeeting, self._id, populate_existing=True)
        version, closed = meeting.version, meeting.closed_at is not None
        items = {
            row.project_id: (row.id, row.version)
            for row in db.session.execute(
                select(JuryItem.id, JuryItem.project_id, JuryItem.version).where(
                    JuryItem.meeting_id == self._id
                )
            )
        }
        envelope_id = db.session.execute(
            select(FundEnvelope.id)
            .join(FundRound, FundRound.year == FundEnvelope.year)
            .where(FundRound.id == self._stage.round_id, FundEnvelope.fund_id == self._stage.fund_id)
        ).scalar_one()
        db.session.rollback()
        if closed:
            return
        set_presences(
            staff, self._id, [self._stage.members[each] for each in entry["present"]], version=version
        )
        for member, project in entry["conflicts"]:
            declare_link(staff, items[self._projects[project].id][0], self._stage.members[member])
        for key, said in entry["decisions"].items():
            item_id, item_version = items[self._projects[key].id]
            decision = ItemDecision(
                heard=said.get("heard", False),
                yes=said["yes"],
                no=said["no"],
                cents=said["euros"] * 100 if "euros" in said else None,
                envelope_id=envelope_id if "euros" in said else None,
                reason=said.get("reason", {}),
                elsewhere=said.get("elsewhere", {}),
            )
            decide(staff, item_id, decision, version=item_version)
        close_meeting(staff, self._id)
