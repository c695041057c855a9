"""What staff and residents type and choose on a phone arrives whole, or the page says what does not."""

import base64
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, StorageState, expect

from tests.browser.acts import go_by, send
from tests.browser.conftest import OpenContext, Served, SignedIn, axe_findings
from tests.browser.signing_in import sign_in

LIMIT = 10 * 1024 * 1024
WORDS = "Le banc du square est cassé depuis mars."
SPEAK = "/fr/contrats/grand-orly-seine-bievre-2024-2030/instances/conseil-de-quartier/parole"
RED, BLUE = (200, 30, 30), (30, 30, 200)


@pytest.fixture
def staff(signed_in: SignedIn) -> StorageState:
    return signed_in()


@pytest.fixture(scope="module")
def large_photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """50 million points held upright: red above, blue below once it is turned; it says where it was taken."""
    picture = Image.new("RGB", (8160, 6144))
    grain = Image.effect_noise((512, 512), 60).convert("RGB")
    for x in range(0, 8160, 512):
        for y in range(0, 6144, 512):
            picture.paste(grain, (x, y))
    # Turned a quarter to the right (orientation 6), the left side is above.
    picture.paste(RED, (0, 0, 2000, 6144))
    picture.paste(BLUE, (6160, 0, 8160, 6144))
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Appareil de Zoubida"
    exif.get_ifd(0x8825)[2] = (48.0, 44.0, 38.0)
    path = tmp_path_factory.mktemp("photos") / "banc cassé.jpeg"
    picture.save(path, "JPEG", quality=88, exif=exif)
    assert path.stat().st_size > LIMIT
    return path


def choose_kind_and_theme(page: Page) -> None:
    page.locator("summary", has_text="Le sujet").evaluate("summary => { summary.parentElement.open = true; }")
    for name in ("kind", "theme"):
        first = page.locator(f"[name={name}]").first
        if not first.is_visible():
            page.locator("details", has=first).locator("summary").first.click()
        first.check(force=True)


def chosen(page: Page, field: str) -> tuple[str, bytes]:
    """The name and the bytes of the file that a field would send."""
    name, content = page.locator(f"input[name={field}]").evaluate(
        """async (field) => {
            const [file] = field.files;
            const reader = new FileReader();
            await new Promise((read) => { reader.onload = read; reader.readAsDataURL(file); });
            return [file.name, reader.result.split(",")[1]];
        }"""
    )
    return name, base64.b64decode(content)


def test_a_photo_that_is_too_large_is_made_smaller_and_arrives_as_it_was_held(
    open_context: OpenContext, served: Served, large_photo: Path
) -> None:
    page = open_context(360, 640, has_touch=True).new_page()
    page.goto(served.address + SPEAK)
    page.locator("[name=words]").fill(WORDS)
    choose_kind_and_theme(page)
    page.locator("summary", has_text="ajouter une photo").click()
    page.locator("input[name=photo]").set_input_files(large_photo)
    expect(page.locator("[data-file-preview] canvas")).to_be_visible(timeout=60_000)
    expect(page.locator("[data-file-preview]")).to_have_text("banc cassé.jpg")
    expect(page.locator("[data-file-error]")).to_be_hidden()
    assert axe_findings(page) == []
    name, content = chosen(page, "photo")
    assert name == "banc cassé.jpg"
    assert len(content) < LIMIT / 2
    sent = Image.open(io.BytesIO(content)).convert("RGB")
    assert sent.size == (1927, 2560) or sent.size == (1928, 2560)
    above, below = sent.getpixel((960, 100)), sent.getpixel((960, 2460))
    assert isinstance(above, tuple)
    assert isinstance(below, tuple)
    assert above[0] > 150 > above[2], "red is above"
    assert below[2] > 150 > below[0], "blue is below"
    assert dict(Image.open(io.BytesIO(content)).getexif()) == {}
    assert b"Zoubida" not in content
    page.locator("main form button[type=submit]").last.click(no_wait_after=True)
    expect(page.locator("main .receipt").first).to_be_visible(timeout=60_000)


def test_a_form_sent_before_the_photo_is_ready_waits_for_it(
    open_context: OpenContext, served: Served, large_photo: Path
) -> None:
    page = open_context(360, 640, has_touch=True).new_page()
    page.goto(served.address + SPEAK)
    page.locator("[name=words]").fill(WORDS)
    choose_kind_and_theme(page)
    page.locator("input[name=photo]").set_input_files(large_photo)
    page.locator("main form button[type=submit]").last.click(no_wait_after=True)
    expect(page.locator("main .receipt").first).to_be_visible(timeout=60_000)


