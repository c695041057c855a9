"""What a body makes known: published, corrected, taken back; and the counts that contracts ask for."""

import io
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.bodies.models import BodyPublication, Decision, PublicationFile
from cdv_civic.bodies.operations.occurrences import cancel_occurrence, enter_attendance, move_occurrence
from cdv_civic.bodies.operations.publication_drafts import NewDecision, NewPublicationFile, PublicationDraft
from cdv_civic.bodies.operations.publications import change_publication, publish, withdraw_publication
from cdv_civic.bodies.queries.events import events_of_body
from cdv_civic.bodies.queries.publications import publication_of_body
from cdv_civic.bodies.rules import Slot, monthly
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry, verify
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict, DomainError, Forbidden, NotFound
from cdv_civic.core.localized import Translation
from cdv_civic.core.policy.model import Scope, ScopeKind
from cdv_civic.core.uploads.receiving import read_upload
from cdv_civic.pages.queries.body_numbers import YearNumbers, numbers_of
from cdv_civic.territory.models import Body
from cdv_civic.voices.models import Voice
from cdv_civic.voices.operations.receiving import say
from tests import factories as make
from tests.bodies.bodies import PARIS, announce, at, make_body
from tests.core.uploads.files import PDF
from tests.publishing import seen_at_once
from tests.signing_in import open_browser
from tests.voices.voices import a_voice

SATURDAY, OCTOBER, DECEMBER = date(2026, 9, 5), date(2026, 10, 3), date(2026, 12, 5)
SUMMARY = {"fr": "Nous avons parlé du parc.", "ar": "تحدثنا عن الحديقة."}
PAGE = "/contrats/val/instances/conseil"


@pytest.fixture
def staff(app: Flask) -> SignedIn:
    return make.make_account()


@pytest.fixture
def body(app: Flask) -> Body:
    return make_body(make.make_contract("val"), slug="conseil")


@pytest.fixture
def series(body: Body, staff: SignedIn) -> int:
    return announce(
        staff, body, SATURDAY, kind="permanence", recurrence=monthly(SATURDAY),
        starts_at=at(SATURDAY, 10), ends_at=at(SATURDAY, 12),
    )  # fmt: skip


def opinion(**values: Any) -> PublicationDraft:
    return PublicationDraft(
        **{
            "kind": "avis",
            "summary": SUMMARY,
            "title": {"fr": "Avis sur le parc"},
            "said_on": date(2026, 11, 5),
            **values,
        }
    )


def minutes(series: int, day: date = OCTOBER, **values: Any) -> PublicationDraft:
    return PublicationDraft(
        **{"kind": "compte_rendu", "summary": SUMMARY, "meeting_id": series, "meeting_day": day, **values}
    )


def a_pdf(caption: str = "Le compte rendu entier") -> NewPublicationFile:
    return NewPublicationFile(read_upload(io.BytesIO(PDF), field="file_1"), caption, "caption_1")


def put(staff: SignedIn, body: Body, draft: PublicationDraft, key: str = "une-cle-d-essai") -> int:
    return publish(staff, body.id, draft, client_key=key, zone=PARIS)


def test_minutes_with_decisions_and_a_file_are_published_once(
    session: Session, body: Body, staff: SignedIn, series: int
) -> None:
    draft = minutes(
        series,
        decisions=[
            NewDecision(
                {"fr": "Planter dix arbres.", "en": "Plant ten trees."}, "La ville", date(2027, 3, 1)
            ),
            NewDecision({"fr": "En reparler en mai."}),
        ],
        files=[a_pdf()],
    )
    first = put(staff, body, draft)
    assert put(staff, body, draft) == first
    row = session.execute(select(BodyPublication)).scalar_one()
    assert (row.said_on, row.title_id, row.version) == (OCTOBER, None, 1)
    assert len(session.execute(select(PublicationFile)).scalars().all()) == 1
    decisions = session.execute(select(Decision).order_by(Decision.position)).scalars().all()
    assert [(each.who, each.by_day) for each in decisions] == [("La ville", date(2027, 3, 1)), (None, None)]
    assert verify(session)[1] is None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "rumeur"}, "kind"),
        ({"kind": "compte_rendu"}, "kind"),
        ({"summary": {"en": "We spoke."}}, "summary_fr"),
        ({"summary": {"fr": "x" * 1001}}, "summary_fr"),
        ({"title": {}}, "title_fr"),
        ({"title": {"fr": "x" * 121}}, "title_fr"),
        ({"said_on": None}, "said_on"),
        ({"said_on": date(2026, 11, 21)}, "said_on"),
        ({"decisions": [NewDecision({"fr": "Oui."})]}, None),
    ],
)
def test_what_is_not_whole_is_refused_beside_its_field(
    session: Session, body: Body, staff: SignedIn, wrong: dict[str, Any], field: str | None
) -> None:
    with pytest.raises(DomainError) as refused:
        put(staff, body, opinion(**wrong))
    assert refused.value.field == field
    assert session.execute(select(BodyPublication)).scalars().all() == []


