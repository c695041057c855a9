"""Codes that cannot be mistyped unnoticed, and what state a card is in."""

import math
import random
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from cdv_civic.cards.rules import (
    ALPHABET,
    LENGTH,
    BadCardCode,
    CardState,
    CodeFault,
    card_state,
    check_character,
    grouped,
    is_whole,
    new_code,
    new_serial,
    read_code,
    read_serial,
)

pytestmark = pytest.mark.one_database

bodies = some.text(ALPHABET, min_size=LENGTH - 1, max_size=LENGTH - 1)
codes = bodies.map(lambda body: body + check_character(body))


def fault_of(typed: str) -> CodeFault:
    with pytest.raises(BadCardCode) as caught:
        read_code(typed)
    return caught.value.fault


def test_a_code_is_beyond_guessing_and_its_signs_stand_alone() -> None:
    assert (LENGTH - 1) * math.log2(len(ALPHABET)) >= 60
    assert len(set(ALPHABET)) == len(ALPHABET) == 17
    for family in ("0ODQ", "1IL", "2Z", "5S", "8B", "UVY", "6G", "HMN", "4A", "EF", "9QG"):
        assert len(set(family) & set(ALPHABET)) <= 1 + (family == "HMN"), family


def test_codes_are_drawn_anew_each_time() -> None:
    drawn = [new_code() for _ in range(2000)]
    assert len(set(drawn)) == 2000
    assert all(is_whole(code) for code in drawn)
    for place in range(LENGTH):
        assert {code[place] for code in drawn} == set(ALPHABET)


@given(codes)
def test_a_code_is_read_back_as_it_is_printed(code: str) -> None:
    assert read_code(code) == code
    assert read_code(grouped(code)) == code
    assert [len(group) for group in grouped(code).split()] == [4, 4, 4, 4]


@given(codes, some.randoms())
def test_spaces_dashes_case_and_wide_letters_are_forgiven(code: str, chance: random.Random) -> None:
    wide = {chr(number): chr(number + 0xFEE0) for number in range(0x21, 0x7F)}
    typed = "".join(
        chance.choice([sign, sign.lower(), wide[sign], wide[sign].lower()])
        + chance.choice(["", " ", "-", "\u00a0", "–", "\t", "\u200f", "."])
        for sign in code
    )
    assert read_code(f" {typed}\n") == code


@given(codes)
def test_signs_that_look_the_same_are_read_as_the_printed_one(code: str) -> None:
    alike = str.maketrans("4F69J7YCHKMPTX3", "AEGQI1VСНКМРТХ٣")
    assert read_code(code.translate(alike)) == code
    assert read_code(code.replace("4", "٤").replace("6", "۶").replace("9", "٩")) == code


@given(codes)
def test_the_whole_address_of_a_qr_is_read_too(code: str) -> None:
    assert read_code(f"https://site.example.org/fr/carte#{code}") == code


@given(codes)
def test_every_single_wrong_sign_is_caught(code: str) -> None:
    for place in range(LENGTH):
        for other in ALPHABET:
            if other != code[place]:
                assert fault_of(code[:place] + other + code[place + 1 :]) is CodeFault.CHECK


@given(codes)
def test_every_exchange_of_two_signs_is_caught(code: str) -> None:
    for first in range(LENGTH):
        for second in range(first + 1, LENGTH):
            if code[first] == code[second]:
                continue
            signs = list(code)
            signs[first], signs[second] = signs[second], signs[first]
            assert fault_of("".join(signs)) is CodeFault.CHECK


def test_of_signs_typed_at_random_one_in_seventeen_passes() -> None:
    chance = random.Random(2026)
    tries = 20_000
    passed = sum(is_whole("".join(chance.choices(ALPHABET, k=LENGTH))) for _ in range(tries))
    assert 0.9 < passed * len(ALPHABET) / tries < 1.1


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", CodeFault.EMPTY),
        (" - - ", CodeFault.EMPTY),
        ("34C7 HKMP", CodeFault.SHORT),
        ("34C7 HKMP RTWX 96FY 3", CodeFault.LONG),
        ("3" * 10_000, CodeFault.LONG),
        ("34C7 HKMP RTWX 96F!", CodeFault.CHARACTER),
        ("34C7 HKMP RTWX 96FO", CodeFault.CHARACTER),
        ("صباح الخير", CodeFault.CHARACTER),
        ("34C7\u0000HKMP", CodeFault.SHORT),
    ],
)
def test_what_is_no_code_is_told_apart(typed: str, fault: CodeFault) -> None:
    assert fault_of(typed) is fault


@pytest.mark.parametrize(("typed", "length"), [("34C7 HKMP", 8), ("34C7 HKMP RTWX 96FY 3", 17)])
def test_how_many_signs_were_typed_is_said(typed: str, length: int) -> None:
    with pytest.raises(BadCardCode) as caught:
        read_code(typed)
    assert caught.value.length == length


def test_a_sign_that_no_card_has_is_named() -> None:
    with pytest.raises(BadCardCode) as caught:
        read_code("34c7 hkmp rtwx 96f8")
    assert caught.value.character == "8"


@given(some.text(max_size=60))
def test_no_text_breaks_the_reading(typed: str) -> None:
    with suppress(BadCardCode):
        assert is_whole(read_code(typed))
    read_serial(typed)


@pytest.mark.parametrize(
    ("typed", "serial"),
    [
        # Cards printed before keep their number.
        ("12-007", "12-007"),
        (" n° 12 - 7 ", "12-007"),
        ("Nº12–007", "12-007"),
        ("no 12/7", "12-007"),
        ("12 007", "12-007"),
        ("12", None),
        ("12-7-3", None),
        ("", None),
        ("34C7-HKMP-RTWX", None),
        ("1234567890-1", None),
        ("123456789-1", "123456789-001"),
    ],
)
def test_a_serial_number_is_read_as_people_write_it(typed: str, serial: str | None) -> None:
    assert read_serial(typed) == serial


def test_serial_numbers_follow_from_nothing_and_catch_a_wrong_sign() -> None:
    drawn = {new_serial() for _ in range(2000)}
    assert len(drawn) == 2000
    for serial in list(drawn)[:100]:
        plain = serial.replace("-", "")
        for typed in (serial, plain.lower(), f"n° {plain[:4]} {plain[4:]}", f"Numéro : {serial}"):
            assert read_serial(typed) == serial
        for place, sign in enumerate(plain):
            for other in set(ALPHABET) - {sign}:
                assert read_serial(plain[:place] + other + plain[place + 1 :]) is None


@pytest.mark.parametrize(
    ("revoked", "closed", "today", "state"),
    [
        (False, False, date(2026, 11, 20), CardState.USABLE),
        (False, False, date(2026, 11, 21), CardState.EXPIRED),
        (False, True, date(2026, 11, 20), CardState.CLOSED),
        (True, True, date(2026, 11, 21), CardState.REVOKED),
    ],
)
def test_the_state_of_a_card(revoked: bool, closed: bool, today: date, state: CardState) -> None:
    found = card_state(revoked=revoked, closed=closed, expires_on=date(2026, 11, 20), today=today)
    assert found is state
