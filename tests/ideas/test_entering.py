"""Ideas are typed in for others: by a relais for somebody who agreed, from slips of paper one after the other."""

import re
from datetime import date, time, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.consents import Consent, GivenConsent
from cdv_civic.accounts.limits import limiter
from cdv_civic.accounts.personal_parts import personal_parts
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict, DomainError, Forbidden, NotFound
from cdv_civic.core.policy.model import Role, Scope, ScopeKind
from cdv_civic.ideas.models import Idea
from cdv_civic.ideas.operations.boxes import withdraw_box
from cdv_civic.ideas.operations.putting import SaidAlready, assist, enter
from cdv_civic.ideas.queries.counts import channels_of_box, entered_today
from cdv_civic.ideas.rules.boxes import WhyNotEnter, why_not_enter
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.operations.deciding import decide
from cdv_civic.moderation.rules.decisions import ModerationAct, Reasons
from cdv_civic.participation.rules.phases import closing, opening
from tests import factories as make
from tests.conftest import TODAY
from tests.ideas.boxes import BoxWithPeople, an_idea, make_a_box, put_one, stored_box, stored_idea
from tests.ideas.test_grouping import a_group, choose, retain, token
from tests.ideas.test_pages import follow, key_in, receipt_in
from tests.signing_in import open_browser

AGREED = GivenConsent("spoken", "ar")


@pytest.fixture
def box(app: Flask) -> BoxWithPeople:
    limiter.reset()
    return make_a_box()


def how_many(session: Session, table: type) -> int:
    session.rollback()
    return session.execute(select(func.count()).select_from(table)).scalar_one()


def test_a_relais_writes_an_idea_for_somebody_who_agreed(
    client: FlaskClient, box: BoxWithPeople, session: Session
) -> None:
    new = an_idea(box, contact="awa@example.org", signed="Awa")
    got = assist(box.place.relais, new, "rue", AGREED)
    idea = stored_idea(got.idea_id)
    assert (idea.relayed, idea.channel, idea.author_id) == (True, "rue", None)
    assert idea.entered_by == box.place.relais.actor_id
    consent = session.get_one(Consent, idea.consent_id)
    assert (consent.act, consent.form, consent.language) == ("idea", "spoken", "ar")
    page = client.get(f"{box.url}/{got.idea_id}").text
    assert "Dans la rue" in page
    assert "Awa" in page
    for unsaid in ("awa@example.org", box.place.relais.name):
        assert unsaid not in page + client.get(box.url).text
    assert "écrit par une personne qui aide" in page
    assert "Tout le monde peut la lire" in follow(client, got.receipt)


def test_the_trail_tells_who_typed_and_nobodys_words(box: BoxWithPeople, session: Session) -> None:
    assist(box.place.relais, an_idea(box), "rue", AGREED)
    session.rollback()
    entry = session.execute(select(AuditEntry).where(AuditEntry.action == "idea.enter")).scalar_one()
    assert entry.actor_id == box.place.relais.actor_id
    assert "bancs" not in str(entry.after)


def test_without_consent_nothing_is_kept(box: BoxWithPeople, session: Session) -> None:
    with pytest.raises(DomainError) as refused:
        assist(box.place.relais, an_idea(box), "rue", GivenConsent("", "fr"))
    assert refused.value.field == "consent"
    assert (how_many(session, Idea), how_many(session, Consent)) == (0, 0)


def test_the_same_form_twice_is_one_idea_and_one_consent(box: BoxWithPeople, session: Session) -> None:
    one = an_idea(box)
    assert len({assist(box.place.relais, one, "rue", AGREED) for _each in range(3)}) == 1
    assert (how_many(session, Idea), how_many(session, Consent)) == (1, 1)


def test_an_idea_that_is_there_already_is_not_typed_in_again(box: BoxWithPeople, session: Session) -> None:
    put_one(box)
    with pytest.raises(SaidAlready) as refused:
        enter(box.moderator, an_idea(box, words="DEVANT l’école"), "papier")
    assert "rien n’est perdu" in str(refused.value.sentence)
    assert how_many(session, Idea) == 1


def test_channels_are_counted_apart_and_relayed_ones_among_them(box: BoxWithPeople) -> None:
    put_one(box, "Un")
    assist(box.place.relais, an_idea(box, "Deux"), "marche", AGREED)
    assist(box.place.relais, an_idea(box, "Trois"), "rue", AGREED)
    for each in ("Quatre", "Cinq", "Six"):
        enter(box.moderator, an_idea(box, each), "papier")
    found = [(each.channel.code, each.ideas, each.relayed) for each in channels_of_box(box.id)]
    assert found == [("papier", 3, 0), ("rue", 2, 2), ("en_ligne", 1, 0)]
    assert entered_today(box.moderator.actor_id) == 3
    assert entered_today(box.place.relais.actor_id, box.id) == 2


