"""XLSX files: read with their values, within bounds, and refused kindly."""

import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.core.spreadsheets.reading import (
    LARGEST_PART,
    LARGEST_TEXT,
    MOST_ROWS,
    BadSpreadsheet,
    is_spreadsheet,
    read_spreadsheet,
)
from cdv_civic.draws.candidates import read_candidates
from cdv_civic.draws.rules import Category, Value
from tests.draws.spreadsheets import packed, parts_of, spreadsheet

GENDER = Category("Genre", (Value("Femmes"), Value("Hommes")))
ROWS: list[list[str | int | float]] = [
    ["Prénom", "Nom", "Tél.", "Genre"],
    ["Awa", 'Diop "Bibi" & Cie', 612345678, "Femmes"],
    ["Zoé", "Roy", 612345679.0, ""],
    ["Jean\nPaul", "Petit", "06 12 34 56 70", "Hommes"],
]


@pytest.mark.parametrize("shared", [True, False])
def test_the_sheet_that_is_shown_is_read_as_a_paste(shared: bool) -> None:
    data = spreadsheet(ROWS, shared=shared)
    assert is_spreadsheet(data)
    assert read_spreadsheet(data).split("\n") == [
        "Prénom\tNom\tTél.\tGenre",
        'Awa\tDiop "Bibi" & Cie\t612345678\tFemmes',
        "Zoé\tRoy\t612345679.0\t",
        "Jean Paul\tPetit\t06 12 34 56 70\tHommes",
    ]


def test_people_of_a_sheet_are_understood() -> None:
    reading = read_candidates(read_spreadsheet(spreadsheet(ROWS)), (GENDER,))
    assert [(row.candidate.name, row.candidate.phone) for row in reading.rows] == [
        ('Awa Diop "Bibi" & Cie', "06 12 34 56 78"),
        ("Jean Paul Petit", "06 12 34 56 70"),
    ]
    assert [(each.line, each.kind) for each in reading.problems] == [(3, "no_value")]


@given(st.lists(st.lists(st.text(max_size=6) | st.integers(0, 10**9), min_size=1, max_size=5), max_size=6))
def test_as_many_lines_come_out_as_rows_went_in(rows: list[list[str | int]]) -> None:
    plain = [
        ["x", *("".join(letter for letter in str(cell) if letter.isprintable()) for cell in row)]
        for row in rows
    ]
    text = read_spreadsheet(spreadsheet(plain))
    assert len(text.split("\n")) == max(1, len(rows))


def test_a_sheet_that_unpacks_to_much_is_refused_at_its_bound() -> None:
    parts = parts_of(ROWS)
    bomb = packed({**parts, "xl/worksheets/sheet2.xml": b"<worksheet>" + b" " * (20 * LARGEST_PART)})
    assert len(bomb) < 1024 * 1024
    tracemalloc.start()
    try:
        with pytest.raises(BadSpreadsheet):
            read_spreadsheet(bomb)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * LARGEST_PART


def test_entities_that_grow_are_refused() -> None:
    entities = "".join(f'<!ENTITY a{each + 1} "{f"&a{each};" * 10}">' for each in range(9))
    text = f'<!DOCTYPE sst [<!ENTITY a0 "aaaaaaaaaa">{entities}]><sst><si><t>&a9;</t></si></sst>'
    with pytest.raises(BadSpreadsheet):
        read_spreadsheet(packed({**parts_of(ROWS), "xl/sharedStrings.xml": text}))


def test_a_cell_at_the_end_of_the_sheet_does_not_make_millions_of_lines() -> None:
    parts = parts_of(ROWS)
    sheet = parts["xl/worksheets/sheet2.xml"]
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c><c r="A1048576"><v>7</v></c></row></sheetData>'
    text = read_spreadsheet(packed({**parts, "xl/worksheets/sheet2.xml": sheet.replace("</sheetData>", far)}))
    assert text.split("\n")[-1].startswith("7\t")
    assert len(text) < 1000


def test_so_is_a_long_blank_that_cells_name() -> None:
    parts = parts_of(ROWS)
    blank = f"<sst><si><t>{' ' * (LARGEST_TEXT // 2)}</t></si></sst>".encode()
    rows = '<row><c t="s"><v>0</v></c></row>' * 3
    sheet = f"<worksheet><sheetData>{rows}</sheetData></worksheet>".encode()
    with pytest.raises(BadSpreadsheet):
        read_spreadsheet(packed({**parts, "xl/sharedStrings.xml": blank, "xl/worksheets/sheet2.xml": sheet}))


def test_a_sheet_holds_many_rows_and_not_any_number_of_them() -> None:
    parts = parts_of(ROWS)

    def with_rows(count: int) -> bytes:
        rows = "<row><c><v>1</v></c></row>" * count
        sheet = f"<worksheet><sheetData>{rows}</sheetData></worksheet>".encode()
        return packed({**parts, "xl/worksheets/sheet2.xml": sheet})

    assert read_spreadsheet(with_rows(MOST_ROWS)).count("\n") == MOST_ROWS - 1
    with pytest.raises(BadSpreadsheet):
        read_spreadsheet(with_rows(MOST_ROWS + 1))


def test_a_text_that_one_million_cells_name_is_refused() -> None:
    parts = parts_of([["x" * 10_000]])
    row = '<row><c t="s"><v>0</v></c></row>'
    sheet = parts["xl/worksheets/sheet2.xml"].replace("</sheetData>", row * 100_000 + "</sheetData>")
    with pytest.raises(BadSpreadsheet):
        read_spreadsheet(packed({**parts, "xl/worksheets/sheet2.xml": sheet}))


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0" + b"\x00" * 600,
        packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}),
        packed({**parts_of(ROWS), "xl/workbook.xml": "<workbook><sheets/></workbook>"}),
        packed({**parts_of(ROWS), "xl/worksheets/sheet2.xml": "<worksheet><c"}),
        packed({key: text for key, text in parts_of(ROWS).items() if "sheet2" not in key}),
    ],
)
def test_what_is_no_such_file_is_refused(data: bytes) -> None:
    assert is_spreadsheet(data)
    with pytest.raises(BadSpreadsheet):
        read_spreadsheet(data)


@given(st.data())
def test_a_damaged_file_is_read_or_refused(data: st.DataObject) -> None:
    good = bytearray(spreadsheet(ROWS))
    for _byte in range(data.draw(st.integers(1, 6))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    with suppress(BadSpreadsheet):
        read_spreadsheet(bytes(good))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(BadSpreadsheet):
        read_spreadsheet(b"PK\x03\x04" + data)
