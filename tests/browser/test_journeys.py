"""What people come for, from beginning to end, in a real browser."""

import io
import re

from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.acts import enter, follow, go_by, send
from tests.browser.conftest import OpenContext, Served, SignedIn
from tests.browser.suggestions import suggestions

CONTRACT = "/contrats/grand-orly-seine-bievre-2024-2030"


def photo_with_a_place_in_it() -> bytes:
    """A JPEG as a phone makes it: its metadata says where it was taken."""
    picture = Image.new("RGB", (1600, 1200), "#4f8a4b")
    exif = picture.getexif()
    exif[0x010F] = "A phone"
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


def open_at_the_desk(page: Page, site: Served, code: str) -> None:
    page.goto(f"{site.address}/fr/bureau/engagements?q={code}")
    go_by(page.locator("main table a").first)


def publish(page: Page, site: Served, code: str, sentence: str) -> None:
    open_at_the_desk(page, site, code)
    follow(page, "Dire où ça en est")
    page.locator("input[name=state][value=en_cours]").check()
    page.locator("[name=sentence]").fill(sentence)
    page.locator("[name=sentence_ar]").evaluate(
        "field => { for (let up = field; up; up = up.parentElement) if (up.tagName === 'DETAILS') up.open = true }"
    )
    page.locator("[name=sentence_ar]").fill("بدأ العمل في الحي اليوم.")
    page.set_input_files(
        "[name=file_1]",
        {"name": "chantier.jpg", "mimeType": "image/jpeg", "buffer": photo_with_a_place_in_it()},
    )
    page.locator("[name=caption_1]").fill("Un jardin vert")
    send(page)
    page.wait_for_url(re.compile(r"/bureau/engagements/\d+(\?.*)?(#.*)?$"))


def check_what_residents_see(context: BrowserContext, site: Served, code: str, sentence: str) -> None:
    page = context.new_page()
    page.goto(f"{site.address}/fr{CONTRACT}/engagements/{code}")
    expect(page.locator("main")).to_contain_text(sentence)
    picture = page.locator("main img[src^='/fichiers/']").first
    assert picture.get_attribute("alt") == "Un jardin vert"
    source = picture.get_attribute("src")
    answer = context.request.get(f"{site.address}{source}")
    assert answer.status == 200
    with Image.open(io.BytesIO(answer.body())) as seen:
        assert not seen.getexif()
    page.goto(f"{site.address}/ar{CONTRACT}/engagements/{code}")
    expect(page.locator("main")).to_contain_text("بدأ العمل في الحي اليوم.")
    page.close()


def test_a_resident_finds_what_was_promised_and_how_far_it_is(phone: Page, served: Served) -> None:
    phone.goto(f"{served.address}/")
    field = phone.locator("main input[type=search], .hero input[type=search]").first
    assert field.bounding_box()["y"] < 400, "the search field is on the first screen"  # type: ignore[index]
    go_by(suggestions(field, "quartier est").filter(has_text="Quartier Est").first)
    phone.wait_for_url("**/quartiers/orly-quartier-est")
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Quartier Est")
    expect(phone.locator("main")).to_contain_text("Le contrat cite 49 actions")

    go_by(phone.locator("main a[href*='etat=en_cours']").last)
    phone.wait_for_url("**/engagements?*etat=en_cours*")
    go_by(phone.get_by_role("link", name="Ouvrir une nouvelle médiathèque de quartier"))
    phone.wait_for_url("**/engagements/ORL-EST-EMA-07")
    expect(phone.locator("main")).to_contain_text("Les murs sont montés.")
    expect(phone.locator("main")).to_contain_text("Piste du contrat, devenue un chantier")
    loaded = phone.locator("main img").first.evaluate(
        "image => image.decode().then(() => image.naturalWidth)"
    )
    assert loaded > 0

    follow(phone, "العربية")
    phone.wait_for_url("**/ar/contrats/**/ORL-EST-EMA-07")
    assert phone.locator("html").get_attribute("dir") == "rtl"
    expect(phone.get_by_role("heading", level=1)).to_contain_text("مكتبة")
    assert phone.context.cookies() == []