def test_the_channel_of_a_form_is_one_of_its_own(box: BoxWithPeople) -> None:
    for channel in ("en_ligne", "lune"):
        with pytest.raises(DomainError):
            enter(box.moderator, an_idea(box), channel)
    with pytest.raises(DomainError):
        assist(box.place.relais, an_idea(box), "papier", AGREED)


def test_whoever_works_in_a_quartier_of_the_box_types_in_and_no_other(box: BoxWithPeople) -> None:
    elsewhere = make.make_contract("ailleurs")
    commune = make.make_commune(elsewhere, name="Grigny")
    quartier = make.make_quartier(elsewhere, "La Plaine", [commune])
    strangers = (
        make.make_account(role=None),
        make.make_account(role=Role.RELAIS.value, scope=Scope(ScopeKind.QUARTIER, quartier.id)),
    )
    for stranger in strangers:
        with pytest.raises(Forbidden):
            enter(stranger, an_idea(box), "papier")
    for each, one in enumerate((box.moderator, box.place.member, box.place.relais)):
        assert enter(one, an_idea(box, f"Idée {each}"), "papier").idea_id


def test_a_moderator_reads_what_they_typed_in_as_any_other_idea(app: Flask, session: Session) -> None:
    """It is the person’s idea, not theirs: in a small body one member types and moderates."""
    box = make_a_box(read_before=True)
    got = enter(box.moderator, an_idea(box), "papier")
    case_id = stored_idea(got.idea_id).case_id
    case = session.get_one(ModeratedText, case_id)
    assert (case.author_id, case.state) == (None, "en_attente")
    version = case.version
    session.rollback()
    decide(box.moderator, case_id, ModerationAct.PUBLISH, Reasons(), version=version)
    session.rollback()
    assert session.get_one(ModeratedText, case_id).state == "publie"


def test_slips_of_the_last_day_are_typed_after_closing_and_others_are_not(app: Flask) -> None:
    yesterday = TODAY.date() - timedelta(days=1)
    box = make_a_box(opens_on=yesterday - timedelta(days=5), closes_on=yesterday)
    got = enter(box.moderator, an_idea(box), "reunion", yesterday)
    assert stored_idea(got.idea_id).received_on == yesterday
    for day in (None, yesterday - timedelta(days=6), TODAY.date() + timedelta(days=1)):
        with pytest.raises(DomainError) as refused:
            enter(box.moderator, an_idea(box, "Un parc"), "reunion", day)
        assert refused.value.field == "said_on"


def test_nothing_is_typed_in_once_the_choice_is_open_or_the_box_is_gone(
    box: BoxWithPeople, session: Session
) -> None:
    retain(box, *(a_group(box, each) for each in ("Un", "Deux")))
    choose(box)
    with pytest.raises(Conflict) as refused:
        enter(box.moderator, an_idea(box), "papier")
    assert "Gardez les feuilles" in str(refused.value.sentence)
    other = make_a_box(box.place, title={"fr": "Une autre boîte"})
    withdraw_box(other.moderator, other.id, version=stored_box(other.slug).version)
    with pytest.raises(NotFound):
        enter(other.moderator, an_idea(other), "papier")
    assert how_many(session, Idea) == 0


@pytest.mark.parametrize(
    ("said_on", "choice_open", "why"),
    [
        (date(2026, 5, 4), False, WhyNotEnter.BEFORE_OPENING),
        (date(2026, 5, 5), False, None),
        (date(2026, 5, 9), False, None),
        (date(2026, 5, 10), False, WhyNotEnter.AFTER_CLOSING),
        (date(2026, 6, 2), False, WhyNotEnter.TO_COME),
        (date(2026, 5, 7), True, WhyNotEnter.CHOICE_OPEN),
    ],
)
def test_the_day_of_the_words_counts(said_on: date, choice_open: bool, why: WhyNotEnter | None) -> None:
    zone = clock.zone()
    assert (
        why_not_enter(
            said_on,
            opening(date(2026, 6, 1), zone),
            zone,
            opens_at=opening(date(2026, 5, 5), zone),
            closes_at=closing(date(2026, 5, 9), zone),
            choice_open=choice_open,
        )
        is why
    )


def test_nothing_is_typed_in_on_the_first_day_before_the_box_opens() -> None:
    zone, day = clock.zone(), date(2026, 5, 5)
    opens_at = opening(day, zone, time(18))
    for hour, why in ((9, WhyNotEnter.BEFORE_OPENING), (18, None)):
        now = opening(day, zone, time(hour))
        found = why_not_enter(day, now, zone, opens_at=opens_at, closes_at=None, choice_open=False)
        assert found is why


