"""The register of what is stored (docs/donnees.md) names every table, and says what an erasure does to each."""

import re

import pytest
from flask import Flask

import cdv_civic.console.migrations  # noqa: F401  (imports every module that defines tables)
from cdv_civic.accounts.personal_parts import personal_parts
from cdv_civic.core import ledger
from cdv_civic.core.db import Model
from cdv_civic.core.settings import ROOT

pytestmark = pytest.mark.one_database

REGISTER = (ROOT / "docs" / "donnees.md").read_text(encoding="utf-8")


def named_in(text: str) -> list[str]:
    """What the first cells of tables name."""
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    return [name for row in rows for name in re.findall(r"`([a-z_]+)`", row.split("|")[1])]


def section(title: str) -> str:
    return REGISTER.partition(f"## {title}\n")[2].partition("\n## ")[0]


def test_every_table_stands_in_the_register_once() -> None:
    named = named_in(REGISTER.partition("## When an account is erased")[0])
    tables = {table.name for table in Model.metadata.sorted_tables}
    assert tables - set(named) == set(), "say in docs/donnees.md what these tables hold, why and how long"
    assert set(named) - tables == set(), "these tables are gone: take them out of docs/donnees.md"
    assert len(named) == len(set(named))


def test_every_line_says_all_of_it() -> None:
    for line in REGISTER.partition("## When an account is erased")[0].splitlines():
        if line.startswith("| `"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            assert len(cells) == 5, line
            assert all(cells), line


def test_what_points_to_an_account_says_what_an_erasure_does() -> None:
    pointing = {
        table.name
        for table in Model.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "account"
    }
    named = set(named_in(section("When an account is erased")))
    assert pointing - named == set(), (
        "say in docs/donnees.md what happens to these, and register a PersonalPart"
    )
    assert named - pointing == {"account"}


def test_every_line_of_the_ledger_stands_in_the_register(app: Flask) -> None:
    rows = [line for line in section("The ledger").splitlines() if line.startswith("| `")]
    said = [name for row in rows for name in re.findall(r"`([a-z_.]+)`", row.split("|")[1])]
    assert sorted(said) == sorted(ledger.kinds()), "say in docs/donnees.md what a restore does again"


def test_the_parts_of_the_file_are_those_of_the_register(app: Flask) -> None:
    assert {part.key for part in personal_parts()} == set(named_in(section("The file that people take away")))
    assert [part.key for part in personal_parts() if not part.words] == [], (
        "a part shows nothing without words"
    )
