"""A resident comes in: by the link in the same browser, by the code from another device, in Arabic, without script."""

import re
from itertools import count

from playwright.sync_api import Page, expect

from tests.browser.acts import go_by, press, send
from tests.browser.conftest import OpenContext, Served, axe_findings

_numbers = count(1)


def new_address() -> str:
    return f"habitante-{next(_numbers)}@example.org"


def ask(page: Page, site: Served, email: str, language: str = "fr", start: str = "/connexion") -> None:
    page.goto(f"{site.address}/{language}{start}")
    go_by(page.locator(f"main a[href*='/{language}/connexion/e-mail']"))
    page.locator("[name=email]").fill(email)
    send(page)
    page.wait_for_url("**/connexion/code/**")
    expect(page.locator("main")).to_contain_text(email)


def message_to(page: Page, site: Served, recipient: str) -> tuple[str, str]:
    """The path of the link and the code of the newest message, as the page of sent messages shows it."""
    page.goto(f"{site.address}/fr/messages-envoyes")
    section = page.locator("main section", has_text=recipient).first
    text = section.locator(".mail-text").inner_text()
    link = re.search(r"https?://[^/]+(/\w+/connexion/lien/[\w-]+)", text)
    code = re.search(r"\b\d{3} ?\d{3}\b", text)
    assert code, text
    return (link.group(1) if link else ""), f"{code.group()[:3]} {code.group()[-3:]}"


def is_in(page: Page, site: Served) -> bool:
    answer = page.request.get(f"{site.address}/fr/moi", max_redirects=0)
    return answer.status == 200


def nothing_wrong(page: Page) -> None:
    assert axe_findings(page) == []
    width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width[0] <= width[1]


def test_a_link_opened_in_the_browser_that_asked(
    phone: Page, open_context: OpenContext, served: Served
) -> None:
    email = new_address()
    phone.goto(f"{served.address}/fr/mots")
    assert phone.context.cookies() == []
    ask(phone, served, email, start="/connexion?retour=/fr/mots")
    nothing_wrong(phone)
    link, _code = message_to(open_context().new_page(), served, email)
    phone.goto(served.address + link)
    nothing_wrong(phone)
    assert not is_in(phone, served), "looking changes nothing"
    press(phone, "Me connecter")
    phone.wait_for_url("**/fr/moi/bienvenue?**")
    assert is_in(phone, served)
    phone.goto(f"{served.address}/fr/connexion?retour=/fr/mots")
    phone.wait_for_url("**/fr/mots")
    visitor = open_context().new_page()
    visitor.goto(served.address + link)
    expect(visitor.locator("main")).to_contain_text("a déjà servi")
    nothing_wrong(visitor)


def test_a_code_read_on_another_device(open_context: OpenContext, served: Served) -> None:
    email = new_address()
    desk = open_context(width=1280, height=900).new_page()
    ask(desk, served, email)
    telephone = open_context(has_touch=True).new_page()
    link, code = message_to(telephone, served, email)
    telephone.goto(served.address + link)
    expect(telephone.get_by_role("heading", level=1)).to_contain_text("Revenez là où vous avez demandé")
    expect(telephone.locator(".receipt-code strong")).to_have_text(code)
    size = telephone.locator(".receipt-code strong").evaluate(
        "it => parseFloat(getComputedStyle(it).fontSize)"
    )
    assert size >= 32, "large digits"
    nothing_wrong(telephone)
    assert not is_in(telephone, served)
    wrong = f"{(int(code.replace(' ', '')) + 1) % 10**6:06d}"
    desk.locator("[name=code]").fill(wrong)
    press(desk, "Me connecter")
    expect(desk.locator(".error-summary")).to_contain_text("il vous reste 4 essais")
    nothing_wrong(desk)
    desk.locator("[name=code]").fill(code)
    press(desk, "Me connecter")
    desk.wait_for_url("**/fr/moi/bienvenue**")
    assert is_in(desk, served)
    assert not is_in(telephone, served)


def test_in_arabic_on_a_small_phone(phone: Page, open_context: OpenContext, served: Served) -> None:
    email = new_address()
    ask(phone, served, email, "ar")
    assert phone.locator("html").get_attribute("dir") == "rtl"
    nothing_wrong(phone)
    link, code = message_to(open_context().new_page(), served, email)
    assert link.startswith("/ar/")
    arabic = code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    phone.locator("[name=code]").fill(arabic)
    send(phone)
    phone.wait_for_url("**/ar/moi/bienvenue**")


def test_without_script_by_sms(open_context: OpenContext, served: Served) -> None:
    page = open_context(java_script_enabled=False).new_page()
    page.goto(f"{served.address}/fr/connexion")
    go_by(page.get_by_role("link", name="Recevoir un code par SMS"))
    page.locator("[name=phone]").fill("01 45 67 89 01")
    press(page, "Recevoir le code")
    expect(page.locator(".error-summary")).to_contain_text("ne reçoit pas de SMS")
    assert page.locator("[name=phone]").input_value() == "01 45 67 89 01"
    page.locator("[name=phone]").fill("06 12 34 56 78")
    press(page, "Recevoir le code")
    page.wait_for_url("**/connexion/code/**")
    expect(page.locator("main")).to_contain_text("06 12 34 56 78")
    link, code = message_to(open_context(java_script_enabled=False).new_page(), served, "+33612345678")
    assert link == ""
    page.locator("[name=code]").fill(code)
    page.get_by_label("Appareil partagé").check()
    press(page, "Me connecter")
    page.wait_for_url("**/fr/moi/bienvenue**")
    assert is_in(page, served)


def test_no_door_cuts_a_word_at_its_hyphen(phone: Page, served: Served) -> None:
    phone.goto(f"{served.address}/fr/connexion")
    door = phone.locator(".door strong", has_text="e-mail")
    for width in range(320, 440, 8):
        phone.set_viewport_size({"width": width, "height": 740})
        lines = door.evaluate(
            """element => {
                const text = element.firstChild, range = document.createRange(), at = text.data.indexOf("e-mail");
                range.setStart(text, at);
                range.setEnd(text, at + "e-mail".length);
                return new Set([...range.getClientRects()].map(each => each.top)).size;
            }"""
        )
        assert lines == 1, width
