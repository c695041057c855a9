"""What may be kept, how much of it, and under which name."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.core.web.error_pages import NEVER_ECHOED
from cdv_civic.drafts import rules
from cdv_civic.drafts.rules import DraftKey

pytestmark = pytest.mark.one_database

TYPED = st.dictionaries(st.text(max_size=12), st.lists(st.text(max_size=40), max_size=4), max_size=6)


@pytest.mark.parametrize("name", ["voice.answer", "consultation.answer", "fund.project_form", "a.b.c"])
def test_a_form_is_declared_by_what_it_is_about_and_what_is_done(name: str) -> None:
    rules.check_kind(name)


@pytest.mark.parametrize(
    "name",
    [
        "ballot.cast",
        "fund.ballot",
        "fund.vote",
        "fund.voter_roll",
        "voice.assisted",
        "voice.noted",
        "walk.observation",
        "card.sign_in",
        "voice.receipt",
        "message.code",
        "account.password",
    ],
)
def test_secrets_and_the_words_of_others_cannot_be_declared(name: str) -> None:
    with pytest.raises(ValueError, match="never kept"):
        rules.check_kind(name)


@pytest.mark.parametrize(
    "name", ["", "voice", "Voice.answer", "voice answer", "voice.", ".answer", "voice/answer"]
)
def test_what_is_no_name_cannot_be_declared_either(name: str) -> None:
    with pytest.raises(ValueError, match="not a kind"):
        rules.check_kind(name)


def test_what_no_page_shows_again_makes_a_form_secret() -> None:
    assert NEVER_ECHOED <= rules.SECRET_FIELDS
    for name in NEVER_ECHOED:
        assert rules.is_secret(name)
        assert not rules.is_kept(name)


@pytest.mark.parametrize("autocomplete", ["one-time-code", "current-password", "new-password"])
def test_so_does_what_browsers_take_for_a_secret(autocomplete: str) -> None:
    assert rules.is_secret("anything", autocomplete)


@pytest.mark.parametrize("name", sorted(rules.LEFT_OUT))
def test_what_nobody_typed_is_left_out_and_the_rest_is_kept(name: str) -> None:
    assert not rules.is_secret(name)
    assert not rules.is_kept(name)
    assert rules.is_kept("words")
    assert not rules.is_kept("words", "off"), "browsers were asked to keep nothing of it"


@given(
    st.lists(
        st.one_of(st.integers(min_value=0), st.from_regex(r"[a-z_]{1,12}", fullmatch=True)),
        min_size=1,
        max_size=4,
    )
)
def test_what_a_draft_is_about_is_one_key(parts: list[int | str]) -> None:
    owner = rules.owner_of(*parts)
    assert owner.split(":") == [str(part) for part in parts]
    if len(owner) <= rules.LONGEST_OWNER:
        assert DraftKey("voice.answer", owner).owner == owner


@given(st.text())
def test_no_other_text_is_a_key(owner: str) -> None:
    try:
        key = DraftKey("voice.answer", owner)
    except ValueError:
        return
    assert 0 < len(key.owner) <= rules.LONGEST_OWNER
    assert set(key.owner) <= set("0123456789abcdefghijklmnopqrstuvwxyz:_.-")


@given(TYPED)
def test_the_size_of_a_draft_is_what_it_takes_where_it_is_kept(typed: dict[str, list[str]]) -> None:
    text = json.dumps(typed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert rules.bytes_of(typed) == len(text.encode("utf-8"))
    assert len(text) <= rules.bytes_of(typed), "the constraint of the table counts characters"


@given(TYPED)
def test_spaces_alone_say_nothing(typed: dict[str, list[str]]) -> None:
    blank = {name: [" \n" for _value in values] for name, values in typed.items()}
    assert not rules.says_something(blank)
    assert rules.says_something(blank | {"words": ["", "Une rampe"]})


def test_a_draft_is_offered_where_what_it_changes_was_changed() -> None:
    assert rules.is_stale("3", "4")
    assert not rules.is_stale("3", "3")
    assert not rules.is_stale("", "")


def test_a_draft_ends_ninety_days_after_it_was_saved_last() -> None:
    saved_at = datetime(2026, 11, 20, tzinfo=UTC)
    assert rules.end_of(saved_at) - saved_at == timedelta(days=90)
