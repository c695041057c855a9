"""Quotas as people type them, the published list, and the one form of a seed."""

from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.draws.rules import (
    BadList,
    BadQuota,
    Candidate,
    Category,
    PublishedList,
    Value,
    canonical,
    fingerprint,
    normal_seed,
    parse,
    plain,
    read_values,
    seed_is_long_enough,
    written_values,
)
from tests.draws.lists import published_lists


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("Femmes : 6", Value("Femmes", 6, 6)),
        ("- Femmes: 6", Value("Femmes", 6, 6)),
        ("16-25 ans", Value("16-25 ans")),
        ("16 à 25 ans : 1 à 3", Value("16 à 25 ans", 1, 3)),
        ("16-25 ans : 1-3", Value("16-25 ans", 1, 3)),
        ("Nord : au moins 2", Value("Nord", 2, None)),
        ("Nord : 2+", Value("Nord", 2, None)),
        ("Nord : >= 2", Value("Nord", 2, None)),
        ("Sud : au plus 4", Value("Sud", 0, 4)),
        ("Sud : de 0 à 4", Value("Sud", 0, 4)),
        ("Cité : tour B : 2", Value("Cité : tour B", 2, 2)),
        ("Sud :", Value("Sud")),
        ("x" * 60, Value("x" * 60)),
    ],
)
def test_a_line_of_quotas_is_read(typed: str, value: Value) -> None:
    assert read_values(typed) == (value,)


@pytest.mark.parametrize(
    ("typed", "kind", "line"),
    [
        ("Femmes : 6\nHommes : six", "unreadable", 2),
        (": 3", "name", 1),
        ("x" * 61, "name", 1),
        ("Nord : 4 à 2", "crossed", 1),
        ("Nord : 1\n\nnord : 2", "twice", 3),
        ("\n".join(f"v{each}" for each in range(13)), "many", 13),
    ],
)
def test_a_line_that_cannot_be_read_says_which(typed: str, kind: str, line: int) -> None:
    with pytest.raises(BadQuota) as refused:
        read_values(typed)
    assert (refused.value.kind, refused.value.line) == (kind, line)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Nord 3+", "Nord : 3+"),
        ("Nord (3+)", "Nord : 3+"),
        ("Nord=3+", "Nord : 3+"),
        ("Nord - 3 et plus", "Nord : 3 et plus"),
        ("Femmes 6", "Femmes : 6"),
        ("Femmes (6)", "Femmes : 6"),
        ("26-40 ans 2 à 4", "26-40 ans : 2 à 4"),
        ("Centre ville au moins 2", "Centre ville : au moins 2"),
        ("Sud max 4", "Sud : max 4"),
        ("Jeunes 16-25", "Jeunes : 16-25"),
    ],
)
def test_a_quota_without_its_colon_is_refused_with_what_was_meant(typed: str, meant: str) -> None:
    with pytest.raises(BadQuota) as refused:
        read_values(f"Ailleurs\n{typed}")
    assert (refused.value.kind, refused.value.line, refused.value.meant) == ("no_colon", 2, meant)
    (value,) = read_values(meant)
    assert value.least or value.most
    assert read_values(f"{typed} :") == (Value(typed),)


@pytest.mark.parametrize("typed", ["Femmes 50 %", "Femmes 50%", "50 %"])
def test_a_percentage_is_no_number_of_people(typed: str) -> None:
    with pytest.raises(BadQuota) as refused:
        read_values(typed)
    assert refused.value.kind == "percent"


@pytest.mark.parametrize(
    "typed",
    [
        "Secteur 1\nSecteur 2",
        "Moins de 18\nPlus de 60",
        "16 à 25 ans\n26-40 ans\n60 et plus",
        "60 ans et plus",
        "de 16 à 25",
        "entre 16 et 25",
        "Bâtiment A",
    ],
)
def test_a_number_that_belongs_to_a_name_stays_in_it(typed: str) -> None:
    assert [each.name for each in read_values(typed)] == typed.split("\n")


_LINES = st.tuples(
    st.sampled_from(("Femmes", "Nord : centre", "- Sud", "16-25 ans", "Est :", "Tour 3"))
    | st.text(max_size=8),
    st.sampled_from(
        (
            "",
            " :",
            " 3+",
            " (2)",
            " 50 %",
            " 6 :",
            " : 6",
            " : 1 à 3",
            ": 2+",
            " : au plus 4",
            " : 0",
            " : au moins 1",
        )
    ),
).map("".join)


@given(st.text(max_size=80) | st.lists(_LINES, max_size=4).map("\n".join))
def test_values_that_were_read_are_written_and_read_the_same(typed: str) -> None:
    try:
        values = read_values(typed)
    except BadQuota:
        return
    assert read_values(written_values(values)) == values


def test_values_are_written_as_people_type_them() -> None:
    values = (
        Value("Femmes"),
        Value("Nord : centre"),
        Value("Hommes", 1),
        Value("Est : gare", 1),
        Value("Sud", 2, 2),
        Value("Ouest", 0, 3),
    )
    written = "Femmes\nNord : centre :\nHommes : 1+\nEst : gare : 1+\nSud : 2\nOuest : 0-3"
    assert written_values(values) == written
    assert read_values(written) == values


