"""Two acts at once wait for each other, never in a circle: all lock in one order (DESIGN: rows, then the trail)."""

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any, TypeVar

import pytest
from flask import Flask, current_app
from sqlalchemy import delete, event, select, update
from sqlalchemy.exc import DBAPIError

from cdv_civic.accounts import operations as accounts
from cdv_civic.accounts.erasure import erase_account
from cdv_civic.accounts.links import Purpose, choose_password, issue
from cdv_civic.accounts.models import NO_PASSWORD, AccountSession, RoleGrant
from cdv_civic.accounts.open_sessions import sign_out
from cdv_civic.accounts.roles import end_role, grant_role
from cdv_civic.accounts.rules import Way
from cdv_civic.accounts.session_ends import forget_idle_sessions
from cdv_civic.accounts.sessions import SignedIn, hashed, open_session
from cdv_civic.cards.models import Card
from cdv_civic.cards.operations import batches as cards
from cdv_civic.cards.operations import lost
from cdv_civic.cards.rules import Reason
from cdv_civic.commitments.models import Commitment
from cdv_civic.commitments.operations.editing import Edit, edit_commitment
from cdv_civic.commitments.operations.progress import NewProgress, publish_progress
from cdv_civic.commitments.operations.publishing import publish_commitments
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import verify
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import DomainError
from cdv_civic.core.policy.model import CommandLine, Role, Scope, ScopeKind
from cdv_civic.role_desk.operations import invitations
from cdv_civic.seats.models import Seat
from cdv_civic.seats.operations import members
from cdv_civic.seats.operations.accounts import link_account
from cdv_civic.sign_in.by_message.hashes import code_hash
from cdv_civic.sign_in.by_message.models import SignInCode
from cdv_civic.sign_in.by_message.operations import ask, enter_by_code
from cdv_civic.sign_in.oidc.client import Identity
from cdv_civic.sign_in.oidc.operations import staff_account
from cdv_civic.sign_in.second_factor.operations import reset_second_factor
from cdv_civic.voices.models import Voice
from cdv_civic.voices.operations import answering, publishing, receiving
from tests import factories as make
from tests.bodies.bodies import announce
from tests.cards.cards import card_at, make_cards
from tests.draws.draws import make_seat
from tests.mail_server import MailBox
from tests.voices.voices import BodyWithPeople, a_voice, hidden, make_place, said

_Scene = TypeVar("_Scene")
_numbers = count(1)
SHELL = CommandLine()
#: How often each pair of acts runs at once: enough for the circles that were found to show.
ROUNDS = 2
BROWSER, CODE = "the browser that asked", "123456"
NEW = "une phrase toute neuve"


@dataclass(frozen=True)
class Scene:
    """Somebody with a role, a seat and words; and what staff act on."""

    place: BodyWithPeople
    person: SignedIn
    other: SignedIn
    grant_id: int
    seat_id: int
    shown: int
    word: int
    commitments: list[int]
    batch: int


@dataclass(frozen=True)
class Invitation:
    """Somebody who is awaited in a team, and has a card and sessions already; and who gives cards."""

    place: BodyWithPeople
    guest_id: int
    email: str
    waiting: int
    link: str
    batch: int
    serial: str
    keeper: SignedIn


def make_scene(place: BodyWithPeople) -> Scene:
    scope = Scope(ScopeKind.BODY, place.body.id)
    person = make.make_account(role=Role.MEMBER.value, scope=scope, password_hash="!")
    other = make.make_account(role=Role.MEMBER.value, scope=scope, password_hash="!")
    seat_id = make_seat(place.moderator, place.body, f"Personne {next(_numbers)}")
    with transaction() as session:
        grant_id = session.execute(
            select(RoleGrant.id).where(RoleGrant.account_id == person.actor_id)
        ).scalar_one()
        session.execute(
            update(Seat).where(Seat.id == seat_id).values(account_id=person.actor_id, role_grant_id=grant_id)
        )
    shown = said(place, agrees_public=True).voice_id
    word = receiving.say(a_voice(place.body), person).voice_id
    publishing.publish(place.moderator, shown, "", read_again=True, confirmed=True, version=1)
    with transaction() as session:
        session.execute(update(Voice).where(Voice.id == shown).values(author_id=person.actor_id))
    batch, _codes = make_cards(place.staff, place.quartier)
    return Scene(
        place,
        person,
        other,
        grant_id,
        seat_id,
        shown,
        word,
        make.make_commitments(place.contract, 3, state="a_verifier"),
        batch,
    )


