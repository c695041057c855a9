"""Each act about ideas, comments, chosen texts and their moderation whose connection breaks as the database commits."""

import dataclasses
import io
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from cdv_civic.accounts.consents import GivenConsent
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.app import create_app
from cdv_civic.consultations.choices.operations import draft_choice, make_tree
from cdv_civic.consultations.kinds.comments.operations import NewComment, comment, take_comment_back
from cdv_civic.consultations.kinds.comments.preparing import end_embargo
from cdv_civic.consultations.operations.editing.publishing import publish
from cdv_civic.consultations.results.operations.closing import ACTOR
from cdv_civic.consultations.verbatims.operations import choose, give_up, take_back_by_receipt
from cdv_civic.consultations.words_models import ConsultationVerbatim
from cdv_civic.core import clock
from cdv_civic.core.db import Model, OutcomeUnknown, db
from cdv_civic.core.idempotency import new_key
from cdv_civic.core.uploads.orphans import remove_orphans
from cdv_civic.core.uploads.receiving import Upload, read_upload
from cdv_civic.core.uploads.serving import open_file
from cdv_civic.core.uploads.stored_files import StoredFile
from cdv_civic.ideas.models import Idea, IdeaGroup, IdeaObjection
from cdv_civic.ideas.operations.answering import answer_idea
from cdv_civic.ideas.operations.grouping import make_group, merge_groups, place_ideas, split_group
from cdv_civic.ideas.operations.keeping import erase_contacts, take_back_idea, take_back_point
from cdv_civic.ideas.operations.objecting import answer_objection, object_to_group
from cdv_civic.ideas.operations.pointing import make_point
from cdv_civic.ideas.operations.putting import assist, put
from cdv_civic.ideas.operations.supporting import Supporter, count_supports, support, withdraw_support
from cdv_civic.moderation.appeals.operations.answering import AppealAnswer, decide_appeal
from cdv_civic.moderation.appeals.operations.contesting import contest_by_receipt
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.operations.deciding import decide, publish_many
from cdv_civic.moderation.reports.operations import NewReport, report
from cdv_civic.moderation.rules.appeals import AppealOutcome
from cdv_civic.moderation.rules.decisions import LegalGround, ModerationAct, Reasons
from cdv_civic.participation.rules.receipts import read_receipt
from tests.conftest import TODAY
from tests.consultations.kinds.comments.commented import Commented
from tests.consultations.verbatims.test_verbatims import Said
from tests.core.uploads.files import files, picture
from tests.faults.cut_acts import Act, Stored, rows_and_versions, stands_whole_or_not_at_all
from tests.faults.tcp_proxy import COMMIT, TcpProxy, proxy_to, through
from tests.faults.test_photo_at_commit import full_disk
from tests.ideas.boxes import BoxWithPeople, a_point, an_idea, make_a_box, put_one
from tests.ideas.choices import PICK, Grouped, count, draft, grouped, published, row_of
from tests.mail_server import MailBox
from tests.moderation.appeals.test_appealing import an_appeal, moderator_of, seen
from tests.voices.voices import make_place

pytestmark = pytest.mark.long
#: Everything that these acts write, but the trail: that somebody tried again may stand there.
TABLES = [
    name
    for name in Model.metadata.tables
    if name.startswith(("idea", "moderat", "consultation", "axis"))
    or name in ("consent", "stored_file", "notice", "ledger_entry", "localized_text")
]
REASONS = Reasons(law=LegalGround.PRIVACY, facts="Un nom.")


@dataclass(frozen=True)
class World:
    proxy: TcpProxy
    box: BoxWithPeople

    @property
    def moderator(self) -> SignedIn:
        return self.box.moderator


@pytest.fixture
def world(app: Flask, mail: MailBox, database_kind: str) -> Iterator[World]:
    if database_kind == "sqlite":
        pytest.skip("SQLite has no connection that breaks")
    settings = app.extensions["settings"]
    box = make_a_box(make_place("contrat-coupe", "conseil-coupe"))
    db.session.remove()
    with proxy_to(settings.database_url) as proxy:
        behind = create_app(dataclasses.replace(settings, database_url=through(proxy, settings.database_url)))
        with behind.app_context():
            yield World(proxy, box)
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def _no_files(each_store: Path) -> None:
    """In a folder, and in a bucket."""
    shutil.rmtree(each_store, ignore_errors=True)