@given(published_lists())
def test_a_published_list_is_read_back_whole(published: PublishedList) -> None:
    text = canonical(published)
    assert canonical(parse(text)) == text
    assert canonical(parse("\ufeff" + text.replace("\n", "\r\n"))) == text


@given(published_lists(), st.randoms())
def test_the_order_in_which_candidates_came_does_not_matter(published: PublishedList, random: Random) -> None:
    shuffled = list(published.candidates)
    random.shuffle(shuffled)
    other = PublishedList(**{**vars(published), "candidates": tuple(shuffled)})
    assert fingerprint(canonical(other)) == fingerprint(canonical(published))


DOCUMENTED = """\
cdv-tirage 1
instance | Conseil citoyen
titre | Habitants 2026
college | habitants
sieges | 2
suppleants | 1
liste | 1
hasard | le tirage public du 5 décembre
jour | 2026-12-05
critere | Genre | Femmes | 1 | 1
critere | Genre | Hommes | 1 | -
candidat | 10384 | Femmes
candidat | 20410 | Hommes
"""


def test_a_list_looks_as_the_documentation_says() -> None:
    published = PublishedList(
        "Conseil citoyen", "Habitants 2026", "habitants", 2, 1, 1, "le tirage public du 5 décembre",
        date(2026, 12, 5), (Category("Genre", (Value("Femmes", 1, 1), Value("Hommes", 1))),),
        (Candidate("20410", ("Hommes",)), Candidate("10384", ("Femmes",))),
    )  # fmt: skip
    assert canonical(published) == DOCUMENTED
    assert canonical(parse(DOCUMENTED.replace("\n", "\n\n"))) == DOCUMENTED


@pytest.mark.parametrize(
    ("line", "broken", "number"),
    [
        ("cdv-tirage 1", "cdv-tirage 2", 1),
        ("titre | Habitants 2026", "titre | Habitants | 2026", 3),
        ("titre | Habitants 2026", "titre", 3),
        ("sieges | 2", "sieges | deux", 13),
        ("jour | 2026-12-05", "jour | 5 décembre", 13),
        ("critere | Genre | Femmes | 1 | 1", "critere | Genre | Femmes | 1", 10),
        ("candidat | 20410 | Hommes", "candidat | 20410 | Autre", 13),
        ("candidat | 20410 | Hommes", "candidat | 20410", 13),
        ("candidat | 20410 | Hommes", "candidat |  | Hommes", 13),
        ("candidat | 20410 | Hommes", "candidat | 10384 | Hommes", 13),
    ],
)
def test_a_list_with_one_broken_line_is_refused_and_the_line_named(
    line: str, broken: str, number: int
) -> None:
    with pytest.raises(BadList) as refused:
        parse(DOCUMENTED.replace(line, broken))
    assert refused.value.line == number


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "nonsense",
        "cdv-tirage 1\n",
        "cdv-tirage 1\ncandidat | 1 | 2\n",
        "cdv-tirage 1\ncritere | a | b | -1 | 2\n",
        "cdv-tirage 1\ncritere | a | b | 1\n",
        "cdv-tirage 1\nsieges\n",
    ],
)
def test_a_file_that_is_no_list_is_refused(broken: str) -> None:
    with pytest.raises(BadList):
        parse(broken)


def test_a_list_with_one_label_twice_is_refused() -> None:
    head = "instance | i\ntitre | t\ncollege | habitants\nsieges | 1\nsuppleants | 0\nliste | 1\nhasard | h\njour | 2026-12-05\n"
    with pytest.raises(BadList):
        parse(f"cdv-tirage 1\n{head}candidat | 1\ncandidat | 1\n")


@given(st.text())
def test_a_plain_text_stands_on_one_line(typed: str) -> None:
    said = plain(typed)
    assert plain(said) == said
    assert "|" not in said
    assert len(said.splitlines()) <= 1
    said.encode()


@pytest.mark.parametrize(
    ("typed", "seed"),
    [
        ("3 17 22 41 49 / 5", "3-17-22-41-49-5"),
        ("03-17-22-41-49, n° chance 5", "3-17-22-41-49-n-chance-5"),
        ("٣ ١٧ ٢٢", "3-17-22"),
        ("00 12", "0-12"),
        (" ", ""),
        ("ABÇ12", "abc-12"),
    ],
)
def test_a_seed_has_one_form(typed: str, seed: str) -> None:
    assert normal_seed(typed) == seed


@given(st.text())
def test_the_form_of_a_seed_is_its_own_form(typed: str) -> None:
    seed = normal_seed(typed)
    assert normal_seed(seed) == seed
    assert "|" not in seed


def test_a_seed_that_could_be_tried_out_is_too_short() -> None:
    assert not seed_is_long_enough(normal_seed("7 3 1"))
    assert seed_is_long_enough(normal_seed("3 17 22 41"))
    assert seed_is_long_enough("123-456")
    assert not seed_is_long_enough("1-2-3-4-5"), "dashes do not count"
    assert seed_is_long_enough("1" * 200)
    assert not seed_is_long_enough("1" * 201)
