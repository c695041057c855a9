"""For each kind of line of the ledger: what is there before the backup, the act after it, what a restore must keep."""

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
from cdv_civic.core import clock
from cdv_civic.core.db import Model, db, transaction
from cdv_civic.core.policy.model import CommandLine
from cdv_civic.drafts.operations import erase as erase_draft
from cdv_civic.drafts.operations import keep
from cdv_civic.drafts.queries import kept_draft
from cdv_civic.drafts.rules import DraftKey
from cdv_civic.draws.models import Draw, DrawCandidate, DrawList
from cdv_civic.draws.operations.preparing import discard_draw, remove_candidate
from cdv_civic.draws.operations.publishing import withdraw_candidate
from cdv_civic.draws.operations.retention import forget_candidates
from cdv_civic.draws.queries import candidates_of
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
from tests.draws.draws import RULE, SEED_DAY, at_desk, make_draw, make_drawn, make_published, make_seat
from tests.signing_in import current_code
from tests.voices.voices import BodyWithPeople, make_place, said

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


def a_word_of_ones_own(world: World) -> tuple[int, str]:
    got = said(world.place)
    return got.voice_id, read_receipt(got.receipt)


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
        lambda w, voice_id: publishing.withdraw(w.place.moderator, voice_id, version=one(Voice, voice_id).version),
        lambda voice_id: one(Voice, voice_id).published_at is None),
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
    ReplayedAct("seat.declined", a_proposal, lambda w, seat_id: decline(w.administrator, seat_id, version=0),
        lambda seat_id: one(Seat, seat_id) is None),
    # The clock moves on for these, and jobs do more than one test asks for.
    ReplayedAct("voice.contact", an_answerable_word, answer_and_forget,
        lambda voice_id: one(Voice, voice_id).contact is None),
    ReplayedAct("candidate.forgotten", a_drawn_candidate, forget_people,
        lambda made: one(DrawCandidate, made[1]).first_name == ""),
    ReplayedAct("seat.forgotten", a_former_seat, forget_members, lambda seat_id: one(Seat, seat_id).first_name == ""),
)  # fmt: skip
