"""What somebody with poor sight can make out, in light and in dark: every text, and the boundary of every control.

axe-core knows neither boundaries nor placeholders, and looks at one scheme alone.
"""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.conftest import OpenContext, Served, SignedIn
from tests.demo_pages import CONTRACT, DESK_PAGES, PUBLIC_PAGES

pytestmark = pytest.mark.looks

SEEING = (Path(__file__).parent / "contrast.js").read_text()
#: One page of each kind; `make sweep` looks at all.
MAIN_PAGES = (
    "/",
    "/dire",
    "/quartiers?q=quartier+est",
    "/quartiers/orly-quartier-est",
    f"{CONTRACT}/instances/conseil-de-quartier",
    f"{CONTRACT}/instances/conseil-de-quartier/parole",
    f"{CONTRACT}/engagements/ORL-EST-EMA-07",
    "/engagements?q=écoles&theme=emancipation",
    "/mots",
    "/connexion",
    "/connexion/e-mail",
    "/carte",
    "/cette-page-n-existe-pas",
    "/composants",
)
MAIN_DESK_PAGES = (
    "/bureau",
    "/bureau/engagements",
    "/bureau/cartes/nouvelles",
    "/relais",
    "/moi",
    "/moi/nom",
)


def faint(page: Page, address: str) -> list[str]:
    """What is too faint on a page in either scheme, with all that opens open and all that may be chosen chosen."""
    page.goto(address)
    page.evaluate(SEEING)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    found = []
    for checked in (False, True):
        page.evaluate(
            "on => document.querySelectorAll('[type=radio], [type=checkbox]').forEach(each => { each.checked = on })",
            checked,
        )
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found += [f"{scheme}, {line}" for line in page.evaluate("contrastFindings()")]
    return list(dict.fromkeys(found))


def faint_pages(
    context: BrowserContext, site: Served, paths: tuple[str, ...], *languages: str
) -> dict[str, list[str]]:
    """What is too faint on each of these pages."""
    page = context.new_page()
    addresses = [f"/{language}{path}" for path in paths for language in languages]
    found = {address: faint(page, site.address + address) for address in addresses}
    page.close()
    return {address: lines for address, lines in found.items() if lines}


@pytest.mark.parametrize(("width", "language"), [(360, "ar"), (1280, "fr")])
def test_every_text_and_every_control_stands_out_in_both_schemes(
    open_context: OpenContext, served: Served, width: int, language: str
) -> None:
    """Each width and each direction of writing once; `make sweep` looks at all four."""
    assert faint_pages(open_context(width), served, MAIN_PAGES, language) == {}


def test_those_of_the_desk_do_too(open_context: OpenContext, served: Served, signed_in: SignedIn) -> None:
    assert faint_pages(open_context(storage_state=signed_in()), served, MAIN_DESK_PAGES, "ar") == {}


@pytest.mark.sweep
@pytest.mark.parametrize("width", [360, 1280])
def test_all_pages_stand_out_in_both_schemes(
    open_context: OpenContext, served: Served, signed_in: SignedIn, width: int
) -> None:
    assert faint_pages(open_context(width), served, PUBLIC_PAGES, "fr", "ar") == {}
    context = open_context(width, storage_state=signed_in())
    assert faint_pages(context, served, DESK_PAGES, "fr", "ar") == {}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("<p style='color:#999'>faint</p>", "text of p"),
        ("<div style='opacity:.5'><p>half there</p></div>", "text of p"),
        ("<input aria-label='a' style='border:1px solid #ddd'>", "boundary of input"),
        ("<input aria-label='a' placeholder='b' class='faint'>", "placeholder of input"),
        ("<button style='border:0;background:#eee'>press</button>", "boundary of button"),
        ("<p><svg class='icon' width='9' height='9' style='stroke:#ccc'></svg> word</p>", "icon in p"),
    ],
)
def test_the_check_sees_what_is_faint(open_context: OpenContext, source: str, said: str) -> None:
    page = open_context().new_page()
    page.set_content(
        "<style>body { background: #fff; color: #000 } .faint::placeholder { color: #ccc }"
        f" input {{ border: 1px solid #000; background: #fff; color: #000 }}</style>{source}"
    )
    page.evaluate(SEEING)
    assert [line.partition(" «")[0].partition(".")[0] for line in page.evaluate("contrastFindings()")] == [
        said
    ]