def test_a_file_that_cannot_be_made_smaller_is_named_and_not_sent(
    open_context: OpenContext, served: Served, tmp_path: Path
) -> None:
    page = open_context(360, 640, has_touch=True).new_page()
    page.goto(served.address + SPEAK)
    heavy = tmp_path / "photo.heic"
    heavy.write_bytes(b"\0\0\0\x18ftypheic" + b"\0" * LIMIT)
    page.locator("input[name=photo]").set_input_files(heavy)
    expect(page.locator("[data-file-error]")).to_contain_text("photo.heic")
    expect(page.locator("[data-file-error]")).to_contain_text("n’est pas gardé")
    small = tmp_path / "petite.heic"
    small.write_bytes(b"\0\0\0\x18ftypheic" + b"\0" * 1000)
    page.locator("input[name=photo]").set_input_files(small)
    expect(page.locator("[data-file-error]")).to_be_hidden()
    name, content = chosen(page, "photo")
    assert (name, content) == ("petite.heic", small.read_bytes()), "sent as it is: the server answers"
    page.locator("[name=words]").fill(WORDS)
    choose_kind_and_theme(page)
    page.locator("main form button[type=submit]").last.click(no_wait_after=True)
    expect(page.locator("#photo-error")).to_be_visible(timeout=60_000)
    expect(page.locator("#photo-again")).to_contain_text("petite.heic")
    expect(page.locator("[name=words]")).to_have_value(WORDS)


def test_what_is_pasted_is_never_cut(open_context: OpenContext, served: Served, staff: StorageState) -> None:
    page = open_context(360, 640, storage_state=staff).new_page()
    page.goto(f"{served.address}/fr/bureau/cartes/nouvelles")
    purpose = page.locator("[name=purpose]")
    purpose.fill("é" * 190)
    expect(page.locator(".field", has=purpose).locator(".count-left")).to_have_text(
        "Caractères restants\u00a0: 10"
    )
    purpose.fill("é" * 212)
    expect(page.locator(".field", has=purpose).locator(".count-over")).to_have_text(
        "Caractères de trop\u00a0: 12"
    )
    assert axe_findings(page) == []
    send(page)
    expect(page.locator("#purpose-error")).to_contain_text("12 de trop. Gardez 200 caractères au plus.")
    expect(purpose).to_have_value("é" * 212)


def test_no_field_of_the_desk_has_a_limit_that_cuts(
    open_context: OpenContext, served: Served, staff: StorageState
) -> None:
    page = open_context(360, 640, storage_state=staff).new_page()
    for path in ("/bureau/cartes/nouvelles", "/moi/nom", "/bureau/comptes/inviter", "/relais"):
        page.goto(f"{served.address}/fr{path}")
        assert page.locator("main [maxlength]").count() == 0, path


def test_another_language_keeps_what_is_typed_beside_a_quick_exit(
    open_context: OpenContext, served: Served, tmp_path: Path
) -> None:
    page = open_context(360, 640, has_touch=True).new_page()
    page.goto(served.address + SPEAK)
    page.locator("[name=words]").fill(WORDS)
    photo = tmp_path / "banc.jpg"
    Image.new("RGB", (64, 64)).save(photo, "JPEG")
    page.locator("input[name=photo]").set_input_files(photo)
    for language, again in (("ar", "ar"), ("en", "en"), ("fr", "fr")):
        go_by(page.locator(f".languages a[hreflang={language}]").first)
        page.wait_for_url(f"**/{again}/contrats/**")
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.locator("[name=words]")).to_have_value(WORDS)
        expect(page.locator(".error-summary")).to_have_count(0)
        if language == "ar":
            expect(page.locator("#photo-again")).to_contain_text("banc.jpg")
            assert axe_findings(page) == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    choose_kind_and_theme(page)
    send(page)
    expect(page.locator("main .receipt").first).to_be_visible()


def test_another_language_keeps_a_form_of_the_desk_and_is_a_plain_link_where_nothing_is_typed(
    open_context: OpenContext, served: Served, staff: StorageState
) -> None:
    page = open_context(360, 640, storage_state=staff).new_page()
    page.goto(f"{served.address}/fr/bureau/cartes/nouvelles")
    go_by(page.locator(".languages a[hreflang=en]").first)
    page.wait_for_url("**/en/bureau/cartes/nouvelles")
    methods: list[str] = []
    page.on(
        "request", lambda request: methods.append(request.method) if request.is_navigation_request() else None
    )
    page.locator("[name=purpose]").fill(WORDS)
    page.locator("[name=quantity]").fill("500")
    go_by(page.locator(".languages a[hreflang=ar]").first)
    page.wait_for_url("**/ar/bureau/cartes/nouvelles")
    assert methods == ["POST"]
    expect(page.locator("[name=purpose]")).to_have_value(WORDS)
    expect(page.locator("[name=quantity]")).to_have_value("500")
    page.goto(f"{served.address}/fr/bureau/cartes")
    expect(page.locator("main")).not_to_contain_text(WORDS)