def test_a_resident_without_script_finds_the_same(open_context: OpenContext, served: Served) -> None:
    page = open_context(java_script_enabled=False).new_page()
    page.goto(f"{served.address}/fr/")
    field = page.locator("input[type=search]").first
    field.fill("quartier est orli")
    enter(page)
    page.wait_for_url("**/quartiers?q=*")
    go_by(page.locator("main a", has_text="Quartier Est").first)
    page.wait_for_url("**/quartiers/orly-quartier-est")
    go_by(page.locator("main a[href*='etat=en_cours']").last)
    page.locator(".filter-sheet summary").click()
    page.locator("main select[name=theme]").select_option("ecologie")
    go_by(page.locator(".filter-form button[type=submit]"))
    page.wait_for_url("**theme=ecologie**")
    expect(page.locator("main")).to_contain_text("espaces verts")


def test_staff_publish_progress_and_residents_see_it(
    open_context: OpenContext, served: Served, signed_in: SignedIn
) -> None:
    page = open_context(width=1280, height=900, storage_state=signed_in()).new_page()
    sentence = "Le premier atelier a réuni quinze familles du quartier."
    publish(page, served, "ORL-EST-EMA-05", sentence)
    check_what_residents_see(open_context(), served, "ORL-EST-EMA-05", sentence)

    open_at_the_desk(page, served, "ORL-EST-EMA-05")
    go_by(page.get_by_role("link", name="Retirer cette nouvelle").first)
    page.locator("main form textarea, main form input[type=text]").first.fill(
        "Le chiffre était faux : il y avait douze familles."
    )
    send(page)
    visitor = open_context().new_page()
    visitor.goto(f"{served.address}/fr{CONTRACT}/engagements/ORL-EST-EMA-05")
    expect(visitor.locator("main")).to_contain_text("Le chiffre était faux")
    assert "whole" in served.run("audit", "verify")


def test_staff_without_script_publish_too(
    open_context: OpenContext, served: Served, signed_in: SignedIn
) -> None:
    page = open_context(
        width=1280, height=900, java_script_enabled=False, storage_state=signed_in()
    ).new_page()
    sentence = "Deux ateliers ont lieu chaque mois à la maison de quartier."
    page.goto(f"{served.address}/fr/bureau/engagements?q=ORL-EST-EMA-12")
    go_by(page.locator("main table a").first)
    follow(page, "Dire où ça en est")
    page.locator("input[name=state][value=en_cours]").check()
    page.locator("[name=sentence]").fill(sentence)
    send(page)
    page.wait_for_url(re.compile(r"/bureau/engagements/\d+(\?.*)?(#.*)?$"))
    visitor = open_context(java_script_enabled=False).new_page()
    visitor.goto(f"{served.address}/fr{CONTRACT}/engagements/ORL-EST-EMA-12")
    expect(visitor.locator("main")).to_contain_text(sentence)


def test_a_refused_form_says_why_and_keeps_what_was_typed(
    open_context: OpenContext, served: Served, signed_in: SignedIn
) -> None:
    page = open_context(width=1280, height=900, storage_state=signed_in()).new_page()
    open_at_the_desk(page, served, "ORL-EST-EMA-06")
    follow(page, "Dire où ça en est")
    page.locator("[name=sentence]").fill("Trop court")
    page.locator("main form button[type=submit]:not([name=garder])").last.evaluate(
        "button => { button.form.noValidate = true }"
    )
    send(page)
    summary = page.locator(".error-summary")
    expect(summary).to_be_visible()
    summary.locator("a").first.click()
    assert page.locator("[name=sentence]").input_value() == "Trop court"


def test_the_keyboard_alone_reaches_the_quartier(open_context: OpenContext, served: Served) -> None:
    page = open_context(width=1280, height=900).new_page()
    page.goto(f"{served.address}/fr/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main" or page.evaluate(
        "document.activeElement.getAttribute('href')"
    ).startswith("#")
    page.keyboard.press("Enter")
    for _step in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "search":
            break
    suggestions(page.locator(":focus"), "quartier est").first.wait_for()
    page.keyboard.press("ArrowDown")
    enter(page)
    page.wait_for_url("**/quartiers/*quartier-est*")


def test_a_screen_reader_hears_that_streets_are_not_known(open_context: OpenContext, served: Served) -> None:
    page = open_context(width=360, height=640).new_page()
    page.goto(f"{served.address}/fr/")
    suggestions(page.get_by_role("searchbox"), "12 rue des Lilas, Orly").filter(
        has_text="Orly"
    ).first.wait_for()
    heard = page.locator("[data-suggest-status]")
    expect(heard).to_contain_text("Nous ne connaissons pas les rues")
    expect(heard).not_to_contain_text("quartier trouvé")