def test_an_account_that_is_erased_leaves_the_ideas_of_others(box: BoxWithPeople, session: Session) -> None:
    got = assist(box.place.relais, an_idea(box), "rue", AGREED)
    with transaction() as opened:
        for part in personal_parts():
            if part.key == "ideas":
                part.erase(opened, box.place.relais.actor_id)
    idea = stored_idea(got.idea_id)
    assert (idea.entered_by, idea.relayed, idea.title) == (None, True, "Des bancs")


def browser(app: Flask, box: BoxWithPeople, who: object) -> FlaskClient:
    desk = app.test_client()
    open_browser(desk, who)  # type: ignore[arg-type]
    return desk


def test_the_pages_of_a_relais_from_consent_to_receipt(app: Flask, box: BoxWithPeople) -> None:
    phone = browser(app, box, box.place.relais)
    start = phone.get("/fr/relais/idees").text
    assert f"/fr/relais/idees/{box.slug}" in start
    assert phone.get(f"/fr/relais/idees/{box.slug}/ecrire").status_code == 302, "read aloud first"
    assert "Tout le monde pourra la lire" in phone.get(f"/fr/relais/idees/{box.slug}").text
    url = f"/fr/relais/idees/{box.slug}/ecrire?accord=spoken"
    page = phone.get(url).text
    data = {
        "client_key": key_in(page),
        "consent": "spoken",
        "read_in": "fr",
        "title": "Une fontaine",
        "words": "Pour boire, l’été.",
        "theme": "ecologie",
        "channel": "marche",
        **token(phone, url),
    }
    wrong = phone.post(url, data={**data, "title": ""})
    assert wrong.status_code == 422
    assert "Pour boire, l’été." in wrong.text
    done = phone.post(url, data=data)
    assert done.headers["Cache-Control"] == "no-store"
    assert "donner à la personne" in done.text
    assert receipt_in(done)
    assert "1 idée écrite" in done.text
    assert phone.post(url, data={**data, "title": "Un puits", "consent": ""}).status_code == 422


def test_slips_come_one_after_the_other_with_the_last_receipt_above_an_empty_form(
    app: Flask, client: FlaskClient, box: BoxWithPeople, session: Session
) -> None:
    desk = browser(app, box, box.place.member)
    url = f"/fr/relais/idees/{box.slug}/papier"
    page = desk.get(url).text
    receipts = []
    for each in ("Une fontaine", "Un skate", "Des arbres"):
        data = {
            "client_key": key_in(page),
            "title": each,
            "words": "Comme sur la feuille.",
            "theme": "ecologie",
            "channel": "reunion",
            "said_on": TODAY.date().isoformat(),
            **token(desk, url),
        }
        answer = desk.post(url, data=data)
        page = answer.text
        receipts.append(receipt_in(answer))
        again = desk.post(url, data=data)
        assert receipt_in(again) == receipts[-1], "the same page asked for again"
        assert re.search(r'<input[^>]*name="title"[^>]*value="[^"]+"', page) is None, "empty again"
        assert re.search(r'<option[^>]*selected[^>]*value="reunion"', page), "where they come from stays"
        assert key_in(page) != data["client_key"]
    assert len(set(receipts)) == how_many(session, Idea) == 3
    assert "3 idées écrites" in page


def relais_of(app: Flask, box: BoxWithPeople) -> FlaskClient:
    client = app.test_client()
    open_browser(client, box.place.relais)
    return client


def test_nobody_reads_a_consent_aloud_for_a_box_that_takes_nothing(app: Flask) -> None:
    yesterday = TODAY.date() - timedelta(days=1)
    box = make_a_box(opens_on=yesterday - timedelta(days=5), closes_on=yesterday)
    client = relais_of(app, box)
    here = f"/fr/relais/idees/{box.slug}"
    page = client.get(here).text
    assert "ne reçoit rien en ce moment" in page
    assert "Lisez à voix haute" not in page
    assert f"{here}/papier" in page, "slips of before are still typed in"
    assert client.get(f"{here}/ecrire?accord=spoken").headers["Location"].endswith(here)
    assert "<form" in client.get(f"{here}/papier").text.partition("<main")[2]


def test_no_form_of_slips_is_shown_once_the_choice_is_open(app: Flask, box: BoxWithPeople) -> None:
    retain(box, *(a_group(box, each) for each in ("Un", "Deux")))
    choose(box)
    client = relais_of(app, box)
    for path in ("", "/papier"):
        page = client.get(f"/fr/relais/idees/{box.slug}{path}").text.partition("<main")[2]
        assert "ne reçoit rien en ce moment" in page
        assert "<form" not in page


def test_a_receipt_that_is_handed_over_leads_back_to_the_box(app: Flask, box: BoxWithPeople) -> None:
    client = relais_of(app, box)
    here = f"/fr/relais/idees/{box.slug}"
    assert f'href="{here}"' in client.get(f"{here}/papier").text, "not to the list of all boxes"