def make_invitation(place: BodyWithPeople) -> Invitation:
    number = next(_numbers)
    email = f"attendue-{number}@example.org"
    guest = accounts.create_account(
        SHELL, email=email, password=None, name=f"Attendue {number}", organisation_name="Ville"
    )
    body = Scope(ScopeKind.BODY, place.body.id)
    waiting = grant_role(SHELL, guest.id, Role.MEMBER, body).id
    in_vain = grant_role(SHELL, guest.id, Role.MODERATOR, body).id
    batch, _codes = make_cards(place.staff, place.quartier)
    long_ago = clock.now() - timedelta(days=40)
    with transaction() as session:
        session.execute(
            update(RoleGrant)
            .where(RoleGrant.id == in_vain)
            .values(starts_at=long_ago, waits_until=long_ago, ends_at=long_ago)
        )
        session.execute(update(Card).where(Card.batch_id == batch).values(account_id=guest.id))
        for seen_at in (clock.now(), long_ago, clock.now()):
            session.add(
                AccountSession(
                    account_id=guest.id,
                    token_hash=hashed(f"{number}-{next(_numbers)}"),
                    opened_at=seen_at,
                    seen_at=seen_at,
                    device="",
                    way=Way.CARD.value,
                    shared=False,
                )
            )
        link = issue(session, guest.id, Purpose.INVITATION).token
    keeper = make.make_account(contract=place.contract, password_hash="!")
    return Invitation(place, guest.id, email, waiting, link, batch, card_at(batch).serial, keeper)


def version(table: Any, row_id: int) -> int:
    return int(db.session.execute(select(table.version).where(table.id == row_id)).scalar_one())


def erase(scene: Scene) -> None:
    with transaction() as session:
        erase_account(session, SHELL, scene.person.actor_id, "account.manage")


def close(scene: Scene) -> None:
    accounts.close_account(SHELL, scene.person.actor_id)


def give_role(scene: Scene) -> None:
    scope = Scope(ScopeKind.CONTRACT, scene.place.contract.id)
    grant_role(SHELL, scene.person.actor_id, Role.STAFF, scope)


def take_role(scene: Scene) -> None:
    end_role(SHELL, scene.grant_id)


def forget_factor(scene: Scene) -> None:
    reset_second_factor(SHELL, scene.person.actor_id)


def give_seat(scene: Scene) -> None:
    link_account(
        scene.place.moderator, scene.seat_id, scene.other.email, version=version(Seat, scene.seat_id)
    )


def give_seat_again(scene: Scene) -> None:
    link_account(
        scene.place.moderator, scene.seat_id, scene.person.email, version=version(Seat, scene.seat_id)
    )


def end_seat(scene: Scene) -> None:
    members.end_seat(scene.place.moderator, scene.seat_id, "depart", version=version(Seat, scene.seat_id))


def answer_shown(scene: Scene) -> None:
    answering.answer(scene.place.moderator, scene.shown, {"fr": "Oui."}, version=version(Voice, scene.shown))


def pass_on(scene: Scene) -> None:
    answering.transmit_many(
        scene.place.moderator, scene.place.body.id, [scene.word, scene.shown], scene.place.town.id
    )


def correct_shown(scene: Scene) -> None:
    answering.correct(
        scene.place.moderator,
        scene.shown,
        theme="sante",
        holds_names=False,
        version=version(Voice, scene.shown),
    )


def take_off(scene: Scene) -> None:
    hidden(scene.place.moderator, scene.shown)


def speak(scene: Scene) -> None:
    receiving.say(a_voice(scene.place.body), scene.person)


def meet(scene: Scene) -> None:
    announce(scene.place.moderator, scene.place.body)


def announce_many(scene: Scene) -> None:
    publish_commitments(scene.place.staff, scene.commitments)


def tell(scene: Scene) -> None:
    news = NewProgress(
        "en_cours", date(2026, 11, 1), "Le chantier a commencé.", f"une-clef-unique-{next(_numbers)}"
    )
    publish_progress(scene.place.staff, scene.commitments[1], news)


