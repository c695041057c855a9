"""What people paste is made plain, and nothing else is changed."""

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cdv_civic.core.pasted_text import (
    LONGEST_PASTED,
    code,
    contact,
    digits,
    email,
    free_text,
    one_line,
    phone,
    unquoted,
)

UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u180e\u200b\u200e\u200f\u202a\u202e\u2060\u2066\u2069\u3164\ufe0f\ufeff\x00\x1b"
)
SPACES = " \t\n\u00a0\u2007\u2009\u202f\u3000"
DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d"
CLEANERS = (one_line, unquoted, contact, email, phone, code, free_text)

any_text = st.text(max_size=60) | st.text(
    f"{UNSEEN}{SPACES}{DASHES}\"'«»<>mailto:tel:é1٣@.,;?()’·", max_size=60
)


@pytest.mark.parametrize("cleaner", CLEANERS, ids=lambda each: each.__name__)
@given(any_text)
@example("'‘")
def test_what_is_plain_stays_as_it_is(cleaner: Callable[[str], str], typed: str) -> None:
    assert cleaner(cleaner(typed)) == cleaner(typed)


@given(any_text)
def test_one_line_holds_nothing_unseen(typed: str) -> None:
    line = one_line(typed)
    assert not {unicodedata.category(each) for each in line} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert all(each == " " for each in line if each.isspace())
    assert all(each == "-" for each in line if unicodedata.category(each) == "Pd")
    assert line == line.strip() == unicodedata.normalize("NFKC", line)


@given(st.data(), st.text("abcXYZ0189@.+", min_size=1, max_size=30))
def test_unseen_characters_change_nothing(data: st.DataObject, plain: str) -> None:
    unseen = st.text(UNSEEN, max_size=2)
    typed = "".join(data.draw(unseen) + each for each in plain) + data.draw(unseen)
    assert one_line(typed) == contact(typed) == plain


@given(st.data(), st.text("ABCDEF3479", min_size=1, max_size=20))
def test_what_stands_between_the_groups_of_a_code_changes_nothing(data: st.DataObject, plain: str) -> None:
    between = st.text(UNSEEN + SPACES + DASHES + "_./·", max_size=3)
    assert code("".join(data.draw(between) + each for each in plain) + data.draw(between)) == plain


@given(st.text("0123456789", min_size=1, max_size=12), st.sampled_from("٠۰०０𝟎"))
def test_digits_of_any_script_are_digits(digits: str, zero: str) -> None:
    assert code("".join(chr(ord(zero) + int(each)) for each in digits)) == digits


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("mailto:a@example.org", "a@example.org"),
        ("MAILTO: a@example.org", "a@example.org"),
        ("tel:+33612345678", "+33612345678"),
        ("sms:0612345678", "0612345678"),
        ("« tel:06 12 34 56 78 »", "06 12 34 56 78"),
        ("“a@example.org”", "a@example.org"),
        ("'<a@example.org>'", "a@example.org"),
        ("o'neil@example.org", "o'neil@example.org"),
        ("telephone@example.org", "telephone@example.org"),
    ],
)
def test_an_address_loses_what_programs_put_around_it(typed: str, plain: str) -> None:
    assert contact(typed) == plain


def test_a_quote_alone_stays() -> None:
    assert unquoted('"') == '"'
    assert unquoted("'a") == "'a"


def test_letters_that_look_alike_stay_what_they_are() -> None:
    assert contact("аgent@example.org") == "аgent@example.org"


def test_what_is_too_long_to_be_pasted_is_not_looked_at() -> None:
    typed = "\u200b" * (LONGEST_PASTED + 1)
    assert one_line(typed) == typed
    assert one_line(typed[:-1]) == ""


def test_free_text_keeps_all_that_can_be_seen() -> None:
    said = "Bonjour,\n\t« l’école » – ça va ?\u00a0!  👨‍👩‍👧 \u200fمرحبا ½"
    assert free_text(f"  {said}\x00\x0b\r\n") == said
    assert free_text("un\r\ndeux\rtrois") == "un\ndeux\ntrois"


