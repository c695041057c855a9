"""Who goes back, or leaves in haste: what was typed is there for its writer, and for nobody else."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Error, Page, expect

from tests.browser.acts import go_by, send
from tests.browser.conftest import PATIENCE, OpenContext, Served, until
from tests.browser.signing_in import sign_in

WORDS = "Le banc du square est cassé depuis mars."
BODY = "/fr/contrats/grand-orly-seine-bievre-2024-2030/instances/conseil-de-quartier"
SPEAK = f"{BODY}/parole"


def held(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 640}, locale="fr-FR", has_touch=True)
    context.set_default_timeout(PATIENCE)
    weather = "**://meteofrance.com/**"
    context.route(weather, lambda route: route.fulfill(body="<h1>Il pleut</h1>", content_type="text/html"))
    yield context.new_page()
    context.close()


@pytest.fixture(params=["loaded again", "kept whole"])
def phone(request: pytest.FixtureRequest, browser: Browser, keeping_browser: Browser) -> Iterator[Page]:
    """A phone whose browser loads a page again on the way back, or has kept it whole as it was left."""
    yield from held(browser if request.param == "loaded again" else keeping_browser)


@pytest.fixture
def keeping(keeping_browser: Browser) -> Iterator[Page]:
    """A phone whose browser has kept each page whole as it was left."""
    yield from held(keeping_browser)


def place_in_history(page: Page) -> int | None:
    """How many pages lie behind; None between two of them."""
    browser = page.context.new_cdp_session(page)
    with suppress(Error):
        return int(browser.send("Page.getNavigationHistory")["currentIndex"])
    return None


def go_back(page: Page) -> None:
    """As the button of the browser does. A page that was kept whole is not loaded, so nothing waits for that: the browser
    says itself where it is; and one that is asked for anew is hidden until then."""
    if before := place_in_history(page):
        page.evaluate("setTimeout(() => history.back())")
        while place_in_history(page) in (before, None):
            page.wait_for_timeout(50)
    until(page, "document.readyState === 'complete' && !document.documentElement.hidden")


def other_language(page: Page, tag: str) -> None:
    go_by(page.locator(f".languages a[hreflang={tag}]").first)
    page.wait_for_url(f"**/{tag}/contrats/**")
    expect(page.locator("[name=words]")).to_have_value(WORDS)


def test_back_from_another_language_finds_the_form_as_it_was_left_and_it_can_be_sent(
    phone: Page, served: Served, tmp_path: Path
) -> None:
    photo = tmp_path / "banc.jpg"
    Image.new("RGB", (64, 64)).save(photo, "JPEG")
    phone.goto(served.address + SPEAK)
    phone.locator("[name=words]").fill(WORDS)
    phone.locator("[name=kind]").first.check(force=True)
    phone.locator("[name=photo]").set_input_files(photo)
    other_language(phone, "en")
    go_back(phone)
    expect(phone).to_have_url(served.address + SPEAK)
    expect(phone.locator("[name=words]")).to_have_value(WORDS)
    assert phone.locator("[name=photo]").evaluate(
        "field => [...field.files].map(({ size }) => size > 0)"
    ) == [True]
    send(phone)
    expect(phone.locator("main .receipt").first).to_be_visible()
    assert "/fr/" in phone.url


def test_back_to_a_refused_form_finds_what_was_corrected(keeping: Page, served: Served) -> None:
    keeping.goto(served.address + SPEAK)
    send(keeping)
    expect(keeping.locator(".error-summary")).to_be_visible()
    keeping.locator("[name=words]").fill(WORDS)
    go_by(keeping.locator(".footer-links a").first)
    keeping.wait_for_url(lambda url: not url.endswith(SPEAK))
    go_back(keeping)
    expect(keeping.locator("[name=words]")).to_have_value(WORDS)


def test_another_language_without_a_network_leaves_the_words_where_they_are(
    phone: Page, served: Served
) -> None:
    phone.goto(served.address + SPEAK)
    phone.locator("[name=words]").fill(WORDS)
    phone.context.set_offline(True)
    phone.locator(".languages a[hreflang=ar]").first.click(no_wait_after=True)
    expect(phone.locator("[data-unsent]")).to_be_visible()
    expect(phone.locator("[name=words]")).to_have_value(WORDS)
    phone.context.set_offline(False)
    other_language(phone, "ar")


def test_the_count_is_of_what_the_browser_gave_back(phone: Page, served: Served) -> None:
    phone.goto(served.address + SPEAK)
    phone.locator("[name=words]").fill("x" * 3990)
    left = phone.locator("[name=words] + [role=status]")
    expect(left).to_contain_text("10")
    go_by(phone.locator(".footer-links a").first)
    go_back(phone)
    expect(phone.locator("[name=words]")).to_have_value("x" * 3990)
    expect(left).to_contain_text("10")


def test_a_photo_that_the_browser_gives_back_is_shown_and_made_smaller(
    phone: Page, served: Served, tmp_path: Path
) -> None:
    photo = tmp_path / "grain.bmp"
    Image.effect_noise((1200, 1000), 60).convert("RGB").save(photo, "BMP")
    phone.goto(served.address + SPEAK)
    # As where the photo is chosen before the script of the page has arrived.
    phone.route("**/files-*.js", lambda route: route.abort())
    phone.reload()
    phone.locator("[name=photo]").set_input_files(photo)
    phone.unroute("**/files-*.js")
    phone.evaluate(
        """() => new Promise((done) => {
            const old = document.querySelector("script[src*='/files-']");
            const again = Object.assign(document.createElement("script"), { type: "module", src: `${old.src}?` });
            again.onload = done;
            document.body.append(again);
        })"""
    )
    expect(phone.locator("[data-file-preview] canvas")).to_be_attached()
    expect(phone.locator("[data-file-preview]")).to_have_text("grain.jpg")


def test_after_a_quick_exit_the_way_back_shows_none_of_it(phone: Page, served: Served) -> None:
    phone.goto(served.address + BODY)
    phone.goto(served.address + SPEAK)
    phone.locator("[name=words]").fill(WORDS)
    phone.locator("[name=kind]").first.check(force=True)
    other_language(phone, "en")
    send(phone)
    expect(phone.locator("main .receipt").first).to_be_visible()
    receipt = phone.locator("main .receipt").first.inner_text()
    go_by(phone.locator(".quick-exit a"))
    expect(phone.get_by_role("heading", name="Il pleut")).to_be_visible()
    for _ in range(4):
        go_back(phone)
        shown = phone.evaluate(
            "[document.body.innerText, ...[...document.querySelectorAll('textarea')].map(({ value }) => value)].join()"
        )
        assert WORDS not in shown, phone.url
        assert receipt not in shown, phone.url
        assert phone.locator("[name=kind]:checked").count() == 0


#: Notes on a page that another one of the same session said something.
HEAR_OTHERS = """() => {
  const { session } = document.querySelector("[data-stay]").dataset;
  new BroadcastChannel(`stay ${session}`).addEventListener("message", () => { window.heard = true; });
}"""


def test_what_is_done_in_one_window_of_a_shared_device_keeps_the_others(
    open_context: OpenContext, served: Served
) -> None:
    context = open_context()
    idle = context.new_page()
    sign_in(idle, served, "animation@demo.invalid", shared=True)
    context.clock.install()
    idle.goto(f"{served.address}/fr/moi/nom")
    idle.locator("[name=name]").fill("Zoubida")
    context.clock.fast_forward(200_000)
    used = context.new_page()
    with idle.expect_response("**/prolonger"):  # what was typed here stays, though the header would lead out
        used.goto(f"{served.address}/fr/moi/nom")
    context.clock.fast_forward(200_000)
    expect(idle.get_by_role("alertdialog")).to_be_hidden()
    idle.evaluate(HEAR_OTHERS)
    with used.expect_response("**/prolonger"):
        used.locator("[name=name]").press_sequentially("Zou")
    # The answer reaches one window, which tells the other: before that no time passes.
    until(idle, "window.heard")
    context.clock.fast_forward(200_000)
    expect(idle.get_by_role("alertdialog")).to_be_hidden()
    expect(idle.locator("[name=name]")).to_have_value("Zoubida")
    context.clock.fast_forward(45_000)
    expect(idle.get_by_role("alertdialog")).to_be_visible()
    expect(used.get_by_role("alertdialog")).to_be_visible()
