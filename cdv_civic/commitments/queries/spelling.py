"""What somebody who mistyped probably meant: the nearest words that the index of commitments holds."""

from collections import defaultdict
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final

from sqlalchemy import literal, select

from cdv_civic.commitments.models import CommitmentSearch
from cdv_civic.core.db import rows_of
from cdv_civic.core.stemming import QueryTerm, search_words
from cdv_civic.core.web.page_cache import kept
from cdv_civic.core.web.validity import shows_only
from cdv_civic.territory.cache_tags import DIRECTORY, contract_tags
from cdv_civic.territory.models import Contract

#: A shorter word is near to too many.
_SMALLEST_CORRECTED: Final = 4
#: Longer ones are no words, and take long to compare.
_LONGEST_CORRECTED: Final = 30
#: How alike two words are that are taken for one, as `difflib` counts: two letters in ten may differ.
_CLOSE_ENOUGH: Final = 0.8

#: The stems of the index, by their first letter.
_Stems = Mapping[str, tuple[str, ...]]


def _indexed_stems() -> _Stems:
    """1 statement, of one column of the whole index and the names of all contracts."""
    names, documents = literal("contract").label("what"), literal("document").label("what")
    rows = rows_of(
        select(names, Contract.slug.label("said")).union_all(
            select(documents, CommitmentSearch.document.label("said"))
        )
    ).all()
    shows_only(DIRECTORY, *contract_tags(row.said for row in rows if row.what == "contract"))
    stems = {stem for row in rows if row.what == "document" for stem in row.said.split()}
    by_letter: dict[str, list[str]] = defaultdict(list)
    for stem in sorted(stems):
        by_letter[stem[0]].append(stem)
    return {letter: tuple(found) for letter, found in by_letter.items()}


def _is_indexed(term: QueryTerm, stems: _Stems) -> bool:
    return any(term.matches(stem) for stem in stems.get(term.text[0], ()))


def nearest_words(typed: str) -> str | None:
    """What to look for instead where nothing was found: each unknown word replaced by the nearest stem of the index.

    None where every word is known (they stand in no commitment together), or one is near to nothing. The stems of all
    commitments are kept in memory: see `core.web.page_cache.kept`.
    """
    stems = kept("stems of the index of commitments", _indexed_stems)
    found: list[str] = []
    replaced = False
    for word in search_words(typed):
        plain = word[0].text
        if any(_is_indexed(term, stems) for term in word):
            found.append(plain)
            continue
        if not _SMALLEST_CORRECTED <= len(plain) <= _LONGEST_CORRECTED:
            return None
        near = get_close_matches(plain, stems.get(plain[0], ()), n=1, cutoff=_CLOSE_ENOUGH)
        if not near:
            return None
        found.append(near[0])
        replaced = True
    return " ".join(found) if replaced else None