def stored() -> Stored:
    """What stands of it all, under what embargo, and what of ideas has no version."""
    found = rows_and_versions(TABLES)
    embargo = text(
        "SELECT count(embargo_until), count(DISTINCT embargo_until) FROM consultation_comment_step"
    )
    found["embargo"] = tuple(db.session.execute(embargo).one())
    shown = text("SELECT coalesce(sum(supports), 0), count(contact) FROM idea")
    found["supports and contacts"] = tuple(db.session.execute(shown).one())
    db.session.remove()
    return found


def one(table: type[Model], key: object = None) -> Any:
    """A row of a table, or the only one that there is."""
    db.session.rollback()
    if key is not None:
        found = db.session.get_one(table, key, populate_existing=True)
    else:
        found = db.session.execute(select(table)).scalar_one()
    db.session.expunge_all()
    db.session.rollback()
    return found


def case_of(idea_id: int) -> ModeratedText:
    found: ModeratedText = one(ModeratedText, one(Idea, idea_id).case_id)
    return found


def a_photo() -> Upload:
    return read_upload(io.BytesIO(picture()), field="photo")


def putting(world: World) -> Act:
    new = an_idea(world.box, contact="awa@example.org")
    return lambda: put(new)


def putting_with_a_photo(world: World) -> Act:
    new = an_idea(world.box)
    return lambda: put(dataclasses.replace(new, photo=a_photo()))


def relaying(world: World) -> Act:
    new = an_idea(world.box)
    return lambda: assist(world.box.place.relais, new, "rue", GivenConsent("spoken", "fr"))


def taking_back(world: World) -> Act:
    got = put(an_idea(world.box, photo=a_photo(), contact="awa@example.org"))
    return lambda: take_back_idea(read_receipt(got.receipt))


def supporting(world: World) -> Act:
    idea = put_one(world.box).idea_id
    who = Supporter(None, "un navigateur")
    return lambda: support(idea, who)


def support_withdrawn(world: World) -> Act:
    idea = put_one(world.box).idea_id
    who = Supporter(None, "un navigateur")
    support(idea, who)
    return lambda: withdraw_support(idea, who)


def supports_counted(world: World) -> Act:
    for title in ("Des bancs", "Un arbre"):
        idea = put_one(world.box, title).idea_id
        for number in range(11):
            support(idea, Supporter(None, f"navigateur {number}"))
    return count_supports


def pointing(world: World) -> Act:
    new = a_point(put_one(world.box).idea_id)
    return lambda: make_point(new)


def point_taken_back(world: World) -> Act:
    made = make_point(a_point(put_one(world.box).idea_id))
    return lambda: take_back_point(read_receipt(made.receipt))


def grouping(world: World) -> Act:
    ideas = [put_one(world.box, title).idea_id for title in ("Des bancs", "Un arbre")]
    key = new_key()
    return lambda: make_group(world.moderator, world.box.id, {"fr": "S’asseoir"}, {}, ideas, client_key=key)


def placing(world: World) -> Act:
    idea = put_one(world.box).idea_id
    group = make_group(world.moderator, world.box.id, {"fr": "S’asseoir"}, {}, client_key=new_key())
    return lambda: place_ideas(world.moderator, world.box.id, group, [idea])


def splitting(world: World) -> Act:
    ideas = [put_one(world.box, title).idea_id for title in ("Des bancs", "Un arbre")]
    group = make_group(world.moderator, world.box.id, {"fr": "S’asseoir"}, {}, ideas, client_key=new_key())
    return lambda: split_group(world.moderator, world.box.id, group, ideas[:1], {"fr": "De l’ombre"})


def merging(world: World) -> Act:
    ready = grouped(world.box)
    into, group = ready.groups[0], ready.other
    version = one(IdeaGroup, group).version
    return lambda: merge_groups(world.moderator, world.box.id, group, into, version=version)


def objecting(world: World) -> Act:
    ready = grouped(world.box)
    return lambda: object_to_group(read_receipt(ready.receipts[0]), "Pas ce groupe.")


def objection_answered(world: World) -> Act:
    ready = grouped(world.box)
    object_to_group(read_receipt(ready.receipts[0]), "Pas ce groupe.")
    row = one(IdeaObjection)
    return lambda: answer_objection(
        world.moderator, row.id, {"fr": "Vous avez raison."}, to_group=ready.groups[1], version=row.version
    )


