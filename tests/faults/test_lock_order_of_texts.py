"""Two acts at once on ideas, comments, chosen texts and their cases: see `test_lock_order`."""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count, product
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from cdv_civic.accounts.erasure import erase_account
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.consultations.kinds.comments.models import Comment
from cdv_civic.consultations.kinds.comments.operations import NewComment, comment, take_comment_back
from cdv_civic.consultations.kinds.statements.operations import NewSentence, add_sentence
from cdv_civic.consultations.models import Consultation, ConsultationWords
from cdv_civic.consultations.operations.editing.publishing import publish
from cdv_civic.consultations.results.operations.closing import ACTOR, publish_results
from cdv_civic.consultations.verbatims.operations import choose, give_up, take_back_by_receipt
from cdv_civic.consultations.words_models import ConsultationSentence, ConsultationVerbatim
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import verify
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import NotFound
from cdv_civic.core.policy.model import CommandLine
from cdv_civic.ideas.models import Idea, IdeaBox, IdeaGroup, IdeaObjection, IdeaSupport
from cdv_civic.ideas.operations.boxes import withdraw_box
from cdv_civic.ideas.operations.grouping import merge_groups, place_ideas, split_group
from cdv_civic.ideas.operations.keeping import take_back_idea
from cdv_civic.ideas.operations.objecting import answer_objection, object_to_group
from cdv_civic.ideas.operations.pointing import make_point
from cdv_civic.ideas.operations.putting import put
from cdv_civic.ideas.operations.supporting import Supporter, count_supports, support
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.operations.deciding import decide, publish_many
from cdv_civic.moderation.reports.operations import NewReport, report
from cdv_civic.moderation.rules.decisions import LegalGround, ModerationAct, Reasons
from cdv_civic.participation.receipts import receipt_for, receipt_hash
from cdv_civic.participation.rules.receipts import read_receipt
from tests import factories as make
from tests.consultations import factories as asking
from tests.consultations.kinds.comments.commented import make_subject
from tests.faults.test_lock_order import at_once
from tests.ideas.boxes import BoxWithPeople, a_point, an_idea, make_a_box
from tests.ideas.choices import draft
from tests.ideas.choices import grouped as grouped_box
from tests.voices.voices import BodyWithPeople, make_place

pytestmark = pytest.mark.long
_numbers = count(1)
SHELL = CommandLine()
ROUNDS = 2
REASONS = Reasons(law=LegalGround.PRIVACY, facts="Un nom.")


@pytest.fixture
def place(app: Flask, database_kind: str) -> BodyWithPeople:
    if database_kind != "postgresql":
        pytest.skip("on SQLite one writes at a time")
    return make_place()


@dataclass(frozen=True)
class BoxScene:
    """A box with groups, and ideas of somebody: in a group with an objection, in none, and waiting for a moderator."""

    box: BoxWithPeople
    author: SignedIn
    groups: list[int]
    other: int
    mine: list[int]
    receipts: list[str]
    waiting: list[int]
    choice: int
    objection: int


def make_box_scene(place: BodyWithPeople) -> BoxScene:
    box = make_a_box(place)
    ready = grouped_box(box)
    author = make.make_account(role=None)
    got = [
        put(an_idea(box, f"Idée {next(_numbers)}", contact="awa@example.org"), author) for _each in range(3)
    ]
    mine = [each.idea_id for each in got]
    place_ideas(box.moderator, box.id, ready.groups[0], mine[:2])
    # Where rows lie in the table is not the order of their numbers.
    with transaction() as session:
        for idea_id in reversed(mine):
            session.execute(update(Idea).where(Idea.id == idea_id).values(supports=0, version=Idea.version))
    choice = db.session.execute(select(Consultation.id).where(Consultation.slug == draft(ready))).scalar_one()
    db.session.rollback()
    object_to_group(read_receipt(got[1].receipt), "Pas ce groupe.")
    later = make_a_box(place, read_before=True)
    waits = [put(an_idea(later, f"Idée {next(_numbers)}"), author).idea_id for _each in range(2)]
    with transaction() as session:
        for idea_id, number in product(mine[:2], range(11)):
            session.add(
                IdeaSupport(
                    idea_id=idea_id,
                    account_id=None,
                    browser_hash=f"navigateur {number}",
                    supported_on=clock.today(),
                )
            )
    objection = db.session.execute(
        select(IdeaObjection.id).where(IdeaObjection.idea_id == mine[1])
    ).scalar_one()
    cases = list(db.session.execute(select(Idea.case_id).where(Idea.id.in_(waits))).scalars())
    with transaction() as session:
        for case_id in sorted(cases, reverse=True):
            session.execute(
                update(ModeratedText).where(ModeratedText.id == case_id).values(version=ModeratedText.version)
            )
    return BoxScene(
        box, author, list(ready.groups), ready.other, mine, [read_receipt(each.receipt) for each in got],
        sorted(cases), choice, objection,
    )  # fmt: skip