def edit(scene: Scene) -> None:
    number = scene.commitments[2]
    edit_commitment(
        scene.place.staff,
        number,
        Edit(title=f"Une école {next(_numbers)}", nature="engagement"),
        version=version(Commitment, number),
        reason="Une erreur de frappe.",
    )


def close_cards(scene: Scene) -> None:
    cards.close_batch(scene.place.staff, scene.batch)


ACTS: tuple[Callable[[Scene], None], ...] = (
    erase,
    close,
    give_role,
    take_role,
    forget_factor,
    give_seat,
    give_seat_again,
    end_seat,
    answer_shown,
    pass_on,
    correct_shown,
    take_off,
    speak,
    meet,
    announce_many,
    tell,
    edit,
    close_cards,
)


def come_in(scene: Invitation) -> None:
    with current_app.test_request_context():
        open_session(scene.guest_id, Way.EMAIL)


def come_by_link(scene: Invitation) -> None:
    choose_password(scene.link, NEW)


def come_by_service(scene: Invitation) -> None:
    come = Identity("https://service.example", str(scene.guest_id), scene.email, two_factors=True)
    staff_account(come)


def set_password(scene: Invitation) -> None:
    accounts.reset_password(SHELL, scene.email, NEW)


def invite(scene: Invitation) -> None:
    invitations.invite(
        SHELL,
        email=scene.email,
        name="Attendue",
        organisation_name="Ville",
        role=Role.MEMBER,
        scope=Scope(ScopeKind.BODY, scene.place.body.id),
    )


def invite_again(scene: Invitation) -> None:
    invitations.invite_again(SHELL, scene.guest_id, "fr")


def give_role_again(scene: Invitation) -> None:
    grant_role(SHELL, scene.guest_id, Role.MODERATOR, Scope(ScopeKind.BODY, scene.place.body.id))


def withdraw(scene: Invitation) -> None:
    end_role(SHELL, scene.waiting)


def erase_guest(scene: Invitation) -> None:
    with transaction() as session:
        erase_account(session, SHELL, scene.guest_id, "account.manage")


def close_guest(scene: Invitation) -> None:
    accounts.close_account(SHELL, scene.guest_id)


def lose_card(scene: Invitation) -> None:
    lost.revoke_card(scene.keeper, scene.serial, Reason.LOST)


def replace_card(scene: Invitation) -> None:
    lost.replace_card(scene.keeper, scene.serial, Reason.LOST, new_space=True)


def close_guests_cards(scene: Invitation) -> None:
    cards.close_batch(scene.place.staff, scene.batch)


def sign_guest_out(scene: Invitation) -> None:
    sign_out(SHELL, scene.guest_id)


def sign_everybody_out(_scene: Invitation) -> None:
    sign_out(SHELL, None)


def forget_sessions(_scene: Invitation) -> None:
    forget_idle_sessions()


ACTS_ON_GUESTS: tuple[Callable[[Invitation], None], ...] = (
    come_in,
    come_by_link,
    come_by_service,
    set_password,
    invite,
    invite_again,
    give_role_again,
    withdraw,
    erase_guest,
    close_guest,
    lose_card,
    replace_card,
    close_guests_cards,
    sign_guest_out,
    sign_everybody_out,
    forget_sessions,
)


@contextmanager
def slowly(app: Flask) -> Iterator[None]:
    """Let a moment pass after each statement, so that acts meet in the middle of each other."""

    def wait(*_what: object) -> None:
        time.sleep(random.uniform(0, 0.006))

    engine = db.engine
    event.listen(engine, "after_cursor_execute", wait)
    try:
        yield
    finally:
        event.remove(engine, "after_cursor_execute", wait)