def test_many_cards_are_made_behind_a_page_that_says_how_far_they_are(
    open_context: OpenContext, served: Served, staff: StorageState
) -> None:
    page = open_context(360, 640, storage_state=staff).new_page()
    page.goto(f"{served.address}/fr/bureau/cartes/nouvelles")
    page.locator("[name=quartier]").select_option(label="Quartier Est · Orly")
    page.fill("[name=quantity]", "20")
    page.fill("[name=purpose]", "Le vote de mars")
    page.fill("[name=handed_out_by]", "Maison du projet")
    send(page)
    page.wait_for_url("**/feuille")
    expect(page.get_by_role("heading", level=1)).to_have_text("Les cartes se préparent")
    expect(page.locator("progress")).to_have_attribute("max", "20")
    assert axe_findings(page) == []
    served.run("jobs", "once")
    expect(page.get_by_role("heading", level=1)).to_have_text("Les cartes sont prêtes")
    page.goto(f"{page.url}/imprimer")
    assert len(set(page.locator(".card-code").all_inner_texts())) == 20


@pytest.fixture
def shared(open_context: OpenContext, served: Served) -> Page:
    """A form on a shared device, with a clock that the test moves."""
    page = open_context(360, 640, has_touch=True).new_page()
    sign_in(page, served, "animation@demo.invalid", shared=True)
    page.clock.install()
    page.goto(f"{served.address}/fr/moi/nom")
    page.locator("[name=name]").fill("Zou")
    return page


def told(page: Page) -> list[str]:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "prolonger" in request.url else None)
    return asked


def test_a_key_pressed_is_activity_and_said_once_a_minute_at_most(shared: Page) -> None:
    asked = told(shared)
    shared.locator("[name=name]").press_sequentially("bida")
    assert asked == [], "the page was asked for just now"
    for minutes in range(1, 8):
        shared.clock.fast_forward(61_000)
        with shared.expect_response("**/prolonger"):
            shared.locator("[name=name]").press_sequentially("xyz")
        assert len(asked) == minutes
        expect(shared.locator("[data-stay-dialog]")).to_be_hidden()
    assert shared.url.endswith("/fr/moi/nom"), "after seven minutes"


def test_a_warning_comes_a_minute_before_and_one_press_goes_on(shared: Page) -> None:
    dialog = shared.get_by_role("alertdialog", name="Vous êtes encore là")
    shared.clock.fast_forward(238_000)
    expect(dialog).to_be_hidden()
    shared.clock.fast_forward(4_000)
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Continuer")).to_be_focused()
    assert axe_findings(shared) == []
    with shared.expect_response("**/prolonger"):
        shared.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(shared.locator("[name=name]")).to_have_value("Zou")
    expect(shared.locator("[name=name]")).to_be_focused()
    shared.clock.fast_forward(242_000)
    expect(dialog).to_be_visible()
    with shared.expect_navigation(url="**/deconnexion"):
        shared.clock.fast_forward(60_000)
    shared.go_back()
    expect(shared.locator("[name=name]")).to_have_count(0)


def test_the_header_that_leads_out_leaves_a_page_alone_on_which_somebody_types(
    open_context: OpenContext, served: Served
) -> None:
    page = open_context().new_page()
    sign_in(page, served, "animation@demo.invalid", shared=True)
    page.clock.install()

    def leading_out_in(seconds: int) -> Callable[[Route], None]:
        def sooner(route: Route) -> None:
            answer = route.fetch()
            headers = {**answer.headers, "refresh": answer.headers["refresh"].replace("301;", f"{seconds};")}
            route.fulfill(response=answer, headers=headers)

        return sooner

    page.route("**/moi/nom", leading_out_in(6))  # time enough to type
    page.goto(f"{served.address}/fr/moi/nom")
    page.clock.fast_forward(61_000)
    with page.expect_response("**/prolonger"):
        page.locator("[name=name]").fill("Zoubida")
    with page.expect_response(lambda response: "/deconnexion?page=" in response.url) as left:
        pass
    assert left.value.status == 204
    expect(page.locator("[name=name]")).to_have_value("Zoubida")
    other = page.context.new_page()
    other.route("**/moi/nom", leading_out_in(1))
    with other.expect_navigation(url="**/deconnexion?page=*"):
        other.goto(f"{served.address}/fr/moi/nom", wait_until="commit")
    expect(other.get_by_role("heading", level=1)).to_have_text("Se déconnecter ?")
