"""What still happens to a consultation once people answer: corrections, more days, withdrawal, and who hears of it."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.consultations.cache_tags import consultation_tag
from cdv_civic.consultations.models import (
    Consultation,
)
from cdv_civic.consultations.operations.editing import (
    correcting,
    counting,
    options,
    publishing,
    questions,
)
from cdv_civic.consultations.operations.editing import settings as settings_operations
from cdv_civic.consultations.operations.editing import steps as steps_operations
from cdv_civic.consultations.operations.editing.building import LONGEST_QUESTION, NewOption, NewQuestion
from cdv_civic.consultations.operations.editing.copying import copy
from cdv_civic.consultations.operations.editing.creating import Organiser
from cdv_civic.consultations.operations.editing.holding import AlreadyAnswered
from cdv_civic.consultations.operations.editing.settings import NewPublic
from cdv_civic.consultations.operations.locking import calendar_of
from cdv_civic.consultations.organiser_models import ConsultationCorrection
from cdv_civic.consultations.queries.changes import corrections_of, prolongations_of
from cdv_civic.consultations.queries.desk import publics_of
from cdv_civic.consultations.queries.preparation import texts_of
from cdv_civic.consultations.rules.calendar import ConsultationStage
from cdv_civic.consultations.rules.questions import QuestionKind
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import ChangedMeanwhile
from cdv_civic.core.localized import LocalizedText
from cdv_civic.core.policy.model import CommandLine
from cdv_civic.core.uploads.stored_files import StoredFile
from cdv_civic.core.web.validity import read_numbers
from cdv_civic.notices.follows.operations import choose_news, follow
from cdv_civic.notices.follows.reminders import write_reminders
from cdv_civic.participation.queries import links_of
from cdv_civic.participation.rules.links import Thing, ThingKind
from cdv_civic.territory.cache_tags import contract_tag
from cdv_civic.territory.models import Contract, Quartier
from tests import factories as make
from tests.consultations.desk.preparing import (
    TITLE,
    WORDS,
    asked,
    begun,
    in_days,
    on_day,
    opened,
    ready,
    refused,
    said,
    stored,
    words,
)
from tests.consultations.factories import make_answer, make_consultation
from tests.mail_server import MailBox, send_mails


def test_from_the_first_answer_on_what_is_asked_stays(
    staff: SignedIn, contract: Contract, quartier: Quartier
) -> None:
    row = opened(staff, contract, [quartier])
    question = asked(row).questions[0]
    make_answer(row, choices={question.options[0].id: None})
    version = row.version
    acts: list[Callable[[], object]] = [
        lambda: settings_operations.change_settings(staff, row.id, said(), version=version),
        lambda: settings_operations.choose_quartiers(staff, row.id, [quartier.id], version=version),
        lambda: settings_operations.name_publics(staff, row.id, [], nobody=True, version=version),
        lambda: steps_operations.add_step(staff, row.id, "questionnaire", {}, {}, version=version),
        lambda: steps_operations.change_step(staff, row.id, question.step_id, TITLE, {}, version=version),
        lambda: steps_operations.move_step(staff, row.id, question.step_id, up=True),
        lambda: steps_operations.delete_step(staff, row.id, question.step_id, version=version),
        lambda: questions.add_question(
            staff, row.id, question.step_id, NewQuestion(QuestionKind.LONG, TITLE), version=version
        ),
        lambda: questions.change_question(
            staff, row.id, question.id, NewQuestion(question.kind, TITLE), version=1
        ),
        lambda: questions.move_question(staff, row.id, question.id, up=True),
        lambda: questions.delete_question(staff, row.id, question.id, version=version),
        lambda: options.add_options(staff, row.id, question.id, [NewOption(TITLE)], version=version),
        lambda: options.change_option(
            staff, row.id, question.options[0].id, TITLE, picture_words={}, version=1
        ),
        lambda: options.move_option(staff, row.id, question.options[1].id, up=True),
        lambda: options.delete_option(staff, row.id, question.options[0].id, version=version),
        lambda: options.take_from_contract(staff, row.id, question.id, version=version),
        lambda: publishing.take_back(staff, row.id, version=version),
        lambda: counting.choose_counting(
            staff, row.id, crosses=[], open_rows=True, entered_twice=False, version=version
        ),
    ]
    for act in acts:
        refused(act, AlreadyAnswered)
    assert stored(row.slug).version == version


def text_of(row: Consultation, kind: str, field: str = "text") -> int:
    db.session.rollback()
    return next(each.id for each in texts_of(row.id) if (each.owner_kind, each.field) == (kind, field))


CORRECTED = {"fr": "Êtes-vous d’accord ?", "en": "Do you agree?", "ar": "هل توافقون؟"}


@pytest.fixture
def answered(staff: SignedIn, contract: Contract, quartier: Quartier) -> Consultation:
    row = opened(staff, contract, [quartier])
    make_answer(row, choices={asked(row).questions[0].options[0].id: None})
    return stored(row.slug)


def test_words_are_corrected_by_two_people_and_in_public(
    staff: SignedIn, colleague: SignedIn, answered: Consultation
) -> None:
    text = text_of(answered, "consultation_question")
    before = words(answered)
    number = correcting.propose(
        staff, answered.id, text, CORRECTED, {"fr": "Plus court."}, version=answered.version
    )
    assert words(answered) == before, "nothing changes yet"
    refused(lambda: correcting.decide(staff, answered.id, number, accept=True), correcting.SecondPerson)
    refused(
        lambda: correcting.decide(CommandLine(), answered.id, number, accept=True), correcting.SecondPerson
    )
    assert corrections_of(answered.id, "fr") == []
    correcting.decide(colleague, answered.id, number, accept=True)
    assert words(answered) == ["Êtes-vous d’accord ?"]
    assert words(answered, "ar") == ["هل توافقون؟"]
    (shown,) = corrections_of(answered.id, "fr")
    assert shown.before["fr"] == before[0]
    assert str(shown.reason) == "Plus court."
    refused(lambda: correcting.decide(colleague, answered.id, number, accept=False), ChangedMeanwhile)


def test_a_refused_correction_changes_nothing_and_is_not_public(
    staff: SignedIn, colleague: SignedIn, answered: Consultation
) -> None:
    before = words(answered)
    text = text_of(answered, "consultation_option")
    number = correcting.propose(
        staff, answered.id, text, {"fr": "Tout à fait"}, WORDS, version=answered.version
    )
    refused(
        lambda: correcting.propose(
            colleague,
            answered.id,
            text,
            {"fr": "Autre"},
            WORDS,
            version=stored(answered.slug).version,
        )
    )
    correcting.decide(colleague, answered.id, number, accept=False)
    assert words(answered) == before
    assert corrections_of(answered.id, "fr") == []


def test_a_correction_says_why_and_changes_something(staff: SignedIn, answered: Consultation) -> None:
    text = text_of(answered, "consultation_question")

    def proposed(texts: dict[str, str], reason: dict[str, str]) -> str | None:
        return refused(
            lambda: correcting.propose(staff, answered.id, text, texts, reason, version=answered.version)
        ).field

    now = correcting.text_to_correct(answered.id, text).texts
    assert proposed(CORRECTED, {}) == "reason_fr"
    assert proposed(dict(now), WORDS) == "text_fr"
    assert proposed({"en": "Only English"}, WORDS) == "text_fr"


def test_a_correction_is_no_longer_than_its_form_lets_it_be(staff: SignedIn, answered: Consultation) -> None:
    text = text_of(answered, "consultation_question")
    too_long = {**CORRECTED, "ar": "م" * (LONGEST_QUESTION + 1)}
    wrong = refused(
        lambda: correcting.propose(staff, answered.id, text, too_long, WORDS, version=answered.version)
    )
    assert wrong.field == "text_ar"


def test_nothing_is_corrected_before_somebody_has_answered(
    staff: SignedIn, contract: Contract, quartier: Quartier
) -> None:
    row = opened(staff, contract, [quartier])
    text = text_of(row, "consultation_question")
    refused(lambda: correcting.propose(staff, row.id, text, CORRECTED, WORDS, version=row.version))


def test_the_database_takes_no_correction_by_one_person(
    staff: SignedIn, answered: Consultation, session: Session
) -> None:
    reason = session.execute(select(func.max(LocalizedText.id))).scalar_one()
    values = {
        "consultation_id": answered.id,
        "owner_kind": "consultation_question",
        "owner_id": 1,
        "field": "text",
        "before": {},
        "after": {},
        "reason_id": reason,
        "state": "accepted",
        "proposed_at": clock.now(),
        "proposed_by": staff.actor_id,
        "decided_at": clock.now(),
        "decided_by": staff.actor_id,
    }
    with pytest.raises(IntegrityError), transaction() as writing:
        writing.execute(insert(ConsultationCorrection).values(**values))


def test_it_is_prolonged_with_a_public_reason(staff: SignedIn, answered: Consultation) -> None:
    def prolong(**changes: object) -> None:
        given = {
            "closes_at": in_days(20),
            "paper_until": in_days(22),
            "answer_due_on": on_day(80),
            "reason": {"fr": "La fête a été reportée."},
            "version": stored(answered.slug).version,
        }
        publishing.prolong(staff, answered.id, **{**given, **changes})  # type: ignore[arg-type]

    for changes, field in (
        ({"reason": {}}, "reason_fr"),
        ({"closes_at": in_days(2)}, "closes_day"),
        ({"paper_until": in_days(19)}, "paper_day"),
        ({"closes_at": in_days(11), "paper_until": None}, "paper_day"),
        ({"answer_due_on": on_day(10)}, "due_day"),
    ):
        assert refused(partial(prolong, **changes)).field == field
    prolong()
    for days in (None, in_days(21)):
        assert refused(partial(prolong, paper_until=days, answer_due_on=on_day(90))).field == "paper_day"
    (shown,) = prolongations_of(answered.id, "fr")
    assert str(shown.reason) == "La fête a été reportée."
    assert shown.closes_after == stored(answered.slug).closes_at


@pytest.mark.parametrize("stage", ["paper", "closed"])
def test_paper_alone_is_taken_in_for_longer_once_it_has_closed(
    staff: SignedIn, contract: Contract, stage: str
) -> None:
    row = make_consultation(contract, stage=stage)

    def prolong(**changes: object) -> None:
        given = {
            "closes_at": row.closes_at,
            "paper_until": in_days(4),
            "answer_due_on": row.answer_due_on,
            "reason": {"fr": "Une boîte de feuilles est revenue."},
            "version": stored(row.slug).version,
        }
        publishing.prolong(staff, row.id, **{**given, **changes})  # type: ignore[arg-type]

    for paper in (None, row.paper_until, in_days(-1)):
        assert refused(partial(prolong, paper_until=paper)).field == "closes_day"
    assert refused(partial(prolong, answer_due_on=on_day(1))).field == "due_day"
    prolong()
    calendar = calendar_of(stored(row.slug))
    assert calendar.allows("enter", clock.now())
    assert not calendar.allows("answer", clock.now()), "the site stays closed"


def test_it_opens_and_closes_to_the_minute(staff: SignedIn, contract: Contract, quartier: Quartier) -> None:
    row = opened(staff, contract, [quartier])
    calendar = calendar_of(row)
    assert row.closes_at is not None
    assert calendar.allows("answer", row.closes_at - timedelta(microseconds=1))
    assert not calendar.allows("answer", row.closes_at)


def test_what_is_withdrawn_keeps_its_reason_and_nothing_else_happens(
    staff: SignedIn, answered: Consultation
) -> None:
    publishing.withdraw(staff, answered.id, {"fr": "Le projet est abandonné."}, version=answered.version)
    row = stored(answered.slug)
    assert calendar_of(row).stage_at(clock.now()) is ConsultationStage.WITHDRAWN
    refused(lambda: publishing.withdraw(staff, row.id, WORDS, version=row.version))
    refused(lambda: publishing.discard(staff, row.id, version=row.version))


def test_a_draft_is_deleted_with_all_its_texts(staff: SignedIn, contract: Contract, session: Session) -> None:
    before = session.execute(select(func.count()).select_from(LocalizedText)).scalar()
    session.rollback()
    row = begun(staff, contract, "school_gate")
    publishing.discard(staff, row.id, version=row.version)
    assert session.execute(select(func.count()).select_from(Consultation)).scalar() == 0
    assert session.execute(select(func.count()).select_from(LocalizedText)).scalar() == before
    assert session.execute(select(func.count()).select_from(StoredFile)).scalar() == 0


def test_a_draft_is_deleted_also_where_another_was_to_be_its_next_wave(
    staff: SignedIn, contract: Contract
) -> None:
    first = begun(staff, contract)
    copied = partial(copy, staff, Organiser(contract.id), first.id, TITLE)
    assert refused(lambda: copied(client_key="la-suite-1", as_wave="2" * 41)).field == "wave"
    slug = copied(client_key="la-suite-2", as_wave="2027")
    publishing.discard(staff, first.id, version=first.version)
    later = stored(slug)
    assert (later.wave_of_id, later.wave) == (None, "2027")


def test_one_row_of_people_to_reach_that_comes_twice_is_two(staff: SignedIn, contract: Contract) -> None:
    row = begun(staff, contract)
    name = partial(settings_operations.name_publics, staff, row.id, nobody=False)
    name([NewPublic(WORDS, "rue")], version=row.version)
    (known,) = publics_of(row.id)
    twice = [NewPublic(WORDS, "rue", known.id), NewPublic(WORDS, "marche", known.id)]
    name(twice, version=stored(row.slug).version)
    assert [each.channel for each in publics_of(row.id)] == ["rue", "marche"]


def test_questions_are_crossed_once_each(staff: SignedIn, contract: Contract) -> None:
    row = begun(staff, contract, "school_gate")
    how, why, safe, *_others = asked(row).questions

    def choose(*crosses: tuple[int, int]) -> None:
        counting.choose_counting(
            staff,
            row.id,
            crosses=crosses,
            open_rows=True,
            entered_twice=True,
            version=stored(row.slug).version,
        )

    refused(lambda: choose((how.id, why.id)))
    refused(lambda: choose((how.id, how.id)))
    choose((how.id, safe.id))
    assert stored(row.slug).open_rows
    questions.delete_question(staff, row.id, safe.id, version=stored(row.slug).version)


def test_each_act_leaves_a_line_on_the_trail(
    staff: SignedIn, answered: Consultation, session: Session
) -> None:
    done = set(
        session.execute(select(AuditEntry.action).where(AuditEntry.object_kind == "consultation")).scalars()
    )
    assert {"consultation.edit", "consultation.publish"} <= done


def test_each_act_raises_the_tag_of_its_consultation(
    staff: SignedIn, contract: Contract, quartier: Quartier
) -> None:
    row = ready(staff, contract, [quartier])
    own, shared = consultation_tag(row.id), contract_tag(contract.slug)

    def numbers() -> tuple[int | None, int | None]:
        db.session.rollback()
        found = read_numbers((own, shared))
        return found.of(own), found.of(shared)

    before = numbers()
    publishing.publish(staff, row.id, version=row.version)
    public = numbers()
    assert public == ((before[0] or 0) + 1, (before[1] or 0) + 1), "it became public"
    counting.choose_counting(
        staff, row.id, crosses=[], open_rows=False, entered_twice=True, version=stored(row.slug).version
    )
    assert numbers() == ((public[0] or 0) + 1, public[1])
    settings_operations.choose_quartiers(
        staff, row.id, [make.make_quartier(contract).id], version=stored(row.slug).version
    )
    assert numbers() == ((public[0] or 0) + 2, (public[1] or 0) + 1), "lists of its quartiers name it or not"
    publishing.prolong(
        staff,
        row.id,
        closes_at=in_days(20),
        paper_until=None,
        answer_due_on=on_day(70),
        reason=WORDS,
        version=stored(row.slug).version,
    )
    assert numbers() == ((public[0] or 0) + 3, (public[1] or 0) + 2), "it closes later"
    settings_operations.change_settings(
        staff, row.id, said(closes_at=in_days(30), paper_until=None), version=stored(row.slug).version
    )
    assert numbers() == ((public[0] or 0) + 4, (public[1] or 0) + 3), "and later again"
    publishing.take_back(staff, row.id, version=stored(row.slug).version)
    assert numbers() == ((public[0] or 0) + 5, (public[1] or 0) + 4), "nobody sees it meanwhile"
    publishing.publish(staff, row.id, version=stored(row.slug).version)
    publishing.withdraw(staff, row.id, WORDS, version=stored(row.slug).version)
    assert numbers() == ((public[0] or 0) + 7, (public[1] or 0) + 6), "it is public no more"


def test_a_commitment_names_what_asks_about_it_while_it_is_public(
    staff: SignedIn, contract: Contract, quartier: Quartier
) -> None:
    one, other = (make.make_commitment(contract, title) for title in ("Ouvrir une école", "Planter"))
    row = ready(staff, contract, [quartier])
    question = asked(row).questions[0].id

    def take(*commitments: int) -> None:
        version = stored(row.slug).version
        options.take_from_contract(staff, row.id, question, commitments=commitments, version=version)

    def named() -> set[int]:
        db.session.rollback()
        thing = Thing(ThingKind.CONSULTATION, row.id)
        return {link.other.id for link in links_of(thing)}

    take(one.id)
    assert named() == set(), "nobody sees it"
    publishing.publish(staff, row.id, version=stored(row.slug).version)
    assert named() == {one.id}
    take(other.id)
    assert named() == {one.id, other.id}
    last = asked(row).questions[0].options[-1].id
    options.delete_option(staff, row.id, last, version=stored(row.slug).version)
    assert named() == {one.id}
    publishing.take_back(staff, row.id, version=stored(row.slug).version)
    assert named() == set()


@pytest.mark.parametrize("act", ["prolong", "withdraw", "take_back", "settings"])
def test_no_reminder_leaves_of_a_moment_that_was_moved(
    staff: SignedIn, contract: Contract, quartier: Quartier, mail: MailBox, act: str
) -> None:
    row = opened(staff, contract, [quartier])
    assert row.closes_at is not None
    who = make.make_account("lila@example.org", role=None, password_hash="", organisation_name="")
    follow(who, "consultation", row.slug, "fr")
    choose_news(who, "email", "daily", "fr")
    with clock.frozen_everywhere(row.closes_at - timedelta(days=1)):
        assert write_reminders() == 1
        if act == "prolong":
            publishing.prolong(
                staff,
                row.id,
                closes_at=in_days(20),
                paper_until=None,
                answer_due_on=on_day(70),
                reason=WORDS,
                version=row.version,
            )
        elif act == "settings":
            settings_operations.change_settings(
                staff, row.id, said(closes_at=in_days(20), paper_until=None), version=row.version
            )
        elif act == "withdraw":
            publishing.withdraw(staff, row.id, WORDS, version=row.version)
        else:
            publishing.take_back(staff, row.id, version=row.version)
        send_mails()
    assert mail.recipients == []