def at_once(app: Flask, scene: _Scene, *acts: Callable[[_Scene], None]) -> list[str]:
    """What failed of two acts; refusals of the domain are none, unless the database ended the act."""
    wrong: list[str] = []
    start = threading.Barrier(len(acts))

    def run(act: Callable[[_Scene], None]) -> None:
        with app.app_context():
            start.wait(30)
            try:
                act(scene)
            except DomainError as error:
                if isinstance(error.__cause__, DBAPIError):
                    wrong.append(f"{act.__name__}: {type(error.__cause__.orig).__name__}")
            except Exception as error:
                wrong.append(f"{act.__name__}: {type(getattr(error, 'orig', error)).__name__}")
            finally:
                db.session.remove()

    with slowly(app):
        threads = [threading.Thread(target=run, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return wrong


@pytest.fixture
def place(app: Flask, database_kind: str) -> BodyWithPeople:
    if database_kind != "postgresql":
        pytest.skip("on SQLite one writes at a time")
    return make_place()


def test_answering_somebody_who_erases_their_account_ends_well_for_both(
    app: Flask, place: BodyWithPeople
) -> None:
    for _round in range(10):
        scene = make_scene(place)
        assert at_once(app, scene, erase, answer_shown) == []
    assert verify(db.session())[1] is None


@dataclass(frozen=True)
class Latecomer:
    """Somebody who was invited in vain, and comes now by a code of their own."""

    account_id: int
    ref: str


def make_latecomer() -> Latecomer:
    email = f"en-retard-{next(_numbers)}@example.org"
    account = make.make_account(email, role=None, password_hash=NO_PASSWORD)
    ref = ask(Way.EMAIL, email, browser=BROWSER, language="fr")
    with transaction() as session:
        session.execute(
            update(SignInCode).where(SignInCode.ref == ref).values(code_hash=code_hash(ref, CODE))
        )
    return Latecomer(account.actor_id, ref)


def come_by_code(scene: Latecomer) -> None:
    enter_by_code(scene.ref, CODE, browser=BROWSER)


def erase_latecomer(scene: Latecomer) -> None:
    with transaction() as session:
        erase_account(session, SHELL, scene.account_id, "account.manage")


def test_coming_in_to_an_account_that_is_erased_ends_well_for_both(
    app: Flask, place: BodyWithPeople, mail: MailBox
) -> None:
    for _round in range(10):
        assert at_once(app, make_latecomer(), come_by_code, erase_latecomer) == []


def test_a_card_is_replaced_while_somebody_holds_its_batch(
    app: Flask, place: BodyWithPeople, mail: MailBox
) -> None:
    """A row changed twice in one transaction has its foreign keys looked at again, which waits for `FOR UPDATE`."""
    scene = make_invitation(place)
    with transaction() as session:
        session.execute(delete(AccountSession).where(AccountSession.account_id == scene.guest_id))
    done = threading.Event()

    def replace() -> None:
        with app.app_context():
            replace_card(scene)
            done.set()

    replacing = threading.Thread(target=replace)
    with transaction():
        close_guests_cards(scene)
        replacing.start()
        went_on = done.wait(20)
    replacing.join()
    assert went_on


def test_each_act_alone_is_done(app: Flask, place: BodyWithPeople, mail: MailBox) -> None:
    for act in ACTS:
        act(make_scene(place))
    for act_on_guest in ACTS_ON_GUESTS:
        act_on_guest(make_invitation(place))


def refused(
    app: Flask,
    new_scene: Callable[[], _Scene],
    act: Callable[[_Scene], None],
    acts: Sequence[Callable[[_Scene], None]],
) -> dict[str, list[str]]:
    """What the database said against an act beside each of those that follow it."""
    found: dict[str, list[str]] = {}
    for other in acts[acts.index(act) :]:
        for _round in range(ROUNDS):
            wrong = at_once(app, new_scene(), act, other)
            if wrong:
                found[f"{act.__name__} with {other.__name__}"] = wrong
    return found


@pytest.mark.long
@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_whatever_two_people_do_at_once_the_database_refuses_nothing(
    app: Flask, place: BodyWithPeople, act: Callable[[Scene], None]
) -> None:
    assert refused(app, lambda: make_scene(place), act, ACTS) == {}
    assert verify(db.session())[1] is None


@pytest.mark.long
@pytest.mark.parametrize("act", ACTS_ON_GUESTS, ids=lambda act: act.__name__)
def test_nor_whatever_happens_to_somebody_who_is_awaited_and_has_a_card(
    app: Flask, place: BodyWithPeople, mail: MailBox, act: Callable[[Invitation], None]
) -> None:
    assert refused(app, lambda: make_invitation(place), act, ACTS_ON_GUESTS) == {}
    assert verify(db.session())[1] is None
