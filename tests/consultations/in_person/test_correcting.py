"""What was entered in person is put right, or taken out: by whoever entered it and by the organiser, while answers come in."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.accounts.consents import Consent
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.consultations.answering.operations.answering import ChangedAnswer, by_receipt, change, join
from cdv_civic.consultations.answering.queries import answer_by_receipt
from cdv_civic.consultations.in_person.models import ConsultationWorkshop
from cdv_civic.consultations.in_person.operations.correcting import (
    EnteredByAnother,
    TakenOver,
    correct_group,
    correct_street,
    remove_heard,
)
from cdv_civic.consultations.in_person.operations.entering import (
    HeardAnswer,
    NothingChanges,
    assist,
    enter_group,
)
from cdv_civic.consultations.in_person.operations.workshops import (
    NewWorkshop,
    correct_workshop,
    enter_table,
    note_workshop,
    remove_table,
    remove_workshop,
)
from cdv_civic.consultations.in_person.queries import groups_of, street_answers_of, tables_of, workshops_of
from cdv_civic.consultations.models import Consultation, ConsultationAnswer
from cdv_civic.consultations.queries.definition import definition_of
from cdv_civic.consultations.rules.questions import Given
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import db
from cdv_civic.core.errors import ChangedMeanwhile, Conflict, DomainError, NotFound
from cdv_civic.core.policy.model import Scope, ScopeKind
from cdv_civic.participation.rules.channels import Channel
from tests import factories
from tests.consultations.answering.answers import Asked, kept_answers, kept_given, make_asked, make_resident
from tests.races import at_once


@pytest.fixture
def asked(app: Flask) -> Asked:
    return make_asked()


def heard(asked: Asked, key: str = "", answer: int | None = None, **values: object) -> HeardAnswer:
    given = {asked.tenant.id: Given(choices={answer or asked.no: None})}
    return HeardAnswer(asked.row.id, given, key, "fr", **values)  # type: ignore[arg-type]


def a_relais(asked: Asked, place: int = 0) -> SignedIn:
    return factories.make_account(role="relais", scope=Scope(ScopeKind.QUARTIER, asked.quartiers[place].id))


def the_organiser(asked: Asked) -> SignedIn:
    return factories.make_account(contract=asked.contract)


def a_class(asked: Asked, actor: SignedIn) -> int:
    return enter_group(actor, heard(asked, "une-classe-1"), 24).id


def in_the_street(asked: Asked, actor: SignedIn) -> tuple[int, str]:
    """An answer, and its receipt."""
    kept = assist(actor, heard(asked, "dans-la-rue-1"), Channel.MARKET, form="spoken", read_in="ar")
    return kept.id, kept.receipt or ""


def a_workshop(asked: Asked, actor: SignedIn, present: int = 12, **values: object) -> int:
    new = NewWorkshop(asked.row.id, "atelier-un", None, "Maison du projet", present)
    return note_workshop(actor, replace(new, **values))  # type: ignore[arg-type]


def of_row(asked: Asked, **values: object) -> NewWorkshop:
    """What the form of the first workshop says."""
    (line,) = workshops_of(asked.row.id)
    return replace(NewWorkshop(asked.row.id, "", line.held_on, line.place, line.present), **values)  # type: ignore[arg-type]


def last_entry(session: Session) -> AuditEntry:
    session.rollback()
    return session.execute(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).scalar_one()


def test_a_group_is_corrected_by_whoever_entered_it_and_by_the_organiser(
    asked: Asked, session: Session
) -> None:
    relais, other, staff = a_relais(asked), a_relais(asked, 1), the_organiser(asked)
    group, yesterday = a_class(asked, relais), clock.today() - timedelta(days=1)
    quartier = asked.quartiers[1].id
    correct_group(
        relais, group, heard(asked, answer=asked.yes, said_on=yesterday, quartier_id=quartier), 22, version=1
    )
    (row,) = kept_answers()
    assert (row.people, row.received_on, row.quartier_id, row.version) == (22, yesterday, quartier, 2)
    assert list(kept_given(group)[asked.tenant.id].choices) == [asked.yes]
    entry = last_entry(session)
    assert (entry.action, entry.before, entry.after) == ("consultation.enter", {"group": 24}, {"group": 22})
    with pytest.raises(EnteredByAnother):
        correct_group(other, group, heard(asked), 20, version=2)
    correct_group(staff, group, heard(asked), 20, version=2)
    (line,) = groups_of(asked.row.id)
    assert (line.people, line.entered_by) == (20, relais.actor_id)


def test_a_group_keeps_to_what_a_group_may_be(asked: Asked) -> None:
    staff = the_organiser(asked)
    group = a_class(asked, staff)
    for people, values, field in (
        (1, {}, "people"),
        (24, {"said_on": clock.today() + timedelta(days=1)}, "said_on"),
        (24, {"quartier_id": 10**6}, "quartier"),
    ):
        with pytest.raises(DomainError) as refused:
            correct_group(staff, group, heard(asked, **values), people, version=1)
        assert refused.value.field == field
    nobody = HeardAnswer(asked.row.id, {asked.tenant.id: Given()}, "", "fr")
    with pytest.raises(DomainError):
        correct_group(staff, group, nobody, 24, version=1)
    (row,) = kept_answers()
    assert (row.people, row.version) == (24, 1)


def test_two_people_do_not_overwrite_each_other_and_one_who_taps_twice_is_not_refused(
    app: Flask, asked: Asked
) -> None:
    one, other = the_organiser(asked), the_organiser(asked)
    group = a_class(asked, one)
    first, second = heard(asked), heard(asked, answer=asked.yes)
    done = at_once(
        app,
        lambda: correct_group(one, group, first, 20, version=1),
        lambda: correct_group(other, group, second, 30, version=1),
    )
    assert sum(isinstance(each, ChangedMeanwhile) for each in done) == 1, done
    (row,) = kept_answers()
    people, answer = (20, asked.no) if row.people == 20 else (30, asked.yes)
    correct_group(one, group, heard(asked, answer=answer), people, version=1)
    (row,) = kept_answers()
    assert (row.people, row.version) == (people, 2)
    with pytest.raises(ChangedMeanwhile):
        remove_heard(one, asked.row.id, group, version=1)


def test_a_group_is_withdrawn(asked: Asked, session: Session) -> None:
    relais = a_relais(asked)
    group = a_class(asked, relais)
    with pytest.raises(EnteredByAnother):
        remove_heard(a_relais(asked, 1), asked.row.id, group, version=1)
    remove_heard(relais, asked.row.id, group, version=1)
    assert kept_answers() == []
    entry = last_entry(session)
    assert (entry.before, entry.after) == ({"group": 24}, None)
    with pytest.raises(NotFound):
        remove_heard(relais, asked.row.id, group, version=1)


def test_what_a_relais_wrote_wrongly_is_put_right_and_the_receipt_stays_good(
    asked: Asked, session: Session
) -> None:
    relais = a_relais(asked)
    answer, receipt = in_the_street(asked, relais)
    correct_street(relais, answer, heard(asked, answer=asked.yes), Channel.STREET, version=1)
    (row,) = kept_answers()
    assert (row.channel, row.version, row.entered_by) == ("rue", 2, relais.actor_id)
    assert list(kept_given(answer)[asked.tenant.id].choices) == [asked.yes]
    assert last_entry(session).after == {"assisted": 1}
    with pytest.raises(DomainError):
        correct_street(relais, answer, heard(asked), Channel.ONLINE, version=2)
    with pytest.raises(EnteredByAnother):
        correct_street(a_relais(asked, 1), answer, heard(asked), Channel.STREET, version=2)
    change(by_receipt(receipt), of_the_person(asked, seen=2))
    assert list(kept_given(answer)[asked.tenant.id].choices) == [asked.no]


def of_the_person(asked: Asked, seen: int) -> ChangedAnswer:
    row = db.session.get_one(Consultation, asked.row.id, populate_existing=True)
    version, questions = row.version, definition_of(row.id, "fr").rules
    db.session.rollback()
    given = {asked.tenant.id: Given(choices={asked.no: None})}
    return ChangedAnswer(seen, questions, version, given, "fr", clock.now())


@pytest.mark.parametrize("way", ["changed", "joined"])
def test_nobody_touches_an_answer_that_the_person_took_over(asked: Asked, way: str) -> None:
    relais, staff = a_relais(asked), the_organiser(asked)
    answer, receipt = in_the_street(asked, relais)
    assert [each.id for each in street_answers_of(asked.row.id, relais.actor_id).rows] == [answer]
    if way == "joined":
        join(make_resident(asked.quartiers[0]), by_receipt(receipt))
    else:
        correct_street(relais, answer, heard(asked, answer=asked.yes), Channel.MARKET, version=1)
        change(by_receipt(receipt), of_the_person(asked, seen=2))
    (row,) = kept_answers()
    for corrector in (relais, staff):
        with pytest.raises(TakenOver):
            correct_street(corrector, answer, heard(asked), Channel.MARKET, version=row.version)
        with pytest.raises(TakenOver):
            remove_heard(corrector, asked.row.id, answer, version=row.version)
    assert street_answers_of(asked.row.id).rows == ()
    assert len(kept_answers()) == 1


def test_an_answer_that_is_taken_out_takes_its_consent_and_its_receipt_along(
    asked: Asked, session: Session
) -> None:
    relais = a_relais(asked)
    answer, receipt = in_the_street(asked, relais)
    remove_heard(the_organiser(asked), asked.row.id, answer, version=1)
    assert kept_answers() == []
    assert session.execute(select(Consent)).scalars().all() == []
    assert answer_by_receipt(receipt, "fr") is None


def test_an_answer_of_the_site_or_of_a_table_is_not_corrected_here(asked: Asked) -> None:
    staff = the_organiser(asked)
    table = enter_table(
        staff, a_workshop(asked, staff), heard(asked, "table-un-1"), number=1, people=5, sheet=None
    )
    with pytest.raises(NotFound):
        correct_group(staff, table.id, heard(asked), 6, version=1)
    with pytest.raises(NotFound):
        remove_heard(staff, asked.row.id, table.id, version=1)
    street, _receipt = in_the_street(asked, staff)
    with pytest.raises(NotFound):
        correct_group(staff, street, heard(asked), 6, version=1)


def test_the_day_the_place_and_the_number_of_a_workshop_are_corrected(asked: Asked, session: Session) -> None:
    relais, yesterday = a_relais(asked), clock.today() - timedelta(days=1)
    workshop = a_workshop(asked, relais)
    table = enter_table(relais, workshop, heard(asked, "table-un-1"), number=1, people=7, sheet=None)
    new = of_row(asked, held_on=yesterday, place="  L’école  ", present=7)
    with pytest.raises(EnteredByAnother):
        correct_workshop(a_relais(asked, 1), workshop, new, version=1)
    correct_workshop(relais, workshop, new, version=1)
    (line,) = workshops_of(asked.row.id)
    assert (line.held_on, line.place, line.present, line.version) == (yesterday, "L’école", 7, 2)
    session.rollback()
    # What a table said was said on the day of its workshop.
    assert session.get_one(ConsultationAnswer, table.id).received_on == yesterday
    entry = last_entry(session)
    assert (entry.before or {})["present"] == 12
    assert entry.after == {"workshop": workshop, "day": yesterday.isoformat(), "present": 7}
    correct_workshop(relais, workshop, new, version=1)
    assert workshops_of(asked.row.id)[0].version == 2
    with pytest.raises(ChangedMeanwhile):
        correct_workshop(the_organiser(asked), workshop, replace(new, present=20), version=1)


def test_fewer_people_never_came_than_sit_at_the_tables(app: Flask, asked: Asked) -> None:
    staff = the_organiser(asked)
    workshop = a_workshop(asked, staff)
    enter_table(staff, workshop, heard(asked, "table-un-1"), number=1, people=7, sheet=None)
    with pytest.raises(DomainError) as refused:
        correct_workshop(staff, workshop, of_row(asked, present=6), version=1)
    assert refused.value.field == "present"
    assert "7 personnes" in str(refused.value.sentence)
    fewer, more = of_row(asked, present=8), heard(asked, "table-deux")
    done = at_once(
        app,
        lambda: correct_workshop(staff, workshop, fewer, version=1),
        lambda: enter_table(staff, workshop, more, number=2, people=4, sheet=None),
    )
    assert sum(isinstance(each, DomainError) for each in done) == 1, done
    (line,) = workshops_of(asked.row.id)
    assert line.seated <= line.present


def test_a_workshop_is_removed_once_it_is_empty(asked: Asked, session: Session) -> None:
    relais = a_relais(asked)
    workshop = a_workshop(asked, relais)
    enter_table(relais, workshop, heard(asked, "table-un-1"), number=1, people=7, sheet=None)
    with pytest.raises(Conflict) as refused:
        remove_workshop(relais, asked.row.id, workshop, version=1)
    assert "tables" in str(refused.value.sentence)
    remove_table(relais, workshop, asked.row.id, 1)
    with pytest.raises(EnteredByAnother):
        remove_workshop(a_relais(asked, 1), asked.row.id, workshop, version=1)
    with pytest.raises(ChangedMeanwhile):
        remove_workshop(relais, asked.row.id, workshop, version=2)
    remove_workshop(relais, asked.row.id, workshop, version=1)
    session.rollback()
    assert session.execute(select(ConsultationWorkshop)).scalars().all() == []
    assert last_entry(session).before == {
        "workshop": workshop,
        "day": clock.today().isoformat(),
        "present": 12,
    }


def test_after_closing_nothing_changes(asked: Asked) -> None:
    staff = the_organiser(asked)
    group, workshop = a_class(asked, staff), a_workshop(asked, staff)
    enter_table(staff, workshop, heard(asked, "table-un-1"), number=1, people=7, sheet=None)
    street, _receipt = in_the_street(asked, staff)
    said, new = heard(asked), of_row(asked, present=20)
    ends_at = asked.row.paper_until or asked.row.closes_at
    assert ends_at is not None
    with clock.frozen_everywhere(ends_at + timedelta(minutes=1)):
        acts: list[Callable[[], None]] = [
            lambda: correct_group(staff, group, said, 20, version=1),
            lambda: correct_street(staff, street, said, Channel.MARKET, version=1),
            lambda: remove_heard(staff, asked.row.id, group, version=1),
            lambda: correct_workshop(staff, workshop, new, version=1),
            lambda: remove_workshop(staff, asked.row.id, workshop, version=1),
            lambda: remove_table(staff, workshop, asked.row.id, 1),
        ]
        for act in acts:
            with pytest.raises(NothingChanges):
                act()
    assert len(kept_answers()) == 3
    assert [each.number for each in tables_of(workshop)] == [1]
