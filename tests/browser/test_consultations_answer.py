"""A consultation is answered on a small phone: with a script and without, in Arabic, after an empty battery."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete, func, select

from cdv_civic.consultations.models import ConsultationAnswer
from cdv_civic.core.db import db, transaction
from tests import factories
from tests.browser.acts import follow, go_by, press
from tests.browser.conftest import OpenContext, axe_findings
from tests.browser.drafts import PAUSE, drafts, until_kept
from tests.conftest import Site
from tests.consultations import factories as make
from tests.gunicorn_server import gunicorn


@dataclass(frozen=True)
class AskingSite:
    """A site with a consultation of three questions, and what came in there."""

    site: Site
    address: str
    consultation_id: int

    @property
    def url(self) -> str:
        return f"{self.address}/fr/consultations/ecole/repondre"

    def answers(self) -> int:
        with self.site.app.app_context():
            found = db.session.execute(select(func.count()).select_from(ConsultationAnswer)).scalar_one()
            db.session.remove()
            return int(found)

    def forget_answers(self) -> None:
        with self.site.app.app_context():
            with transaction() as session:
                session.execute(delete(ConsultationAnswer))
            db.session.remove()


def ask(site: Site) -> int:
    """The consultation; its id."""
    with site.app.app_context():
        contract = factories.make_contract("val")
        quartiers = [factories.make_quartier(contract, f"Quartier {name}") for name in ("Est", "Ouest")]
        row = make.make_consultation(
            contract,
            quartiers=quartiers,
            slug="ecole",
            title="La rue de l’école",
            translations={"title": {"ar": "شارع المدرسة", "en": "The street of the school"}},
            age_to_answer=11,
        )
        step = make.make_step(row)
        first = make.make_question(
            step,
            "La rue de l’école est-elle sûre ?",
            required=True,
            options=[],
            translations={"ar": "هل شارع المدرسة آمن؟", "en": "Is the street of the school safe?"},
        )
        make.make_option(first, "Oui, toujours", translations={"ar": "نعم، دائمًا", "en": "Yes, always"})
        unsafe = make.make_option(first, "Non", translations={"ar": "لا", "en": "No"})
        make.make_question(
            step,
            "Que faut-il changer ?",
            "long",
            asked_after=unsafe.id,
            translations={"ar": "ما الذي يجب تغييره؟", "en": "What must change?"},
        )
        make.make_question(
            step,
            "Combien d’enfants vont à cette école ?",
            "number",
            classes=[1, 3],
            translations={
                "ar": "كم طفلًا يذهب إلى هذه المدرسة؟",
                "en": "How many children go to this school?",
            },
        )
        made = row.id
        db.session.remove()
        return made


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AskingSite]:
    folder: Path = tmp_path_factory.mktemp("asking")
    site = Site(folder / "site", None)
    made = ask(site)
    with gunicorn(site.settings, folder, CDV_ENV="development", OPEN_FORM_LIMIT="1000 per hour") as server:
        yield AskingSite(site, server.url, made)


@pytest.fixture(autouse=True)
def _nothing_came_in(asking: AskingSite) -> None:
    asking.forget_answers()


def go_on(page: Page) -> None:
    press(page, "Continuer")


def looks_right(page: Page) -> None:
    assert axe_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def walk(page: Page, asking: AskingSite, words: str = "Un ralentisseur") -> None:
    """To the last screen."""
    page.goto(asking.url)
    page.get_by_text("Non", exact=True).click()
    go_on(page)
    page.get_by_role("textbox").fill(words)
    go_on(page)
    press(page, "Passer")


@pytest.mark.parametrize("script", [True, False])
def test_somebody_answers_on_a_small_phone(
    open_context: OpenContext, asking: AskingSite, script: bool
) -> None:
    page = open_context(360, 640, has_touch=True, java_script_enabled=script).new_page()
    page.goto(asking.url)
    expect(page.get_by_role("heading", name="La rue de l’école est-elle sûre")).to_be_visible()
    expect(page.get_by_text("1 sur 3")).to_be_visible()
    expect(page.get_by_role("button", name="Passer")).to_have_count(0)
    if script:
        looks_right(page)
    page.get_by_text("Non", exact=True).click()
    go_on(page)
    expect(page.get_by_text("2 sur 4")).to_be_visible()
    page.get_by_role("textbox").fill("Un ralentisseur")
    go_on(page)
    press(page, "Retour")
    expect(page.get_by_role("textbox")).to_have_value("Un ralentisseur")
    go_on(page)
    press(page, "Passer")
    press(page, "Envoyer ma réponse")
    expect(page.get_by_role("alert").first).to_contain_text("J’ai 11 ans ou plus")
    if script:
        looks_right(page)
    page.get_by_label("J’ai 11 ans ou plus").check()
    press(page, "Envoyer ma réponse")
    expect(page.get_by_role("heading", name="Votre réponse est arrivée")).to_be_visible()
    if script:
        looks_right(page)
        assert drafts(page) == []
    assert asking.answers() == 1
    press(page, "Changer ma réponse")
    expect(page.get_by_label("Non", exact=True)).to_be_checked()


def test_an_empty_battery_loses_nothing(open_context: OpenContext, asking: AskingSite) -> None:
    context = open_context(360, 640, has_touch=True)
    page = context.new_page()
    page.goto(asking.url)
    page.get_by_text("Non", exact=True).click()
    go_on(page)
    page.get_by_role("textbox").fill("Mes mots d’avant")
    until_kept(page, "Mes mots d’avant")
    # Nothing is said to the page as it ends.
    context.new_cdp_session(page).send("Page.navigate", {"url": "about:blank"})
    page.close()
    page = context.new_page()
    page.goto(asking.url)
    expect(page.get_by_role("status")).to_contain_text("Nous avons retrouvé vos réponses sur cet appareil")
    expect(page.get_by_label("Non", exact=True)).to_be_checked()
    looks_right(page)
    press(page, "Reprendre où j’en étais")
    expect(page.get_by_role("textbox")).to_have_value("Mes mots d’avant")
    go_on(page)
    press(page, "Passer")
    page.get_by_label("J’ai 11 ans ou plus").check()
    press(page, "Envoyer ma réponse")
    expect(page.get_by_role("heading", name="Votre réponse est arrivée")).to_be_visible()
    assert drafts(page) == []
    assert asking.answers() == 1


def test_what_was_found_can_be_erased(open_context: OpenContext, asking: AskingSite) -> None:
    page = open_context(360, 640).new_page()
    page.goto(asking.url)
    page.get_by_text("Non", exact=True).click()
    until_kept(page, "client_key")
    page.goto(asking.url)
    press(page, "Effacer")
    expect(page.get_by_label("Non", exact=True)).not_to_be_checked()
    assert drafts(page) == []


def test_the_browsers_own_way_back_loses_nothing(open_context: OpenContext, asking: AskingSite) -> None:
    page = open_context(360, 640, has_touch=True).new_page()
    walk(page, asking)
    for _each in range(3):
        page.go_back()
    expect(page.get_by_role("heading", name="La rue de l’école est-elle sûre")).to_be_visible()
    go_on(page)
    expect(page.get_by_role("textbox")).to_have_value("Un ralentisseur")


def test_a_double_tap_is_one_answer_and_going_back_after_it_makes_no_second_one(
    open_context: OpenContext, asking: AskingSite
) -> None:
    page = open_context(360, 640).new_page()
    walk(page, asking)
    page.get_by_label("J’ai 11 ans ou plus").check()
    page.get_by_role("button", name="Envoyer ma réponse").dblclick()
    expect(page.get_by_role("heading", name="Votre réponse est arrivée")).to_be_visible()
    receipt = page.locator(".receipt strong").inner_text()
    page.go_back()
    press(page, "Envoyer ma réponse")
    expect(page.locator(".receipt strong")).to_have_text(receipt)
    assert asking.answers() == 1


def test_a_device_that_several_people_use_keeps_nothing(
    open_context: OpenContext, asking: AskingSite
) -> None:
    context = open_context(360, 640)
    page = context.new_page()
    page.goto(asking.url)
    page.get_by_text("Non", exact=True).click()
    until_kept(page, "client_key")
    assert len(drafts(page)) == 1
    page.get_by_label("Plusieurs personnes utilisent cet appareil").check()
    assert drafts(page) == []
    go_on(page)
    page.get_by_role("textbox").fill("Mes mots")
    page.wait_for_timeout(PAUSE)
    assert drafts(page) == []
    go_on(page)
    press(page, "Passer")
    page.get_by_label("J’ai 11 ans ou plus").check()
    press(page, "Envoyer ma réponse")
    expect(page.get_by_role("heading", name="Votre réponse est arrivée")).to_be_visible()
    assert context.cookies() == []
    page.goto(asking.url)
    expect(page.get_by_role("heading", name="La rue de l’école est-elle sûre")).to_be_visible()


def test_it_is_answered_in_arabic_from_right_to_left(open_context: OpenContext, asking: AskingSite) -> None:
    page = open_context(360, 640, has_touch=True).new_page()
    page.goto(asking.url.replace("/fr/", "/ar/"))
    assert page.evaluate("document.documentElement.dir") == "rtl"
    expect(page.get_by_role("heading", name="هل شارع المدرسة آمن")).to_be_visible()
    looks_right(page)
    page.get_by_text("نعم، دائمًا").click()
    go_by(page.get_by_role("button", name="متابعة").first)
    looks_right(page)
    # What was typed goes along into another language.
    follow(page, "English")
    expect(page.get_by_role("heading", name="How many children")).to_be_visible()