def version(table: Any, row_id: int) -> int:
    found = int(db.session.execute(select(table.version).where(table.id == row_id)).scalar_one())
    db.session.rollback()
    return found


def case_of(idea_id: int) -> int:
    found: int = db.session.execute(select(Idea.case_id).where(Idea.id == idea_id)).scalar_one()
    db.session.rollback()
    return found


def erase(scene: "BoxScene | AskedScene") -> None:
    with transaction() as session:
        erase_account(session, SHELL, scene.author.actor_id or 0, "account.manage")


def put_in_place(scene: BoxScene) -> None:
    place_ideas(scene.box.moderator, scene.box.id, scene.groups[1], scene.mine)


def split(scene: BoxScene) -> None:
    split_group(scene.box.moderator, scene.box.id, scene.groups[0], scene.mine[:1], {"fr": "Autrement"})


def merge(scene: BoxScene) -> None:
    merge_groups(
        scene.box.moderator,
        scene.box.id,
        scene.groups[0],
        scene.other,
        version=version(IdeaGroup, scene.groups[0]),
    )


def object_to_it(scene: BoxScene) -> None:
    object_to_group(scene.receipts[0], "Pas ce groupe.")


def answer_it(scene: BoxScene) -> None:
    answer_objection(
        scene.box.moderator, scene.objection, {"fr": "Oui."}, to_group=scene.groups[1],
        version=version(IdeaObjection, scene.objection),
    )  # fmt: skip


def open_it(scene: BoxScene) -> None:
    publish(scene.box.moderator, scene.choice, version=version(Consultation, scene.choice))


def hide(scene: BoxScene) -> None:
    case_id = case_of(scene.mine[1])
    decide(scene.box.moderator, case_id, ModerationAct.HIDE, REASONS, version=version(ModeratedText, case_id))


def publish_those(scene: BoxScene) -> None:
    publish_many(scene.box.moderator, scene.waiting)


def take_it_back(scene: BoxScene) -> None:
    take_back_idea(scene.receipts[1])


def support_it(scene: BoxScene) -> None:
    support(scene.mine[1], Supporter(scene.box.place.member))


def make_a_point(scene: BoxScene) -> None:
    make_point(a_point(scene.mine[1]))


def report_it(scene: BoxScene) -> None:
    report(NewReport(case_of(scene.mine[1]), "injure", f"un-signalement-{next(_numbers):08}"))


def put_another(scene: BoxScene) -> None:
    put(an_idea(scene.box, f"Idée {next(_numbers)}"), scene.author)


def count_them(_scene: BoxScene) -> None:
    count_supports()


def take_box_off(scene: BoxScene) -> None:
    withdraw_box(scene.box.moderator, scene.box.id, version=version(IdeaBox, scene.box.id))


