"""Each act of a consultation whose connection breaks as the database commits: whole or not at all, and done again once."""

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from cdv_civic.app import create_app
from cdv_civic.consultations.answering.operations.answering import (
    ChangedAnswer,
    answer,
    by_receipt,
    change,
    join,
    take_away,
)
from cdv_civic.consultations.answering.operations.retention import unlink_answers
from cdv_civic.consultations.in_person.operations.correcting import remove_heard
from cdv_civic.consultations.in_person.operations.entering import HeardAnswer, assist, enter_group
from cdv_civic.consultations.in_person.operations.workshops import (
    NewWorkshop,
    enter_table,
    note_workshop,
    remove_table,
)
from cdv_civic.consultations.models import Consultation, ConsultationAnswer
from cdv_civic.consultations.operations.editing.publishing import prolong, withdraw
from cdv_civic.consultations.paper.operations.correcting import correct_sheet, take_sheet_back, void_sheets
from cdv_civic.consultations.paper.operations.entering import enter_sheet
from cdv_civic.consultations.paper.operations.evidence import add_evidence
from cdv_civic.consultations.paper.operations.importing import import_sheets
from cdv_civic.consultations.paper.operations.late import with_late_sheets
from cdv_civic.consultations.paper.operations.printing import reserve_batch
from cdv_civic.consultations.queries.definition import definition_of
from cdv_civic.consultations.restitution.operations import publish_reply, save_reply
from cdv_civic.consultations.restitution.telling import remind_of_answers, tell_who_answered
from cdv_civic.consultations.results.operations import closing
from cdv_civic.consultations.rules.questions import Given
from cdv_civic.core import clock
from cdv_civic.core.db import Model, db
from cdv_civic.participation.rules.channels import Channel
from tests.conftest import TODAY
from tests.consultations import factories as make
from tests.consultations.answering.answers import a_sent, make_resident
from tests.consultations.paper.sheets import Asked, make_asked, typed
from tests.consultations.restitution.replies import a_reply, make_reply, version_of
from tests.core.uploads.files import picture, read
from tests.faults.cut_acts import Act, Stored, rows_and_versions, stands_whole_or_not_at_all
from tests.faults.tcp_proxy import TcpProxy, proxy_to, through
from tests.mail_server import MailBox

pytestmark = pytest.mark.long
#: Everything that acts of consultations write, but the trail: that somebody tried again may stand there.
TABLES = [
    name
    for name in Model.metadata.tables
    if name.startswith(("consultation", "restitution"))
    or name in ("consent", "stored_file", "notice", "ledger_entry")
]


@dataclass(frozen=True)
class World:
    proxy: TcpProxy
    asked: Asked
    mail: MailBox

    @property
    def staff(self) -> Any:
        return self.asked.staff

    @property
    def id(self) -> int:
        return self.asked.row.id


@pytest.fixture
def world(app: Flask, mail: MailBox, database_kind: str) -> Iterator[World]:
    if database_kind == "sqlite":
        pytest.skip("SQLite has no connection that breaks")
    settings = app.extensions["settings"]
    asked = make_asked(sheets=30)
    db.session.remove()
    with proxy_to(settings.database_url) as proxy:
        behind = create_app(dataclasses.replace(settings, database_url=through(proxy, settings.database_url)))
        with behind.app_context():
            yield World(proxy, asked, mail)
            db.session.remove()
            db.engine.dispose()


def stored() -> Stored:
    """What stands of it all, and how many answers an account holds."""
    found = rows_and_versions(TABLES)
    held = select(func.count(ConsultationAnswer.account_id), func.count(ConsultationAnswer.receipt_hash))
    found["joined"] = tuple(db.session.execute(held).one())
    db.session.remove()
    return found


def given(world: World, option: int = 0) -> dict[int, Given]:
    asked = world.asked
    return {asked.questions["single"]: Given(choices={asked.options["single"][option]: None})}


def heard(world: World, key: str) -> HeardAnswer:
    return HeardAnswer(world.id, given(world), key, "fr")


def version(world: World) -> int:
    db.session.rollback()
    found = db.session.execute(select(Consultation.version).where(Consultation.id == world.id)).scalar_one()
    db.session.rollback()
    return found


