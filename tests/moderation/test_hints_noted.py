"""Hints are noted with the text as it comes in, and judged by whoever decides; they decide nothing themselves."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.core.db import transaction
from cdv_civic.moderation.hint_list.operations import take_off
from cdv_civic.moderation.models import HintPattern, ModeratedText, ModerationHint
from cdv_civic.moderation.operations.hinting import judge
from cdv_civic.moderation.queries.hints import hints_of
from cdv_civic.moderation.rules.decisions import TextState
from cdv_civic.moderation.rules.detectors.near_duplicates import MOST_COMPARED
from cdv_civic.moderation.rules.hints import MOST_HINTS, HintKind
from tests import factories as make
from tests.moderation.hint_texts import Texts, list_words, staff_of, texts

__all__ = ["texts"]

IDEA = "Mettre des bancs et des arbres sur la place du marché pour que les anciens se reposent"
Counting = Callable[[], AbstractContextManager[list[str]]]


def noted(text: ModeratedText) -> list[tuple[HintKind, int, int]]:
    return [(each.kind, each.start, each.end) for each in hints_of([text.id]).get(text.id, ())]


def test_what_asks_for_a_look_is_noted_where_it_stands(texts: Texts) -> None:
    contract = make.make_contract()
    list_words(contract, "zouzouflette")
    text = texts.enter(contract, "Ma zouzouflette : 06 12 34 56 78", title="Chez Mme Exemple")
    assert noted(text) == [(HintKind.PATTERN, 3, 15), (HintKind.PHONE, 18, 32), (HintKind.NAME, 38, 49)]


def test_a_text_that_says_nothing_of_the_kind_has_no_hint(texts: Texts) -> None:
    assert noted(texts.enter(make.make_contract(), "Un banc à 10 000 euros pour Mme la maire")) == []


def test_numbers_of_streets_are_noted_in_sensitive_themes_alone(texts: Texts) -> None:
    contract = make.make_contract()
    words = "Au 12 rue des Lilas"
    assert noted(texts.enter(contract, words)) == []
    assert [kind for kind, *_ in noted(texts.enter(contract, words, sensitive=True))][-1:] == [
        HintKind.STREET_NUMBER
    ]


def test_the_list_of_another_contract_and_words_taken_off_are_not_looked_for(
    texts: Texts, session: Session
) -> None:
    here, there = make.make_contract(), make.make_contract()
    list_words(there, "zouzouflette")
    assert noted(texts.enter(here, "zouzouflette")) == []
    ids = session.execute(select(HintPattern.id)).scalars().all()
    take_off(staff_of(there), there.id, ids)
    assert noted(texts.enter(there, "zouzouflette")) == []


def test_the_lists_of_a_texts_language_and_of_french_are_looked_for(texts: Texts) -> None:
    contract = make.make_contract()
    for tag, word in (("fr", "zouzouflette"), ("en", "wobblegob"), ("ar", "زوزوفلات")):
        list_words(contract, word, lang=tag)
    words = "zouzouflette, wobblegob, زوزوفلات"
    expected: dict[str | None, int] = {"fr": 1, "en": 2, "ar": 2, None: 3}
    for lang, found in expected.items():
        text = texts.enter(contract, f"{words} {lang}", lang=lang)
        assert [kind for kind, *_ in noted(text)].count(HintKind.PATTERN) == found, lang


def test_a_text_sent_twice_leads_to_the_newest_that_says_the_same(texts: Texts) -> None:
    contract = make.make_contract()
    texts.enter(contract, IDEA)
    second = texts.enter(contract, "Refaire la piste cyclable de la rue du Port avant la rentrée")
    third = texts.enter(contract, IDEA.upper() + " !")
    assert noted(second) == []
    (hint,) = hints_of([third.id])[third.id]
    assert (hint.kind, hint.other_id) == (HintKind.NEAR_DUPLICATE, second.id - 1)


def test_texts_of_other_moderators_are_not_compared(texts: Texts) -> None:
    texts.enter(make.make_contract(), IDEA)
    assert noted(texts.enter(make.make_contract(), IDEA)) == []


def test_a_text_that_is_reworded_has_the_hints_of_its_new_words(texts: Texts) -> None:
    text = texts.enter(make.make_contract(), "Appelez le 06 12 34 56 78")
    texts.reword(text, "Écrivez à a@b.fr")
    assert [kind for kind, *_ in noted(text)] == [HintKind.EMAIL]


def test_what_a_moderator_judged_stays_and_is_not_asked_again(texts: Texts) -> None:
    text = texts.enter(make.make_contract(), "Au 06 12 34 56 78")
    (hint,) = hints_of([text.id])[text.id]
    with transaction() as session:
        judge(session, text.id, [hint.id])
    texts.reword(text, "Au 06 12 34 56 78 ou a@b.fr")
    found = {each.kind: each for each in hints_of([text.id])[text.id]}
    assert found[HintKind.PHONE].id == hint.id
    assert found[HintKind.PHONE].false_alarm is True
    assert found[HintKind.EMAIL].false_alarm is None


def test_what_was_judged_in_words_that_are_gone_marks_nothing_and_still_counts(
    texts: Texts, session: Session
) -> None:
    text = texts.enter(make.make_contract(), "Chez Mme Exemple, 06 12 34 56 78")
    first, second = (each.id for each in hints_of([text.id])[text.id])
    with transaction() as writing:
        judge(writing, text.id, [second])
    texts.reword(text, "Chez une voisine, 06 12 34 56 78 le soir")
    assert noted(text) == [(HintKind.PHONE, 18, 32)], "noted anew, where it stands now"
    with transaction() as writing:
        judge(writing, text.id, None)
    session.rollback()
    judged = {row.id: row.false_alarm for row in session.execute(select(ModerationHint)).scalars()}
    assert (judged[first], judged[second]) == (False, True), "what was said of them stays said"


def test_a_moderator_judges_all_hints_of_a_text_and_none_of_another(texts: Texts) -> None:
    contract = make.make_contract()
    one = texts.enter(contract, "Au 06 12 34 56 78, a@b.fr")
    other = texts.enter(contract, "Chez Mme Exemple")
    phone, email = hints_of([one.id])[one.id]
    (name,) = hints_of([other.id])[other.id]
    with transaction() as session:
        judge(session, one.id, [email.id, name.id, 999])
    assert [each.false_alarm for each in hints_of([one.id])[one.id]] == [False, True]
    assert [each.false_alarm for each in hints_of([other.id])[other.id]] == [None]
    with transaction() as session:
        judge(session, one.id, [phone.id])
    assert [each.false_alarm for each in hints_of([one.id])[one.id]] == [True, False]


def test_what_just_came_in_waits_for_a_look_and_what_is_public_stays_so(texts: Texts) -> None:
    contract = make.make_contract()
    waits = texts.enter(contract, "Au 06 12 34 56 78", came_in=True, read_before=False)
    assert (waits.state, waits.published_at) == (TextState.WAITING.value, None)
    plain = texts.enter(contract, "Un banc", came_in=True, read_before=False)
    texts.reword(plain, "Au 06 12 34 56 78")
    assert plain.state == TextState.PUBLISHED.value


@pytest.mark.parametrize("how_many", [1, 60])
def test_a_text_costs_the_same_number_of_statements_beside_many(
    texts: Texts, count_statements: Counting, how_many: int
) -> None:
    contract = make.make_contract()
    list_words(contract, *(f"zouzou{number}" for number in range(how_many)))
    for number in range(how_many):
        texts.enter(contract, f"{IDEA} {number}")
    words = "a@b.fr ; " + " ; ".join(
        f"zouzou{number} 06 12 34 56 7{number % 10}" for number in range(how_many)
    )
    with count_statements() as statements:
        texts.enter(contract, f"{IDEA} {words}")
    # Two of them open the case; the kind of these tests asks none.
    assert len([each for each in statements if "hint" in each or "moderated_text" in each]) == 6, statements


def test_a_text_of_nothing_but_numbers_has_few_hints(app: Flask, texts: Texts, session: Session) -> None:
    text = texts.enter(
        make.make_contract(), "06 12 34 56 78, a@b.fr, Mme Exemple, AB-123-CD ; " * 300, sensitive=True
    )
    rows = session.execute(select(ModerationHint.id).where(ModerationHint.text_id == text.id)).all()
    assert len(rows) == MOST_HINTS
    assert MOST_COMPARED < 100
