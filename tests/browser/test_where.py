"""« Là où je suis » in the form of an idea: a point to 100 metres, in the area of the box, sent with the form alone."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from cdv_civic.core.db import db
from cdv_civic.core.policy.model import CommandLine
from cdv_civic.ideas.models import IdeaBox
from cdv_civic.ideas.operations.boxes import BoxSettings, Keeper, make_box, publish_box
from cdv_civic.ideas.rules.ideas import Area
from cdv_civic.territory.models import Contract
from tests.browser.conftest import OpenContext, Served, axe_findings


def make_box_of_orly() -> str:
    """A box whose points lie in Orly; the end of its address."""
    contract = db.session.execute(select(Contract.id).order_by(Contract.id)).scalars().first() or 0
    db.session.rollback()
    texts = {"fr": "Des idées sur place"}
    settings = BoxSettings(texts, texts, texts, read_before=False, area=Area(48.7, 2.3, 48.8, 2.5))
    slug = make_box(CommandLine(), Keeper(contract), settings, client_key="une-boite-sur-place")
    box = db.session.execute(select(IdeaBox).where(IdeaBox.slug == slug)).scalar_one()
    found, version = box.id, box.version
    db.session.rollback()
    publish_box(CommandLine(), found, version=version)
    return slug


@pytest.fixture(scope="module")
def form(served: Served) -> str:
    """The address of the form of an idea."""
    with served.inside():
        slug = make_box_of_orly()
    return f"{served.address}/fr/idees/{slug}/proposer"


def at(open_context: OpenContext, form: str, latitude: float, longitude: float) -> Page:
    """The form on a phone that is somewhere, its part about places open."""
    context = open_context(
        has_touch=True,
        permissions=["geolocation"],
        geolocation={"latitude": latitude, "longitude": longitude},
    )
    page = context.new_page()
    page.goto(form)
    page.get_by_text("Dire où, ajouter une photo").click()
    return page


def test_the_place_at_hand_is_noted_to_a_hundred_metres_and_leaves_with_the_idea(
    open_context: OpenContext, form: str
) -> None:
    page = at(open_context, form, 48.74321, 2.40987)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.get_by_role("button", name="Là où je suis").click()
    expect(page.get_by_text("L’endroit est noté")).to_be_visible()
    assert sent == []
    assert page.locator("[name=point]").input_value() == "48.743, 2.41"
    expect(page.get_by_label("À un point précis")).to_be_checked()
    assert axe_findings(page) == []
    page.get_by_label("Votre idée, en une ligne").fill("Une fontaine ici")
    page.get_by_label("Expliquez-la").fill("Pour boire, l’été.")
    page.get_by_label("Le sujet").select_option("ecologie")
    page.get_by_role("button", name="Envoyer mon idée").click()
    page.get_by_role("link", name="Voir mon idée").click()
    expect(page.get_by_text("48.743, 2.41")).to_be_visible()


def test_a_place_in_another_town_is_not_noted_and_says_so(open_context: OpenContext, form: str) -> None:
    page = at(open_context, form, 45.76, 4.84)
    page.get_by_role("button", name="Là où je suis").click()
    expect(page.get_by_text("Vous êtes dans une autre ville")).to_be_visible()
    assert page.locator("[name=point]").input_value() == ""


def test_whoever_refuses_says_it_in_words(open_context: OpenContext, form: str) -> None:
    page = open_context(has_touch=True).new_page()
    page.goto(form)
    page.get_by_text("Dire où, ajouter une photo").click()
    page.get_by_role("button", name="Là où je suis").click()
    expect(page.get_by_text("Votre téléphone ne dit pas où vous êtes")).to_be_visible()


def test_without_scripts_there_are_words_and_no_button(open_context: OpenContext, form: str) -> None:
    page = open_context(java_script_enabled=False).new_page()
    page.goto(form)
    page.get_by_text("Dire où, ajouter une photo").click()
    expect(page.get_by_label("L’endroit, en mots")).to_be_visible()
    expect(page.locator("[data-where]")).to_be_hidden()
    expect(page.locator("[name=point]")).to_be_hidden()