def an_answer(world: World, key: str = "un-formulaire-1") -> str:
    """A receipt."""
    return answer(a_sent(world.asked, given(world), client_key=key)).receipt or ""  # type: ignore[arg-type]


def answering(world: World) -> Act:
    sent = a_sent(world.asked, given(world), client_key="un-formulaire-1")  # type: ignore[arg-type]
    return lambda: answer(sent)


def changing(world: World) -> Act:
    receipt = an_answer(world)
    changed = ChangedAnswer(
        1, definition_of(world.id, "fr").rules, version(world), given(world, 1), "fr", clock.now()
    )
    return lambda: change(by_receipt(receipt), changed)


def taking_away(world: World) -> Act:
    receipt = an_answer(world)
    return lambda: take_away(by_receipt(receipt), clock.now())


def joining(world: World) -> Act:
    receipt, resident = an_answer(world), make_resident()
    return lambda: join(resident, by_receipt(receipt))


def a_sheet(world: World) -> Act:
    sheet = typed(world.asked, 3)
    return lambda: enter_sheet(world.staff, world.id, sheet)


def a_sheet_corrected(world: World) -> Act:
    a_sheet(world)()
    corrected = typed(world.asked, 3, 1)
    return lambda: correct_sheet(world.staff, world.id, corrected, 1)


def a_table(world: World) -> Act:
    sheets = [typed(world.asked, number) for number in range(1, 21)]
    return lambda: import_sheets(world.staff, world.id, sheets)


def a_sheet_taken_back(world: World) -> Act:
    a_sheet(world)()
    return lambda: take_sheet_back(world.staff, world.id, 3, "retiree")


def a_workshop(world: World) -> Act:
    new = NewWorkshop(world.id, "un-atelier-1", None, "Maison du projet", 12)
    return lambda: note_workshop(world.staff, new)


def a_table_said(world: World) -> Act:
    workshop, photo = a_workshop(world)(), read(picture())
    said = heard(world, "une-table-1")
    return lambda: enter_table(world.staff, int(str(workshop)), said, number=1, people=5, sheet=photo)


def a_table_removed(world: World) -> Act:
    workshop = a_workshop(world)()
    enter_table(world.staff, int(str(workshop)), heard(world, "une-table-1"), number=1, people=5, sheet=None)
    return lambda: remove_table(world.staff, int(str(workshop)), world.id, 1)


def a_group_removed(world: World) -> Act:
    kept = enter_group(world.staff, heard(world, "une-classe-1"), 24)
    return lambda: remove_heard(world.staff, world.id, kept.id, version=1)


def a_photo(world: World) -> Act:
    content = picture()
    return lambda: add_evidence(world.staff, world.id, 3, read(content))


def at(days: int, act: Callable[[World], Act]) -> Callable[[World], Act]:
    """The act, so many days from now."""

    def ready(world: World) -> Act:
        done = act(world)

        def later() -> object:
            with clock.frozen_everywhere(TODAY + timedelta(days=days)):
                return done()

        return later

    return ready


def many_answers(world: World) -> None:
    for option in world.asked.options["single"]:
        make.make_answers(world.asked.row, 10, choices={option: None})


def a_closing(world: World) -> Act:
    many_answers(world)
    return closing.close_consultations


def closed(world: World) -> None:
    many_answers(world)
    with clock.frozen_everywhere(TODAY + timedelta(days=20)):
        closing.close_consultations()


def late_sheets(world: World) -> Act:
    closed(world)
    sheets = [typed(world.asked, number) for number in range(1, 13)]
    return lambda: closing.correct_results(
        world.staff, world.id, "Une boîte est revenue.", version=1, add=with_late_sheets(world.staff, sheets)
    )


def a_saved_reply(world: World) -> Act:
    closed(world)
    return lambda: save_reply(world.staff, world.id, a_reply(), version=0)


def a_published_reply(world: World) -> Act:
    closed(world)
    with clock.frozen_everywhere(TODAY + timedelta(days=20)):
        make_reply(world.asked.row, published=False, who=world.staff)
        written = version_of(world.asked.row)
    return lambda: publish_reply(world.staff, world.id, version=written)


