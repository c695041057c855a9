"""Two acts at once wait for each other, never in a circle: all lock in one order (DESIGN: rows, then the trail)."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select, update
from sqlalchemy.exc import DBAPIError

from cdv_civic.accounts import operations as accounts
from cdv_civic.accounts.erasure import erase_account
from cdv_civic.accounts.models import RoleGrant
from cdv_civic.accounts.roles import end_role, grant_role
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.cards.operations import batches as cards
from cdv_civic.commitments.models import Commitment
from cdv_civic.commitments.operations.editing import Edit, edit_commitment
from cdv_civic.commitments.operations.progress import NewProgress, publish_progress
from cdv_civic.commitments.operations.publishing import publish_commitments
from cdv_civic.core.audit.trail import verify
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import DomainError
from cdv_civic.core.policy.model import CommandLine, Role, Scope, ScopeKind
from cdv_civic.seats.models import Seat
from cdv_civic.seats.operations import members
from cdv_civic.seats.operations.accounts import link_account
from cdv_civic.sign_in.second_factor.operations import reset_second_factor
from cdv_civic.voices.models import Voice
from cdv_civic.voices.operations import answering, publishing, receiving
from tests import factories as make
from tests.bodies.bodies import announce
from tests.cards.cards import make_cards
from tests.conftest import TODAY
from tests.draws.draws import make_seat
from tests.voices.voices import BodyWithPeople, a_statement, make_place, said

_numbers = count(1)
SHELL = CommandLine()
#: How often each pair of acts runs at once: enough for the circles that were found to show.
ROUNDS = 2


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
    word = receiving.say(a_statement(place.body), person).voice_id
    with transaction() as session:
        session.execute(
            update(Voice).where(Voice.id == shown).values(author_id=person.actor_id, published_at=TODAY)
        )
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
    publishing.withdraw(scene.place.moderator, scene.shown, version=version(Voice, scene.shown))


def speak(scene: Scene) -> None:
    receiving.say(a_statement(scene.place.body), scene.person)


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


def at_once(app: Flask, scene: Scene, *acts: Callable[[Scene], None]) -> list[str]:
    """What the database said against each of two acts, in words of its own; refusals of the domain are none."""
    wrong: list[str] = []
    start = threading.Barrier(len(acts))

    def run(act: Callable[[Scene], None]) -> None:
        with app.app_context():
            start.wait(30)
            try:
                act(scene)
            except DBAPIError as error:
                wrong.append(f"{act.__name__}: {type(error.orig).__name__}")
            except DomainError as error:
                if isinstance(error.__cause__, DBAPIError):
                    wrong.append(f"{act.__name__}: {type(error.__cause__.orig).__name__}")
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


def test_each_act_alone_is_done(app: Flask, place: BodyWithPeople) -> None:
    for act in ACTS:
        act(make_scene(place))


@pytest.mark.long
@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_whatever_two_people_do_at_once_the_database_refuses_nothing(
    app: Flask, place: BodyWithPeople, act: Callable[[Scene], None]
) -> None:
    found: dict[str, list[str]] = {}
    for other in ACTS[ACTS.index(act) :]:
        for _round in range(ROUNDS):
            wrong = at_once(app, make_scene(place), act, other)
            if wrong:
                found[f"{act.__name__} with {other.__name__}"] = wrong
    assert found == {}
    assert verify(db.session())[1] is None
