"""Receipts: read as they were made, and every slip of the pen is seen."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.accounts.limits import limiter
from cdv_civic.core.errors import DomainError
from cdv_civic.core.registry import RegisteredTwice
from cdv_civic.participation.receipts import (
    asked_for,
    page_of,
    receipt_for,
    receipt_hash,
    register_page,
)
from cdv_civic.participation.rules import receipts as rules
from cdv_civic.participation.rules.receipts import ALPHABET, BadReceipt

pytestmark = pytest.mark.one_database

receipts = st.binary(min_size=32, max_size=32).map(rules.receipt_from)


@given(st.binary(min_size=32, max_size=32))
def test_a_receipt_is_read_as_it_was_made(digest: bytes) -> None:
    code = rules.receipt_from(digest)
    assert code == rules.receipt_from(digest)
    assert len(code) == rules.RECEIPT_LENGTH
    for typed in (
        code,
        rules.written(code),
        code.lower(),
        " ".join(code),
        f"  {code[:3]} - {code[3:]}\u200f ",
        code.translate({ord("2"): "٢", ord("7"): "٧"}),
        "".join(chr(ord(char) + 0xFEE0) for char in code),
    ):
        assert rules.read_receipt(typed) == code, typed


@given(receipts, st.integers(0, rules.RECEIPT_LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_seen(code: str, index: int, char: str) -> None:
    wrong = code[:index] + char + code[index + 1 :]
    if wrong != code:
        with pytest.raises(BadReceipt):
            rules.read_receipt(wrong)


@given(receipts, st.integers(0, rules.RECEIPT_LENGTH - 3))
def test_two_characters_swapped_are_always_seen(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if swapped != code:
        with pytest.raises(BadReceipt):
            rules.read_receipt(swapped)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_receipt_or_is_refused(typed: str) -> None:
    try:
        code = rules.read_receipt(typed)
    except BadReceipt:
        return
    assert set(code) <= set(ALPHABET)


def test_no_two_signs_of_a_receipt_look_alike() -> None:
    for alike in ("0OQD", "1IL", "2Z", "5S", "8B", "6G", "UV"):
        assert len(set(alike) & set(ALPHABET)) <= 1, alike
    assert len(ALPHABET) == len(set(ALPHABET)) == 23


# --- where one leads ----------------------------------------------------------------------------------------------

FOLLOW = "/fr/parole/suivi"
OTHER = rules.receipt_from(b"of a feature that is not there yet")


@pytest.fixture
def another_feature(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that has receipts too."""
    monkeypatch.setitem(app.extensions, "pages_of_receipts", dict(app.extensions["pages_of_receipts"]))
    register_page(app, "opinions", lambda code: "Votre avis" if code == OTHER else None)


def test_a_receipt_leads_to_whatever_feature_gave_it(client: FlaskClient, another_feature: None) -> None:
    limiter.reset()
    headers = {"Origin": "http://localhost"}
    found = client.post(FOLLOW, data={"receipt": rules.written(OTHER).lower()}, headers=headers)
    assert (found.status_code, found.text) == (200, "Votre avis")
    assert found.headers["Cache-Control"] == "no-store"
    unknown = client.post(FOLLOW, data={"receipt": rules.receipt_from(b"nobody's" * 4)}, headers=headers)
    assert unknown.status_code == 422


def test_a_feature_shows_its_receipts_once(app: Flask, another_feature: None) -> None:
    with pytest.raises(RegisteredTwice):
        register_page(app, "opinions", lambda _code: None)


def test_a_form_has_one_receipt_and_what_is_kept_of_it_says_nothing(app: Flask) -> None:
    code = receipt_for("une clef de formulaire")
    assert rules.read_receipt(code) == code == receipt_for("une clef de formulaire")
    assert receipt_for("une autre clef") != code
    assert receipt_hash(code) == receipt_hash(code) != receipt_hash(receipt_for("une autre clef"))
    assert code not in receipt_hash(code)


def test_receipts_that_people_hold_go_on_leading_to_their_words(app: Flask) -> None:
    """The words under which they are hashed are older than the other features that have receipts."""
    assert receipt_for("x") == "6AA7N2RX4C"
    assert receipt_hash("6AA7N2RX4C")[:16] == "1dc55b6e5451e647"


def test_what_cannot_be_a_receipt_is_looked_for_nowhere(app: Flask) -> None:
    asked: list[str] = []
    with pytest.raises(DomainError) as refused:
        asked_for("AAAAA-AAAAB", asked.append)
    assert (refused.value.field, asked) == ("receipt", [])
    with app.test_request_context("/fr/parole/suivi"):
        app.preprocess_request()
        assert page_of(OTHER) is None
