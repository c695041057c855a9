"""A moderator at work with the keyboard alone: announce, cancel one date, count who came, publish the minutes."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.acts import enter, go_by
from tests.browser.conftest import OpenContext, Served, SignedIn, axe_findings
from tests.core.uploads.files import PDF

BODY = "/contrats/grand-orly-seine-bievre-2024-2030/instances/conseil-de-quartier"
TITLE = "Café des voisins"
MODERATOR = "animation@demo.invalid"


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until the focus is there; a page that cannot be walked through fails."""
    expect(wanted).to_have_count(1)
    # Found once: a name is looked for in a whole page, and the page does not change on the way.
    element = wanted.element_handle()
    for _ in range(400):
        if element.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("the keyboard does not reach it")


def follow(page: Page, name: str) -> None:
    tab_to(page, page.locator("main").get_by_role("link", name=name, exact=True))
    enter(page)


def write(page: Page, name: str, words: str) -> None:
    tab_to(page, page.locator(f"[name={name}]"))
    page.keyboard.type(words)


def send(page: Page, button: str) -> None:
    tab_to(page, page.locator("main form").get_by_role("button", name=button, exact=True))
    enter(page)


def test_a_moderator_keeps_meetings_with_the_keyboard_alone(
    open_context: OpenContext, served: Served, signed_in: SignedIn
) -> None:
    page = open_context(1280, 800, storage_state=signed_in(MODERATOR)).new_page()
    page.goto(f"{served.address}/fr/bureau/instances")
    follow(page, "Conseil de Quartier")
    follow(page, "Annoncer une rencontre")
    tab_to(page, page.locator("[name=kind]").first)
    page.keyboard.press("Space")
    write(page, "title_fr", TITLE)
    write(page, "day", "10102026")  # the same day in every order; a Saturday that is past
    write(page, "start", "1000AM")
    tab_to(page, page.locator("[name=repeat]"))
    page.keyboard.press("ArrowDown")
    send(page, "Publier")
    expect(page.locator("main [role=alert], main .notice-warning").first).to_contain_text("est passée")
    tab_to(page, page.get_by_role("button", name="Publier quand même").first)
    enter(page)
    page.wait_for_url(re.compile(r"/bureau/instances/\d+$"))

    follow(page, TITLE)
    assert axe_findings(page) == []
    dates = page.locator("main .rows > li")
    ahead = dates.filter(has_text="Annuler ce jour-là seulement").nth(1)
    day = ahead.locator("strong").inner_text()
    follow(page, f"Annuler ce jour-là seulement : {day}")
    write(page, "reason_fr", "La salle est prise ce jour-là.")
    send(page, "Annuler ce jour-là seulement")
    expect(dates.filter(has_text=day)).to_contain_text("La salle est prise ce jour-là.")

    # The latest may be of today, and not over yet.
    held = dates.filter(has_text="Compter les personnes").nth(1).locator("strong").inner_text()
    follow(page, f"Compter les personnes : {held}")
    write(page, "present", "12")
    write(page, "first_time", "3")
    send(page, "Enregistrer ces nombres")
    expect(dates.filter(has_text=held)).to_contain_text("12 personnes sont venues, dont 3")

    follow(page, f"Publier le compte rendu : {held}")
    write(page, "summary_fr", "Nous avons choisi les bancs ensemble.")
    write(page, "decision_1_fr", "Poser quatre bancs.")
    write(page, "who_1", "La ville")
    page.set_input_files("[name=file_1]", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": PDF})
    write(page, "caption_1", "Le compte rendu entier")
    send(page, "Publier")
    page.wait_for_url(re.compile(r"/publications$"))
    expect(page.locator("main")).to_contain_text(f"Compte rendu : {TITLE}")
    follow(page, "Chiffres")
    expect(page.locator("main table")).to_contain_text("2026")

    visitor = open_context().new_page()
    visitor.goto(f"{served.address}/fr{BODY}")
    go_by(visitor.get_by_role("link", name="Toutes les rencontres"))
    go_by(visitor.get_by_role("link", name=TITLE, exact=True).first)
    visitor.wait_for_url("**/rencontres/*")
    main = visitor.locator("main")
    expect(main).to_contain_text("Nous avons choisi les bancs ensemble.")
    expect(main).to_contain_text("La salle est prise ce jour-là.")
    expect(main).to_contain_text("12 personnes sont venues, dont 3 pour la première fois")
    expect(main).to_contain_text("Poser quatre bancs.")
    file = main.get_by_role("link", name="Le compte rendu entier").get_attribute("href")
    assert visitor.request.get(f"{served.address}{file}").body() == PDF
    calendar = visitor.request.get(visitor.url + ".ics")
    assert b"EXDATE" in calendar.body()


#: Links and buttons that stand alone, and not in a sentence, and are lower than 44 px.
TOO_LOW = """() => [...document.querySelectorAll("main :is(a, button, summary)")].filter(each => {
  const box = each.getBoundingClientRect();
  const in_words = [...each.parentElement.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
  return box.width > 1 && box.height > 1 && box.height < 43.5 && !in_words;
}).map(each => `${each.innerText.trim()}: ${each.getBoundingClientRect().height}`)"""


def test_a_thumb_finds_every_link_of_a_list_at_the_desk(
    open_context: OpenContext, served: Served, signed_in: SignedIn
) -> None:
    phone = open_context(has_touch=True, storage_state=signed_in()).new_page()
    phone.goto(
        f"{served.address}/ar/bureau/instances?contrat=grand-orly-seine-bievre-2024-2030&q=orly",
        wait_until="load",
    )
    body = phone.locator("main table a", has_text="Conseil de Quartier").first.get_attribute("href")
    low = {}
    for path in (
        "/ar/bureau/instances",
        "/ar/bureau/engagements",
        "/ar/bureau/engagements/1",
        body,
        f"{body}/publications",
        f"{body}/tirages/2",
    ):
        phone.goto(f"{served.address}{path}")
        low[path] = phone.evaluate(TOO_LOW)
    assert {path: found for path, found in low.items() if found} == {}


def test_two_texts_stand_one_below_the_other_on_a_phone(
    open_context: OpenContext, served: Served, signed_in: SignedIn
) -> None:
    context = open_context(360, 800, storage_state=signed_in(MODERATOR))
    mine = context.new_page()
    mine.goto(f"{served.address}/ar/bureau/instances")
    go_by(mine.locator("main").get_by_role("link", name="Conseil de Quartier", exact=True))
    form = f"{mine.url}/modifier"
    mine.goto(form)
    theirs = context.new_page()
    theirs.goto(form)
    theirs.fill("[name=contact_fr]", "À la mairie, le mardi de 14 h à 18 h.")
    theirs.fill("[name=contact_ar]", "في البلدية، يوم الثلاثاء من الساعة 14 إلى الساعة 18.")
    for page in (theirs, mine):
        go_by(page.locator("main form button[type=submit]:not([name=garder])"))
    stored, typed = (mine.locator(".differences > div").first.locator("dd").nth(place) for place in (0, 1))
    expect(stored).to_contain_text("À la mairie")
    above, below = stored.bounding_box(), typed.bounding_box()
    assert above
    assert below
    assert below["y"] >= above["y"] + above["height"]
    assert mine.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert axe_findings(mine) == []