BoxAct = Callable[[BoxScene], None]
#: Those that may wait for each other: both lock more than one row, in the same tables.
BOX_PAIRS: tuple[tuple[BoxAct, BoxAct], ...] = (
    (erase, put_in_place),
    (erase, split),
    (erase, hide),
    (erase, publish_those),
    (erase, take_it_back),
    (erase, answer_it),
    (erase, count_them),
    (erase, put_another),
    (open_it, put_in_place),
    (open_it, object_to_it),
    (open_it, hide),
    (open_it, merge),
    (open_it, support_it),
    (open_it, take_box_off),
    (open_it, answer_it),
    (answer_it, take_it_back),
    (answer_it, hide),
    (hide, put_in_place),
    (hide, merge),
    (hide, take_it_back),
    (hide, support_it),
    (hide, make_a_point),
    (hide, report_it),
    (hide, count_them),
    (count_them, put_in_place),
    (count_them, take_it_back),
    (take_it_back, merge),
    (take_it_back, support_it),
    (put_another, put_in_place),
    (take_box_off, put_another),
)


def named(pair: tuple[Any, Any]) -> str:
    return f"{pair[0].__name__} with {pair[1].__name__}"


@pytest.mark.parametrize("pair", BOX_PAIRS, ids=named)
def test_what_happens_to_ideas_at_once_ends_well(
    app: Flask, place: BodyWithPeople, pair: tuple[BoxAct, BoxAct]
) -> None:
    for _round in range(ROUNDS):
        assert at_once(app, make_box_scene(place), *pair) == []
    assert verify(db.session())[1] is None


@dataclass(frozen=True)
class AskedScene:
    """A consultation that has closed, with a text and a sentence that wait; and one that is open, with a comment."""

    place: BodyWithPeople
    author: SignedIn
    moderator: SignedIn
    organiser: SignedIn
    row: int
    words: list[int]
    receipt: str
    verbatim: int
    cases: list[int]
    thing: int
    commented: int
    comment_case: int
    comment_receipt: str


def make_asked_scene(place: BodyWithPeople) -> AskedScene:
    number = next(_numbers)
    author = make.make_account(role=None)
    organiser, moderator = (make.make_account(contract=place.contract) for _each in range(2))
    row = asking.make_consultation(place.contract, quartiers=[place.quartier], slug=f"demande-{number}")
    step = asking.make_step(row, "statements", takes_sentences=True)
    asking.make_question(step, "Il faut plus de bancs.", "statement")
    add_sentence(
        NewSentence(row.id, step.id, "Il faut plus d’arbres.", "fr", f"une-phrase-{number:08}", clock.now()),
        author,
    )
    told = asking.make_question(asking.make_step(row), "Que manque-t-il ?", "long", may_publish=True)
    code = receipt_for(secrets.token_hex(16))
    asking.make_answer(
        row, words={told.id: "Des bancs."}, receipt_hash=receipt_hash(code), account_id=author.actor_id,
        evidence="message",
    )  # fmt: skip
    asking.make_answer(row, words={told.id: "De l’ombre."})
    with transaction() as session:
        held = session.get_one(Consultation, row.id)
        held.closes_at = held.paper_until = clock.now()
    words = list(
        db.session.execute(
            select(ConsultationWords.id)
            .where(ConsultationWords.consultation_id == row.id)
            .order_by(ConsultationWords.id)
        ).scalars()
    )
    db.session.rollback()
    choose(organiser, row.id, words[:1])
    verbatim = db.session.execute(
        select(ConsultationVerbatim).where(ConsultationVerbatim.words_id == words[0])
    ).scalar_one()
    sentence = db.session.execute(
        select(ConsultationSentence.case_id).where(ConsultationSentence.consultation_id == row.id)
    ).scalar_one()
    open_one = asking.make_consultation(place.contract, quartiers=[place.quartier], slug=f"avis-{number}")
    subject = make.make_commitment(place.contract, "Poser des bancs", code=f"BANCS-{number}")
    thing = make_subject(asking.make_step(open_one, "comments"), subject)
    said = comment(
        NewComment(thing.id, "Il manque de l’ombre.", "fr", f"un-commentaire-{number:06}", clock.now()),
        author,
    )
    comment_case = db.session.execute(
        select(Comment.case_id).where(Comment.thing_id == thing.id)
    ).scalar_one()
    scene = AskedScene(
        place, author, moderator, organiser, row.id, words, code, verbatim.id, [verbatim.case_id, sentence],
        thing.id, open_one.id, comment_case, read_receipt(said.receipt),
    )  # fmt: skip
    db.session.remove()
    return scene


