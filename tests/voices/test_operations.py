"""What residents say, from the word to the answer: who may, what is kept, what leaves, what is forgotten."""

import dataclasses
import io
import threading
from collections.abc import Callable
from contextlib import nullcontext
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.accounts.consents import ASSISTED, Consent, GivenConsent, record_consent
from cdv_civic.accounts.models import RoleGrant
from cdv_civic.accounts.personal_parts import personal_parts
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict, DomainError, Forbidden, NotFound
from cdv_civic.core.idempotency import BadKey
from cdv_civic.core.policy.model import Role, Scope, ScopeKind
from cdv_civic.core.policy.table import ACTIONS
from cdv_civic.core.uploads import receiving, serving, stored_files
from cdv_civic.notices.models import Notice
from cdv_civic.participation.rules.receipts import read_receipt, receipt_from, written
from cdv_civic.territory.models import Body, Organisation
from cdv_civic.voices import rules
from cdv_civic.voices.models import Voice, VoiceStep
from cdv_civic.voices.operations import answering, keeping, publishing
from cdv_civic.voices.operations.receiving import NotListening, assist, say, write_down
from cdv_civic.voices.operations.telling import Told
from cdv_civic.voices.queries.counts import entered_today
from cdv_civic.voices.queries.detail import photo_of
from cdv_civic.voices.queries.listening import quartiers_heard
from cdv_civic.voices.queries.public import by_receipt, latest
from cdv_civic.voices.queries.register import RegisterFilters, desk_page, totals
from cdv_civic.voices.rules import VoiceState
from tests import factories as make
from tests.bodies.bodies import make_body
from tests.conftest import TODAY
from tests.mail_server import MailBox, send_mails
from tests.publishing import publications, seen_at_once
from tests.voices.voices import BodyWithPeople, a_voice, hidden, make_place, said, stored

SPOKEN = GivenConsent("spoken", "ar")


@pytest.fixture
def place(app: Flask) -> BodyWithPeople:
    return make_place()


def count(session: Session, table: type) -> int:
    session.rollback()
    return session.execute(select(func.count()).select_from(table)).scalar_one()