def answering(world: World) -> Act:
    idea = one(Idea, put_one(world.box, contact="awa@example.org").idea_id)
    return lambda: answer_idea(
        world.moderator, idea.id, {"fr": "Bientôt."}, answered_by="Le conseil", version=idea.version
    )


def contacts_erased(world: World) -> Act:
    put_one(world.box, contact="awa@example.org")

    def later() -> object:
        with clock.frozen_everywhere(TODAY + timedelta(days=731)):
            return erase_contacts()

    return later


def choice_drafted(world: World) -> Act:
    grouped(world.box)
    return lambda: draft_choice(world.moderator, world.box.id, PICK)


def choice_opened(world: World) -> Act:
    row = row_of(draft(grouped(world.box)))
    number, version = row.id, row.version
    db.session.rollback()
    return lambda: publish(world.moderator, number, version=version)


def tree_made(world: World) -> Act:
    ready: Grouped = grouped(world.box)
    row = count(published(ready), ready, 20, 30)
    number = row.id
    db.session.rollback()
    return lambda: make_tree(ACTOR, number, ready.groups)


def commenting(_world: World) -> Act:
    asked = Commented()
    new = NewComment(asked.things[0].id, "Il manque de l’ombre.", "fr", "un-commentaire-1", clock.now())
    db.session.rollback()
    return lambda: comment(new)


def comment_taken_back(_world: World) -> Act:
    got = Commented().say()
    return lambda: take_comment_back(read_receipt(got.receipt))


def embargo_ended(_world: World) -> Act:
    asked = Commented(embargo=timedelta(days=2))
    consultation, step = asked.row.id, asked.document.id
    db.session.rollback()
    return lambda: end_embargo(ACTOR, consultation, step)


def text_chosen(_world: World) -> Act:
    said = Said()
    number, words = said.row.id, said.words_id()
    db.session.rollback()
    return lambda: choose(said.organiser, number, [words])


def text_given_up(_world: World) -> Act:
    said = Said()
    said.choose()
    number, words = said.row.id, said.words_id()
    db.session.rollback()
    return lambda: give_up(said.organiser, number, [words])


def text_decided(_world: World) -> Act:
    said = Said()
    case = said.choose()
    number, version = case.id, case.version
    db.session.rollback()
    return lambda: decide(said.moderator, number, ModerationAct.PUBLISH, version=version)


def text_taken_back(_world: World) -> Act:
    said = Said()
    said.choose()
    verbatim = one(ConsultationVerbatim).id
    return lambda: take_back_by_receipt(said.code, verbatim)


def hiding(world: World) -> Act:
    case = case_of(put_one(world.box, contact="awa@example.org").idea_id)
    return lambda: decide(world.moderator, case.id, ModerationAct.HIDE, REASONS, version=case.version)


def publishing_many(world: World) -> Act:
    box = make_a_box(world.box.place, read_before=True)
    cases = [case_of(put_one(box, title).idea_id).id for title in ("Des bancs", "Un arbre")]
    return lambda: publish_many(world.moderator, cases)


def reporting(world: World) -> Act:
    case = case_of(put_one(world.box).idea_id)
    new = NewReport(case.id, "injure", "un-signalement-0001", contact="awa@example.org")
    return lambda: report(new)


def contested(world: World) -> tuple[str, int]:
    """The receipt of an idea that was hidden, and the decision."""
    got = put_one(world.box)
    case = case_of(got.idea_id)
    decision = decide(world.moderator, case.id, ModerationAct.HIDE, REASONS, version=case.version)
    return read_receipt(got.receipt), decision


def appealing(world: World) -> Act:
    receipt, decision = contested(world)
    return lambda: contest_by_receipt(receipt, an_appeal(decision))


def appeal_decided(world: World) -> Act:
    other = moderator_of(world.box.place)
    receipt, decision = contested(world)
    appeal = contest_by_receipt(receipt, an_appeal(decision))
    answer, version = AppealAnswer(AppealOutcome.REVERSED, {"fr": "Nous avons relu."}), seen(appeal)
    db.session.rollback()
    return lambda: decide_appeal(other, appeal, answer, version=version)