def publish_all(scene: AskedScene) -> None:
    publish_many(scene.moderator, scene.cases)


def give_it_up(scene: AskedScene) -> None:
    give_up(scene.organiser, scene.row, scene.words[:1])


def choose_another(scene: AskedScene) -> None:
    choose(scene.organiser, scene.row, scene.words)


def take_text_back(scene: AskedScene) -> None:
    take_back_by_receipt(scene.receipt, scene.verbatim)


def count_answers(scene: AskedScene) -> None:
    publish_results(ACTOR, scene.row)


def say(scene: AskedScene) -> None:
    number = next(_numbers)
    comment(
        NewComment(
            scene.thing, f"Il manque {number} bancs.", "fr", f"un-commentaire-{number:06}", clock.now()
        ),
        scene.author,
    )


def take_comment(scene: AskedScene) -> None:
    take_comment_back(scene.comment_receipt)


def hide_comment(scene: AskedScene) -> None:
    number = version(ModeratedText, scene.comment_case)
    decide(scene.moderator, scene.comment_case, ModerationAct.HIDE, REASONS, version=number)


def close_it(scene: AskedScene) -> None:
    with transaction() as session:
        held = session.get_one(Consultation, scene.commented, with_for_update={"key_share": True})
        held.closes_at = held.paper_until = clock.now()
        held.version += 1
    publish_results(ACTOR, scene.commented)


AskedAct = Callable[[AskedScene], None]
ASKED_PAIRS: tuple[tuple[AskedAct, AskedAct], ...] = (
    (publish_all, give_it_up),
    (publish_all, choose_another),
    (publish_all, take_text_back),
    (publish_all, count_answers),
    (publish_all, erase),
    (give_it_up, take_text_back),
    (give_it_up, erase),
    (give_it_up, choose_another),
    (count_answers, erase),
    (count_answers, take_text_back),
    (say, close_it),
    (say, erase),
    (hide_comment, take_comment),
    (hide_comment, erase),
    (hide_comment, close_it),
)


@pytest.mark.parametrize("pair", ASKED_PAIRS, ids=named)
def test_what_happens_to_what_was_said_in_consultations_at_once_ends_well(
    app: Flask, place: BodyWithPeople, pair: tuple[AskedAct, AskedAct]
) -> None:
    for _round in range(ROUNDS):
        assert at_once(app, make_asked_scene(place), *pair) == []
    assert verify(db.session())[1] is None


def test_each_act_alone_is_done(app: Flask, place: BodyWithPeople) -> None:
    for act in sorted({each for pair in BOX_PAIRS for each in pair}, key=lambda act: act.__name__):
        scene = make_box_scene(place)
        if act in (open_it, object_to_it):
            answer_it(scene)
        act(scene)
    for asked in sorted({each for pair in ASKED_PAIRS for each in pair}, key=lambda act: act.__name__):
        asked(make_asked_scene(place))


def test_a_support_that_comes_while_its_idea_is_taken_back_leaves_nothing(
    app: Flask, place: BodyWithPeople
) -> None:
    scene = make_box_scene(place)
    refused: list[BaseException] = []

    def support_meanwhile() -> None:
        with app.app_context():
            try:
                support(scene.mine[1], Supporter(None, "un autre navigateur"))
            except NotFound as error:
                refused.append(error)
            finally:
                db.session.remove()

    coming = threading.Thread(target=support_meanwhile)
    with transaction():
        take_it_back(scene)
        coming.start()
        coming.join(1)
    coming.join()
    db.session.rollback()
    left = select(IdeaSupport.id).where(IdeaSupport.idea_id == scene.mine[1])
    assert db.session.execute(left).all() == []
    assert len(refused) == 1