def test_a_word_said_on_the_site_is_kept_with_its_receipt_hashed(
    place: BodyWithPeople, session: Session
) -> None:
    with seen_at_once():
        keeping.describe_listening(
            place.moderator,
            place.body.id,
            is_open=True,
            due_days=30,
            readers={"fr": "Deux personnes."},
            version=0,
        )
    got = said(place, "  Quand\r\nrouvre le parc ?\x00 ", quartier_id=place.quartier.id)
    voice = stored(got.voice_id)
    assert (voice.words, voice.state, voice.channel) == ("Quand\nrouvre le parc ?", "recu", "en_ligne")
    assert (voice.due_on, got.due_on) == (date(2026, 12, 20), date(2026, 12, 20))
    assert (voice.author_id, voice.entered_by, voice.contact, voice.relayed) == (None, None, None, False)
    code = read_receipt(got.receipt)
    assert code not in str(vars(voice))
    followed = by_receipt(code, "fr")
    assert followed is not None
    assert (followed.body, followed.state.code, len(followed.steps)) == ("Conseil citoyen", "recu", 1)
    assert by_receipt(receipt_from(b"another" * 5), "fr") is None
    assert count(session, AuditEntry) == 1, "what an unknown person says leaves no line"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"words": " \n\x00 "}, "words"),
        ({"words": "a" * 4001}, "words"),
        ({"kind": "plainte"}, "kind"),
        ({"theme": "sport"}, "theme"),
        ({"channel": "rue"}, "channel"),
        ({"quartier_id": 999}, "quartier"),
        ({"received_on": date(2026, 11, 21)}, "received_on"),
        ({"contact": "pas une adresse"}, "contact"),
        ({"contact": "amie@"}, "contact"),
        ({"contact": "a@b.fr\r\nBcc: c@d.fr"}, "contact"),
        ({"contact": "01 23"}, "contact"),
        ({"receipt": "AAAAA-AAAAB"}, "receipt"),
    ],
)
def test_what_cannot_be_kept_is_refused_beside_its_field(
    place: BodyWithPeople, session: Session, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(DomainError) as refused:
        say(a_voice(place.body, **changes))
    assert refused.value.field == field
    assert count(session, Voice) == 0


def test_words_and_answers_may_be_as_long_as_their_limits(place: BodyWithPeople) -> None:
    longest = "a" * rules.LONGEST_WORDS
    voice_id = said(place, longest, received_on=TODAY.date()).voice_id
    shown = longest[:-1] + "b"
    answering.transmit(place.moderator, voice_id, place.town.id, {}, version=1, shown=shown)
    assert (stored(voice_id).words, stored(voice_id).transmitted_words) == (longest, shown)
    for by, fine in (("x" * 121, False), ("x" * 120, True)):
        with nullcontext() if fine else pytest.raises(DomainError):
            answering.answer(place.moderator, voice_id, {"fr": "Oui."}, answered_by=by, version=2)
    assert stored(voice_id).answered_by == "x" * 120
    with pytest.raises(DomainError) as refused:
        answering.transmit(place.moderator, voice_id, place.town.id, {}, version=3, shown=longest + "a")
    assert refused.value.field == "shown"


@pytest.mark.parametrize(
    ("days", "fine"), [(0, False), (1, True), (rules.MOST_DUE_DAYS, True), (rules.MOST_DUE_DAYS + 1, False)]
)
def test_a_body_answers_within_a_number_of_days_that_can_be(
    place: BodyWithPeople, days: int, fine: bool
) -> None:
    with nullcontext() if fine else pytest.raises(DomainError):
        keeping.describe_listening(
            place.moderator, place.body.id, is_open=True, due_days=days, readers={"fr": "Nous."}, version=0
        )
    assert stored(said(place).voice_id).due_on == (TODAY.date() + timedelta(days=days) if fine else None)


def test_two_people_who_say_who_reads_do_not_overwrite_each_other(place: BodyWithPeople) -> None:
    def describe(version: int) -> None:
        keeping.describe_listening(
            place.moderator, place.body.id, is_open=True, due_days=None, readers={}, version=version
        )

    describe(0)
    with pytest.raises(Conflict):
        describe(0)
    describe(1)


def test_a_way_to_answer_is_folded(place: BodyWithPeople) -> None:
    for typed, kept in (
        ("06 12 34 56 78", ("phone", "+33612345678")),
        ("+33 6 12 34 56 78", ("phone", "+33612345678")),
        (" Amie@Example.org ", ("email", "amie@example.org")),
    ):
        voice = stored(said(place, contact=typed, contact_language="ar").voice_id)
        assert (voice.contact_kind, voice.contact) == kept
        assert voice.contact_language == "ar"
    assert stored(said(place, contact_language="ar").voice_id).contact_language is None


def test_the_same_form_is_one_row_and_other_words_are_another(
    place: BodyWithPeople, session: Session
) -> None:
    word = a_voice(place.body)
    first, second = say(word), say(word)
    assert first == second
    third = say(dataclasses.replace(word, words="Autre chose."))
    assert third.receipt != first.receipt
    assert count(session, Voice) == 2


def test_fifty_at_once_are_one_row(app: Flask, place: BodyWithPeople, session: Session) -> None:
    word = a_voice(place.body)
    session.rollback()
    ready = threading.Barrier(50)
    got: list[object] = []

    def send() -> None:
        with app.app_context():
            ready.wait()
            try:
                got.append(say(word).receipt)
            except Exception as error:  # seen below
                got.append(error)

    threads = [threading.Thread(target=send) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 50
    assert len(set(got)) == 1, got
    assert count(session, Voice) == 1


def test_a_body_that_nobody_reads_for_takes_no_words(place: BodyWithPeople, session: Session) -> None:
    deaf = make_body(place.contract)
    with pytest.raises(NotListening):
        say(a_voice(deaf))
    board = make_body(place.contract, kind="comite_pilotage")
    with pytest.raises((NotListening, NotFound)):
        say(a_voice(board))
    keeping.describe_listening(
        place.moderator, place.body.id, is_open=False, due_days=None, readers={}, version=0
    )
    with pytest.raises(NotListening):
        said(place)
    assert write_down(place.member, a_voice(place.body, channel="permanence")).voice_id
    keeping.describe_listening(
        place.moderator, place.body.id, is_open=True, due_days=None, readers={}, version=1
    )
    assert said(place).voice_id
    with transaction() as writing:
        writing.execute(RoleGrant.__table__.update().values(ends_at=clock.now()))  # type: ignore[attr-defined]
    with pytest.raises(NotListening):
        said(place)


def test_a_photo_is_kept_with_its_word_and_once(place: BodyWithPeople, session: Session, app: Flask) -> None:
    def photo() -> receiving.Upload:
        out = io.BytesIO()
        Image.new("RGB", (640, 480), "#4f8a4b").save(out, "JPEG")
        out.seek(0)
        return receiving.read_upload(out, field="photo")

    word = a_voice(place.body, photo=photo())
    voice_id = say(word).voice_id
    assert say(dataclasses.replace(word, photo=photo())).voice_id == voice_id
    assert count(session, stored_files.StoredFile) == 1
    row = photo_of(place.body.id, voice_id)
    assert row is not None
    assert serving.open_file(row, "petite").stream.read(2) == b"\xff\xd8"


def test_who_may_do_what(place: BodyWithPeople) -> None:
    got = said(place)
    elsewhere = make_place("ailleurs", "autre")
    for actor, enters, assists, answers in (
        (place.moderator, True, True, True),
        (place.member, True, False, False),
        (place.relais, True, True, False),
        (place.staff, True, True, False),
        (make.make_account(role="administrator"), True, True, True),
        (elsewhere.moderator, False, False, False),
        (elsewhere.relais, False, False, False),
        (make.make_account(role=None), False, False, False),
    ):
        acts: tuple[tuple[bool, Callable[[], object]], ...] = (
            (enters, partial(write_down, actor, a_voice(place.body, channel="marche"))),
            (assists, partial(assist, actor, a_voice(place.body, channel="marche"), SPOKEN)),
        )
        for may, act in acts:
            if may:
                act()
            else:
                with pytest.raises(Forbidden):
                    act()
        version = stored(got.voice_id).version
        verbs: tuple[Any, ...] = (
            lambda who=actor, v=version: answering.correct(
                who, got.voice_id, theme="sante", holds_names=False, version=v
            ),
            lambda who=actor: answering.take_back(who, place.body.id, [got.voice_id]),
        )
        for verb in verbs:
            if answers:
                verb()
            else:
                with pytest.raises(Forbidden):
                    verb()
    for verb in (
        lambda: answering.transmit(place.staff, got.voice_id, place.town.id, {}, version=1),
        lambda: answering.transmit_many(place.staff, place.body.id, [got.voice_id], place.town.id),
        lambda: answering.answer(place.staff, got.voice_id, {"fr": "Non"}, version=1),
        lambda: answering.close(place.member, got.voice_id, {"fr": "Non"}, version=1),
        lambda: answering.reopen(place.relais, got.voice_id, {}, version=1),
        lambda: publishing.publish(place.staff, got.voice_id, "", read_again=True, confirmed=True, version=1),
        lambda: keeping.describe_listening(
            place.staff, place.body.id, is_open=True, due_days=1, readers={}, version=0
        ),
    ):
        with pytest.raises(Forbidden):
            verb()


def test_a_relais_writes_words_with_consent_and_does_nothing_else_in_anybodys_place(
    place: BodyWithPeople, session: Session
) -> None:
    got = assist(place.relais, a_voice(place.body, "حديقة", channel="rue", lang="ar"), SPOKEN)
    voice = stored(got.voice_id)
    consent = session.get_one(Consent, voice.consent_id)
    assert (voice.relayed, voice.entered_by, voice.author_id) == (True, place.relais.actor_id, None)
    assert (consent.form, consent.language, consent.given_on) == ("spoken", "ar", TODAY.date())
    assert (consent.relais_id, consent.act) == (place.relais.actor_id, "words")
    with pytest.raises(DomainError) as refused:
        assist(place.relais, a_voice(place.body, channel="rue"), GivenConsent("", "fr"))
    assert refused.value.field == "consent"
    with pytest.raises(DomainError):
        assist(place.relais, a_voice(place.body, channel="en_ligne"), SPOKEN)
    assert count(session, Consent) == count(session, Voice) == 1, "neither without the other"
    assert frozenset({"words", "answer", "idea", "project"}) == ASSISTED
    for act in ("vote", "ballot", "sign-in", ""):
        with pytest.raises(Forbidden), transaction() as writing:
            record_consent(writing, place.relais, act, "spoken", "fr")
    allowed = {name for name, action in ACTIONS.items() if Role.RELAIS in action.roles}
    assert {name for name in allowed if name.startswith(("vote", "ballot"))} == set()
    assert allowed <= {
        "voice.enter",
        "voice.assist",
        "idea.enter",
        "project.enter",
        "card.replace",
        "account.self",
        "work.read",
        "consultation.enter",
        "consultation.read",
    }


def test_the_database_itself_refuses_a_relayed_word_without_consent(place: BodyWithPeople) -> None:
    got = said(place)
    with pytest.raises(IntegrityError), transaction() as session:
        session.get_one(Voice, got.voice_id, populate_existing=True).relayed = True


def test_a_word_is_passed_on_answered_and_taken_up_again(place: BodyWithPeople, session: Session) -> None:
    got = said(place)
    answering.transmit(
        place.moderator,
        got.voice_id,
        place.town.id,
        {"fr": "La ville regarde.", "ar": "البلدية تنظر."},
        version=1,
    )
    voice = stored(got.voice_id)
    assert (voice.state, voice.transmitted_to_id, voice.version) == ("transmis", place.town.id, 2)
    with pytest.raises(Conflict):
        answering.answer(place.moderator, got.voice_id, {"fr": "Oui."}, version=1)
    with pytest.raises(DomainError) as refused:
        answering.answer(place.moderator, got.voice_id, {"ar": "نعم"}, version=2)
    assert refused.value.field == "answer_fr"
    told = answering.answer(
        place.moderator, got.voice_id, {"fr": "Le parc rouvre en mai."}, answered_by="Ville d’Orly", version=2
    )
    assert told is Told.RECEIPT
    assert stored(got.voice_id).answered_by == "Ville d’Orly"
    with pytest.raises(Conflict):
        answering.close(place.moderator, got.voice_id, {"fr": "Non."}, version=3)
    answering.reopen(place.moderator, got.voice_id, {"fr": "La date était fausse."}, version=3)
    assert (stored(got.voice_id).state, stored(got.voice_id).answer_id) == ("recu", None)
    with pytest.raises(DomainError) as refused:
        answering.close(place.moderator, got.voice_id, {}, version=4)
    assert refused.value.field == "reason_fr"
    answering.close(place.moderator, got.voice_id, {"fr": "Le parc n’est pas à la ville."}, version=4)
    followed = by_receipt(read_receipt(got.receipt), "ar")
    assert followed is not None
    assert [step.state.code for step in followed.steps] == [
        "sans_suite",
        "recu",
        "repondu",
        "transmis",
        "recu",
    ]
    assert [str(step.sentence) for step in followed.steps[:4]] == [
        "Le parc n’est pas à la ville.",
        "La date était fausse.",
        "Le parc rouvre en mai.",
        "البلدية تنظر.",
    ]
    assert followed.steps[3].to == "Ville d’Orly"
    assert {step.by for step in followed.steps} == {"Conseil", "Ville d’Orly", ""}, "who answered, by name"
    lines = session.execute(select(AuditEntry.before, AuditEntry.after)).all()
    assert "parc" not in str(lines), "the trail tells acts, not words"


def test_each_act_on_a_word_leaves_a_line_in_the_trail(place: BodyWithPeople, session: Session) -> None:
    keeping.describe_listening(
        place.moderator, place.body.id, is_open=True, due_days=None, readers={}, version=0
    )
    voice_id = write_down(place.member, a_voice(place.body, channel="permanence")).voice_id
    answering.transmit(place.moderator, voice_id, place.town.id, {}, version=1)
    answering.take_back(place.moderator, place.body.id, [voice_id])
    answering.transmit_many(place.moderator, place.body.id, [voice_id], place.town.id)
    answering.answer(place.moderator, voice_id, {"fr": "Oui."}, version=stored(voice_id).version)
    answering.reopen(place.moderator, voice_id, {}, version=stored(voice_id).version)
    answering.correct(
        place.moderator, voice_id, theme="ecologie", holds_names=False, version=stored(voice_id).version
    )
    answering.close(place.moderator, voice_id, {"fr": "Non."}, version=stored(voice_id).version)
    public = said(place, "Un banc, au parc.", agrees_public=True).voice_id
    publishing.publish(place.moderator, public, "", read_again=True, confirmed=True, version=1)
    hidden(place.moderator, public)
    session.rollback()
    lines = session.execute(select(AuditEntry).order_by(AuditEntry.id)).scalars().all()
    assert [(line.action, line.object_kind, *sorted(line.after or {})) for line in lines] == [
        ("voice.answer", "body", "due_days", "from", "open", "until"),
        ("voice.enter", "voice", "body", "channel"),
        ("voice.answer", "voice", "sent", "state", "to"),
        ("voice.answer", "body", "to", "voices"),
        ("voice.answer", "body", "to", "voices"),
        ("voice.answer", "voice", "state", "told"),
        ("voice.answer", "voice", "state"),
        ("voice.answer", "voice", "names", "public", "theme"),
        ("voice.answer", "voice", "state", "told"),
        ("voice.answer", "voice", "confirmed", "public", "shortened"),
        ("text.moderate", "moderated_text", "act", "law", "principle", "reports", "source", "state"),
    ]


def test_the_days_to_answer_begin_anew_when_a_word_is_taken_up_again(place: BodyWithPeople) -> None:
    keeping.describe_listening(
        place.moderator, place.body.id, is_open=True, due_days=30, readers={"fr": "Nous."}, version=0
    )
    voice_id = said(place).voice_id
    answering.answer(place.moderator, voice_id, {"fr": "Oui."}, version=1)
    assert stored(voice_id).due_on == date(2026, 12, 20)
    with clock.frozen_everywhere(TODAY + timedelta(days=10)):
        answering.reopen(place.moderator, voice_id, {}, version=2)
    voice = stored(voice_id)
    assert (voice.due_on, voice.answered_by, voice.decided_at) == (date(2026, 12, 30), None, None)


def test_a_word_taken_up_again_lies_at_no_organisation(place: BodyWithPeople) -> None:
    voice_id = said(place).voice_id
    answering.transmit(place.moderator, voice_id, place.town.id, {}, version=1, shown="Le parc ?")
    answering.answer(place.moderator, voice_id, {"fr": "Oui."}, version=2)
    answering.reopen(place.moderator, voice_id, {}, version=3)
    voice = stored(voice_id)
    assert (voice.transmitted_to_id, voice.transmitted_words, voice.off_site) == (None, None, False)


def test_nothing_is_passed_on_to_an_organisation_that_left_the_contract(
    place: BodyWithPeople, session: Session
) -> None:
    voice_id = said(place).voice_id
    with transaction() as writing:
        writing.get_one(Organisation, place.town.id).retired_at = clock.now()
    with pytest.raises(DomainError) as refused:
        answering.transmit(place.moderator, voice_id, place.town.id, {}, version=1)
    assert refused.value.field == "organisation"
    with pytest.raises(DomainError):
        answering.transmit_many(place.moderator, place.body.id, [voice_id], place.town.id)
    assert (stored(voice_id).state, stored(voice_id).version) == ("recu", 1)


def test_several_are_passed_on_at_once_and_taken_back(place: BodyWithPeople) -> None:
    elsewhere = make_place("ailleurs", "autre")
    ids = [said(place, f"Mot {each}.").voice_id for each in range(3)]
    foreign = said(elsewhere).voice_id
    answering.answer(place.moderator, ids[2], {"fr": "Oui."}, version=1)
    moved = answering.transmit_many(place.moderator, place.body.id, [*ids, foreign], place.town.id)
    assert moved == tuple(ids[:2])
    assert stored(foreign).state == "recu"
    assert answering.take_back(place.moderator, place.body.id, [*moved, ids[2], foreign]) == 2
    assert [stored(each).state for each in ids] == ["recu", "recu", "repondu"]
    with pytest.raises(DomainError) as refused:
        answering.transmit_many(place.moderator, place.body.id, ids, elsewhere.town.id)
    assert refused.value.field == "organisation"


def test_the_answer_leaves_by_mail_in_the_language_chosen_for_it(
    app: Flask, place: BodyWithPeople, mail: MailBox, session: Session
) -> None:
    got = said(place, contact="amie@example.org", contact_language="ar")
    with app.test_request_context("/fr/"):  # the moderator reads French
        app.preprocess_request()
        told = answering.answer(
            place.moderator, got.voice_id, {"fr": "Le parc rouvre.", "ar": "تفتح الحديقة."}, version=1
        )
    assert told is Told.MAIL
    send_mails()
    (message,) = mail.taken
    assert mail.recipients == ["amie@example.org"]
    text = message.get_body(("plain",))
    assert text is not None
    assert "تفتح الحديقة." in text.get_content()
    assert "Le parc rouvre." not in text.get_content()
    assert not any("a" <= char <= "z" for char in message["Subject"].lower())
    assert "/ar/parole/suivi" in text.get_content()
    assert got.receipt not in text.get_content()


def test_a_mobile_gets_a_text_message_and_any_other_number_is_called_by_a_person(
    place: BodyWithPeople, session: Session
) -> None:
    mobile = said(place, contact="06 12 34 56 78", contact_language="ar")
    assert answering.answer(place.moderator, mobile.voice_id, {"fr": "Oui."}, version=1) is Told.TEXT
    notice = session.execute(select(Notice)).scalar_one()
    assert (notice.kind, notice.recipient) == ("sms", "+33612345678")
    assert "/ar/parole/suivi" in (notice.text_body or "")
    at_home = said(place, contact="01 44 38 38 38")
    assert answering.answer(place.moderator, at_home.voice_id, {"fr": "Oui."}, version=1) is Told.CALL
    assert count(session, Notice) == 1


def test_public_only_if_the_author_agreed_and_a_moderator_read_it(place: BodyWithPeople) -> None:
    kept = said(place, "Pas public.")
    with pytest.raises(DomainError):
        publishing.publish(place.moderator, kept.voice_id, "", read_again=True, confirmed=True, version=1)
    got = said(place, "Madame Martin, au 3, crie.", agrees_public=True)
    assert latest(place.body.id, "fr") == []
    answering.correct(place.moderator, got.voice_id, theme="violences", holds_names=True, version=1)
    before = publications()
    for words, read, confirmed, field in (
        ("", False, True, "read_again"),
        ("", True, True, "words"),
        ("Une voisine crie.", True, False, "confirmed"),
    ):
        with pytest.raises(DomainError) as refused:
            publishing.publish(
                place.moderator, got.voice_id, words, read_again=read, confirmed=confirmed, version=2
            )
        assert refused.value.field == field
    assert publications() == before
    publishing.publish(
        place.moderator, got.voice_id, "Une voisine crie.", read_again=True, confirmed=True, version=2
    )
    assert publications() == before + 1
    (shown,) = latest(place.body.id, "fr")
    assert shown.words == "Une voisine crie."
    assert stored(got.voice_id).words == "Madame Martin, au 3, crie.", "the desk keeps what was said"
    answering.answer(place.moderator, got.voice_id, {"fr": "On passe."}, version=3)
    assert publications() == before + 2
    with seen_at_once():
        hidden(place.moderator, got.voice_id)
    assert latest(place.body.id, "fr") == []


def test_what_turns_out_sensitive_or_named_leaves_the_public_page(place: BodyWithPeople) -> None:
    got = said(place, "Un mot.", agrees_public=True)
    for theme, names in (("drogues", False), ("ecologie", True)):
        answering.correct(
            place.moderator,
            got.voice_id,
            theme="ecologie",
            holds_names=False,
            version=stored(got.voice_id).version,
        )
        publishing.publish(
            place.moderator,
            got.voice_id,
            "",
            read_again=True,
            confirmed=False,
            version=stored(got.voice_id).version,
        )
        version = stored(got.voice_id).version
        assert answering.correct(
            place.moderator, got.voice_id, theme=theme, holds_names=names, version=version
        )
        assert latest(place.body.id, "fr") == []


def test_a_minors_word_asks_for_a_second_look(place: BodyWithPeople) -> None:
    young = make.make_account(role=None, minor=True)
    got = say(a_voice(place.body, agrees_public=True), young)
    assert stored(got.voice_id).minor
    with pytest.raises(DomainError):
        publishing.publish(place.moderator, got.voice_id, "", read_again=True, confirmed=False, version=1)
    publishing.publish(place.moderator, got.voice_id, "", read_again=True, confirmed=True, version=1)


def test_ways_to_answer_are_forgotten(place: BodyWithPeople) -> None:
    answered = said(place, "a", contact="a@example.org").voice_id
    waiting = said(place, "b", contact="b@example.org").voice_id
    answering.answer(place.moderator, answered, {"fr": "Oui."}, version=1)
    with clock.frozen_everywhere(TODAY + timedelta(days=89)):
        assert keeping.erase_contacts() == 0
    with clock.frozen_everywhere(TODAY + timedelta(days=90)):
        assert keeping.erase_contacts() == 1
    voice = stored(answered)
    assert (voice.contact, voice.contact_kind, voice.contact_language, voice.words) == (None, None, None, "a")
    assert stored(waiting).contact == "b@example.org"
    with clock.frozen_everywhere(TODAY + timedelta(days=730)):
        assert keeping.erase_contacts() == 1


def test_a_residents_own_words_are_shown_and_left_without_them(app: Flask, place: BodyWithPeople) -> None:
    resident = make.make_account(role=None, organisation_name="")
    got = say(a_voice(place.body, contact="moi@example.org"), resident)
    part = next(each for each in personal_parts() if each.key == "voices")
    with transaction() as session:
        (row,) = part.read(session, resident.actor_id)
        assert (row["words"], row["contact"]) == ("Quand rouvre le parc ?", "moi@example.org")
        assert set(part.words) <= set(row)
        part.erase(session, resident.actor_id)
        assert part.read(session, resident.actor_id) == []
    voice = stored(got.voice_id)
    assert (voice.author_id, voice.contact, voice.words) == (None, None, "Quand rouvre le parc ?")


def test_a_printed_receipt_serves_once(place: BodyWithPeople) -> None:
    code = receipt_from(b"a printed sheet of paper, really")
    typed = written(code).lower()
    got = write_down(place.member, a_voice(place.body, channel="papier", receipt=typed))
    assert got.receipt == written(code)
    assert by_receipt(code, "fr") is not None
    with pytest.raises(DomainError) as refused:
        write_down(place.member, a_voice(place.body, channel="papier", receipt=typed))
    assert refused.value.field == "receipt"


def test_what_is_late_stands_first_then_what_is_due_soon_then_the_newest(place: BodyWithPeople) -> None:
    def due(days: int | None) -> int:
        voice_id = said(place, f"dans {days}").voice_id
        with transaction() as session:
            row = session.get_one(Voice, voice_id, populate_existing=True)
            row.due_on = TODAY.date() + timedelta(days=days) if days is not None else None
        return voice_id

    old, far, soon, late, later, none = due(None), due(60), due(3), due(-1), due(-9), due(None)
    done = due(-30)
    answering.answer(place.moderator, done, {"fr": "Oui."}, version=stored(done).version)
    rows = desk_page(place.body.id, RegisterFilters(), None).rows
    assert [row.id for row in rows] == [later, late, soon, none, far, old, done]
    assert [row.late for row in rows] == [True, True, *[False] * 5]
    counted = totals(place.body.id)
    assert (counted.late, counted.open, counted.all) == (2, 6, 7)
    found = desk_page(place.body.id, RegisterFilters(late=True), None).rows
    assert [row.id for row in found] == [later, late]


def test_what_a_relais_entered_today_is_counted(place: BodyWithPeople) -> None:
    assist(place.relais, a_voice(place.body, channel="marche"), SPOKEN)
    assert entered_today(place.relais.actor_id) == 1
    assert entered_today(place.relais.actor_id, place.body.id + 1) == 0


def test_a_body_for_whole_communes_hears_all_their_quartiers(place: BodyWithPeople, session: Session) -> None:
    commune = make.make_commune(place.contract, "Thiais")
    quartiers = [make.make_quartier(place.contract, communes=[commune]) for _ in range(2)]
    whole = make_body(place.contract, communes=[commune])
    assert [each.id for each in quartiers_heard(whole.id)] == [each.id for each in quartiers]
    assert [each.id for each in quartiers_heard(place.body.id)] == [place.quartier.id]
    assert session.get_one(Body, whole.id)
    town = make.make_account(role="relais", scope=Scope(ScopeKind.COMMUNE, commune.id))
    assert assist(town, a_voice(whole, channel="rue", quartier_id=quartiers[0].id), SPOKEN).voice_id


def test_steps_say_for_whom_and_never_who(place: BodyWithPeople, session: Session) -> None:
    got = assist(place.relais, a_voice(place.body, channel="rue"), SPOKEN)
    (step,) = session.execute(select(VoiceStep).where(VoiceStep.voice_id == got.voice_id)).scalars()
    assert step.state == VoiceState.RECEIVED.value
    assert place.relais.name not in str(by_receipt(read_receipt(got.receipt), "fr"))


def test_words_without_the_key_of_their_form_are_refused(place: BodyWithPeople, session: Session) -> None:
    for key in ("", "court", "x" * 200, "\0" * 20):
        with pytest.raises(BadKey):
            said(place, client_key=key)
    assert session.execute(select(func.count(Voice.id))).scalar_one() == 0
