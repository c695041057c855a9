"""For each kind of line of the ledger: what is there before the backup, the act after it, what a restore must keep."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy import func, select

from cdv_civic.accounts.erasure import erase_own_account
from cdv_civic.accounts.models import (
    NO_PASSWORD,
    Account,
    AccountIdentity,
    RecoveryCode,
    ResidentQuartier,
    RoleGrant,
    SecondFactor,
)
from cdv_civic.accounts.operations import close_account, reset_password
from cdv_civic.accounts.roles import end_role
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.bodies.models import BodyPublication, PublicationFile
from cdv_civic.bodies.operations.publications import change_publication, publish, withdraw_publication
from cdv_civic.cards.models import Card, CardBatch
from cdv_civic.cards.operations.batches import close_batch
from cdv_civic.cards.operations.lost import revoke_card
from cdv_civic.cards.rules import Reason
from cdv_civic.commitments.models import Commitment, IndicatorValue, Progress
from cdv_civic.commitments.operations.indicators import withdraw_indicator_value
from cdv_civic.commitments.operations.progress import withdraw_progress
from cdv_civic.commitments.operations.publishing import publish_commitments, undo_publication
from cdv_civic.consultations.answering.operations.answering import by_receipt, take_away
from cdv_civic.consultations.in_person.operations import entering
from cdv_civic.consultations.in_person.operations.entering import HeardAnswer
from cdv_civic.consultations.in_person.operations.workshops import (
    NewWorkshop,
    enter_table,
    note_workshop,
    remove_table,
)
from cdv_civic.consultations.kinds.comments.documents import add_document
from cdv_civic.consultations.kinds.comments.models import Comment, CommentStep
from cdv_civic.consultations.kinds.comments.operations import NewComment, comment, take_comment_back
from cdv_civic.consultations.kinds.comments.preparing import CommentSettings
from cdv_civic.consultations.kinds.comments.preparing import set_step as set_comment_step
from cdv_civic.consultations.models import Consultation, ConsultationAnswer, ConsultationWords
from cdv_civic.consultations.operations.editing.publishing import prolong, withdraw
from cdv_civic.consultations.organiser_models import ConsultationRecording
from cdv_civic.consultations.paper.models import ConsultationEvidence
from cdv_civic.consultations.paper.operations.correcting import take_sheet_back
from cdv_civic.consultations.paper.operations.entering import enter_sheet
from cdv_civic.consultations.paper.operations.evidence import add_evidence
from cdv_civic.consultations.paper.queries.sheets import answer_of_sheet
from cdv_civic.consultations.recordings.operations import NewRecording, keep_recording, remove_recording
from cdv_civic.consultations.restitution.models import AnswerReminder, Restitution
from cdv_civic.consultations.restitution.telling import remind_of_answers, tell_who_answered
from cdv_civic.consultations.results.operations.closing import publish_results
from cdv_civic.consultations.rules.questions import Given
from cdv_civic.consultations.verbatims.operations import choose, give_up, take_back_by_receipt
from cdv_civic.consultations.words_models import ConsultationVerbatim
from cdv_civic.core import clock
from cdv_civic.core.db import Model, db, transaction
from cdv_civic.core.idempotency import new_key
from cdv_civic.core.policy.model import CommandLine
from cdv_civic.core.uploads.receiving import Upload
from cdv_civic.drafts.operations import erase as erase_draft
from cdv_civic.drafts.operations import keep
from cdv_civic.drafts.queries import kept_draft
from cdv_civic.drafts.rules import DraftKey
from cdv_civic.draws.models import Draw, DrawCandidate, DrawList
from cdv_civic.draws.operations.preparing import discard_draw, remove_candidate
from cdv_civic.draws.operations.publishing import withdraw_candidate
from cdv_civic.draws.operations.retention import forget_candidates
from cdv_civic.draws.queries import candidates_of
from cdv_civic.fund.models.projects import ProjectFile
from cdv_civic.fund.reviews.operations.deciding import show_photo
from cdv_civic.ideas.models import Idea, IdeaBox, IdeaPoint, IdeaSupport
from cdv_civic.ideas.operations.boxes import withdraw_box
from cdv_civic.ideas.operations.keeping import erase_contacts as forget_authors_of_ideas
from cdv_civic.ideas.operations.keeping import take_back_idea, take_back_point
from cdv_civic.ideas.operations.pointing import make_point
from cdv_civic.ideas.operations.supporting import Supporter, support, withdraw_support
from cdv_civic.moderation.models import ModeratedText, ModerationReport
from cdv_civic.moderation.reports.keeping import erase_contacts as forget_ways_to_tell
from cdv_civic.moderation.reports.operations import NewReport, report
from cdv_civic.my_space.operations import (
    choose_quartier,
    describe_myself,
    leave_quartier,
    remove_email,
    remove_phone,
)
from cdv_civic.notices.follows.models import NewsChoice
from cdv_civic.notices.follows.operations import choose_news, follow, unfollow
from cdv_civic.notices.follows.queries import follows_of
from cdv_civic.notices.follows.topics import NEWS
from cdv_civic.notices.refusals import accept, read_token, refuse, refused, token_for
from cdv_civic.participation.receipts import receipt_for, receipt_hash
from cdv_civic.participation.rules.channels import Channel
from cdv_civic.participation.rules.receipts import read_receipt
from cdv_civic.seats.models import Seat
from cdv_civic.seats.operations.members import Member, change_seat, end_seat, open_seat
from cdv_civic.seats.operations.proposals import decline
from cdv_civic.seats.operations.retention import forget_former
from cdv_civic.sign_in.oidc.operations import unlink_identities
from cdv_civic.sign_in.second_factor import operations, sealing
from cdv_civic.territory.codes import TO_CHECK
from cdv_civic.voices.models import Voice
from cdv_civic.voices.operations import answering, keeping, publishing
from cdv_civic.work_list.operations import choose_period
from cdv_civic.work_list.queries import period_of
from cdv_civic.work_list.rules import Period
from tests import factories as make
from tests.bodies.bodies import PARIS
from tests.bodies.test_publications import a_pdf, opinion
from tests.cards.cards import card_at, make_cards
from tests.conftest import TODAY
from tests.consultations.factories import (
    make_answer,
    make_answers,
    make_consultation,
    make_question,
    make_step,
    options_of,
)
from tests.consultations.kinds.comments.commented import make_subject
from tests.consultations.paper.sheets import Asked, make_asked, typed
from tests.consultations.recordings.voices import voice
from tests.consultations.restitution.replies import make_reply
from tests.draws.draws import RULE, SEED_DAY, at_desk, make_draw, make_drawn, make_published, make_seat
from tests.fund.reviews.reviews import PaidProject, make_paid, photo, tell_all
from tests.ideas.boxes import a_point, make_a_box, put_one
from tests.signing_in import current_code
from tests.voices.voices import BodyWithPeople, hidden, make_place, said

SHELL = CommandLine()
_numbers = count(1)


@dataclass(frozen=True)
class World:
    """Where all of it happens."""

    place: BodyWithPeople
    administrator: SignedIn


def make_world() -> World:
    number = next(_numbers)
    return World(
        make_place(f"contrat-{number}-sauve", f"conseil-{number}"), make.make_account(role="administrator")
    )


@dataclass(frozen=True)
class ReplayedAct:
    kind: str
    #: Makes what the act is done to.
    before: Callable[[World], Any]
    act: Callable[[World, Any], object]
    #: Whether it is still done.
    done: Callable[[Any], bool]


def one(table: type[Model], key: object) -> Any:
    db.session.rollback()
    return db.session.get(table, key, populate_existing=True)


def draft_of(who: SignedIn) -> Any:
    db.session.rollback()
    return kept_draft(who.actor_id, DraftKey("commitment.edit", "7"))


def a_draft(_world: World) -> SignedIn:
    who = make.make_account()
    keep(who, DraftKey("commitment.edit", "7"), {"title": ["Un titre à finir"]})
    return who


def a_resident(_world: World, **values: Any) -> SignedIn:
    number = next(_numbers)
    return make.make_account(
        f"habitante-{number}@example.org",
        role=None,
        organisation_name="",
        **{
            "password_hash": NO_PASSWORD,
            "phone": f"+3361234{number:04}",
            "name": f"Prénom{number}",
            **values,
        },
    )


def account(who: SignedIn) -> Account:
    found: Account = one(Account, who.actor_id)
    return found


def with_telephone(world: World) -> tuple[SignedIn, list[str]]:
    who = make.make_account()
    secret = sealing.new_secret()
    return who, operations.set_up(who.actor_id, secret, current_code(secret))


def with_identity(world: World) -> SignedIn:
    who = a_resident(world)
    with transaction() as session:
        session.add(
            AccountIdentity(
                account_id=who.actor_id, issuer="https://id.example.org", subject=str(next(_numbers)),
                linked_at=clock.now(),
            )
        )  # fmt: skip
    return who


def with_quartier(world: World) -> SignedIn:
    who = a_resident(world)
    choose_quartier(who, world.place.quartier.slug)
    return who


def chosen(who: SignedIn) -> int:
    db.session.rollback()
    theirs = select(func.count()).where(ResidentQuartier.account_id == who.actor_id)
    return db.session.execute(theirs).scalar_one()


def grant_of(world: World) -> int:
    who = make.make_account(contract=world.place.contract)
    return db.session.execute(select(RoleGrant.id).where(RoleGrant.account_id == who.actor_id)).scalar_one()


def an_address(_world: World) -> str:
    return token_for(f"lectrice-{next(_numbers)}@example.org", NEWS)


def a_refusal(world: World) -> str:
    token = an_address(world)
    refuse(read_token(token), NEWS.name)
    return token


def refused_topics(token: str) -> list[str]:
    return sorted(refused(read_token(token)))


def a_follow(world: World) -> SignedIn:
    who = make.make_account(role=None, password_hash=NO_PASSWORD)
    follow(who, "quartier", world.place.quartier.slug, "fr")
    return who


def followed(who: SignedIn) -> list[str]:
    return [kind for kind, _target in follows_of(who.actor_id)]


def codes_left(account_id: int) -> int:
    db.session.rollback()
    unused = select(func.count()).where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    return db.session.execute(unused).scalar_one()


def a_card(world: World) -> tuple[int, str]:
    batch_id, _codes = make_cards(world.administrator, world.place.quartier)
    serial = db.session.execute(
        select(Card.serial).where(Card.batch_id == batch_id, Card.position == 1)
    ).scalar_one()
    return batch_id, serial


def a_public_word(world: World) -> int:
    voice_id = said(world.place, agrees_public=True).voice_id
    version = one(Voice, voice_id).version
    publishing.publish(world.place.moderator, voice_id, "", read_again=True, confirmed=True, version=version)
    return voice_id


def an_answerable_word(world: World) -> int:
    return said(world.place, contact="zoubida@example.org").voice_id


def answer_and_forget(world: World, voice_id: int) -> None:
    answering.answer(
        world.place.moderator, voice_id, {"fr": "Au printemps."}, version=one(Voice, voice_id).version
    )
    with later(120):
        keeping.erase_contacts()


def a_reported_text(world: World) -> int:
    text_id = one(Voice, a_public_word(world)).case_id
    return report(NewReport(text_id, "injure", "un-signalement-0001", contact="awa@example.org")).report_id


def an_idea_of_ones_own(world: World, **more: Any) -> tuple[int, str]:
    made = put_one(make_a_box(world.place), f"Des bancs {next(_numbers)}", **more)
    return made.idea_id, read_receipt(made.receipt)


def a_point_of_ones_own(world: World) -> tuple[int, str]:
    idea_id, _receipt = an_idea_of_ones_own(world)
    made = make_point(a_point(idea_id))
    return made.point_id, read_receipt(made.receipt)


def an_idea_to_answer(world: World) -> int:
    return an_idea_of_ones_own(world, contact="zoubida@example.org", contact_language="fr")[0]


def forget_authors(_world: World, _idea_id: int) -> None:
    with later(731):
        forget_authors_of_ideas()


def decide_and_forget(_world: World, _report_id: int) -> None:
    with later(731):
        forget_ways_to_tell()


def a_word_of_ones_own(world: World) -> tuple[int, str]:
    got = said(world.place)
    return got.voice_id, read_receipt(got.receipt)


def asked_in(world: World, **values: Any) -> Asked:
    """A consultation whose row stays as it is, whatever the session forgets."""
    asked = make_asked(contract=world.place.contract, quartiers=[world.place.quartier], **values)
    db.session.refresh(asked.row)
    db.session.expunge(asked.row)
    return asked


def a_sheet(world: World) -> tuple[Asked, int]:
    asked = asked_in(world)
    enter_sheet(asked.staff, asked.row.id, typed(asked, 1))
    kept = answer_of_sheet(asked.row.id, 1)
    assert kept is not None
    return asked, kept.id


def an_answer(world: World) -> tuple[int, str]:
    """An answer with a receipt: its id, and the receipt."""
    asked = asked_in(world, sheets=0)
    given = {asked.questions["single"]: Given(choices={asked.options["single"][0]: None})}
    heard = HeardAnswer(asked.row.id, given, new_key(), "fr")
    kept = entering.assist(asked.staff, heard, Channel.STREET, form="spoken", read_in="fr")
    return kept.id, kept.receipt or ""


def a_comment(world: World) -> tuple[int, str]:
    """A comment on a commitment: its id, and its receipt."""
    row = make_consultation(world.place.contract)
    commitment = make.make_commitment(world.place.contract, "Planter des arbres")
    thing = make_subject(make_step(row, "comments"), commitment)
    made = comment(NewComment(thing.id, "Il manque de l’ombre.", "fr", new_key(), clock.now()))
    mine = select(Comment.id).where(Comment.thing_id == thing.id)
    return db.session.execute(mine).scalar_one(), read_receipt(made.receipt)


def a_document(world: World) -> tuple[int, int, int]:
    """The settings of a document that is under embargo for two days, its consultation and its step."""
    row = make_consultation(world.place.contract, stage="draft")
    step = make_step(row, "comments")
    add_document(SHELL, row.id, step.id, {"fr": "Le règlement"}, "Le parc ferme à dix heures.")
    keep_under_embargo(world, (0, row.id, step.id), days=2)
    mine = select(CommentStep.id).where(CommentStep.step_id == step.id)
    return db.session.execute(mine).scalar_one(), row.id, step.id


def keep_under_embargo(_world: World, made: tuple[int, int, int], days: int = 3) -> None:
    until = TODAY + timedelta(days=days)
    set_comment_step(SHELL, made[1], made[2], CommentSettings({"fr": "Le règlement"}, embargo_until=until))


def a_support(world: World) -> tuple[int, int, Supporter]:
    """A support of an idea by a browser: its id, the idea, and who supports."""
    idea_id, _receipt = an_idea_of_ones_own(world)
    who = Supporter(None, new_key())
    support(idea_id, who)
    mine = select(IdeaSupport.id).where(IdeaSupport.idea_id == idea_id)
    return db.session.execute(mine).scalar_one(), idea_id, who


def a_box(world: World) -> int:
    return make_a_box(world.place).id


def take_box_off(world: World, box_id: int) -> None:
    version = one(IdeaBox, box_id).version
    db.session.rollback()
    withdraw_box(world.place.moderator, box_id, version=version)


def a_text_to_publish(world: World) -> tuple[int, int, int]:
    """A text of an answer that was chosen to be published: its id, the consultation and its words."""
    verbatim_id, _code = a_chosen_text(world)
    words_id = one(ConsultationVerbatim, verbatim_id).words_id
    return verbatim_id, one(ConsultationWords, words_id).consultation_id, words_id


def a_chosen_text(world: World) -> tuple[int, str]:
    """A text of an answer that was chosen to be published: its id, and the receipt of the answer."""
    code = receipt_for(secrets.token_hex(16))
    row = make_consultation(world.place.contract, stage="closed")
    asked = make_question(make_step(row), kind="long", may_publish=True)
    answer = make_answer(row, words={asked.id: "Des bancs."}, receipt_hash=receipt_hash(code))
    mine = ConsultationWords.answer_id == answer.id
    words_id = db.session.execute(select(ConsultationWords.id).where(mine)).scalar_one()
    db.session.rollback()
    choose(world.administrator, row.id, [words_id])
    mine = ConsultationVerbatim.words_id == words_id
    return db.session.execute(select(ConsultationVerbatim.id).where(mine)).scalar_one(), code


def a_table_of_a_workshop(world: World) -> tuple[SignedIn, int, int, int]:
    asked = asked_in(world, sheets=0)
    new = NewWorkshop(asked.row.id, new_key(), None, "Maison du projet", 12)
    workshop = note_workshop(asked.staff, new)
    given = {asked.questions["single"]: Given(choices={asked.options["single"][0]: None})}
    heard = HeardAnswer(asked.row.id, given, new_key(), "fr")
    number = asked.row.id
    kept = enter_table(asked.staff, workshop, heard, number=1, people=5, sheet=None)
    return asked.staff, number, workshop, kept.id


def a_photo_of_a_sheet(world: World) -> tuple[Asked, int]:
    asked = asked_in(world)
    photo = Upload("pdf", {".pdf": b"%PDF-1.4 %%EOF"}, 14)
    return asked, add_evidence(asked.staff, asked.row.id, 2, photo)


def type_and_take_back(_world: World, made: tuple[Asked, int]) -> None:
    """The sheet is typed after the backup: the line of its answer finds nothing to do."""
    asked, _photo = made
    enter_sheet(asked.staff, asked.row.id, typed(asked, 2))
    take_sheet_back(asked.staff, asked.row.id, 2, "retiree")


def prolong_consultation(_world: World, made: tuple[Asked, int]) -> None:
    asked, number = made
    version = one(Consultation, number).version
    db.session.rollback()
    later_on = TODAY + timedelta(days=40)
    prolong(
        asked.staff, number, closes_at=later_on, paper_until=None, answer_due_on=clock.today() + timedelta(days=70),
        reason={"fr": "Une erreur."}, version=version,
    )  # fmt: skip


def a_closed_consultation(world: World) -> int:
    row = make_consultation(world.place.contract, quartiers=[world.place.quartier], stage="closed")
    question = make_question(make_step(row))
    make_answers(row, 40, choices={options_of(question)[0]: None})
    return row.id


def a_published_reply(world: World) -> int:
    row = make_consultation(world.place.contract, quartiers=[world.place.quartier], stage="counted")
    make_reply(row)
    return row.id


def remind_of_its_answer(_world: World, _made: tuple[Asked, int]) -> None:
    with later(47):
        remind_of_answers()


def a_consultation(world: World) -> tuple[Asked, int]:
    asked = asked_in(world, sheets=0)
    return asked, asked.row.id


def withdraw_consultation(_world: World, made: tuple[Asked, int]) -> None:
    asked, number = made
    version = one(Consultation, number).version
    db.session.rollback()
    withdraw(asked.staff, number, {"fr": "Une erreur."}, version=version)


def a_voice(world: World) -> tuple[Asked, int]:
    asked = make_asked(sheets=0, contract=world.place.contract, quartiers=[world.place.quartier])
    new = NewRecording(asked.row.id, asked.questions["single"], "ar", new_key())
    return asked, keep_recording(asked.staff, new, voice())


def a_proposal(world: World) -> int:
    member = Member("habitants", "tirage", f"Fatima{next(_numbers)}", clock.today())
    client_key = f"a proposal of the tests {next(_numbers)}"
    return open_seat(world.administrator, world.place.body.id, member, client_key=client_key, pending=True)


def later(days: int) -> Any:
    return clock.frozen_everywhere(TODAY + timedelta(days=days))


def a_seat(world: World, **values: Any) -> int:
    return make_seat(
        world.administrator, world.place.body, f"Fatima{next(_numbers)}", last_name="Essai", **values
    )


def leave(world: World, seat_id: int) -> None:
    end_seat(world.administrator, seat_id, "depart", version=one(Seat, seat_id).version)


def a_former_seat(world: World) -> int:
    seat_id = a_seat(world)
    leave(world, seat_id)
    return seat_id


def forget_members(_world: World, _seat_id: int) -> None:
    with later(400):
        forget_former()


def take_consent_back(world: World, seat_id: int) -> None:
    seat: Seat = one(Seat, seat_id)
    member = Member("habitants", "tirage", seat.first_name, seat.starts_on, last_name=seat.last_name)
    change_seat(world.administrator, seat_id, member, version=seat.version)


def a_candidate(prepare: Callable[..., int]) -> Callable[[World], tuple[int, int]]:
    def made(world: World) -> tuple[int, int]:
        draw_id = prepare(world.administrator, world.place.body)
        return draw_id, candidates_of(draw_id)[0].id

    return made


def withdraw_person(world: World, made: tuple[int, int]) -> None:
    draw_id, person_id = made
    withdraw_candidate(
        world.administrator, draw_id, person_id, seed_rule=RULE, seed_day=SEED_DAY,
        version=at_desk(world.place.body, draw_id).version,
    )  # fmt: skip


def nobody_draws_them(made: tuple[int, int]) -> bool:
    draw_id, person_id = made
    person: DrawCandidate = one(DrawCandidate, person_id)
    last = db.session.execute(
        select(DrawList.text).where(DrawList.draw_id == draw_id).order_by(DrawList.number.desc()).limit(1)
    ).scalar_one()
    return person.withdrawn_at is not None and not person.first_name and person.label not in last


def a_drawn_candidate(world: World) -> tuple[int, int]:
    """Somebody who was not drawn."""
    draw_id = make_drawn(world.administrator, world.place.body)
    found: Draw = one(Draw, draw_id)
    assert found.result is not None
    drawn = str(found.result)
    return draw_id, next(each.id for each in candidates_of(draw_id) if each.label not in drawn)


def forget_people(_world: World, _made: object) -> None:
    with later(150):
        forget_candidates()


def a_paper(world: World, **values: Any) -> int:
    return publish(
        world.administrator, world.place.body.id, opinion(**values), client_key=f"une-cle-{next(_numbers):06}",
        zone=PARIS,
    )  # fmt: skip


def a_file(world: World) -> tuple[int, int]:
    paper_id = a_paper(world, files=(a_pdf(),))
    files = select(PublicationFile.id).where(PublicationFile.publication_id == paper_id)
    return paper_id, db.session.execute(files).scalar_one()


def hide(world: World, made: tuple[int, int]) -> None:
    change_publication(world.administrator, made[0], opinion(), version=1, hide=[made[1]])


def news(world: World) -> int:
    return make.make_progress(make.make_commitment(world.place.contract, "Planter des arbres")).id


def a_figure(world: World) -> int:
    return make.make_value(make.make_indicator(world.place.contract), clock.today(), 12.0).id


def an_announcement(world: World) -> tuple[int, tuple[int, ...]]:
    commitment = make.make_commitment(
        world.place.contract, "Ouvrir une crèche", state=TO_CHECK, published_at=None
    )
    return commitment.id, publish_commitments(world.administrator, [commitment.id]).entries


def a_photo_of_a_review(_world: World) -> tuple[PaidProject, int]:
    paid = make_paid()
    tell_all(paid, files=[photo()])
    return paid, paid.files[0].id


ACTS = (
    ReplayedAct("account.erased", a_resident, lambda _w, who: erase_own_account(who),
        lambda who: account(who).erased_at is not None and account(who).email is None),
    ReplayedAct("account.closed", a_resident, lambda _w, who: close_account(SHELL, who.actor_id),
        lambda who: account(who).disabled_at is not None),
    ReplayedAct("account.password", lambda _w: make.make_account(),
        lambda _w, who: reset_password(SHELL, who.email, "une autre phrase de passe"),
        lambda who: account(who).password_hash == NO_PASSWORD),
    ReplayedAct("account.email", a_resident, lambda _w, who: remove_email(who), lambda who: account(who).email is None),
    ReplayedAct("account.phone", a_resident, lambda _w, who: remove_phone(who), lambda who: account(who).phone is None),
    ReplayedAct("account.name", a_resident, lambda _w, who: describe_myself(who, name="", minor=False),
        lambda who: account(who).name == ""),
    ReplayedAct("account.minor", a_resident, lambda _w, who: describe_myself(who, name=who.name, minor=True),
        lambda who: account(who).minor),
    ReplayedAct("account.factor", with_telephone,
        lambda _w, made: operations.reset_second_factor(SHELL, made[0].actor_id),
        lambda made: one(SecondFactor, made[0].actor_id) is None),
    ReplayedAct("account.recovery_codes", with_telephone, lambda _w, made: operations.renew_codes(made[0]),
        lambda made: codes_left(made[0].actor_id) == 0),
    ReplayedAct("recovery_code.used", with_telephone,
        lambda _w, made: operations.use_recovery_code(made[0].actor_id, made[1][0]),
        lambda made: codes_left(made[0].actor_id) == len(made[1]) - 1),
    ReplayedAct("account.identities", with_identity, lambda _w, who: unlink_identities(SHELL, who.actor_id),
        lambda who: db.session.execute(
            select(AccountIdentity.id).where(AccountIdentity.account_id == who.actor_id)).first() is None),
    ReplayedAct("quartier.left", with_quartier, lambda w, who: leave_quartier(who, w.place.quartier.slug),
        lambda who: chosen(who) == 0),
    ReplayedAct("role.ended", grant_of, lambda _w, grant_id: end_role(SHELL, grant_id),
        lambda grant_id: one(RoleGrant, grant_id).ends_at is not None),
    ReplayedAct("card.closed", a_card, lambda w, made: revoke_card(w.administrator, made[1], Reason.LOST),
        lambda made: card_at(made[0]).revoked_reason == "lost"),
    ReplayedAct("card_batch.closed", a_card, lambda w, made: close_batch(w.administrator, made[0]),
        lambda made: one(CardBatch, made[0]).closed_at is not None),
    ReplayedAct("work_reminder.chosen", lambda w: w.place.moderator,
        lambda _w, who: choose_period(who, Period.NEVER), lambda who: period_of(who.actor_id) is Period.NEVER),
    ReplayedAct("mail.refused", an_address, lambda _w, token: refuse(read_token(token), NEWS.name),
        lambda token: refused_topics(token) == ["news"]),
    ReplayedAct("mail.accepted", a_refusal, lambda _w, token: accept(read_token(token)),
        lambda token: refused_topics(token) == []),
    ReplayedAct("follow.ended", a_follow,
        lambda w, who: unfollow(who, "quartier", w.place.quartier.id), lambda who: followed(who) == []),
    ReplayedAct("draft.erased", a_draft, lambda _w, who: erase_draft(who, draft_of(who).id, seen=draft_of(who).version),
        lambda who: draft_of(who) is None),
    ReplayedAct("news.stopped", a_follow, lambda _w, who: choose_news(who, "none", "weekly", "fr"),
        lambda who: one(NewsChoice, who.actor_id).channel == "none"),
    ReplayedAct("voice.withdrawn", a_public_word,
        lambda w, voice_id: answering.correct(
            w.place.moderator, voice_id, theme="drogues", holds_names=False, version=one(Voice, voice_id).version),
        lambda voice_id: one(Voice, voice_id).published_at is None),
    ReplayedAct("moderation.hidden", a_public_word, lambda w, voice_id: hidden(w.place.moderator, voice_id),
        lambda voice_id: one(ModeratedText, one(Voice, voice_id).case_id).state == "masque"
        and one(Voice, voice_id).published_at is None),
    ReplayedAct("seat.ended", a_seat, leave,
        lambda seat_id: one(Seat, seat_id).ending == "depart" and one(Seat, seat_id).email == ""),
    ReplayedAct("seat.name", lambda w: a_seat(w, name_public=True), take_consent_back,
        lambda seat_id: one(Seat, seat_id).name_public_on is None),
    ReplayedAct("draw.discarded", lambda w: make_draw(w.administrator, w.place.body),
        lambda w, draw_id: discard_draw(w.administrator, draw_id), lambda draw_id: one(Draw, draw_id) is None),
    ReplayedAct("candidate.removed", a_candidate(make_draw),
        lambda w, made: remove_candidate(w.administrator, *made), lambda made: one(DrawCandidate, made[1]) is None),
    ReplayedAct("candidate.withdrawn", a_candidate(make_published), withdraw_person, nobody_draws_them),
    ReplayedAct("publication.withdrawn", a_paper,
        lambda w, paper_id: withdraw_publication(w.administrator, paper_id, {"fr": "Erreur."}, version=1),
        lambda paper_id: one(BodyPublication, paper_id).withdrawn_reason_id is not None),
    ReplayedAct("publication_file.hidden", a_file, hide, lambda made: one(PublicationFile, made[1]).hidden_at is not None),
    ReplayedAct("progress.withdrawn", news, lambda w, news_id: withdraw_progress(w.administrator, news_id, "Erreur de date."),
        lambda news_id: one(Progress, news_id).withdrawn_at is not None),
    ReplayedAct("indicator_value.withdrawn", a_figure,
        lambda w, value_id: withdraw_indicator_value(w.administrator, value_id),
        lambda value_id: one(IndicatorValue, value_id).withdrawn_at is not None),
    ReplayedAct("commitment.unpublished", an_announcement, lambda w, made: undo_publication(w.administrator, made[1]),
        lambda made: one(Commitment, made[0]).state == TO_CHECK),
    ReplayedAct("voice.taken_away", a_word_of_ones_own, lambda _w, made: keeping.take_away(made[1]),
        lambda made: one(Voice, made[0]) is None),
    ReplayedAct("idea.taken_back", an_idea_of_ones_own, lambda _w, made: take_back_idea(made[1]),
        lambda made: one(Idea, made[0]).taken_back_at is not None and one(Idea, made[0]).words == ""),
    ReplayedAct("idea_point.taken_back", a_point_of_ones_own, lambda _w, made: take_back_point(made[1]),
        lambda made: one(IdeaPoint, made[0]).taken_back_at is not None and one(IdeaPoint, made[0]).words == ""),
    ReplayedAct("idea_support.withdrawn", a_support, lambda _w, made: withdraw_support(made[1], made[2]),
        lambda made: one(IdeaSupport, made[0]) is None),
    ReplayedAct("idea_box.withdrawn", a_box, take_box_off, lambda box_id: one(IdeaBox, box_id).withdrawn_at is not None),
    ReplayedAct("fund_photo.hidden", a_photo_of_a_review,
        lambda _w, made: show_photo(made[0].staff, made[0].id, made[1], shown=False),
        lambda made: one(ProjectFile, made[1]).hidden_at is not None),
    ReplayedAct("fund_file.removed", a_photo_of_a_review,
        lambda _w, made: tell_all(made[0], version=1, removed=[made[1]]),
        lambda made: one(ProjectFile, made[1]) is None),
    ReplayedAct("consultation.sheet", a_sheet, lambda _w, made: take_sheet_back(made[0].staff, made[0].row.id, 1, "retiree"),
        lambda made: one(ConsultationAnswer, made[1]) is None),
    ReplayedAct("consultation.table", a_table_of_a_workshop, lambda _w, made: remove_table(made[0], made[2], made[1], 1),
        lambda made: one(ConsultationAnswer, made[3]) is None),
    ReplayedAct("consultation.photo", a_photo_of_a_sheet, type_and_take_back,
        lambda made: one(ConsultationEvidence, made[1]) is None),
    ReplayedAct("consultation.embargo", a_document, keep_under_embargo,
        lambda made: one(CommentStep, made[0]).embargo_until == TODAY + timedelta(days=3)),
    ReplayedAct("consultation.prolonged", a_consultation, prolong_consultation,
        lambda made: one(Consultation, made[1]).closes_at == TODAY + timedelta(days=40)),
    ReplayedAct("consultation.results", a_closed_consultation, lambda _w, number: publish_results(SHELL, number),
        lambda number: one(Consultation, number).frozen_at is not None),
    ReplayedAct("restitution.told", a_published_reply, lambda _w, _made: tell_who_answered(),
        lambda number: one(Restitution, number).told_at is not None),
    ReplayedAct("restitution.reminded", a_consultation, remind_of_its_answer,
        lambda made: one(AnswerReminder, (made[1], clock.today() + timedelta(days=60), 14)) is not None),
    ReplayedAct("consultation_answer.taken_away", an_answer, lambda _w, made: take_away(by_receipt(made[1]), clock.now()),
        lambda made: one(ConsultationAnswer, made[0]) is None),
    ReplayedAct("consultation_verbatim.taken_back", a_chosen_text,
        lambda _w, made: take_back_by_receipt(made[1], made[0]),
        lambda made: one(ModeratedText, one(ConsultationVerbatim, made[0]).case_id).state == "repris"),
    ReplayedAct("consultation_verbatim.given_up", a_text_to_publish,
        lambda w, made: give_up(w.administrator, made[1], [made[2]]),
        lambda made: one(ConsultationVerbatim, made[0]) is None),
    ReplayedAct("consultation_comment.taken_back", a_comment, lambda _w, made: take_comment_back(made[1]),
        lambda made: one(Comment, made[0]).taken_back_at is not None and one(Comment, made[0]).words == ""),
    ReplayedAct("consultation.withdrawn", a_consultation, withdraw_consultation,
        lambda made: one(Consultation, made[1]).withdrawn_at is not None),
    ReplayedAct("consultation.voice", a_voice, lambda _w, made: remove_recording(made[0].staff, made[0].row.id, made[1]),
        lambda made: one(ConsultationRecording, made[1]) is None),
    ReplayedAct("seat.declined", a_proposal, lambda w, seat_id: decline(w.administrator, seat_id, version=0),
        lambda seat_id: one(Seat, seat_id) is None),
    # The clock moves on for these, and jobs do more than one test asks for.
    ReplayedAct("voice.contact", an_answerable_word, answer_and_forget,
        lambda voice_id: one(Voice, voice_id).contact is None),
    ReplayedAct("moderation.contact", a_reported_text, decide_and_forget,
        lambda report_id: one(ModerationReport, report_id).contact is None),
    ReplayedAct("idea.contact", an_idea_to_answer, forget_authors,
        lambda idea_id: one(Idea, idea_id).contact is None),
    ReplayedAct("candidate.forgotten", a_drawn_candidate, forget_people,
        lambda made: one(DrawCandidate, made[1]).first_name == ""),
    ReplayedAct("seat.forgotten", a_former_seat, forget_members, lambda seat_id: one(Seat, seat_id).first_name == ""),
)  # fmt: skip
