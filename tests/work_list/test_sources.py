"""Who is told that what waits: by role, and never of another contract's."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from cdv_civic.accounts.models import Account
from cdv_civic.bodies.operations.meetings import cancel_meeting
from cdv_civic.bodies.operations.occurrences import enter_attendance
from cdv_civic.bodies.operations.publication_drafts import PublicationDraft
from cdv_civic.bodies.operations.publications import publish, withdraw_publication
from cdv_civic.bodies.rules import weekly
from cdv_civic.commitments.operations.progress import withdraw_progress
from cdv_civic.commitments.operations.translating import translate_commitment
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.localized import TranslationState, change_originals
from cdv_civic.core.policy.model import CommandLine, Reach, Scope, ScopeKind
from cdv_civic.core.work_sources import BADGE_STOPS_AT, how_much_waits, work_of
from cdv_civic.draws.models import Draw
from cdv_civic.glossary.operations import explain, load
from cdv_civic.notices.outcomes import AS_MEANT
from cdv_civic.notices.queries import given_up
from cdv_civic.voices.models import Voice, VoiceReply
from tests import factories as make
from tests.bodies.bodies import PARIS, announce, make_body
from tests.conftest import TODAY
from tests.voices.voices import make_voices
from tests.work_list.places import make_busy_place, told

Counting = Callable[[], AbstractContextManager[list[str]]]
#: Of the teams, and of the State.
OF_FUNDS = {
    "projects-to-look-at": 1,
    "projects-completed": 1,
    "projects-overdue": 1,
    "projects-to-notify": 1,
    "projects-to-pay": 1,
}
OF_TEAMS = {
    **OF_FUNDS,
    "commitments-a-verifier": 1,
    "commitments-echeance-passee": 1,
    "consultation-corrections": 1,
    "consultations-to-answer": 1,
    "texts-of-staff": 1,
    "projects-to-choose": 1,
    "juries-to-close": 1,
}
OF_MODERATORS = {
    "voices-to-answer": 1,
    "minutes": 1,
    "draws": 1,
    "invitations": 1,
    "texts-of-bodies": 1,
    "appeals-to-answer": 1,
    "ideas-to-answer": 1,
    "idea-objections": 1,
    "opinions-to-give": 1,
}


def test_each_person_is_told_of_what_is_theirs_to_do(app: Flask) -> None:
    busy = make_busy_place()
    people = busy.people
    assert told(people.staff) == OF_TEAMS
    assert told(people.moderator) == OF_MODERATORS
    assert told(people.contact) == {"commitments-echeance-passee": 1, "voices-transmitted": 1}
    assert told(busy.local) == OF_TEAMS | {"messages": 1}
    assert told(busy.translator) == {"commitments-to-translate-en": 2}
    assert told(busy.state) == OF_FUNDS
    for who in (people.member, people.relais):
        assert told(who) == {}, who.roles


def test_nobody_is_told_of_what_waits_in_another_contract(app: Flask) -> None:
    busy = make_busy_place("val")
    before = {
        who.actor_id: told(who)
        for who in (busy.people.staff, busy.people.moderator, busy.people.contact, busy.local, busy.state)
    }
    other = make_busy_place("mont")
    make_voices(other.people.body, 7)
    for who in (busy.people.staff, busy.people.moderator, busy.people.contact, busy.local, busy.state):
        assert told(who) == before[who.actor_id]
        assert how_much_waits(db.session(), who) == sum(before[who.actor_id].values())


def test_a_body_that_nobody_moderates_is_the_work_of_whoever_may_do_it_in_their_place(app: Flask) -> None:
    busy = make_busy_place()
    with transaction() as session:
        session.execute(
            update(Account)
            .where(Account.id == busy.people.moderator.actor_id)
            .values(disabled_at=clock.now())
        )
    in_their_place = {
        "minutes": 1,
        "draws": 1,
        "appeals-to-answer": 1,
        "ideas-to-answer": 1,
        "idea-objections": 1,
    }
    assert told(busy.people.staff) == OF_TEAMS | in_their_place, "words are not for the team"
    theirs = in_their_place | {"messages": 1, "voices-to-answer": 1, "texts-of-bodies": 1}
    theirs |= {"opinions-to-give": 1}
    assert told(busy.local) == OF_TEAMS | theirs


def test_all_of_it_is_one_statement_however_much_there_is(app: Flask, count_statements: Counting) -> None:
    administrator = make.make_account(role="administrator")
    resident = make.make_account(role=None)
    for slug in ("val", "mont"):
        make_busy_place(slug)
        for who, cost in ((administrator, 1), (resident, 0)):
            for asked in (work_of, how_much_waits):
                db.session.rollback()
                with count_statements() as statements:
                    asked(db.session(), who)
                assert len(statements) == cost, statements


def test_the_badge_stops_counting_each_source_at_a_hundred(app: Flask) -> None:
    people = make_busy_place().people
    make_voices(people.body, 150)
    assert told(people.moderator)["voices-to-answer"] == 151
    others = sum(OF_MODERATORS.values()) - 1
    assert how_much_waits(db.session(), people.moderator) == BADGE_STOPS_AT + others


def test_a_line_says_since_when_until_when_and_where(app: Flask) -> None:
    people = make_busy_place().people
    second = make_body(people.contract, "Autre conseil", quartiers=[people.quartier])
    make_voices(second, 2, received_on=date(2026, 10, 3), due_on=date(2026, 11, 1))
    with transaction() as session:
        session.execute(
            update(Account).where(Account.id == people.moderator.actor_id).values(disabled_at=clock.now())
        )
    local = make.make_account(role="administrator", scope=Scope(ScopeKind.CONTRACT, people.contract.id))
    found = {
        item.place: item for item in work_of(db.session(), local) if item.source.name == "voices-to-answer"
    }
    assert set(found) == {"Conseil citoyen", "Autre conseil"}
    line = found["Autre conseil"]
    assert (line.count, line.since_on, line.due_on) == (2, date(2026, 10, 3), date(2026, 11, 1))
    assert line.place_id == second.id
    assert found["Conseil citoyen"].due_on is None


def test_nobody_is_late_where_the_contract_s_own_date_has_passed(app: Flask) -> None:
    staff = make_busy_place().people.staff
    (line,) = [
        item for item in work_of(db.session(), staff) if item.source.name == "commitments-echeance-passee"
    ]
    assert line.due_on is None
    assert line.since_on is not None


def test_a_word_that_lies_at_an_organisation_waits_for_the_body_once_answered_or_late(app: Flask) -> None:
    people = make_busy_place().people
    passed = db.session.query(Voice.id).filter(Voice.state == "transmis").scalar()
    assert told(people.moderator)["voices-to-answer"] == 1
    with clock.frozen_everywhere(TODAY + timedelta(days=30)):
        assert told(people.moderator)["voices-to-answer"] == 2
    with transaction() as session:
        session.add(
            VoiceReply(
                voice_id=passed,
                organisation_id=people.town.id,
                author_id=None,
                at=clock.now(),
                words="Nous venons.",
            )
        )
    assert told(people.moderator)["voices-to-answer"] == 2
    assert "voices-transmitted" not in told(people.contact)


def minutes(people: Any, meeting: int, day: date) -> int:
    return publish(
        people.moderator,
        people.body.id,
        PublicationDraft("compte_rendu", {"fr": "Tout est dit."}, meeting_id=meeting, meeting_day=day),
        client_key=f"compte-rendu-{meeting}-{day}",
        zone=PARIS,
    )


def test_minutes_are_waited_for_until_they_are_published_and_again_once_withdrawn(app: Flask) -> None:
    people = make_busy_place().people
    day = date(2026, 11, 12)
    meeting = announce(people.moderator, people.body, day)
    assert told(people.moderator)["minutes"] == 2
    publication = minutes(people, meeting, day)
    assert told(people.moderator)["minutes"] == 1
    withdraw_publication(people.moderator, publication, {"fr": "Une erreur."}, version=1)
    assert told(people.moderator)["minutes"] == 2
    cancel_meeting(people.moderator, meeting, {"fr": "Personne."}, sequence=0)
    assert told(people.moderator)["minutes"] == 1


@pytest.mark.parametrize(
    ("day", "waited_for"),
    [
        (date(2026, 11, 20), 0),
        (date(2026, 11, 19), 1),
        (date(2026, 9, 22), 1),
        (date(2026, 9, 20), 0),
    ],
)
def test_minutes_are_waited_for_from_the_day_after_and_for_two_months(
    app: Flask, day: date, waited_for: int
) -> None:
    people = make_busy_place().people
    announce(people.moderator, people.body, day)
    assert told(people.moderator)["minutes"] == 1 + waited_for


def test_a_date_of_a_series_waits_for_minutes_once_people_were_counted(app: Flask) -> None:
    people = make_busy_place().people
    first = date(2026, 11, 3)
    series = announce(people.moderator, people.body, first, recurrence=weekly(first))
    announce(people.moderator, people.body, first, kind="permanence")
    assert told(people.moderator)["minutes"] == 1
    for day in (first, date(2026, 11, 10)):
        enter_attendance(people.moderator, series, day, present=9, first_time=None, version=0, zone=PARIS)
    assert told(people.moderator)["minutes"] == 3
    minutes(people, series, first)
    assert told(people.moderator)["minutes"] == 2


def test_a_draw_waits_from_the_day_of_its_seed_until_those_drawn_have_seats(app: Flask) -> None:
    people = make_busy_place().people

    def set_to(**values: object) -> int:
        with transaction() as session:
            session.execute(update(Draw).values(**values))
        return told(people.moderator).get("draws", 0)

    assert set_to(seed_day=date(2026, 11, 21)) == 0
    assert set_to(seed_day=date(2026, 11, 20)) == 1
    assert set_to(seed="3 17 22", seeded_at=clock.now()) == 1
    assert set_to(seated_at=clock.now()) == 0


def test_a_message_waits_as_long_as_it_can_still_leave(app: Flask) -> None:
    busy = make_busy_place()
    make.make_notice(contract_id=busy.people.contract.id, failed_at=clock.now(), text_body=None)
    make.make_notice(contract_id=busy.people.contract.id)
    make.make_notice(failed_at=clock.now())
    assert told(busy.local)["messages"] == 1
    assert told(make.make_account(role="administrator"))["messages"] == 2


@pytest.mark.parametrize("ending", AS_MEANT)
def test_a_message_that_its_reader_refused_is_nobodys_work(app: Flask, ending: str) -> None:
    busy = make_busy_place()
    for contract_id in (busy.people.contract.id, None):
        make.make_notice(contract_id=contract_id, failed_at=clock.now(), last_error=ending)
    assert told(busy.local)["messages"] == 1
    assert told(make.make_account(role="administrator"))["messages"] == len(given_up(Reach(True))) == 1


def test_an_invitation_is_told_to_whoever_gave_it_in_its_last_days(app: Flask) -> None:
    people = make_busy_place().people
    assert told(people.moderator)["invitations"] == 1
    for days in (-2, 3):
        with clock.frozen_everywhere(TODAY + timedelta(days=days)):
            assert "invitations" not in told(people.moderator)
    assert "invitations" not in told(people.staff)


def test_a_translator_is_told_of_words_without_an_explanation_in_their_language(app: Flask) -> None:
    load()
    spanish = make.make_account(role="translator", scope=Scope(ScopeKind.LANGUAGE, "es"))
    french = make.make_account(role="translator", scope=Scope(ScopeKind.LANGUAGE, "fr"))
    assert told(spanish)["words"] > 100
    assert told(french) == {}


def test_a_word_whose_explanation_changed_waits_for_its_translator_again(app: Flask) -> None:
    load()
    arabic = make.make_account(role="translator", scope=Scope(ScopeKind.LANGUAGE, "ar"))
    assert told(arabic) == {}, "the site comes with all of them"
    explain("qpv", {"fr": "Un quartier que l’État aide."}, actor=make.make_account())
    assert told(arabic) == {"words": 1}
    explain("qpv", {"ar": "حي تساعده الدولة."}, actor=arabic)
    assert told(arabic) == {}


def test_a_text_of_a_commitment_waits_for_its_translator_as_long_as_residents_read_it_otherwise(
    app: Flask,
) -> None:
    contract = make.make_contract()
    english, arabic = (
        make.make_account(role="translator", scope=Scope(ScopeKind.LANGUAGE, tag)) for tag in ("en", "ar")
    )
    commitment = make.make_commitment(contract, "Ouvrir un parc", translations={"ar": "فتح حديقة"})
    make.make_commitment(contract, "Parti", retired_at=clock.now())
    progress = make.make_progress(commitment, sentence="Le parc est ouvert.")
    assert told(english) == {"commitments-to-translate-en": 2}
    assert told(arabic) == {"commitments-to-translate-ar": 1}
    texts = {commitment.title_id: "Open a park", progress.sentence_id: "The park is open."}
    translate_commitment(english, commitment.id, "en", texts, state=TranslationState.DRAFT)
    assert told(english) == {"commitments-to-translate-en": 2}, "residents do not read drafts"
    translate_commitment(english, commitment.id, "en", texts)
    assert told(english) == {}
    with clock.frozen_everywhere(TODAY + timedelta(days=3)), transaction() as session:
        change_originals(session, {commitment.title_id: "Ouvrir un grand parc"})
    assert told(english) == {"commitments-to-translate-en": 1}
    (line,) = work_of(db.session(), english)
    assert line.since_on == TODAY.date() + timedelta(days=3)
    with app.test_request_context("/fr/"):
        assert line.url == "/fr/bureau/engagements?traduire=en"
        assert line.words == "1 texte d’engagement à traduire : English"
    withdraw_progress(make.make_account(role="administrator"), progress.id, "Une erreur.")
    assert told(arabic) == {"commitments-to-translate-ar": 1}, "the title, and no more what was withdrawn"


def test_the_command_line_may_do_everything_and_is_told_of_everything(app: Flask) -> None:
    make_busy_place()
    found = {item.source.name for item in work_of(db.session(), CommandLine())}
    assert found == {*OF_TEAMS, "messages"}