def test_files_need_a_name_and_are_few(app: Flask, body: Body, staff: SignedIn) -> None:
    kept = app.extensions["settings"].data_dir / "files"
    before = set(kept.glob("*/*"))
    with pytest.raises(DomainError) as refused:
        put(staff, body, opinion(files=[a_pdf(" ")]))
    assert refused.value.field == "caption_1"
    with pytest.raises(DomainError):
        put(staff, body, opinion(files=[a_pdf(str(number)) for number in range(7)]))
    assert set(kept.glob("*/*")) == before


def test_minutes_hold_so_much_and_no_more(body: Body, staff: SignedIn, series: int) -> None:
    def fill(**more: int) -> PublicationDraft:
        most = {"decisions": 12, "sentence": 200, "who": 120, "files": 6, "caption": 200, "summary": 1000}
        many = {name: number + more.get(name, 0) for name, number in most.items()}
        return minutes(
            series,
            summary={"fr": "x" * many["summary"]},
            decisions=[NewDecision({"fr": "x" * many["sentence"]}, "x" * many["who"])] * many["decisions"],
            files=[a_pdf("x" * many["caption"]) for _ in range(many["files"])],
        )

    for name, field in (
        ("decisions", None), ("sentence", "decision_fr"), ("who", "who"),
        ("files", "file_1"), ("caption", "caption_1"), ("summary", "summary_fr"),
    ):  # fmt: skip
        with pytest.raises(DomainError) as refused:
            put(staff, body, fill(**{name: 1}))
        assert refused.value.field == field
    assert put(staff, body, fill())


def test_a_hidden_file_makes_room_for_another(session: Session, body: Body, staff: SignedIn) -> None:
    number = put(staff, body, opinion(files=[a_pdf(str(number)) for number in range(6)]))
    hide = session.execute(select(PublicationFile.id).where(PublicationFile.position == 5)).scalars().all()

    def change(*files: NewPublicationFile) -> None:
        change_publication(staff, number, opinion(files=files), version=1, hide=hide)

    with pytest.raises(DomainError):
        change(a_pdf(), a_pdf())
    change(a_pdf())
    positions = select(PublicationFile.position).order_by(PublicationFile.position)
    assert session.execute(positions).scalars().all() == [0, 1, 2, 3, 4, 5, 6]


def test_an_opinion_of_today_is_published(body: Body, staff: SignedIn) -> None:
    assert put(staff, body, opinion(said_on=clock.today()))


def test_minutes_belong_to_a_date_that_was_held(body: Body, staff: SignedIn, series: int) -> None:
    with pytest.raises(DomainError) as refused:
        put(staff, body, minutes(series, DECEMBER))
    assert "à venir" in str(refused.value.sentence)
    with pytest.raises(NotFound):
        put(staff, body, minutes(series, date(2026, 10, 4)))
    with pytest.raises(NotFound):
        put(staff, make_body(make.make_contract()), minutes(series))
    cancel_occurrence(staff, series, OCTOBER, {"fr": "Non"}, sequence=0, zone=PARIS)
    with pytest.raises(DomainError) as refused:
        put(staff, body, minutes(series))
    assert "annulée" in str(refused.value.sentence)
    put(staff, body, minutes(series, DECEMBER, kind="ordre_du_jour"))


def test_strangers_and_closed_committees_publish_nothing(body: Body, staff: SignedIn) -> None:
    with pytest.raises(Forbidden):
        put(make.make_account(contract=make.make_contract()), body, opinion())
    with pytest.raises(DomainError):
        put(staff, make_body(make.make_contract(), kind="comite_pilotage"), opinion())