ACTS: dict[str, tuple[bytes, Callable[[World], Act]]] = {
    "idea": (b"INSERT INTO idea ", putting),
    "idea with a photo": (b"INSERT INTO idea ", putting_with_a_photo),
    "idea for somebody": (b"INSERT INTO idea ", relaying),
    "idea taken back": (b"UPDATE idea SET ", taking_back),
    "support": (b"INSERT INTO idea_support ", supporting),
    "support withdrawn": (b"DELETE FROM idea_support ", support_withdrawn),
    "supports counted": (b"UPDATE idea SET ", supports_counted),
    "point": (b"INSERT INTO idea_point ", pointing),
    "point taken back": (b"UPDATE idea_point SET ", point_taken_back),
    "group": (b"INSERT INTO idea_placing ", grouping),
    "place": (b"INSERT INTO idea_placing ", placing),
    "split": (b"INSERT INTO idea_placing ", splitting),
    "merge": (b"UPDATE idea_group SET ", merging),
    "objection": (b"INSERT INTO idea_objection ", objecting),
    "objection answered": (b"UPDATE idea_objection SET ", objection_answered),
    "answer": (b"UPDATE idea SET ", answering),
    "contacts erased": (b"UPDATE idea SET ", contacts_erased),
    "choice drafted": (b"INSERT INTO consultation_idea_option ", choice_drafted),
    "choice opened": (b"UPDATE idea_box SET ", choice_opened),
    "tree": (b"INSERT INTO axis ", tree_made),
    "comment": (b"INSERT INTO consultation_comment ", commenting),
    "comment taken back": (b"UPDATE consultation_comment SET ", comment_taken_back),
    "embargo ended": (b"UPDATE consultation_comment_step SET ", embargo_ended),
    "text chosen": (b"INSERT INTO consultation_verbatim ", text_chosen),
    "text given up": (b"DELETE FROM consultation_verbatim ", text_given_up),
    "text decided": (b"INSERT INTO moderation_decision ", text_decided),
    "text taken back": (b"UPDATE moderated_text SET ", text_taken_back),
    "hidden": (b"INSERT INTO moderation_decision ", hiding),
    "several published": (b"INSERT INTO moderation_decision ", publishing_many),
    "report": (b"INSERT INTO moderation_report ", reporting),
    "appeal": (b"INSERT INTO moderation_appeal ", appealing),
    "appeal decided": (b"UPDATE moderation_appeal SET ", appeal_decided),
}


@pytest.mark.parametrize("answered", [False, True], ids=["it never arrived", "nobody heard of it"])
@pytest.mark.parametrize("name", ACTS)
def test_an_act_that_was_cut_at_its_commit_stands_whole_or_not_at_all_and_is_done_once(
    world: World, name: str, answered: bool
) -> None:
    sends, prepare = ACTS[name]
    stands_whole_or_not_at_all(world.proxy, prepare(world), stored, sends=sends, answered=answered)


@pytest.mark.usefixtures("_no_files")
@pytest.mark.parametrize("answered", [False, True], ids=["it never arrived", "nobody heard of it"])
def test_the_photo_of_an_idea_stands_as_long_as_the_idea_may(world: World, answered: bool) -> None:
    act = putting_with_a_photo(world)
    world.proxy.cut(COMMIT, after=b"INSERT INTO idea ", answered=answered)
    with pytest.raises(OutcomeUnknown):
        act()
    act()
    with clock.frozen_everywhere(clock.now() + timedelta(days=60)):
        assert remove_orphans() == (0 if answered else 2)
    assert len(files()) == 2, "what another try brought is not kept twice"
    with open_file(one(StoredFile), "grande").stream as stream:
        assert stream.read(3) == b"\xff\xd8\xff"


def test_a_disk_that_is_full_keeps_neither_the_photo_nor_its_idea(app: Flask) -> None:
    shutil.rmtree(app.extensions["settings"].data_dir / "files", ignore_errors=True)
    new = an_idea(make_a_box(), photo=a_photo())
    with full_disk(500), pytest.raises(OSError):
        put(new)
    db.session.rollback()
    assert (db.session.execute(select(func.count(Idea.id))).scalar_one(), files()) == (0, [])
    got = put(new)
    assert one(Idea, got.idea_id).photo_id is not None
    assert put(new) == got
    assert len(files()) == 2
