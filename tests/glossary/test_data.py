"""The glossary we ship can be read by everybody, and says each thing once."""

import json
from collections import Counter

from cdv_civic.core.settings import ROOT
from tests.languages import SHIPPED

ENTRIES = json.loads((ROOT / "cdv_civic/glossary/data/glossary.json").read_text("utf-8"))


def test_each_entry_has_a_key_of_its_own() -> None:
    assert max(Counter(entry["key"] for entry in ENTRIES).values()) == 1


def test_a_term_with_two_meanings_says_in_which_context() -> None:
    times = Counter(entry["term"] for entry in ENTRIES)
    assert {"CLS", "EVS"} <= {term for term, count in times.items() if count == 2}
    assert all(entry["context"] for entry in ENTRIES if times[entry["term"]] > 1)


def test_each_entry_is_explained_in_the_same_languages_in_one_short_sentence_or_two() -> None:
    explained = set(ENTRIES[0]["explanation"])
    assert {"fr"} <= explained <= set(SHIPPED)
    for entry in ENTRIES:
        assert set(entry["explanation"]) == explained, entry["key"]
        assert all(0 < len(text.split()) <= 21 for text in entry["explanation"].values()), entry["key"]