def test_two_people_who_correct_lose_nothing(session: Session, body: Body, staff: SignedIn) -> None:
    number = put(staff, body, opinion(files=[a_pdf()]))
    (file,) = session.execute(select(PublicationFile)).scalars().all()
    change_publication(
        staff,
        number,
        opinion(summary={"fr": "Autrement."}, kind="bilan"),
        version=1,
        hide=[file.id],
    )
    with pytest.raises(Conflict):
        change_publication(staff, number, opinion(), version=1)
    row = session.get_one(BodyPublication, number, populate_existing=True)
    assert (row.version, row.kind) == (2, "bilan")
    assert session.get_one(PublicationFile, file.id, populate_existing=True).hidden_at is not None
    assert session.execute(select(Translation).where(Translation.text_id == row.summary_id)).first() is None
    (line,) = session.execute(select(AuditEntry).where(AuditEntry.action == "publication.edit")).scalars()
    assert (line.after or {})["hidden"] == [file.id]


def test_all_that_is_said_of_an_opinion_is_corrected(body: Body, staff: SignedIn) -> None:
    number = put(staff, body, opinion())
    draft = opinion(
        kind="bilan",
        said_on=date(2026, 11, 6),
        title={"fr": "Avis sur le square"},
        summary={"fr": "Nous avons parlé du square."},
    )
    change_publication(staff, number, draft, version=1)
    found = publication_of_body("val", "conseil", number, "fr")
    assert found is not None
    assert (found.kind.code, found.said_on) == ("bilan", date(2026, 11, 6))
    assert (found.title.text, found.summary.text) == ("Avis sur le square", "Nous avons parlé du square.")


def test_minutes_stay_minutes_of_their_meeting(body: Body, staff: SignedIn, series: int) -> None:
    number = put(staff, body, minutes(series))
    for draft in (opinion(), minutes(series, SATURDAY), minutes(series, kind="ordre_du_jour")):
        with pytest.raises(Conflict):
            change_publication(staff, number, draft, version=1)
    change_publication(staff, number, minutes(series, summary={"fr": "Mieux."}), version=1)
    found = publication_of_body("val", "conseil", number, "fr")
    assert found is not None
    assert found.said_on == OCTOBER


def test_what_is_withdrawn_is_corrected_no_more(body: Body, staff: SignedIn) -> None:
    number = put(staff, body, opinion())
    withdraw_publication(staff, number, {"fr": "Erreur."}, version=1)
    with pytest.raises(DomainError, match="DomainError") as refused:
        change_publication(staff, number, opinion(), version=2)
    assert "retirée" in str(refused.value.sentence)


def test_decisions_are_corrected_in_their_order(
    session: Session, body: Body, staff: SignedIn, series: int
) -> None:
    said = [NewDecision({"fr": text}) for text in ("Un.", "Deux.", "Trois.")]
    number = put(staff, body, minutes(series, decisions=said))
    change_publication(staff, number, minutes(series, decisions=said[1:]), version=1)
    found = publication_of_body("val", "conseil", number, "fr")
    assert found is not None
    assert [each.sentence.text for each in found.decisions] == ["Deux.", "Trois."]


def test_what_is_withdrawn_keeps_its_name_and_reason_and_nothing_else(
    client: FlaskClient, session: Session, body: Body, staff: SignedIn
) -> None:
    number = put(staff, body, opinion(files=[a_pdf()]))
    (file,) = session.execute(select(PublicationFile)).scalars().all()
    address = f"/fichiers/instances/{file.file_id}/document"
    answer = client.get(address)
    assert (answer.status_code, answer.data) == (200, PDF)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    with pytest.raises(DomainError) as refused:
        withdraw_publication(staff, number, {}, version=1)
    assert refused.value.field == "reason_fr"
    withdraw_publication(staff, number, {"fr": "Publié deux fois."}, version=1)
    for path in ("/publications", f"/publications/{number}"):
        page = client.get(f"/fr{PAGE}{path}").text
        assert "Avis sur le parc" in page
        assert "Publié deux fois." in page
        assert SUMMARY["fr"] not in page
    assert client.get(address).status_code == 404
    with pytest.raises(DomainError):
        change_publication(staff, number, opinion(), version=2)


