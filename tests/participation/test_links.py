"""What has to do with what: said once, shown from both sides, gone with the thing itself."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.core import clock
from cdv_civic.core.db import SITE, TagName, transaction
from cdv_civic.core.errors import Conflict
from cdv_civic.core.policy.model import CommandLine
from cdv_civic.core.registry import RegisteredTwice
from cdv_civic.core.web.validity import ANY, making, read_numbers, shows_only
from cdv_civic.participation.cache_tags import links_tag
from cdv_civic.participation.linked import register_things, shown_links
from cdv_civic.participation.models import ParticipationLink
from cdv_civic.participation.operations import forget_links, link, unlink
from cdv_civic.participation.queries import Link, links_of
from cdv_civic.participation.rules.links import LinkKind, Thing, ThingKind
from cdv_civic.participation.wording import LINK_WORDS, THING_WORDS
from cdv_civic.territory.cache_tags import contract_tag
from cdv_civic.territory.models import Contract
from cdv_civic.voices.operations import keeping, publishing
from tests import factories as make
from tests.bodies.bodies import make_body
from tests.conftest import counting
from tests.pages.test_statements import publish_opinion
from tests.publishing import publications
from tests.voices.voices import make_place, said

CONSULTATION = Thing(ThingKind.CONSULTATION, 7)
COMMITMENT = Thing(ThingKind.COMMITMENT, 7)
PROJECT = Thing(ThingKind.PROJECT, 1)


def put(one: Thing, kind: LinkKind, other: Thing) -> bool:
    with transaction() as session:
        return link(session, CommandLine(), one, kind, other)


def test_a_link_is_said_once_and_read_from_both_sides(app: Flask, session: Session) -> None:
    staff = make.make_account()
    before = publications()
    with transaction() as writing:
        assert link(writing, staff, CONSULTATION, LinkKind.ABOUT, COMMITMENT)
    session.rollback()
    assert publications() == before + 2, "pages of both are made anew"
    assert not put(CONSULTATION, LinkKind.ABOUT, COMMITMENT)
    session.rollback()
    assert publications() == before + 2
    assert put(CONSULTATION, LinkKind.LED_TO, COMMITMENT), "another kind of link is another link"
    assert put(COMMITMENT, LinkKind.ABOUT, CONSULTATION), "and so is the other way round"
    session.rollback()
    assert links_of(COMMITMENT) == [
        Link(LinkKind.ABOUT, False, CONSULTATION),
        Link(LinkKind.LED_TO, False, CONSULTATION),
        Link(LinkKind.ABOUT, True, CONSULTATION),
    ]
    assert links_of(CONSULTATION)[0] == Link(LinkKind.ABOUT, True, COMMITMENT)
    assert links_of(PROJECT) == links_of(Thing(ThingKind.COMMITMENT, 8)) == []
    row = session.execute(select(ParticipationLink).limit(1)).scalar_one()
    assert (row.created_by, row.created_at) == (staff.actor_id, clock.now())


def test_nothing_is_linked_with_itself(app: Flask, session: Session) -> None:
    with pytest.raises(Conflict):
        put(COMMITMENT, LinkKind.ABOUT, COMMITMENT)
    assert put(COMMITMENT, LinkKind.ABOUT, CONSULTATION), "of another kind, with the same number"
    session.rollback()
    for wrong in ({"to_kind": "engagement"}, {"to_kind": "chat"}, {"kind": "connait"}):
        with pytest.raises(IntegrityError):
            session.execute(update(ParticipationLink).values(**wrong))
        session.rollback()


def test_the_database_itself_keeps_a_link_once(app: Flask, session: Session) -> None:
    put(CONSULTATION, LinkKind.ABOUT, COMMITMENT)
    with pytest.raises(IntegrityError), transaction() as writing:
        writing.add(
            ParticipationLink(
                from_kind="consultation",
                from_id=7,
                to_kind="engagement",
                to_id=7,
                kind="porte_sur",
                created_at=clock.now(),
                created_by=None,
            )
        )


def test_a_link_is_taken_back_and_a_thing_that_goes_takes_its_links_along(
    app: Flask, session: Session
) -> None:
    put(CONSULTATION, LinkKind.ABOUT, COMMITMENT)
    put(PROJECT, LinkKind.ANSWERS, CONSULTATION)
    put(PROJECT, LinkKind.ABOUT, COMMITMENT)
    before = publications()
    with transaction() as writing:
        assert unlink(writing, PROJECT, LinkKind.ABOUT, COMMITMENT)
    with transaction() as writing:
        assert not unlink(writing, PROJECT, LinkKind.ABOUT, COMMITMENT)
        assert not unlink(writing, COMMITMENT, LinkKind.ABOUT, CONSULTATION), "not the other way round"
    session.rollback()
    assert publications() == before + 2
    with transaction() as writing:
        assert forget_links(writing, CONSULTATION)
        assert not forget_links(writing, CONSULTATION)
    session.rollback()
    assert session.execute(select(func.count()).select_from(ParticipationLink)).scalar_one() == 0


def test_every_kind_has_its_words() -> None:
    assert set(THING_WORDS) == set(ThingKind)
    assert set(LINK_WORDS) == set(LinkKind)


def test_a_feature_names_its_things_once(app: Flask) -> None:
    with pytest.raises(RegisteredTwice):
        register_things(app, ThingKind.COMMITMENT, lambda _ids, _language: {})


# --- on the page of a commitment ----------------------------------------------------------------------------------


@pytest.fixture
def contract(app: Flask) -> Contract:
    return make.make_contract("val", translations={"ar": "عقد"})


def linked_page(client: FlaskClient, lang: str = "fr") -> str:
    page = client.get(f"/{lang}/contrats/val/engagements/C-1")
    assert page.status_code == 200
    text = page.text
    return text[text.index("liens-titre") :].partition("</section>")[0] if "liens-titre" in text else ""


def test_a_commitment_shows_what_has_to_do_with_it_and_nothing_that_is_not_public(
    app: Flask, client: FlaskClient
) -> None:
    place = make_place()
    first = make.make_commitment(place.contract, "Ouvrir le parc", code="C-1")
    other = make.make_commitment(place.contract, "Planter des arbres", code="C-2")
    gone = make.make_commitment(place.contract, "Parti", code="C-3", retired_at=clock.now())
    publish_opinion(place.staff, place.body)
    voice = said(place, "Quand rouvre le parc ?", agrees_public=True).voice_id
    assert linked_page(client) == ""
    here = Thing(ThingKind.COMMITMENT, first.id)
    put(here, LinkKind.LED_TO, Thing(ThingKind.COMMITMENT, other.id))
    put(here, LinkKind.ABOUT, Thing(ThingKind.COMMITMENT, gone.id))
    put(Thing(ThingKind.PUBLICATION, 1), LinkKind.ABOUT, here)
    put(Thing(ThingKind.VOICE, voice), LinkKind.ABOUT, here)
    put(CONSULTATION, LinkKind.ABOUT, here)
    page = linked_page(client)
    assert "A donné · Action du contrat" in page
    assert 'href="/fr/contrats/val/engagements/C-2"' in page
    assert "En parle · Publication d’un conseil ou d’un groupe" in page
    assert 'href="/fr/contrats/val/instances/conseil/publications/1"' in page
    assert "Parti" not in page
    assert "Parole" not in page, "nobody made these words public"
    assert page.count("<li>") == 2, "no feature has consultations yet"
    publishing.publish(place.moderator, voice, "", read_again=True, confirmed=False, version=1)
    page = linked_page(client)
    assert 'href="/fr/contrats/val/instances/conseil/paroles?theme=ecologie"' in page
    assert "Quand rouvre" not in page, "the words are read where they stand"
    assert "/ar/contrats/val/engagements/C-2" in linked_page(client, "ar")


def test_words_that_are_taken_back_leave_no_link(app: Flask, client: FlaskClient, session: Session) -> None:
    place = make_place()
    here = Thing(ThingKind.COMMITMENT, make.make_commitment(place.contract, code="C-1").id)
    got = said(place)
    put(Thing(ThingKind.VOICE, got.voice_id), LinkKind.ABOUT, here)
    assert keeping.take_away(got.receipt.replace("-", ""))
    session.rollback()
    assert links_of(here) == []


def test_the_page_of_a_commitment_that_is_linked_with_nothing_costs_what_it_did(
    app: Flask, client: FlaskClient, contract: Contract
) -> None:
    def cost() -> int:
        app.extensions["page_store"].clear()
        with counting(app) as statements:
            assert client.get("/fr/contrats/val/engagements/C-1").status_code == 200
        assert any("participation_link" in each for each in statements)
        return len(statements)

    here = Thing(ThingKind.COMMITMENT, make.make_commitment(contract, code="C-1").id)
    other = Thing(ThingKind.COMMITMENT, make.make_commitment(contract).id)
    cost()  # whether anybody helps in other languages is read once
    before = cost()
    put(other, LinkKind.ABOUT, here)
    assert cost() == before + 2, "its links, and the titles of commitments"
    with transaction() as session:
        unlink(session, other, LinkKind.ABOUT, here)
    put(here, LinkKind.ABOUT, other)
    assert cost() == before + 2, "in both directions"


def test_links_do_not_speak_for_a_page_that_says_nothing_of_what_it_shows(
    app: Flask, contract: Contract
) -> None:
    here = Thing(ThingKind.COMMITMENT, make.make_commitment(contract, code="C-1").id)
    other = Thing(ThingKind.COMMITMENT, make.make_commitment(contract).id)
    put(here, LinkKind.ABOUT, other)

    def shown(*known: TagName) -> frozenset[TagName]:
        with app.test_request_context("/fr/"):
            app.preprocess_request()
            with making(read_numbers(None)) as made:
                if known:
                    shows_only(*known)
                shown_links(here, "fr")
            return made.tags

    theirs = {links_tag(here), contract_tag("val")}
    assert shown() == {SITE, ANY, *theirs}
    assert shown(TagName("body:1")) == {SITE, TagName("body:1"), *theirs}


def test_links_cost_one_statement_and_one_for_each_kind_of_thing(app: Flask, contract: Contract) -> None:
    first = make.make_commitment(contract, code="C-1")
    here = Thing(ThingKind.COMMITMENT, first.id)
    others = [make.make_commitment(contract).id for _each in range(20)]
    staff = make.make_account()
    publish_opinion(staff, make_body(contract))

    def cost() -> tuple[int, int]:
        with app.test_request_context("/fr/"):
            app.preprocess_request()
            with counting(app) as statements:
                shown = shown_links(here, "fr")
        return len(shown), len(statements)

    assert cost() == (0, 1)
    put(here, LinkKind.ABOUT, Thing(ThingKind.COMMITMENT, others[0]))
    assert cost() == (1, 2)
    for other in others:
        put(here, LinkKind.ABOUT, Thing(ThingKind.COMMITMENT, other))
    assert cost() == (20, 2)
    put(Thing(ThingKind.PUBLICATION, 1), LinkKind.ABOUT, here)
    assert cost() == (21, 3)
