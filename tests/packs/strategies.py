"""Random contract packs, small and valid, and ways to break them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import cache
from typing import Any

from hypothesis import strategies as st

from cdv_civic.packs.grammar import flaw_of_text
from cdv_civic.packs.shapes import FORMAT, ROW_KEYS
from cdv_civic.territory import vocabulary

Json = dict[str, Any]

_CHARACTERS = st.one_of(
    st.sampled_from("abcdeéàçœ ’'-«»…–€0123456789&<>%"),
    st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp", "Cn", "Co"]),
)


@cache
def texts(max_size: int = 40) -> st.SearchStrategy[str]:
    return (
        st.text(_CHARACTERS, min_size=1, max_size=max_size)
        .map(str.strip)
        .filter(lambda text: flaw_of_text(text) is None)
    )


@cache
def names(count: int, pattern: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.from_regex(pattern, fullmatch=True), min_size=count, max_size=count, unique=True)


SLUG = r"[a-z0-9]{1,6}(-[a-z0-9]{1,4}){0,2}"
CODE = r"[A-Za-z0-9][A-Za-z0-9.-]{0,7}"
DEPARTEMENTS = st.lists(st.sampled_from(["91", "94", "2A", "974"]), min_size=1, max_size=2, unique=True)
DAYS = st.dates().map(lambda day: f"{day.year:04}-{day.month:02}-{day.day:02}")
LINES = st.integers(1, 100_000)


def some(values: list[str]) -> st.SearchStrategy[list[str]]:
    if not values:
        return st.just([])
    return st.lists(st.sampled_from(values), max_size=3, unique=True)


def word(table: Any) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(table))


POSTCODES = st.lists(st.from_regex("[0-9]{5}", fullmatch=True), min_size=1, unique=True)
SLUGS = st.from_regex(SLUG, fullmatch=True)


@st.composite
def rows(draw: st.DrawFn, required: dict[str, Any], optional: dict[str, Any]) -> Json:
    return draw(st.fixed_dictionaries(required, optional=optional))


@st.composite
def packs(draw: st.DrawFn, slug_suffix: str = "") -> Json:
    """A valid pack as JSON values."""
    sizes = {kind: draw(st.integers(1 if kind in ("communes", "axes") else 0, 3)) for kind in ROW_KEYS}
    keys = {kind: draw(names(sizes[kind], SLUG if key == "slug" else CODE)) for kind, key in ROW_KEYS.items()}
    keys["quartiers"] = [slug + slug_suffix for slug in keys["quartiers"]]
    start = draw(st.integers(2000, 2030))
    pack: Json = {
        "format": FORMAT,
        "contract": draw(
            rows(
                {
                    "slug": SLUGS.map(lambda slug: slug + slug_suffix),
                    "title": texts(),
                    "short_title": texts(),
                    "territory": texts(),
                    "period_start": st.sampled_from([str(start), f"{start}-02", f"{start}-02-03"]),
                    "period_end": st.sampled_from([str(start), f"{start + 1}-02", f"{start + 6}-12-31"]),
                    "departments": DEPARTEMENTS,
                    "source": st.fixed_dictionaries(
                        {"document": texts()}, optional={"dated": st.just(f"{start}-06"), "signed_on": DAYS}
                    ),
                },
                {"notes": texts()},
            )
        ),
        "communes": [
            draw(
                rows(
                    {"slug": st.just(key), "name": texts()},
                    {
                        "department": st.sampled_from(["94", "2B"]),
                        "postcodes": POSTCODES,
                        "other_names": st.lists(texts(), min_size=1, max_size=2, unique=True),
                    },
                )
            )
            for key in keys["communes"]
        ],
        "organisations": [
            draw(
                rows(
                    {
                        "slug": st.just(key),
                        "name": texts(),
                        "kind": word(vocabulary.ORGANISATION_KINDS),
                        "signatory": st.booleans(),
                        "aliases": st.lists(texts(), max_size=2, unique=True),
                    },
                    {"departments": DEPARTEMENTS, "line": LINES},
                )
            )
            for key in keys["organisations"]
        ],
        "quartiers": [
            draw(
                rows(
                    {
                        "slug": st.just(key),
                        "name": texts(),
                        "kind": word(vocabulary.QUARTIER_KINDS),
                        "communes": some(keys["communes"]),
                        "aliases": st.lists(texts(), max_size=2, unique=True),
                        "line": LINES,
                    },
                    {
                        "population": st.fixed_dictionaries(
                            {"value": st.integers(0, 90_000)},
                            optional={"year": st.integers(1900, 2100), "source": texts()},
                        ),
                        "population_text": texts(),
                        "sector": texts(),
                        "bailleurs": some(keys["organisations"]),
                        "figures": st.lists(
                            st.fixed_dictionaries(
                                {"name": texts(), "value": texts()},
                                optional={"year": st.integers(1900, 2100)},
                            ),
                            min_size=1,
                            max_size=2,
                        ),
                        "notes": texts(),
                    },
                )
            )
            for key in keys["quartiers"]
        ],
        "axes": [],
        "commitments": [
            draw(
                rows(
                    {
                        "code": st.just(key),
                        "title": texts(),
                        "nature": word(vocabulary.NATURES),
                        "axes": st.lists(st.sampled_from(keys["axes"]), min_size=1, max_size=3, unique=True),
                        "holders": some(keys["organisations"]),
                        "partners": some(keys["organisations"]),
                        "quartiers": some(keys["quartiers"]),
                        "communes": some(keys["communes"]),
                        "indicators": some(keys["indicators"]),
                        "lines": st.lists(LINES, min_size=1, max_size=3, unique=True),
                    },
                    {
                        "partners_text": st.lists(texts(), min_size=1, max_size=2, unique=True),
                        "deadline": st.fixed_dictionaries({"text": texts()}, optional={"date": DAYS}),
                        "recurrence": texts(),
                        "condition": texts(),
                        "budget": st.fixed_dictionaries(
                            {"text": texts()},
                            optional={
                                "amount_eur": st.one_of(
                                    st.integers(0, 10**9),
                                    st.decimals(0, 10**6, places=2).map(float),
                                ),
                                "certainty": word(vocabulary.CERTAINTIES),
                            },
                        ),
                        "status_text": texts(),
                    },
                )
            )
            for key in keys["commitments"]
        ],
        "indicators": [
            draw(
                rows(
                    {
                        "code": st.just(key),
                        "name": texts(),
                        "family": word(vocabulary.INDICATOR_FAMILIES),
                        "value_kind": word(vocabulary.VALUE_KINDS),
                        "quartiers": some(keys["quartiers"]),
                        "line": LINES,
                    },
                    {
                        "unit": texts(),
                        "axis": st.sampled_from(keys["axes"]),
                        "baseline": texts(),
                        "target": texts(),
                        "source": texts(),
                    },
                )
            )
            for key in keys["indicators"]
        ],
        "bodies": [
            draw(
                rows(
                    {
                        "slug": st.just(key),
                        "name": texts(),
                        "kind": word(vocabulary.BODY_KINDS),
                        "communes": some(keys["communes"]),
                        "quartiers": some(keys["quartiers"]),
                        "line": LINES,
                    },
                    {"rules": texts(), "active": st.booleans()},
                )
            )
            for key in keys["bodies"]
        ],
    }
    for index, key in enumerate(keys["axes"]):
        tree = draw(word([code for code in vocabulary.TREES if code != vocabulary.BORN_TREE]))
        optional: dict[str, Any] = {"short_title": texts(), "commune": st.sampled_from(keys["communes"])}
        if keys["quartiers"]:
            optional["quartier"] = st.sampled_from(keys["quartiers"])
        if parents := [axis["code"] for axis in pack["axes"][:index] if axis["tree"] == tree]:
            optional["parent"] = st.sampled_from(parents)
        required = {
            "code": st.just(key),
            "title": texts(),
            "kind": st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True),
            "tree": st.just(tree),
            "line": LINES,
        }
        pack["axes"].append(draw(rows(required, optional)))
    return pack


# How to break a pack: each function changes it in place and returns where the problem must be named.


def _any_row(draw: st.DrawFn, pack: Json) -> tuple[str, Json]:
    kind = draw(st.sampled_from([kind for kind in ROW_KEYS if pack[kind]]))
    index = draw(st.integers(0, len(pack[kind]) - 1))
    return f"{kind}[{index}]", pack[kind][index]


def _missing_key(draw: st.DrawFn, pack: Json) -> str:
    place, row = _any_row(draw, pack)
    key = draw(
        st.sampled_from([key for key in ("slug", "code", "name", "title", "kind", "nature") if key in row])
    )
    del row[key]
    return place


def _unknown_key(draw: st.DrawFn, pack: Json) -> str:
    place, row = _any_row(draw, pack)
    row[draw(texts(8).filter(lambda key: key not in row and key != "department"))] = "x"
    return place


def _null(draw: st.DrawFn, pack: Json) -> str:
    place, row = _any_row(draw, pack)
    key = draw(st.sampled_from(sorted(row)))
    row[key] = None
    return f"{place}.{key}"


def _wrong_type(draw: st.DrawFn, pack: Json) -> str:
    place, row = _any_row(draw, pack)
    key = draw(st.sampled_from(sorted(row)))
    wrong = [True, 12.5, "", [None], {"x": 1}]
    if isinstance(row[key], bool):
        wrong[0] = 1
    row[key] = draw(st.sampled_from(wrong))
    # The list or the object itself may be right, and what it holds wrong.
    return f"{place}.{key}"


def _forbidden_text(draw: st.DrawFn, pack: Json) -> str:
    place, row = _any_row(draw, pack)
    key = "title" if "title" in row else "name"
    bad = [
        "<b>x</b>",
        "x<script src=y>",
        "</p>",
        "a&nbsp;b",
        "&#60;",
        "x\x00",
        "x\u202ey",
        "x\ny",
        " x",
        "x\u00a0",
        "\ud800",
    ]
    row[key] = draw(st.sampled_from(bad))
    return f"{place}.{key}"


def _dangling(draw: st.DrawFn, pack: Json) -> str:
    place, row = _any_row(draw, pack)
    lists = [
        k
        for k in ("axes", "holders", "partners", "quartiers", "communes", "indicators", "bailleurs")
        if k in row
    ]
    ones = [key for key in ("axis", "parent", "commune", "quartier") if key in row]
    if not lists and not ones:
        pack["axes"][0]["parent"] = "nowhere-at-all"
        return "axes[0].parent"
    key = draw(st.sampled_from(lists + ones))
    if key in ones:
        row[key] = "nowhere-at-all"
        return f"{place}.{key}"
    row[key] = [*row[key], "nowhere-at-all"]
    return f"{place}.{key}[{len(row[key]) - 1}]"


def _duplicate(draw: st.DrawFn, pack: Json) -> str:
    kind = draw(st.sampled_from([kind for kind in ROW_KEYS if pack[kind]]))
    pack[kind].append(copy.deepcopy(draw(st.sampled_from(pack[kind]))))
    return f"{kind}[{len(pack[kind]) - 1}].{ROW_KEYS[kind]}"


def _impossible_date(draw: st.DrawFn, pack: Json) -> str:
    bad = draw(st.sampled_from(["2024-02-31", "2023-02-29", "2024-13-01", "0000-01-01", "2024-00-10"]))
    if pack["commitments"]:
        pack["commitments"][0]["deadline"] = {"text": "un jour", "date": bad}
        return "commitments[0].deadline.date"
    pack["contract"]["source"]["signed_on"] = bad
    return "contract.source.signed_on"


def _ends_before_start(draw: st.DrawFn, pack: Json) -> str:
    pack["contract"]["period_end"] = "1999-12-31"
    return "contract.period_end"


def _huge_number(draw: st.DrawFn, pack: Json) -> str:
    pack["axes"][0]["line"] = draw(st.sampled_from([10**12, 10**28, 10**60, 0, -1]))
    return "axes[0].line"


def _other_format(draw: st.DrawFn, pack: Json) -> str:
    pack["format"] = draw(st.sampled_from(["contrat-de-ville/2", "autre", "", None, 1]))
    return "format"


BREAKS: list[Callable[[st.DrawFn, Json], str]] = [
    _missing_key,
    _unknown_key,
    _null,
    _wrong_type,
    _forbidden_text,
    _dangling,
    _duplicate,
    _impossible_date,
    _ends_before_start,
    _huge_number,
    _other_format,
]


@st.composite
def broken_packs(draw: st.DrawFn) -> tuple[Json, str]:
    """A pack with one fault, and the place where it must be named."""
    pack = copy.deepcopy(draw(packs()))
    where = draw(st.sampled_from(BREAKS))(draw, pack)
    return pack, where