def test_the_database_itself_refuses_what_makes_no_sense(
    session: Session, body: Body, staff: SignedIn
) -> None:
    number = put(staff, body, opinion())
    for wrong in ({"kind": "compte_rendu"}, {"meeting_day": OCTOBER}, {"withdrawn_at": clock.now()}):
        change = update(BodyPublication).where(BodyPublication.id == number).values(**wrong)
        with pytest.raises(IntegrityError):
            session.execute(change)
        session.rollback()


def count(body: Body) -> list[YearNumbers]:
    return numbers_of(body.id, events_of_body(body.id, "fr"), clock.today())


def test_the_counts_of_a_year_are_what_was_held_and_said(body: Body, staff: SignedIn, series: int) -> None:
    make.make_account(role="moderator", scope=Scope(ScopeKind.BODY, body.id))
    announce(staff, body, date(2025, 5, 6))
    announce(staff, body, date(2026, 11, 3), second_starts_at=at(date(2026, 11, 3), 21))
    announce(staff, body, date(2026, 12, 10))
    enter_attendance(staff, series, SATURDAY, present=9, first_time=6, version=0, zone=PARIS)
    enter_attendance(staff, series, OCTOBER, present=14, first_time=None, version=0, zone=PARIS)
    cancel_occurrence(staff, series, date(2026, 11, 7), {"fr": "Non"}, sequence=0, zone=PARIS)
    put(staff, body, opinion(), "une-premiere-cle")
    gone = put(staff, body, opinion(), "une-deuxieme-cle")
    withdraw_publication(staff, gone, {"fr": "Erreur."}, version=1)
    put(staff, body, opinion(kind="bilan"), "une-troisieme-cle")
    told = [say(a_voice(body)).voice_id for _each in range(6)]
    with transaction() as session:
        session.execute(update(Voice).where(Voice.id == told[0]).values(received_on=date(2024, 6, 1)))
    this, last, before = count(body)
    assert this == YearNumbers(
        2026,
        meetings=1,
        permanences=2,
        counted=2,
        present=23,
        first_time=6,
        first_time_counted=1,
        opinions=1,
        contributions=5,
    )
    assert last == YearNumbers(2025, meetings=1)
    assert before == YearNumbers(2024, contributions=None), "so few could point at somebody"


def test_few_words_are_not_counted_out(
    app: Flask, client: FlaskClient, body: Body, staff: SignedIn, series: int
) -> None:
    make.make_account(role="moderator", scope=Scope(ScopeKind.BODY, body.id))
    enter_attendance(staff, series, OCTOBER, present=14, first_time=None, version=0, zone=PARIS)
    desk = app.test_client()
    open_browser(desk, staff)
    figures = f"/fr/bureau/instances/{body.id}/chiffres"
    for number in range(1, 6):
        say(a_voice(body))
        app.extensions["page_store"].clear()
        few = number < 5
        said = "moins de 5 messages recueillis" if few else "5 messages recueillis"
        assert f"</svg> {said}" in client.get(f"/fr{PAGE}").text
        assert ("moins de 5" in desk.get(figures).text) is few
        assert (';"moins de 5";' in desk.get(f"{figures}.csv").text) is few


def test_a_date_moved_over_the_new_year_counts_where_it_was_held(body: Body, staff: SignedIn) -> None:
    first = date(2025, 12, 6)
    meeting = announce(staff, body, first, recurrence=monthly(first, until=date(2026, 1, 31)))
    move_occurrence(
        staff, meeting, first, [Slot(at(date(2026, 1, 2), 10))], {"fr": "Neige"}, sequence=0, zone=PARIS
    )
    enter_attendance(staff, meeting, first, present=4, first_time=None, version=0, zone=PARIS)
    (year,) = count(body)
    assert (year.year, year.meetings, year.present) == (2026, 2, 4)


def test_each_change_of_a_publication_is_seen_at_once_and_told_in_the_trail(
    session: Session, body: Body, staff: SignedIn
) -> None:
    with seen_at_once():
        number = put(staff, body, opinion())
    with seen_at_once():
        change_publication(staff, number, opinion(kind="bilan"), version=1)
    with seen_at_once():
        withdraw_publication(staff, number, {"fr": "Publié deux fois."}, version=2)
    lines = session.execute(select(AuditEntry.action).order_by(AuditEntry.id)).scalars().all()
    assert lines == ["publication.publish", "publication.edit", "publication.withdraw"]
