"""The questions of consultations in a browser: by touch, by keyboard, without script, heard, and on a small screen."""

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from cdv_civic.consultations.queries.definition import ShownQuestion
from cdv_civic.consultations.rules.questions import Given, QuestionKind, QuestionRule
from cdv_civic.consultations.rules.typed import read_all
from cdv_civic.core.localized import Words
from tests.browser.conftest import OpenContext, axe_findings
from tests.browser.questions import ADDRESS, Sent, page_of, serve
from tests.browser.test_contrast import faint
from tests.browser.voices import HEARD, REMOTE, speaking_browser
from tests.consultations.questions import shown, words

RANK = shown(
    QuestionRule(1, QuestionKind.RANK, (10, 11, 12, 13), most=3),
    said=["Propreté", "Santé", "Emploi", "École"],
)
POINTS = shown(QuestionRule(2, QuestionKind.POINTS, (20, 21), most=4), said=["Jardin", "Fête"])
MULTIPLE = shown(QuestionRule(3, QuestionKind.MULTIPLE, (30, 31, 32, 33), most=2))
SINGLE = shown(QuestionRule(4, QuestionKind.SINGLE, (40, 41)), "Venez-vous ici ?", said=["Oui", "Non"])
SCALE = shown(QuestionRule(5, QuestionKind.SCALE, (50, 51, 52, 53, 54), required=True), "Est-ce propre ?")
NUMBER = shown(QuestionRule(6, QuestionKind.NUMBER, lowest=0, highest=12), "Combien d’enfants ?")
SHORT = shown(QuestionRule(7, QuestionKind.SHORT), "En un mot ?")
LONG = shown(QuestionRule(8, QuestionKind.LONG, condition=41), "Pourquoi ?")
PICK = shown(QuestionRule(9, QuestionKind.PICK, (90, 91, 92), most=1))
PICTURES = shown(QuestionRule(10, QuestionKind.PICTURES, (100, 101, 102)), "Quel banc ?")
SENTENCE = shown(QuestionRule(11, QuestionKind.STATEMENT), "Il faut plus de bancs.")
PRIORITIES = {1, 2, 9}
STATEMENTS = {11}
ALL = (RANK, POINTS, MULTIPLE, SINGLE, SCALE, NUMBER, SHORT, LONG, PICK, PICTURES, SENTENCE)
ACROSS = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"


def asked(*questions: ShownQuestion) -> list[tuple[str, ShownQuestion]]:
    def kind(number: int) -> str:
        return (
            "priorities"
            if number in PRIORITIES
            else "statements"
            if number in STATEMENTS
            else "questionnaire"
        )

    return [(kind(each.id), each) for each in questions]


def read(sent: Sent, *questions: ShownQuestion) -> tuple[dict[int, Given], dict[int, object]]:
    answers, wrong = read_all([each.rule for each in questions], sent.last)
    return {number: given for number, given in answers.items() if not given.empty}, dict(wrong)


def send(page: Page) -> None:
    page.get_by_role("button", name="Envoyer").click()
    expect(page).to_have_title("ok")


@pytest.mark.parametrize(
    ("language", "script", "scheme"),
    [("fr", True, "light"), ("ar", True, "dark"), ("fr", False, "dark"), ("ar", False, "light")],
)
def test_every_kind_is_large_enough_to_touch_and_found_by_those_who_do_not_see(
    app: Flask, open_context: OpenContext, language: str, script: bool, scheme: str
) -> None:
    faults = {each.id: "Il manque quelque chose." for each in ALL}
    html = page_of(app, language, asked(*ALL), {}, faults)
    page = open_context(java_script_enabled=script, color_scheme=scheme).new_page()
    serve(page, html)
    sizes = {
        label.inner_text(): box["height"]
        for label in page.locator(".asked .choice").all()
        if (box := label.bounding_box())
    }
    assert {name: height for name, height in sizes.items() if height < 56} == {}
    tools = page.locator(".asked :is(button, select, input[type=text], textarea):visible").all()
    small = [
        each.get_attribute("id") for each in tools if (box := each.bounding_box()) and box["height"] < 44
    ]
    assert small == []
    if script:
        width = page.evaluate(ACROSS)
        assert width[0] <= width[1]
        assert axe_findings(page) == []


