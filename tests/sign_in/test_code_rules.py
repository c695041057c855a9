"""Codes of telephones and on paper: what is right, what is not, and what is said about it."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cdv_civic.accounts.rules import (
    EXPLAINED_STEPS,
    RECOVERY_ALPHABET,
    RECOVERY_LENGTH,
    Judged,
    Verdict,
    clean_code,
    clean_recovery_code,
    code_at,
    in_fours,
    judge_code,
    step_at,
)

pytestmark = pytest.mark.one_database

secrets = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=32, max_size=32)
moments = st.integers(1_700_000_000, 2_900_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))
offsets = st.integers(-EXPLAINED_STEPS, EXPLAINED_STEPS)
SECRET = "ESSAISESSAISESSAISESSAISESSAISES"
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "code"),
    # RFC 6238, appendix B (SHA-1), the last six of its eight digits.
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924")],
)
def test_codes_are_those_of_the_standard(moment: int, code: str) -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    at = datetime.fromtimestamp(moment, UTC)
    assert code_at(secret, step_at(at)) == code == pyotp.TOTP(secret).at(moment)
    if moment > 1000:  # steps have no number below zero
        assert judge_code(secret, code, at, 0) == Judged(Verdict.RIGHT, step_at(at))


@given(secrets, moments, offsets)
def test_a_code_opens_one_step_around_and_is_explained_five_minutes_around(
    secret: str, now: datetime, offset: int
) -> None:
    present = step_at(now)
    near = [code_at(secret, present + each) for each in range(-EXPLAINED_STEPS, EXPLAINED_STEPS + 1)]
    assume(len(set(near)) == len(near))  # two steps with one code: once in some thousand
    judged = judge_code(secret, code_at(secret, present + offset), now, 0)
    expected = Verdict.RIGHT if abs(offset) <= 1 else (Verdict.AHEAD if offset > 0 else Verdict.BEHIND)
    assert judged == Judged(expected, present + offset)


@given(secrets, moments, st.integers(-1, 1), st.integers(0, 5))
def test_a_code_never_serves_after_itself_or_a_later_one(
    secret: str, now: datetime, offset: int, later: int
) -> None:
    step = step_at(now) + offset
    judged = judge_code(secret, code_at(secret, step), now, step + later)
    assert judged.verdict is not Verdict.RIGHT or judged.step > step + later


@given(secrets, moments, st.text(max_size=12))
def test_anything_else_opens_nothing(secret: str, now: datetime, typed: str) -> None:
    present = step_at(now)
    assume(clean_code(typed) not in {code_at(secret, present + each) for each in range(-10, 11)})
    assert judge_code(secret, typed, now, 0) == Judged(Verdict.WRONG)


@pytest.mark.parametrize("offset", [-EXPLAINED_STEPS - 1, EXPLAINED_STEPS + 1])
def test_a_code_of_more_than_five_minutes_around_is_wrong_and_no_more(offset: int) -> None:
    code = code_at(SECRET, step_at(NOW) + offset)
    assert judge_code(SECRET, code, NOW, 0) == Judged(Verdict.WRONG)


def test_a_code_that_just_served_is_used_and_the_next_one_is_right() -> None:
    present = step_at(NOW)
    assert judge_code(SECRET, code_at(SECRET, present), NOW, present) == Judged(Verdict.USED)
    assert judge_code(SECRET, code_at(SECRET, present), NOW, present - 1) == Judged(Verdict.RIGHT, present)


@given(st.text("0123456789", min_size=6, max_size=6), st.data())
def test_digits_may_be_grouped_as_one_likes(code: str, data: st.DataObject) -> None:
    marks = st.text(" -\u2011\u00a0\u200f\t", max_size=2)
    assert clean_code("".join(data.draw(marks) + digit for digit in code)) == code


def test_digits_of_other_scripts_are_digits() -> None:
    assert clean_code("٨٢٣ ٠٤٥") == clean_code("۸۲۳۰۴۵") == clean_code("８２３０４５") == "823045"


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "½23456", "１２３", "x" * 10_000])
def test_what_is_not_six_digits_is_no_code(typed: str) -> None:
    assert clean_code(typed) == ""


def test_a_retyped_old_code_is_said_to_have_served_not_to_be_of_a_wrong_clock() -> None:
    used = step_at(NOW)
    later = NOW + timedelta(minutes=2)
    assert judge_code(SECRET, code_at(SECRET, used), later, used).verdict is Verdict.USED
    assert judge_code(SECRET, code_at(SECRET, used), later, used - 1).verdict is Verdict.BEHIND


@given(st.text(RECOVERY_ALPHABET, min_size=RECOVERY_LENGTH, max_size=RECOVERY_LENGTH))
def test_a_recovery_code_may_be_typed_in_many_ways(code: str) -> None:
    assert clean_recovery_code(code) == code
    assert clean_recovery_code(in_fours(code).lower()) == code
    assert clean_recovery_code(f" {code[:4]}-{code[4:8]}\u2011{code[8:]}\n") == code
    assert in_fours(code).replace(" ", "") == code
    assert in_fours("ABCDEFGHIJ") == "ABCD EFGH IJ"


@given(st.text(max_size=300))
def test_whatever_is_typed_is_a_recovery_code_or_nothing(typed: str) -> None:
    cleaned = clean_recovery_code(typed)
    assert cleaned == "" or (len(cleaned) == RECOVERY_LENGTH and set(cleaned) <= set(RECOVERY_ALPHABET))


def test_signs_of_recovery_codes_are_not_taken_for_each_other() -> None:
    for pair in ("O0", "I1", "B8", "S5", "Z2"):
        assert len(set(pair) & set(RECOVERY_ALPHABET)) == 0
    assert len(RECOVERY_ALPHABET) ** RECOVERY_LENGTH > 2**56