def people_told(world: World) -> Act:
    residents = [make_resident() for _each in range(3)]
    for number, resident in enumerate(residents):
        join(resident, by_receipt(an_answer(world, f"un-formulaire-{number}")))
    published = a_published_reply(world)
    with clock.frozen_everywhere(TODAY + timedelta(days=20)):
        published()
    return tell_who_answered


def answers_unlinked(world: World) -> Act:
    people_told(world)
    return unlink_answers


def proposals(world: World) -> Act:
    seen = version(world)
    return lambda: withdraw(world.staff, world.id, {"fr": "Une erreur."}, version=seen)


def prolonged(world: World) -> Act:
    seen, row = version(world), world.asked.row
    assert row.closes_at is not None
    closes = row.closes_at + timedelta(days=5)
    return lambda: prolong(
        world.staff, world.id, closes_at=closes, paper_until=closes, answer_due_on=clock.today() + timedelta(days=70),
        reason={"fr": "Plus de temps."}, version=seen,
    )  # fmt: skip


ACTS: dict[str, tuple[bytes, Callable[[World], Act]]] = {
    "answer": (b"INSERT INTO consultation_answer ", answering),
    "change": (b"UPDATE consultation_answer ", changing),
    "take away": (b"DELETE FROM consultation_answer ", taking_away),
    "join": (b"UPDATE consultation_answer ", joining),
    "sheet": (b"INSERT INTO consultation_answer ", a_sheet),
    "sheet corrected": (b"UPDATE consultation_answer ", a_sheet_corrected),
    "table of sheets": (b"INSERT INTO consultation_answer ", a_table),
    "sheet taken back": (b"DELETE FROM consultation_answer ", a_sheet_taken_back),
    "sheets void": (b"INSERT INTO consultation_void_sheet", lambda w: lambda: void_sheets(w.staff, w.id, [4, 5], "perdue")),
    "batch": (
        b"INSERT INTO consultation_sheet_batch ",
        lambda w: lambda: reserve_batch(w.staff, w.id, 50, ["fr"], "un-tirage-1"),
    ),
    "photo of a sheet": (b"INSERT INTO consultation_evidence ", a_photo),
    "street": (
        b"INSERT INTO consultation_answer ",
        lambda w: lambda: assist(w.staff, heard(w, "une-rue-1"), Channel.STREET, form="spoken", read_in="fr"),
    ),
    "group": (b"INSERT INTO consultation_answer ", lambda w: lambda: enter_group(w.staff, heard(w, "une-classe-1"), 24)),
    "group removed": (b"DELETE FROM consultation_answer ", a_group_removed),
    "workshop": (b"INSERT INTO consultation_workshop ", a_workshop),
    "table": (b"INSERT INTO consultation_workshop_table ", a_table_said),
    "table removed": (b"DELETE FROM consultation_answer ", a_table_removed),
    "prolonged": (b"INSERT INTO consultation_prolongation ", prolonged),
    "withdrawn": (b"UPDATE consultation SET ", proposals),
    "closing": (b"INSERT INTO consultation_tally ", at(20, a_closing)),
    "late sheets": (b"INSERT INTO consultation_tally ", at(21, late_sheets)),
    "reply": (b"INSERT INTO restitution ", at(22, a_saved_reply)),
    "reply published": (b"UPDATE restitution SET ", at(22, a_published_reply)),
    "people told": (b"UPDATE restitution SET ", at(23, people_told)),
    "staff reminded": (b"INSERT INTO restitution_reminder ", at(47, lambda _w: remind_of_answers)),
    "answers unlinked": (b"UPDATE consultation_answer ", at(150, answers_unlinked)),
}  # fmt: skip


@pytest.mark.parametrize("answered", [False, True], ids=["it never arrived", "nobody heard of it"])
@pytest.mark.parametrize("name", ACTS)
def test_an_act_that_was_cut_at_its_commit_stands_whole_or_not_at_all_and_is_done_once(
    world: World, name: str, answered: bool
) -> None:
    sends, prepare = ACTS[name]
    stands_whole_or_not_at_all(world.proxy, prepare(world), stored, sends=sends, answered=answered)