def test_nothing_is_too_faint_in_light_or_in_dark(app: Flask, phone: Page) -> None:
    typed = {"q1_10": ["1"], "q1_12": ["2"], "q3": ["30", "31", "32"]}
    serve(phone, page_of(app, "fr", asked(*ALL), typed, {3: "Gardez 2 réponses au plus."}))
    assert faint(phone, f"{ADDRESS}/") == []


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_large_print_on_a_small_screen_scrolls_one_way_alone(
    app: Flask, open_context: OpenContext, language: str
) -> None:
    page = open_context(320).new_page()
    serve(page, page_of(app, language, asked(*ALL)))
    for tap in page.locator(".rank-tap").all()[:3]:
        tap.click()
    page.evaluate("document.documentElement.style.fontSize = '225%'")
    width = page.evaluate(ACROSS)
    assert width[0] <= width[1]
    cut = page.evaluate(
        "[...document.querySelectorAll('.asked *')].filter(each => each.scrollWidth > each.clientWidth + 1"
        " && getComputedStyle(each).overflowX === 'hidden' && !each.closest('.visually-hidden')).map(each => each.className)"
    )
    assert cut == []


def test_ranks_are_given_by_keyboard_and_heard(app: Flask, phone: Page) -> None:
    sent = serve(phone, page_of(app, "fr", asked(RANK)))
    status = phone.locator(".rank [role=status]")
    health = phone.get_by_role("button", name="Santé", exact=False).first
    health.focus()
    phone.keyboard.press("Enter")
    expect(status).to_have_text("Santé\u00a0: rang 1")
    expect(health).to_have_attribute("aria-pressed", "true")
    expect(health).to_be_focused()
    phone.keyboard.press("Tab")
    phone.keyboard.press("Space")
    expect(status).to_have_text("Emploi\u00a0: rang 2")
    up = phone.get_by_role("button", name="Monter\u00a0: Emploi")
    up.focus()
    phone.keyboard.press("Enter")
    expect(status).to_have_text("Emploi\u00a0: rang 1")
    expect(phone.locator(".rank-ordered .rank-words")).to_have_text(["Emploi", "Santé"])
    expect(up).to_be_focused()
    expect(up).to_have_attribute("aria-disabled", "true")
    phone.keyboard.press("Enter")
    expect(phone.locator(".rank-ordered .rank-words")).to_have_text(["Emploi", "Santé"])
    send(phone)
    assert read(sent, RANK) == ({1: Given(choices={12: 1, 11: 2})}, {})


def test_a_tap_gives_the_next_rank_and_another_takes_it_away(app: Flask, phone: Page) -> None:
    sent = serve(phone, page_of(app, "fr", asked(RANK)))
    taps = phone.locator(".rank-tap")
    for place in (3, 0, 1):
        taps.nth(place).click()
    taps.nth(2).click()
    expect(phone.locator(".rank [role=status]")).to_contain_text("Tous les rangs sont donnés.")
    expect(taps.locator(".rank-number")).to_have_text(["2", "3", "", "1"])
    taps.nth(0).click()
    expect(taps.locator(".rank-number")).to_have_text(["", "2", "", "1"])
    send(phone)
    assert read(sent, RANK) == ({1: Given(choices={13: 1, 11: 2})}, {})


def test_dragging_is_one_more_way(app: Flask, open_context: OpenContext) -> None:
    page = open_context(1280).new_page()
    sent = serve(page, page_of(app, "fr", asked(RANK), {"q1_10": ["1"], "q1_11": ["2"], "q1_12": ["3"]}))
    page.locator(".rank-ordered").nth(2).drag_to(page.locator(".rank-ordered").nth(0))
    expect(page.locator(".rank-ordered .rank-words")).to_have_text(["Emploi", "Propreté", "Santé"])
    send(page)
    assert read(sent, RANK) == ({1: Given(choices={12: 1, 10: 2, 11: 3})}, {})


