"""« La parole », from the word to the answer: a visitor, a relais with one hand, the moderators' desk."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from cdv_civic.core.settings import ROOT
from cdv_civic.demo.accounts import PASSWORD
from tests.browser.conftest import OpenContext, Served
from tests.browser.look import View, in_views, look
from tests.browser.signing_in import give_password, press, set_up_telephone

pytestmark = pytest.mark.xdist_group("journeys")

CONTRACT = "/contrats/grand-orly-seine-bievre-2024-2030"
BODY = f"{CONTRACT}/instances/conseil-de-quartier"
MODERATOR, RELAIS = "animation-parole@example.org", "relais-parole@example.org"
#: Makes the two people, and says the id of the body.
PEOPLE = f"""
from sqlalchemy import select
from cdv_civic.app import create_app
from cdv_civic.voices.operations.receiving import NewVoice, say
from cdv_civic.core.db import db
from cdv_civic.core.policy.model import CommandLine, Role, Scope, ScopeKind
from cdv_civic.accounts.operations import create_account
from cdv_civic.territory.models import Body, Contract, Quartier
with create_app().app_context():
    body = db.session.execute(
        select(Body.id).join(Contract, Contract.id == Body.contract_id)
        .where(Body.slug == "conseil-de-quartier", Contract.slug == "grand-orly-seine-bievre-2024-2030")
    ).scalar_one()
    quartier = db.session.execute(select(Quartier.id).where(Quartier.slug == "orly-quartier-est")).scalar_one()
    for email, role, scope in (
        ("{MODERATOR}", Role.MODERATOR, Scope(ScopeKind.BODY, body)),
        ("{RELAIS}", Role.RELAIS, Scope(ScopeKind.QUARTIER, quartier)),
    ):
        create_account(
            CommandLine(), email=email, password="{PASSWORD}", name="Essai",
            organisation_name="Conseil de quartier", role=role, scope=scope,
        )
    say(NewVoice(body, "Une parole pour les essais des pages.", "difficulte", "femmes", "un-formulaire-1", contact="01 44 38 38 38", agrees_public=True))
    print(body)
