"""Lists of candidates for tests."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from hypothesis import strategies as st

from cdv_civic.draws.rules import Candidate, Category, PublishedList, Value, plain

_words = st.text(min_size=1, max_size=12).map(plain).filter(bool)


def a_list(
    seats: int, categories: tuple[Category, ...], profiles: Sequence[tuple[str, ...]], **values: Any
) -> PublishedList:
    """A list whose candidates have these profiles, labelled from 10000 on."""
    return PublishedList(
        **{
            "body": "Conseil citoyen",
            "title": "Essai",
            "college": "habitants",
            "substitutes": 0,
            "number": 1,
            "seed_rule": "le tirage public du 5 décembre",
            "seed_day": date(2026, 12, 5),
            "seats": seats,
            "categories": categories,
            "candidates": tuple(
                Candidate(str(10000 + number), profile) for number, profile in enumerate(profiles)
            ),
            **values,
        }
    )


@st.composite
def _categories(draw: st.DrawFn, most: int, largest: int) -> tuple[Category, ...]:
    names = draw(st.lists(_words, max_size=most, unique=True))
    found = []
    for name in names:
        values = []
        for said in draw(st.lists(_words, min_size=1, max_size=3, unique=True)):
            least = draw(st.integers(0, largest))
            values.append(Value(said, least, draw(st.none() | st.integers(least, largest + 1))))
        found.append(Category(name, tuple(values)))
    return tuple(found)


@st.composite
def published_lists(
    draw: st.DrawFn, most_categories: int = 3, most_candidates: int = 9, most_seats: int = 4
) -> PublishedList:
    """Small lists, many of which cannot be met."""
    seats = draw(st.integers(1, most_seats))
    categories = draw(_categories(most_categories, 2))
    profile = st.tuples(
        *(st.sampled_from([each.name for each in category.values]) for category in categories)
    )
    return a_list(
        seats,
        categories,
        draw(st.lists(profile, max_size=most_candidates)),
        body=draw(_words),
        title=draw(_words),
        substitutes=draw(st.integers(0, 3)),
        number=draw(st.integers(1, 9)),
        seed_rule=draw(_words),
    )