def test_ranks_that_were_refused_are_shown_in_order_and_sent_as_shown(app: Flask, phone: Page) -> None:
    typed = {"q1_13": ["2"], "q1_10": ["2"], "q1_11": ["5"]}
    sent = serve(
        phone, page_of(app, "fr", asked(RANK), typed, {1: "Vous avez donné le rang 2 plusieurs fois."})
    )
    expect(phone.locator(".rank-ordered .rank-words")).to_have_text(["Propreté", "École", "Santé"])
    send(phone)
    assert read(sent, RANK) == ({1: Given(choices={10: 1, 13: 2, 11: 3})}, {})


def test_ranks_that_a_draft_puts_back_are_shown(app: Flask, phone: Page) -> None:
    serve(phone, page_of(app, "fr", asked(RANK)))
    phone.evaluate(
        """[["q1_10", "2"], ["q1_13", "1"]].forEach(([name, value]) => {
          const field = document.querySelector(`[name=${name}]`);
          field.value = value;
          field.dispatchEvent(new Event("input", { bubbles: true }));
        })"""
    )
    expect(phone.locator(".rank-ordered .rank-words")).to_have_text(["École", "Propreté"])


def test_points_are_given_by_buttons_and_never_beyond_what_there_is(app: Flask, phone: Page) -> None:
    sent = serve(phone, page_of(app, "fr", asked(POINTS)))
    left = phone.locator("[data-points] [role=status]")
    expect(left).to_have_text("Points qui restent\u00a0: 4 sur 4")
    more = phone.get_by_role("button", name="Un point de plus\u00a0: Jardin")
    more.focus()
    for _ in range(6):
        phone.keyboard.press("Enter")
    expect(left).to_have_text("Tous vos points sont donnés.")
    expect(more).to_have_attribute("aria-disabled", "true")
    expect(more).to_be_focused()
    expect(phone.get_by_label("Jardin", exact=True)).to_have_value("4")
    phone.get_by_role("button", name="Un point de moins\u00a0: Jardin").click()
    phone.get_by_label("Fête", exact=True).fill("٣")
    expect(left).to_have_text("Points de trop\u00a0: 2")
    phone.get_by_label("Fête", exact=True).fill("١")
    expect(left).to_have_text("Tous vos points sont donnés.")
    send(phone)
    assert read(sent, POINTS) == ({2: Given(choices={20: 3, 21: 1})}, {})


def test_how_many_may_still_be_ticked_is_said_and_what_is_too_much(app: Flask, phone: Page) -> None:
    serve(phone, page_of(app, "fr", asked(MULTIPLE)))
    status = phone.locator("[data-places] [role=status]")
    expect(status).to_be_hidden()
    boxes = phone.locator("#q3 [type=checkbox]")
    boxes.nth(0).focus()
    phone.keyboard.press("Space")
    expect(status).to_have_text("Réponses encore possibles\u00a0: 1")
    boxes.nth(1).check()
    boxes.nth(2).check()
    expect(status).to_have_text("Réponses en trop\u00a0: 1")
    boxes.nth(0).uncheck()
    expect(status).to_have_text("Réponses encore possibles\u00a0: 0")


def test_without_script_every_kind_can_be_answered(app: Flask, open_context: OpenContext) -> None:
    page = open_context(java_script_enabled=False).new_page()
    sent = serve(page, page_of(app, "fr", asked(*ALL)))
    expect(page.get_by_role("button", name="Écouter")).to_have_count(0)
    page.get_by_label("Emploi").select_option("1")
    page.get_by_label("École").select_option("2")
    page.get_by_label("Jardin", exact=True).fill("4")
    for box in ("q3-30", "q3-32", "q4-41", "q5-53", "q9-91", "q10-101", "q11-1"):
        page.locator(f"#{box}").check()
    page.get_by_label("Combien d’enfants ?").fill("2")
    page.get_by_label("En un mot ?").fill("Vivante")
    page.get_by_label("Pourquoi ?").fill("Il fait noir.\nLe soir.")
    send(page)
    assert read(sent, *ALL) == (
        {
            1: Given(choices={12: 1, 13: 2}),
            2: Given(choices={20: 4}),
            3: Given(choices={30: None, 32: None}),
            4: Given(choices={41: None}),
            5: Given(choices={53: None}),
            6: Given(number=2),
            7: Given(words="Vivante"),
            8: Given(words="Il fait noir.\nLe soir."),
            9: Given(choices={91: None}),
            10: Given(choices={101: None}),
            11: Given(number=1),
        },
        {},
    )


