"""A newer file is applied, except where a human has spoken since the last import."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.packs.merge import Change, Merge, merge_row

BEFORE = {"code": "A", "title": "Ouvrir", "holders": ["caf"]}


def test_the_same_row_is_unchanged_even_where_a_human_edited_it() -> None:
    assert merge_row(BEFORE, BEFORE, {**BEFORE, "title": "Ouvrir vite"}) == Merge(Change.UNCHANGED)


def test_a_field_that_the_file_changes_is_applied() -> None:
    after = {**BEFORE, "title": "Ouvrir en mai"}
    assert merge_row(BEFORE, after, BEFORE) == Merge(Change.UPDATED, {"title": "Ouvrir en mai"})


def test_a_field_that_the_file_no_longer_has_is_emptied() -> None:
    after = {"code": "A", "title": "Ouvrir"}
    assert merge_row(BEFORE, after, BEFORE).apply == {"holders": None}


def test_a_human_edit_is_kept_and_reported_and_the_other_fields_are_applied() -> None:
    after = {**BEFORE, "title": "Ouvrir en mai", "holders": ["ars"]}
    merge = merge_row(BEFORE, after, {**BEFORE, "title": "Ouvrir lundi"})
    assert merge == Merge(Change.UPDATED, {"holders": ["ars"]}, {"title": "Ouvrir en mai"})


def test_a_field_that_a_human_emptied_stays_empty_and_is_reported() -> None:
    after = {**BEFORE, "title": "Ouvrir en mai"}
    emptied = {"code": "A", "holders": ["caf"]}
    assert merge_row(BEFORE, after, emptied) == Merge(Change.UPDATED, kept={"title": "Ouvrir en mai"})


def test_a_field_that_only_a_human_filled_stays_as_it_is() -> None:
    after = {**BEFORE, "notes": "Du fichier"}
    assert merge_row(BEFORE, after, {**BEFORE, "notes": "D’une personne"}).kept == {"notes": "Du fichier"}


def test_a_human_who_was_ahead_of_the_file_is_no_conflict() -> None:
    after = {**BEFORE, "title": "Ouvrir lundi"}
    assert merge_row(BEFORE, after, {**BEFORE, "title": "Ouvrir lundi"}) == Merge(Change.UPDATED)


def test_a_row_that_comes_back_counts_as_updated() -> None:
    assert merge_row(BEFORE, BEFORE, BEFORE, was_retired=True) == Merge(Change.UPDATED)


ROWS = st.dictionaries(st.sampled_from("abc"), st.integers(0, 2))


@given(ROWS, ROWS, ROWS)
def test_every_changed_field_is_applied_or_kept_or_already_there(
    before: dict[str, Any], after: dict[str, Any], stored: dict[str, Any]
) -> None:
    merge = merge_row(before, after, stored)
    result = {**stored, **merge.apply}
    for name in "abc":
        spoken = stored.get(name) not in (before.get(name), after.get(name))
        assert (name in merge.kept) == (spoken and before.get(name) != after.get(name))
        if before.get(name) == after.get(name) or name in merge.kept:
            assert result.get(name) == stored.get(name)
        else:
            assert result.get(name) == after.get(name)
    assert not set(merge.apply) & set(merge.kept)
