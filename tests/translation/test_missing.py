"""`flask translations missing`: what is to be translated, counted and listed."""

from flask import Flask

from cdv_civic.core.db import transaction
from cdv_civic.core.localized import change_originals
from tests import factories as make


def said(app: Flask, *words: str) -> tuple[int, list[str]]:
    result = app.test_cli_runner().invoke(args=["translations", "missing", *words])
    return result.exit_code, result.output.splitlines()


def test_texts_are_counted_by_kind_and_listed_from_the_longest_waiting(app: Flask) -> None:
    contract = make.make_contract("val", translations={"ar": "عقد"})
    row = make.make_commitment(contract, "Une école", translations={"ar": "مدرسة"})
    other = make.make_commitment(contract, "Un  stade " + "très " * 20 + "grand")
    with transaction() as session:
        change_originals(session, {row.title_id: "Deux écoles"})
    code, lines = said(app, "--contract", "val", "--language", "ar")
    assert (code, lines) == (
        0,
        ["commitments\tTitres des engagements\t2", "2 texts to translate into ar"],
    )
    code, lines = said(app, "--contract", "val", "--language", "ar", "--list")
    assert lines[2].split("\t") == ["2026-11-20", f"commitment {row.id} title", "stale", "Deux écoles"]
    long = lines[3].split("\t")
    assert long[:3] == ["2026-11-20", f"commitment {other.id} title", "missing"]
    assert (len(long[3]), long[3][:15], long[3][-1]) == (80, "Un stade très t", "…")


def test_a_long_list_is_printed_whole(app: Flask) -> None:
    make.make_commitments(make.make_contract("val"), 120, searchable=False)
    _code, lines = said(app, "--contract", "val", "--language", "ar", "--list")
    assert len({line for line in lines if "\tmissing\t" in line}) == 121


def test_nothing_is_missing_of_a_site_without_words(app: Flask) -> None:
    assert said(app, "--language", "en", "--list") == (0, ["0 texts to translate into en"])


def test_an_unknown_contract_or_language_is_said(app: Flask) -> None:
    code, lines = said(app, "--contract", "nulle-part", "--language", "ar")
    assert (code, "no contract 'nulle-part' here" in lines[-1]) == (2, True)
    for tag, why in (("fr", "texts are written in it"), ("xx", "not a language of this site")):
        code, lines = said(app, "--language", tag)
        assert (code, why in lines[-1]) == (2, True)
