"""A project proposed on a small phone, in Arabic, without an account: ten minutes, one page, one receipt."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from cdv_civic.core.db import db
from cdv_civic.territory.models import Contract
from tests.browser.acts import go_by, send
from tests.browser.conftest import OpenContext, Served
from tests.browser.test_my_data import fits
from tests.fund.funds import make_envelope, make_fund, make_round

TYPED = {
    "title": "لمّة في أسفل العمارات",
    "summary": "بعد ظهر للتعارف.",
    "words": "شاي وألعاب وموسيقى.",
    "for_whom": "العائلات",
    "place": "ساحة السوق",
    "when_text": "في يونيو",
    "label_1": "الشاي",
    "amount_1": "٣٠٠",
    "label_2": "الألعاب",
    "amount_2": "ألف",
    "asked": "1.400",
    "own": "100,50 €",
    "contact_name": "أمل",
    "contact": "quelqu-un@example.org",
}


@pytest.fixture(scope="module")
def form_address(served: Served) -> str:
    """The form of a round that is open."""
    with served.inside():
        contract = db.session.execute(
            select(Contract).where(Contract.slug == "grand-orly-seine-bievre-2024-2030")
        ).scalar_one()
        fund = make_fund(contract, slug="fonds-du-telephone")
        make_envelope(fund)
        return f"{served.address}/ar/fonds/{fund.slug}/{make_round(fund).slug}/proposer"


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_project_is_proposed_on_a_phone_in_arabic(
    open_context: OpenContext, served: Served, form_address: str, script: bool
) -> None:
    page: Page = open_context(360, 640, has_touch=True, java_script_enabled=script).new_page()
    page.goto(form_address)
    assert page.locator("html").get_attribute("dir") == "rtl"
    for name, value in TYPED.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=carrier_kind][value=residents]").check()
    send(page)
    # A word in place of an amount: said beside its field, and nothing is lost.
    expect(page.locator("#amount_2-error")).to_be_visible()
    for name, value in TYPED.items():
        expect(page.locator(f"[name={name}]")).to_have_value(value)
    fits(page, script=script)
    page.locator("[name=amount_2]").fill("1200٫50")
    send(page)
    receipt = page.locator(".receipt strong").inner_text()
    page.goto(f"{served.address}/ar/parole/suivi")
    page.locator("[name=receipt]").fill(receipt)
    send(page)
    expect(page.locator("main")).to_contain_text(TYPED["title"])
    go_by(page.locator("form[action$='/corriger'] button"))
    expect(page.locator("[name=title]")).to_have_value(TYPED["title"])
    expect(page.locator("[name=contact]")).to_have_value("")
    page.locator("[name=place]").fill("الحديقة")
    send_correction = page.locator("form[enctype] button[type=submit]")
    go_by(send_correction)
    expect(page.locator(".notice-success")).to_be_visible()