@given(st.text(max_size=60))
def test_free_text_loses_control_characters_alone(typed: str) -> None:
    gone = ("Cc", "Cs", "Co")
    kept = [
        each for each in free_text(typed) if unicodedata.category(each) not in gone and not each.isspace()
    ]
    assert kept == [each for each in typed if unicodedata.category(each) not in gone and not each.isspace()]


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("Camille Exemple <camille@ville.fr>", "camille@ville.fr"),
        ("mailto:camille@ville.fr?subject=Bonjour", "camille@ville.fr"),
        ("camille@ville.fr.", "camille@ville.fr"),
        ("camille@ville.fr ;", "camille@ville.fr"),
        ("(camille@ville.fr)", "camille@ville.fr"),
        ("camille @ ville.fr", "camille@ville.fr"),
        ("d’arc@ville.fr", "d'arc@ville.fr"),
        ("E-mail : camille@ville.fr", "camille@ville.fr"),
        ("Mon adresse: camille@ville.fr.", "camille@ville.fr"),
        ("camille@ville.fr (bureau)", "camille@ville.fr"),
        ("البريد: camille@ville.fr", "camille@ville.fr"),
        ("e-mail : a@b.fr (ou c@d.fr)", "e-mail : a@b.fr (ou c@d.fr"),
        ("a@b.fr, c@d.fr", "a@b.fr, c@d.fr"),
        ("a <a@b.fr> <c@d.fr>", "a <a@b.fr> <c@d.fr>"),
    ],
)
def test_an_email_loses_what_stands_around_it_and_two_stay_two(typed: str, plain: str) -> None:
    assert email(typed) == plain


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("Tél. : 06 12 34 56 78", "06 12 34 56 78"),
        ("06·12·34·56·78", "06 12 34 56 78"),
        ("06,12,34,56,78", "06 12 34 56 78"),
        ("06 12 34 56 78 (portable)", "06 12 34 56 78"),
        ("0612345678.", "0612345678"),
        ("+33 (0)6 12 34 56 78", "+33 (0)6 12 34 56 78"),
        ("٠٦١٢٣٤٥٦٧٨", "0612345678"),
        ("06 12 34 56 7O", "06 12 34 56 7O"),
        ("06 12 ou 07 34", "06 12 ou 07 34"),
        ("06 12 34 56 78 poste 2", "06 12 34 56 78 poste 2"),
    ],
)
def test_a_number_loses_the_words_around_it_unless_they_hold_digits(typed: str, plain: str) -> None:
    assert phone(typed) == plain


@pytest.mark.parametrize(
    ("typed", "plain"),
    [("Code : 123456", "123456"), ("Votre code : 123 456.", "123456"), ("12:34:56", "123456")],
)
def test_a_code_loses_the_words_before_its_colon(typed: str, plain: str) -> None:
    assert code(typed) == plain


@pytest.mark.parametrize("cleaner", [email, phone, contact], ids=lambda each: each.__name__)
@pytest.mark.parametrize("piece", ["<", "(", "a ", "1 ", "mailto:", "·", "<a@b> "])
def test_long_nonsense_is_read_to_its_end(cleaner: Callable[[str], str], piece: str) -> None:
    for typed in (piece * (LONGEST_PASTED // len(piece)), piece * LONGEST_PASTED):
        assert len(cleaner(typed)) <= len(typed)


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("Mon quartier : votre code est 123456. Ne le donnez à personne.", "123456"),
        ("123 456 est votre code, valable 30 minutes", "123456"),
        ("رمزكم هو ١٢٣٤٥٦", "123456"),
        ("G-123456", "123456"),
        ("123456 et 654321", None),
        ("appelez le 01 99 00 12 34", None),
        ("1234567", None),
        ("12345", None),
        ("", None),
    ],
)
def test_a_code_of_digits_is_read_out_of_the_message_that_brought_it(typed: str, plain: str | None) -> None:
    assert digits(typed, 6) == plain


@given(st.text(max_size=60))
def test_a_code_of_digits_has_its_length_or_is_none(typed: str) -> None:
    found = digits(typed, 6)
    assert found is None or (len(found) == 6 and found.isascii() and found.isdigit())
