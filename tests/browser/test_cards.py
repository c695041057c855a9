"""A card, from the printer to the space that it opens."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acts import press, send
from tests.browser.conftest import OpenContext, Served, SignedIn, axe_findings
from tests.browser.look import look

PURPOSE = "Le porte-à-porte de novembre"


def print_cards(page: Page, site: Served, quantity: int) -> str:
    """Prepare a batch as staff do; the address of its sheet."""
    page.goto(f"{site.address}/fr/bureau/cartes/nouvelles")
    page.locator("[name=quartier]").select_option(label="Quartier Est · Orly")
    page.fill("[name=quantity]", str(quantity))
    page.fill("[name=purpose]", PURPOSE)
    page.fill("[name=handed_out_by]", "Maison du projet, 01 99 00 12 34")
    send(page)
    page.wait_for_url("**/feuille")
    sheet = page.url
    if page.locator("progress").count():  # more than a sheet is made by a job
        site.run("jobs", "once")
        page.goto(sheet)
    return sheet


def codes_of(page: Page, sheet: str) -> list[str]:
    page.goto(f"{sheet}/imprimer")
    return page.locator(".card-code").all_inner_texts()


def wrong(code: str) -> str:
    return code[:-1] + ("3" if code[-1] != "3" else "4")


@pytest.mark.pdf
def test_a_card_is_printed_used_lost_and_replaced(
    open_context: OpenContext, served: Served, signed_in: SignedIn
) -> None:
    desk = open_context(width=1280, height=900, storage_state=signed_in()).new_page()
    sheet = print_cards(desk, served, 12)
    expect(desk.locator("main")).to_contain_text("12 cartes")
    assert look(desk, served, sheet.removeprefix(served.address), "fr") == []
    pdf = desk.context.request.get(f"{sheet}.pdf")
    assert (pdf.status, pdf.headers["content-type"]) == (200, "application/pdf")
    assert pdf.body().startswith(b"%PDF")
    codes = codes_of(desk, sheet)
    assert len(set(codes)) == 12
    assert axe_findings(desk) == []
    serial = desk.locator(".card-serial bdi").nth(1).inner_text()
    # Ten cards a sheet, of the size of a bank card, and nothing that runs over its edge.
    assert desk.locator(".sheet").count() == 2
    box = desk.locator(".card").first.bounding_box()
    assert box
    assert (round(box["width"] * 25.4 / 96), round(box["height"] * 25.4 / 96)) == (85, 54)
    over = desk.eval_on_selector_all(
        ".card, .card-head", "all => all.filter(one => one.scrollHeight > one.clientHeight + 1).length"
    )
    assert over == 0
    desk.set_viewport_size({"width": 320, "height": 640})
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth"), "whole on a phone"
    desk.set_viewport_size({"width": 1280, "height": 900})

    # The square of the card opens the page with the code behind « # ».
    phone = open_context(has_touch=True).new_page()
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.goto(f"{served.address}/fr/carte#{codes[0].replace(' ', '')}")
    field = phone.get_by_label("Le code de votre carte")
    expect(field).to_have_value(codes[0])
    assert phone.url == f"{served.address}/fr/carte", "the code is out of the address"
    whole = field.evaluate("field => field.scrollWidth <= field.clientWidth")
    assert whole, "all sixteen characters are seen on a small phone"
    press(phone, "Me connecter")
    phone.wait_for_url("**/fr/moi/bienvenue")
    plain = codes[0].replace(" ", "")
    assert not [address for address in asked if plain in address.partition("#")[0]]
    phone.go_back()
    assert plain not in phone.url

    # By its number alone it is not replaced: the desk reads what it can do.
    desk.goto(f"{served.address}/fr/bureau/cartes/perdue")
    desk.fill("[name=card]", serial)
    desk.get_by_label("Abîmée").check()
    desk.get_by_label("Oui, donner une autre carte").check()
    send(desk)
    expect(desk.locator("main")).to_contain_text("Dites-le à la personne avant")
    assert axe_findings(desk) == []

    # With its code: the same space with the new card, nothing with the old one.
    desk.fill("[name=card]", codes[0])
    press(desk, "Donner une carte pour le même compte")
    desk.wait_for_url("**/feuille")
    expect(desk.locator("main")).to_contain_text("La nouvelle carte ouvre le même compte")
    replacement = desk.url
    (fresh,) = codes_of(desk, replacement)
    phone.goto(f"{served.address}/fr/moi")
    phone.wait_for_url("**/connexion**")
    phone.goto(f"{served.address}/fr/carte")
    phone.fill("[name=code]", codes[0])
    send(phone)
    expect(phone.locator("main")).to_contain_text("Maison du projet, 01 99 00 12 34")
    phone.fill("[name=code]", fresh)
    send(phone)
    phone.wait_for_url(re.compile(r"/fr/(moi|bureau)"))

    # « J’ai imprimé »: nobody opens the sheet again.
    desk.goto(sheet)
    press(desk, "J’ai imprimé")
    desk.wait_for_url("**/fr/bureau/cartes")
    row = desk.locator("tr", has_text=PURPOSE).first
    expect(row).to_contain_text("non dit")
    desk.goto(sheet)
    expect(desk.get_by_role("heading", level=1)).to_have_text("Ces codes sont oubliés")
    assert axe_findings(desk) == []
    row_link = f"{sheet.removesuffix('/feuille')}/fermer".removeprefix(served.address)
    for language in ("fr", "ar"):
        assert look(desk, served, row_link.replace("/fr/", f"/{language}/"), language) == []

    type_without_script(open_context, served, codes[1])
    type_in_arabic(open_context, served, codes[2])


def type_without_script(open_context: OpenContext, served: Served, code: str) -> None:
    """One wrong character is told, what was typed stays, and without script all works."""
    page = open_context(java_script_enabled=False).new_page()
    page.goto(f"{served.address}/fr/carte")
    page.fill("[name=code]", wrong(code).lower())
    send(page)
    expect(page.locator(".field-error")).to_contain_text("groupe par groupe")
    assert page.input_value("[name=code]") == wrong(code).lower()
    page.fill("[name=code]", code.replace(" ", "-").lower())
    send(page)
    page.wait_for_url("**/fr/moi/bienvenue")


def type_in_arabic(open_context: OpenContext, served: Served, code: str) -> None:
    """The same on a small phone, right to left; the code itself is written from left to right."""
    page = open_context(has_touch=True).new_page()
    page.goto(f"{served.address}/ar/carte?poste=partage")
    assert page.locator("html").get_attribute("dir") == "rtl"
    field = page.locator("[name=code]")
    assert field.get_attribute("dir") == "ltr"
    assert page.locator("[name=shared]").is_checked()
    field.fill(wrong(code))
    send(page)
    expect(page.locator(".field-error")).to_be_visible()
    assert axe_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    field.fill(code)
    send(page)
    page.wait_for_url("**/ar/moi/bienvenue")