"""


@dataclass(frozen=True)
class Listening:
    """A served site with a body that listens."""

    site: Served
    body_id: str

    def at(self, path: str, language: str = "fr") -> str:
        return f"{self.site.address}/{language}{path}"

    @property
    def desk(self) -> str:
        return f"/bureau/instances/{self.body_id}/parole"


@pytest.fixture(scope="module")
def listening(served: Served) -> Listening:
    made = subprocess.run(
        [sys.executable, "-c", PEOPLE],
        cwd=ROOT,
        env=served.environment,
        text=True,
        capture_output=True,
        check=True,
    )
    return Listening(served, made.stdout.split()[-1])


def come_in(page: Page, site: Served, email: str) -> None:
    give_password(page, site, email)
    if page.url.endswith("/connexion/equipe/telephone"):
        set_up_telephone(page)
    page.wait_for_url(re.compile("/fr/(bureau|relais)"))


@pytest.fixture(scope="module")
def moderator(listening: Listening, browser: object) -> Iterator[BrowserContext]:
    context: BrowserContext = browser.new_context(viewport={"width": 1280, "height": 900})  # type: ignore[attr-defined]
    page = context.new_page()
    come_in(page, listening.site, MODERATOR)
    page.close()
    yield context
    context.close()


@pytest.fixture(scope="module")
def relais(listening: Listening, browser: object) -> Iterator[BrowserContext]:
    context: BrowserContext = browser.new_context(viewport={"width": 360, "height": 740})  # type: ignore[attr-defined]
    page = context.new_page()
    come_in(page, listening.site, RELAIS)
    page.close()
    yield context
    context.close()


def say(page: Page, words: str, kind: str, theme: str, **fields: str) -> str:
    """Fill the form in and send it; the receipt."""
    page.fill("[name=words]", words)
    page.check(f"[name=kind][value={kind}]")
    page.check(f"[name=theme][value={theme}]")
    for name, value in fields.items():
        page.fill(f"[name={name}]", value)
    press(page)
    return page.locator(".receipt strong").inner_text()


def test_a_question_goes_from_a_visitor_to_the_moderators_and_comes_back_answered(
    open_context: OpenContext, listening: Listening, moderator: BrowserContext
) -> None:
    phone = open_context().new_page()
    phone.goto(listening.at(BODY))
    phone.get_by_role("link", name="Dire quelque chose").click()
    phone.wait_for_url("**/parole")
    phone.check("[name=agrees_public]")
    question = "Quand rouvre le parc des Essais ?"
    code = say(phone, question, "question", "ecologie", contact="amie@example.org")
    assert phone.context.cookies() == []

    desk = moderator.new_page()
    desk.goto(listening.at(listening.desk))
    desk.get_by_role("link", name=question).click()
    desk.get_by_role("link", name="Transmettre").click()
    desk.locator("[name=organisation]").select_option(label="Valophis Habitat")
    desk.fill("[name=sentence_fr]", "La ville regarde et vous répond.")
    press(desk)
    desk.get_by_role("link", name="Répondre").click()
    desk.fill("[name=answer_fr]", "Le parc rouvre le 3 mai, de 8 h à 20 h.")
    desk.fill("[name=answer_ar]", "تفتح الحديقة يوم 3 مايو، من الساعة 8 إلى الساعة 20.")
    press(desk)
    expect(desk.locator("main")).to_contain_text("La personne le reçoit par e-mail")
    desk.get_by_role("link", name="Publier sans nom").click()
    desk.check("[name=read_again]")
    press(desk)
    expect(desk.locator("main")).to_contain_text("C’est public")
    desk.close()

    phone.goto(listening.at("/parole/suivi"))
    phone.fill("[name=receipt]", code.lower().replace("-", " "))
    press(phone)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Répondu")
    expect(phone.locator("main")).to_contain_text("La ville regarde et vous répond.")
    expect(phone.locator("main")).to_contain_text("Le parc rouvre le 3 mai")
    phone.goto(listening.at(f"{BODY}/paroles", "ar"))
    expect(phone.locator("main")).to_contain_text("تفتح الحديقة يوم 3 مايو، من الساعة 8 إلى الساعة 20.")
    expect(phone.locator("main")).to_contain_text(question)
    phone.goto(listening.at(BODY))
    expect(phone.locator("main")).to_contain_text(question)
    phone.goto(listening.at("/messages-envoyes"))
    expect(phone.locator("main")).to_contain_text("Le parc rouvre le 3 mai")
    assert phone.context.cookies() == []


def test_a_resident_goes_from_home_to_the_form_of_a_body_and_its_receipt(
    open_context: OpenContext, listening: Listening
) -> None:
    phone = open_context().new_page()
    phone.goto(listening.at("/"))
    phone.locator("a.door", has_text="Dire quelque chose").click()
    phone.wait_for_url("**/fr/dire")
    phone.locator("main .row-link", has_text="Conseil de Quartier").click()
    phone.wait_for_url("**/conseil-de-quartier/parole")
    code = say(phone, "Le hall reste noir le soir.", "difficulte", "habitat")
    phone.goto(listening.at("/parole/suivi"))
    phone.fill("[name=receipt]", code)
    press(phone)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Reçu")
    assert phone.context.cookies() == []


@pytest.mark.parametrize("script", [True, False])
def test_from_a_commitment_the_form_begins_with_what_it_is_about(
    open_context: OpenContext, listening: Listening, script: bool
) -> None:
    phone = open_context(java_script_enabled=script).new_page()
    phone.goto(listening.at(f"{CONTRACT}/engagements/ORL-EST-EMA-07"))
    door = phone.get_by_role("link", name="Dire quelque chose")
    box = door.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 640, "in the first view of a small phone"
    door.click()
    phone.wait_for_url("**/conseil-de-quartier/parole?engagement=ORL-EST-EMA-07")
    words = phone.locator("[name=words]")
    begun = words.input_value()
    assert "médiathèque" in begun
    phone.check("[name=kind][value=question]")
    press(phone)
    expect(phone.locator(".field-error").first).to_have_text("Écrivez ce que vous voulez dire.")
    words.fill(f"{words.input_value()}Les étages auront-ils un ascenseur ?")
    press(phone)
    assert phone.locator(".receipt strong").inner_text()


def test_without_script_and_in_arabic_it_is_the_same(open_context: OpenContext, listening: Listening) -> None:
    page = open_context(java_script_enabled=False).new_page()
    page.goto(listening.at(f"{BODY}/parole", "ar"))
    press(page)
    assert page.locator(".field-error").count() >= 3
    code = say(page, "أين يمكنني أن أتعلم الفرنسية؟", "question", "emancipation")
    page.goto(listening.at("/parole/suivi", "ar"))
    page.fill("[name=receipt]", code)
    press(page)
    assert page.locator("html").get_attribute("dir") == "rtl"
    expect(page.locator(".story-entry")).to_have_count(1)


def test_a_relais_writes_with_one_hand(listening: Listening, relais: BrowserContext) -> None:
    page = relais.new_page()
    page.goto(listening.at("/relais"))
    page.locator(f"a[href$='/relais/{listening.body_id}']").click()
    page.get_by_role("link", name="العربية").last.click()
    expect(page.locator(".aloud")).to_contain_text("أكتب ما تقولونه")
    page.get_by_role("link", name="Français").last.click()
    yes = page.get_by_role("link", name="La personne dit oui")
    box = yes.bounding_box()
    assert box is not None
    assert box["y"] > 740 * 0.6, "under the thumb"
    assert box["height"] >= 44
    assert box["width"] > 300
    yes.click()
    page.check("[name=channel][value=marche]")
    code = say(page, "Un banc devant le marché, pour s’asseoir.", "idee", "habitat")
    assert re.fullmatch(r"[2-9A-Z]{5}-[2-9A-Z]{5}", code)
    expect(page.locator("main")).to_contain_text("1 message écrit")
    assert page.goto(listening.at(listening.desk)).status == 403  # type: ignore[union-attr]
    page.close()


def test_the_desk_takes_ten_words_in_a_row_by_keyboard_and_passes_several_on(
    listening: Listening, moderator: BrowserContext
) -> None:
    page = moderator.new_page()
    page.goto(listening.at(f"{listening.desk}/saisir"))
    page.locator("[name=channel]").select_option("reunion")
    for number in range(3):
        page.locator("[name=words]").fill(f"Parole dite à la réunion, numéro {number}")
        page.locator("[name=kind][value=idee]").press("Space")
        page.locator("[name=theme][value=sante]").press("Space")
        page.locator("[name=theme][value=sante]").press("Enter")
        page.wait_for_url("**/saisir?*")
    assert page.locator("[name=channel]").input_value() == "reunion"
    expect(page.locator("main")).to_contain_text("vous avez noté 3 paroles")
    page.goto(listening.at(f"{listening.desk}?q=dite+à+la+réunion"))
    for box in page.locator("[name=voice]").all():
        box.check()
    page.locator("[name=organisation]").select_option(label="Valophis Habitat")
    page.get_by_role("button", name="Transmettre").click()
    expect(page.locator("main")).to_contain_text("3 messages transmis.")
    page.get_by_role("button", name="Annuler la transmission").click()
    expect(page.locator("main")).to_contain_text("3 messages repris.")
    page.close()


def test_a_sheet_of_paper_is_one_page(listening: Listening, moderator: BrowserContext) -> None:
    page = moderator.new_page()
    page.goto(listening.at(f"{listening.desk}/feuilles?combien=3"))
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == 3
    page.close()


@pytest.mark.looks
@in_views
def test_the_pages_of_the_register_are_in_order(
    listening: Listening, moderator: BrowserContext, relais: BrowserContext, view: View
) -> None:
    language, width = view.language, view.width
    wrong: dict[str, list[str]] = {}
    page = moderator.new_page()
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(listening.at(listening.desk, language))
    hrefs = page.eval_on_selector_all(
        "#paroles th a", "links => links.map(link => link.getAttribute('href'))"
    )
    one = hrefs[0].removeprefix(f"/{language}")
    acts = ("", "/repondre", "/transmettre", "/sans-suite", "/corriger", "/publier", "/rouvrir")
    paths = [
        listening.desk,
        *(f"{listening.desk}{part}" for part in ("?q=zzz", "/saisir", "/feuilles", "/reglages")),
        *(f"{one}{act}" for act in acts),
        f"{BODY}/parole",
        f"{BODY}/paroles",
        "/parole/suivi",
    ]
    for path in paths:
        wrong[path] = look(page, listening.site, f"/{language}{path}", language)
    page.close()
    hand = relais.new_page()
    hand.set_viewport_size({"width": width, "height": 740})
    start = f"/relais/{listening.body_id}"
    for path in ("/relais", start, f"{start}/ecrire?accord=signed"):
        wrong[path] = look(hand, listening.site, f"/{language}{path}", language)
    hand.close()
    assert {path: found for path, found in wrong.items() if found} == {}
