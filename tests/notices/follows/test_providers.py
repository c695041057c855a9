"""What commitments and bodies tell of followed things: public facts, as many statements for all things as for one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.bodies.follows import dates
from cdv_civic.bodies.operations.meetings import cancel_meeting, change_meeting
from cdv_civic.bodies.operations.occurrences import cancel_occurrence
from cdv_civic.bodies.operations.publication_drafts import PublicationDraft
from cdv_civic.bodies.operations.publications import publish, withdraw_publication
from cdv_civic.bodies.rules import weekly
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.registry import RegisteredTwice
from cdv_civic.notices.follows import kinds
from cdv_civic.notices.follows.kinds import NewsEvent
from cdv_civic.territory.models import Body
from tests import factories as make
from tests.bodies.bodies import PARIS, an_event, announce, at, make_body
from tests.conftest import TODAY
from tests.notices.follows.following import HOUR, Place, make_place

DAY = date(2026, 12, 10)


@pytest.fixture
def place(app: Flask) -> Place:
    return make_place()


@pytest.fixture
def staff(app: Flask) -> SignedIn:
    return make.make_account(role="administrator")


def news_of(*things: tuple[str, int], **more: Any) -> list[NewsEvent]:
    asked: dict[str, list[int]] = {}
    for kind, target_id in things:
        asked.setdefault(kind, []).append(target_id)
    values = {"since": TODAY - HOUR, "until": TODAY + HOUR, "language": "fr", **more}
    return kinds.news(asked, values.pop("since"), values.pop("until"), values.pop("language"), **values)


def said(events: list[NewsEvent]) -> list[str]:
    return [f"{event.title.text}: {event.said}" for event in events]


def all_of(place: Place) -> list[tuple[str, int]]:
    return [
        ("commitment", place.commitment.id),
        ("quartier", place.quartier.id),
        ("organisation", place.organisation.id),
        ("body", place.body.id),
    ]


def test_a_step_of_a_commitment_is_news_of_its_quartiers_and_its_holders_too(place: Place) -> None:
    make.make_progress(place.commitment, "realise", sentence="Douze arbres.")
    (event,) = news_of(*all_of(place))
    assert (event.title.text, event.said, event.at) == ("Planter des arbres", "Réalisé", TODAY)
    assert event.things == {
        ("commitment", place.commitment.id),
        ("quartier", place.quartier.id),
        ("organisation", place.organisation.id),
    }
    assert event.page == (
        "commitments.show",
        {"contract": place.contract, "code": place.commitment.code},
    )


def test_what_is_told_for_one_quartier_is_no_news_of_another(place: Place) -> None:
    contract = make.make_contract()
    here, there = make.make_quartier(contract, "Ici"), make.make_quartier(contract, "Là")
    commitment = make.make_commitment(contract, quartiers=[here, there])
    make.make_progress(commitment, quartier=here)
    assert news_of(("quartier", there.id)) == []
    (event,) = news_of(("quartier", here.id))
    assert event.said == "En cours · Ici"


@pytest.mark.parametrize("at", [TODAY - HOUR, TODAY + HOUR + timedelta(microseconds=1)])
def test_the_first_moment_and_what_comes_after_the_last_one_are_left_out(place: Place, at: Any) -> None:
    make.make_progress(place.commitment, published_at=at)
    assert news_of(*all_of(place)) == []


def test_the_last_moment_is_among_them(place: Place) -> None:
    make.make_progress(place.commitment, published_at=TODAY + HOUR)
    assert len(news_of(*all_of(place))) == 1


def test_what_was_withdrawn_is_no_news(place: Place, staff: SignedIn) -> None:
    make.make_progress(place.commitment, withdrawn_at=clock.now(), withdrawn_reason="Erreur.")
    paper = publish_paper(staff, place)
    withdraw_publication(staff, paper, {"fr": "Erreur."}, version=1)
    assert news_of(*all_of(place)) == []


def publish_paper(staff: SignedIn, place: Place) -> int:
    draft = PublicationDraft(
        "avis", {"fr": "Oui."}, title={"fr": "Sur le parc", "ar": "عن الحديقة"}, said_on=date(2026, 11, 2)
    )
    return publish(staff, place.body.id, draft, client_key="un-avis-du-conseil", zone=PARIS)


def test_a_publication_is_news_of_its_body_and_its_quartiers(place: Place, staff: SignedIn) -> None:
    paper = publish_paper(staff, place)
    (event,) = news_of(*all_of(place))
    assert said([event]) == ["Sur le parc: Avis motivé · Conseil des Saules"]
    assert event.things == {("body", place.body.id), ("quartier", place.quartier.id)}
    assert event.page[1]["publication_id"] == paper
    assert news_of(*all_of(place), language="ar")[0].title.text == "عن الحديقة"


def test_a_body_that_is_retired_has_no_news_and_no_dates(place: Place, staff: SignedIn) -> None:
    publish_paper(staff, place)
    announce(staff, place.body, DAY)
    with transaction() as session:
        session.execute(update(Body).where(Body.id == place.body.id).values(retired_at=TODAY))
    assert news_of(("body", place.body.id)) == []
    assert dates({"body": [place.body.id]}, DAY, DAY + timedelta(days=1), "fr") == []


def test_a_meeting_that_is_announced_says_when_and_where(place: Place, staff: SignedIn) -> None:
    announce(staff, place.body, DAY)
    assert said(news_of(*all_of(place))) == [
        "Le parc: Prochaine date : jeudi 10 décembre 2026, de 18:30 à 20:00 · "
        "Pied d’immeuble, 3 place des Essais · Conseil des Saules"
    ]


def test_a_meeting_that_is_cancelled_says_so(place: Place, staff: SignedIn) -> None:
    meeting_id = announce(staff, place.body, DAY)
    cancel_meeting(staff, meeting_id, {"fr": "Panne."}, sequence=0)
    assert said(news_of(*all_of(place))) == ["Le parc: Annulé · Conseil des Saules"]


def test_a_date_that_is_cancelled_is_told_with_the_next_one(place: Place, staff: SignedIn) -> None:
    meeting_id = announce(staff, place.body, DAY, recurrence=weekly(DAY), place="")
    cancel_occurrence(staff, meeting_id, DAY, {"fr": "Panne."}, sequence=0, zone=PARIS)
    assert said(news_of(*all_of(place))) == [
        "Le parc: Annulé : jeudi 10 décembre 2026. "
        "Prochaine date : jeudi 17 décembre 2026, de 18:30 à 20:00 · Conseil des Saules"
    ]


def test_a_meeting_that_is_over_is_no_news(place: Place, staff: SignedIn) -> None:
    announce(staff, place.body, date(2026, 11, 19))
    assert news_of(*all_of(place)) == []


def test_a_meeting_that_changes_is_told_anew(place: Place, staff: SignedIn) -> None:
    meeting_id = announce(staff, place.body, DAY)
    (before,) = news_of(*all_of(place))
    with clock.frozen_everywhere(TODAY + HOUR):
        cancel_meeting(staff, meeting_id, {"fr": "Panne."}, sequence=0)
    (after,) = news_of(*all_of(place))
    assert before.key != after.key
    assert after.at == TODAY + HOUR


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"title": {"fr": "Séance", "ar": "جلسة"}},
        {"sentence": {"fr": "Nous parlons du parc."}, "childcare": True, "spoken": ("ar",)},
    ],
)
def test_words_that_change_are_no_news_of_a_meeting(
    place: Place, staff: SignedIn, changed: dict[str, Any]
) -> None:
    """Nobody is written to for a letter that was wrong, or for a translation."""
    meeting_id = announce(staff, place.body, DAY)
    (before,) = news_of(*all_of(place))
    with clock.frozen_everywhere(TODAY + HOUR):
        change_meeting(staff, meeting_id, an_event(DAY, **changed), sequence=0, zone=PARIS)
    (after,) = news_of(*all_of(place))
    assert (before.key, before.at) == (after.key, after.at)


@pytest.mark.parametrize(
    "changed",
    [
        {"starts_at": at(DAY, 19)},
        {"ends_at": at(DAY, 21)},
        {"second_starts_at": at(DAY, 21)},
        {"place": "Salle des fêtes"},
        {"recurrence": weekly(DAY)},
    ],
)
def test_another_hour_or_place_is_news_of_a_meeting(
    place: Place, staff: SignedIn, changed: dict[str, Any]
) -> None:
    meeting_id = announce(staff, place.body, DAY)
    (before,) = news_of(*all_of(place))
    with clock.frozen_everywhere(TODAY + HOUR):
        change_meeting(staff, meeting_id, an_event(DAY, **changed), sequence=0, zone=PARIS)
    (after,) = news_of(*all_of(place))
    assert before.key != after.key
    assert after.at == TODAY + HOUR


def test_the_newest_come_first_and_no_more_than_asked_for(place: Place, staff: SignedIn) -> None:
    for number, state in enumerate(("en_preparation", "en_cours", "realise")):
        make.make_progress(place.commitment, state, published_at=TODAY + timedelta(minutes=number))
    publish_paper(staff, place)
    found = news_of(*all_of(place), newest=2)
    assert said(found) == ["Planter des arbres: Réalisé", "Planter des arbres: En cours"]


def test_a_body_where_residents_are_not_heard_has_no_news(app: Flask, place: Place, staff: SignedIn) -> None:
    announce(staff, place.body, DAY)
    with transaction() as session:
        body = session.merge(place.body)
        body.kind = "comite_pilotage"
    assert news_of(("body", place.body.id)) == []
    body_kind = kinds.kind_named("body")
    assert body_kind is not None
    assert body_kind.find(place.reference("body")) is None


def test_a_quartier_has_no_news_of_a_body_that_its_own_page_does_not_show(
    app: Flask, place: Place, staff: SignedIn
) -> None:
    """One of another contract, that lies over the same quartier."""
    other = make_body(make.make_contract(), "Conseil d’ailleurs", quartiers=[place.quartier])
    meeting_id = announce(staff, other, DAY)
    meetings = f"/rencontres/{meeting_id}"
    assert meetings not in app.test_client().get(f"/fr/quartiers/{place.quartier.slug}").text
    assert news_of(("quartier", place.quartier.id)) == []
    assert kinds.dates({"quartier": [place.quartier.id]}, DAY, DAY + timedelta(days=1), "fr") == []
    assert len(news_of(("body", other.id))) == 1


def test_statements_do_not_grow_with_the_things(
    place: Place, staff: SignedIn, count_statements: Callable[[], Any]
) -> None:
    others = [make_place() for _ in range(4)]
    for each in (place, *others):
        make.make_progress(each.commitment)
        announce(staff, each.body, DAY)
    db.session.rollback()

    def statements(*places: Place) -> int:
        with count_statements() as sent:
            found = news_of(*(thing for each in places for thing in all_of(each)))
            ahead = kinds.dates(
                {"body": [each.body.id for each in places]}, DAY, DAY + timedelta(days=1), "fr"
            )
        assert (len(found), len(ahead)) == (2 * len(places), len(places))
        return len(sent)

    assert statements(place) == statements(place, *others)


@pytest.mark.parametrize("kind", ["commitment", "quartier", "body", "organisation"])
def test_each_kind_finds_what_its_pages_name_and_says_where_it_is(
    app: Flask, place: Place, kind: str, count_statements: Callable[[], Any]
) -> None:
    known = kinds.kind_named(kind)
    assert known is not None
    target_id = known.find(place.reference(kind))
    assert target_id == dict(all_of(place))[kind]
    with count_statements() as sent:
        target = known.describe([target_id], "fr")[target_id]
    assert len(sent) == 1
    assert target.reference == place.reference(kind)
    with app.test_request_context("/fr/"):
        app.preprocess_request()
        for page in filter(None, (target.page, target.calendar)):
            assert app.test_client().get(app.url_for(page[0], **page[1])).status_code == 200
    assert known.find("rien") is None
    assert known.find("rien/du-tout") is None
    assert known.find("") is None


def test_two_kinds_do_not_share_a_word_in_addresses(app: Flask) -> None:
    known = kinds.kind_named("body")
    assert known is not None
    for twin in (known, replace(known, name="other")):
        with pytest.raises(RegisteredTwice):
            kinds.register_kind(app, twin)
