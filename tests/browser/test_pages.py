"""Every page in every language on a phone and on a desk: open, right way round, accessible, nothing cut off."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

from cdv_civic.demo.accounts import PASSWORD
from tests.browser.conftest import Served, axe_findings
from tests.browser.signing_in import sign_in

CONTRACT = "/contrats/grand-orly-seine-bievre-2024-2030"
PUBLIC_PAGES = (
    "/",
    "/quartiers",
    "/quartiers?q=quartier+est",
    "/quartiers?q=zzzzzz",
    "/quartiers/orly-quartier-est",
    "/quartiers/valenton-villeneuve-saint-georges-polognes-le-plateau",
    "/quartiers/ivry-sur-seine-monmousseau",
    "/contrats",
    CONTRACT,
    f"{CONTRACT}?arbre=communes",
    f"{CONTRACT}?axe=ORL-EST-EMA",
    f"{CONTRACT}/organisations",
    f"{CONTRACT}/organisations/commune-d-orly",
    f"{CONTRACT}/instances",
    f"{CONTRACT}/instances/conseil-de-quartier",
    f"{CONTRACT}/instances/conseil-de-quartier/rencontres/1",
    f"{CONTRACT}/instances/conseil-de-quartier/rencontres/3",
    f"{CONTRACT}/instances/conseil-de-quartier/publications",
    f"{CONTRACT}/instances/conseil-de-quartier/publications/1",
    f"{CONTRACT}/instances/clspd-orly",
    f"{CONTRACT}/instances/conseil-des-seniors/parole",
    f"{CONTRACT}/instances/conseil-des-seniors/paroles",
    "/parole/suivi",
    f"{CONTRACT}/instances/conseil-de-quartier/tirages/1",
    f"{CONTRACT}/instances/conseil-de-quartier/tirages/2",
    "/engagements",
    "/engagements?quartier=orly-quartier-est",
    "/engagements?q=écoles&theme=emancipation",
    "/engagements?q=zzzzzz",
    f"{CONTRACT}/engagements/ORL-EST-EMA-07",
    f"{CONTRACT}/engagements/ORL-EST-TEE-03",
    f"{CONTRACT}/engagements/ETAT.O1.1",
    f"{CONTRACT}/engagements/OT.D7",
    "/mots",
    "/mentions-legales",
    "/vie-privee",
    "/accessibilite",
    "/connexion",
    "/connexion?retour=/fr/bureau&poste=partage&fin=inactif",
    "/connexion/e-mail",
    "/connexion/sms",
    "/connexion/code/ancien",
    "/connexion/lien/ancien",
    "/connexion/equipe",
    "/carte",
    "/connexion/equipe?poste=partage&fin=inactif",
    "/mot-de-passe-oublie",
    "/compte-efface",
    "/messages-envoyes",
    "/composants",
    "/cette-page-n-existe-pas",
)
DESK_PAGES = (
    "/bureau/compte",
    "/bureau/compte/telephone",
    "/bureau/compte/codes",
    "/deconnexion",
    "/moi",
    "/moi/bienvenue",
    "/moi/nom",
    "/moi/quartiers?q=orly",
    "/moi/joindre/telephone",
    "/moi/donnees",
    "/moi/effacer",
    "/bureau",
    "/bureau/engagements",
    "/bureau/engagements?q=médiathèque",
    "/bureau/cartes",
    "/bureau/cartes/nouvelles",
    "/bureau/cartes/perdue",
    "/bureau/instances",
    "/relais",
    "/bureau/instances?contrat=grand-orly-seine-bievre-2024-2030&q=orly",
)
ADMINISTRATORS_PAGES = (
    "/bureau/comptes",
    "/bureau/comptes?q=zzzzzz",
    "/bureau/comptes/1",
    "/bureau/comptes/1/role",
    "/bureau/comptes/1/role?role=relais&portee=commune:1",
    "/bureau/comptes/inviter",
    "/bureau/comptes/inviter?role=relais&sorte=quartier",
    "/bureau/comptes/inviter?role=holder&sorte=organisation&q=caf",
    "/bureau/comptes/inviter?role=relais&portee=commune:1",
    "/bureau/droits",
    "/bureau/comptes-inutilises",
    "/bureau/messages",
)
pytestmark = pytest.mark.sweep
LANGUAGES = {"fr": "ltr", "en": "ltr", "ar": "rtl"}
#: Each width is swept by a worker of its own.
WIDTHS = tuple(pytest.param(width, marks=pytest.mark.xdist_group(f"pages-{width}")) for width in (360, 1280))


def look(page: Page, site: Served, path: str, language: str, *, expected: int = 200) -> list[str]:
    """What is wrong with a page, in words; an empty list is a good page."""
    elsewhere: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((site.address, "data:", "blob:")):
            elsewhere.append(request.url)

    console: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            console.append(message.text)

    page.on("request", note)
    page.on("console", hear)
    answer = page.goto(site.address + path)
    page.wait_for_load_state()
    page.remove_listener("request", note)
    page.remove_listener("console", hear)
    assert isinstance(answer, Response)
    wrong = []
    if answer.status != expected:
        wrong.append(f"status {answer.status}")
    said = page.evaluate("[document.documentElement.lang, document.documentElement.dir]")
    if said != [language, LANGUAGES[language]]:
        wrong.append(f"lang and dir are {said}")
    width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    if width[0] > width[1]:
        wrong.append(f"scrolls sideways: {width[0]} px in {width[1]}")
    wrong += [f"asks elsewhere: {url}" for url in elsewhere]
    wrong += [f"console: {text}" for text in console if "404" not in text and "410" not in text]
    wrong += axe_findings(page)
    return wrong


def only_page(context: BrowserContext) -> Page:
    """The one page of a context, made once: a new one for each test is a new process of the browser."""
    return context.pages[0] if context.pages else context.new_page()


@pytest.fixture(params=WIDTHS, scope="module")
def visitor(request: pytest.FixtureRequest, browser: Browser, served: Served) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": request.param, "height": 800})
    yield context
    context.close()


@pytest.fixture(params=WIDTHS, scope="module")
def staff(request: pytest.FixtureRequest, browser: Browser, served: Served) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": request.param, "height": 800})
    page = context.new_page()
    sign_in(page, served)
    page.close()
    yield context
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PUBLIC_PAGES)
def test_a_public_page_is_in_order(visitor: BrowserContext, served: Served, path: str, language: str) -> None:
    page = only_page(visitor)
    expected = 404 if "n-existe-pas" in path else 410 if "ancien" in path else 200
    wrong = look(page, served, f"/{language}{path}", language, expected=expected)
    assert wrong == []
    if path.partition("?")[0].startswith(("/connexion/", "/carte", "/mot-de-passe-oublie")):
        visitor.clear_cookies()  # the pages that set one: the proof against forged forms
    assert visitor.cookies() == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", DESK_PAGES)
def test_a_page_of_the_desk_is_in_order(
    staff: BrowserContext, served: Served, path: str, language: str
) -> None:
    page = only_page(staff)
    wrong = look(page, served, f"/{language}{path}", language)
    assert wrong == []


@pytest.fixture(params=WIDTHS, scope="module")
def administrator(
    request: pytest.FixtureRequest, browser: Browser, served: Served
) -> Iterator[BrowserContext]:
    """Somebody invited: the link of the mail, a password, and the desk."""
    context = browser.new_context(viewport={"width": request.param, "height": 800})
    email = f"administratrice-{request.param}@example.org"
    served.run("staff", "invite", email, "--administrator", "--organisation", "Ville d’essai")
    page = context.new_page()
    page.goto(f"{served.address}/fr/messages-envoyes")
    href = (
        page.locator("section", has_text=email)
        .first.locator("a[href*='/mot-de-passe/']")
        .get_attribute("href")
    )
    assert href is not None
    path = urlsplit(href).path
    wrong = look(page, served, path, "fr")
    assert wrong == []
    for name in ("password", "again"):
        page.fill(f"[name={name}]", PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_url("**/fr/connexion/equipe")
    sign_in(page, served, email)
    assert page.goto(served.address + path).status == 410  # type: ignore[union-attr]
    page.close()
    yield context
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ADMINISTRATORS_PAGES)
def test_a_page_of_administrators_is_in_order(
    administrator: BrowserContext, served: Served, path: str, language: str
) -> None:
    page = only_page(administrator)
    wrong = look(page, served, f"/{language}{path}", language)
    assert wrong == []


def _acts(page: Page, first: str) -> dict[str, str]:
    """The pages of a body that a page leads to: every meeting, and one of each other kind, by its last name."""
    links: list[str] = page.eval_on_selector_all(
        f"main a[href^='{first}/']", "links => links.map(link => link.getAttribute('href'))"
    )
    found = {}
    for link in links:
        *_rest, room, name = link.partition("?")[0].split("/")
        if not name.endswith(".csv"):
            found[f"{room} {name}" if name.isdigit() else name] = link
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_of_one_body_at_the_desk_are_in_order(
    staff: BrowserContext, served: Served, language: str
) -> None:
    page = only_page(staff)
    page.goto(
        f"{served.address}/{language}/bureau/instances?contrat=grand-orly-seine-bievre-2024-2030&q=orly"
    )
    first = page.locator("main table a", has_text="Conseil de Quartier").first.get_attribute("href")
    assert first is not None
    wrong = {first: look(page, served, first, language)}
    acts = _acts(page, first)
    for meeting in [link for name, link in acts.items() if name.startswith("rencontres ")]:
        wrong[meeting] = look(page, served, meeting, language)
        acts |= _acts(page, first)
    assert {"modifier", "nouvelle", "annuler", "deplacer", "retablir", "presents", "feuille"} <= set(acts)
    for act in sorted(set(acts.values())):
        fresh = staff.new_page()
        wrong[act] = look(fresh, served, act, language)
        fresh.close()
    page.close()
    assert {address: found for address, found in wrong.items() if found} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_of_members_and_draws_are_in_order(
    staff: BrowserContext, served: Served, language: str
) -> None:
    page = only_page(staff)
    page.goto(
        f"{served.address}/{language}/bureau/instances?contrat=grand-orly-seine-bievre-2024-2030&q=orly"
    )
    body = page.locator("main table a", has_text="Conseil de Quartier").first.get_attribute("href")
    paths = [f"{body}/membres", f"{body}/membres/nouveau", f"{body}/membres/sieges", f"{body}/tirages"]
    paths += [f"{body}/tirages/nouveau", f"{body}/tirages/1", f"{body}/tirages/2", f"{body}/tirages/2/hasard"]
    found = {}
    for path in paths:
        found[path] = look(page, served, path, language)
        if path.endswith(("/membres", "/tirages/2")):
            acts = ("modifier", "fin", "compte", "retirer")
            links = page.eval_on_selector_all(
                f"main a[href^='{path}/']", "links => links.map(link => link.getAttribute('href'))"
            )
            paths += [
                next(link for link in links if link.endswith(f"/{act}"))
                for act in acts
                if any(link.endswith(f"/{act}") for link in links)
            ]
    assert {path.rsplit("/", 1)[1] for path in paths} >= {"fin", "compte", "retirer"}
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_of_one_commitment_at_the_desk_are_in_order(
    staff: BrowserContext, served: Served, language: str
) -> None:
    page = only_page(staff)
    page.goto(f"{served.address}/{language}/bureau/engagements?q=ORL-EST-EMA-07")
    first = page.locator("main table a[href*='/bureau/engagements/']").first.get_attribute("href")
    assert first is not None
    wrong = {first: look(page, served, first, language)}
    links = page.eval_on_selector_all(
        "main a[href*='/bureau/engagements/']", "links => links.map(link => link.getAttribute('href'))"
    )
    acts = {link.split("#")[0] for link in links if link.startswith(first + "/")}
    assert acts, "the page of a commitment leads to its acts"
    for act in sorted(acts):
        fresh = staff.new_page()
        wrong[act] = look(fresh, served, act, language)
        fresh.close()
    page.close()
    assert {address: found for address, found in wrong.items() if found} == {}