def test_a_question_of_some_stays_out_of_sight_until_its_answer_is_chosen(app: Flask, phone: Page) -> None:
    said = "Seulement si vous avez répondu « Non »."
    sent = serve(phone, page_of(app, "fr", asked(SINGLE, LONG), asked_if={8: said}))
    why = phone.get_by_label("Pourquoi ?")
    expect(why).to_be_hidden()
    phone.get_by_label("Non").check()
    expect(why).to_be_visible()
    why.fill("Il fait noir")
    phone.get_by_label("Oui").check()
    expect(why).to_be_hidden()
    send(phone)
    assert read(sent, SINGLE, LONG)[1] == {}


def listened(page: Page, which: int = 0) -> list[list[str]]:
    page.get_by_role("button", name="Écouter").nth(which).click()
    heard: list[list[str]] = page.evaluate(HEARD)
    return heard


def test_a_question_is_read_with_all_its_answers_in_order(app: Flask, open_context: OpenContext) -> None:
    page = speaking_browser(open_context)
    question = shown(
        SINGLE.rule,
        "Venez-vous ici ?",
        said=["Oui", "Non"],
        hint=words("Même une fois."),
        easy=words("Vous venez ?"),
    )
    serve(page, page_of(app, "fr", asked(question, RANK)))
    assert [text for _, text in listened(page)] == [
        "Venez-vous ici ? facultatif",
        "Même une fois.",
        "Oui",
        "Non",
        "Je ne veux pas répondre",
    ]
    page.get_by_text("En mots simples").click()
    page.get_by_role("button", name="Arrêter").click()
    assert "Vous venez ?" in [text for _, text in listened(page)]
    page.locator(".rank-tap").nth(1).click()
    ranked = [text for _, text in listened(page, 0)]
    assert [text for text in ranked if text in ("Propreté", "1 Santé", "Emploi", "École")] == [
        "Propreté",
        "1 Santé",
        "Emploi",
        "École",
    ]
    assert not [text for text in ranked if "Sans rang" in text]


def test_each_language_is_read_by_a_voice_of_its_own_that_is_on_the_telephone(
    app: Flask, open_context: OpenContext
) -> None:
    arabic = shown(
        QuestionRule(4, QuestionKind.SINGLE, (40, 41), required=True), "أين؟", said=["هنا", "هناك"]
    )
    mixed = shown(arabic.rule, "x", said=["هنا", "Tamil"])
    first, second = mixed.options
    mixed = ShownQuestion(
        arabic.rule,
        1,
        0,
        Words("Où ?", "fr", translated=False),
        None,
        None,
        (first, type(second)(41, Words("எங்கே", "ta", translated=False), 1)),
    )
    page = speaking_browser(open_context)
    serve(page, page_of(app, "ar", asked(mixed)))
    page.locator("[data-listen]").click()
    heard = page.evaluate(HEARD)
    assert ["fr-FR local", "Où ?"] in heard
    assert ["ar-SA local", "هنا"] in heard
    assert not [text for _, text in heard if "எங்கே" in text], "nobody here speaks Tamil"
    assert {voice for voice, _ in heard} == {"fr-FR local", "ar-SA local"}


def test_a_voice_that_is_elsewhere_is_never_used(app: Flask, open_context: OpenContext) -> None:
    page = speaking_browser(open_context, voices=REMOTE)
    serve(page, page_of(app, "fr", asked(SINGLE)))
    expect(page.locator("[data-listen]")).to_have_count(1)
    expect(page.locator("[data-listen]")).to_be_hidden()


def test_the_printed_page_shows_every_answer_and_no_button(app: Flask, phone: Page) -> None:
    serve(phone, page_of(app, "fr", asked(*ALL)))
    phone.emulate_media(media="print")
    for option in ("Propreté", "École"):
        expect(phone.get_by_text(option, exact=True).first).to_be_visible()
    expect(phone.locator("[data-step]").first).to_be_hidden()
    expect(phone.locator("[data-listen]").first).to_be_hidden()
