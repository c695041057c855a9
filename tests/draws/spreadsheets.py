"""Small XLSX files for tests, as Excel and LibreOffice write them."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
Cell = str | int | float


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def parts_of(rows: Sequence[Sequence[Cell]], *, shared: bool = True, gap: int = 0) -> dict[str, str]:
    """The parts of a file; `shared`: texts stand apart, as Excel does; `gap`: empty rows above."""
    strings: list[str] = []
    lines = []
    for number, cells in enumerate(rows, 1 + gap):
        said = []
        for column, cell in enumerate(cells, 1):
            place = f'r="{_letters(column)}{number}"'
            if cell == "":
                continue
            if isinstance(cell, str) and shared:
                said.append(f'<c {place} t="s"><v>{len(strings)}</v></c>')
                strings.append(cell)
            elif isinstance(cell, str):
                said.append(f'<c {place} t="inlineStr"><is><t>{escape(cell)}</t></is></c>')
            else:
                said.append(f"<c {place}><v>{cell}</v></c>")
        lines.append(f'<row r="{number}">{"".join(said)}</row>')
    parts = {
        "xl/workbook.xml": f'<?xml version="1.0"?><workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>'
        '<sheet name="Cachée" sheetId="1" state="hidden" r:id="rId1"/>'
        '<sheet name="Liste" sheetId="2" r:id="rId2"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">'
        '<Relationship Id="rId1" Type="t" Target="worksheets/sheet1.xml"/>'
        '<Relationship Id="rId2" Type="t" Target="/xl/worksheets/sheet2.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData/></worksheet>',
        "xl/worksheets/sheet2.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>',
    }
    if strings:
        texts = "".join(
            f"<si><r><t>{escape(each[:1])}</t></r><r><t>{escape(each[1:])}</t></r>"
            "<rPh><t>lecture</t></rPh></si>"
            for each in strings
        )
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{_MAIN}">{texts}</sst>'
    return parts


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    """The parts as a file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def spreadsheet(rows: Sequence[Sequence[Cell]], *, shared: bool = True, gap: int = 0) -> bytes:
    """A whole file with one sheet that is shown and one that is hidden before it."""
    return packed(parts_of(rows, shared=shared, gap=gap))
