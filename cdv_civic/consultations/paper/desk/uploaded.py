"""The table that a form of the desk brings."""

import re
from collections.abc import Sequence
from typing import Final

from flask import request

from cdv_civic.consultations.paper.desk.blueprint import questions_at_desk
from cdv_civic.consultations.paper.operations.sheets import TypedSheet
from cdv_civic.consultations.paper.queries.asked import PaperConsultation
from cdv_civic.consultations.paper.queries.sheets import sheets_of
from cdv_civic.consultations.paper.rules.numbers import VoidReason
from cdv_civic.consultations.paper.tables import LARGEST_FILE, Expected, ReadSheets, read_sheets
from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.spreadsheets.reading import BadSpreadsheet, decoded, is_spreadsheet, read_spreadsheet

#: Names of things in an archive that runs programs: nobody's answers.
_BINARY: Final = re.compile(rb"[\x00-\x08\x0e-\x1f]")


def uploaded_sheets(consultation: PaperConsultation, *, late: bool = False) -> ReadSheets:
    """What the file of the form holds; raises `DomainError` for what is no table. `late`: of sheets that were found
    once the results were published, each has its number, and lost ones may be among them.
    """
    uploaded = request.files.get("file")
    data = uploaded.read(LARGEST_FILE + 1) if uploaded is not None and uploaded.filename else b""
    if not data:
        raise DomainError(_l("Choisissez le tableau que vous avez rempli."), field="file")
    if len(data) > LARGEST_FILE:
        raise DomainError(_l("Ce tableau pèse plus de 5 Mo. Partagez-le en deux."), field="file")
    try:
        text = read_spreadsheet(data, marked=True) if is_spreadsheet(data) else decoded(data)
    except BadSpreadsheet:
        raise _unreadable() from None
    if (
        not is_spreadsheet(data)
        and _BINARY.search(data[:4096])
        and not data.startswith((b"\xff\xfe", b"\xfe\xff"))
    ):
        raise _unreadable()
    sheets = sheets_of(consultation.id)
    return read_sheets(
        text,
        Expected(
            consultation.id,
            consultation.slug,
            questions_at_desk(consultation),
            sheets.printed,
            [number for number, reason in sheets.void.items() if not late or reason != VoidReason.LOST],
            numbered=late or consultation.entered_twice,
        ),
    )


def _unreadable() -> DomainError:
    return DomainError(
        _l(
            "Ce fichier n’est pas un tableau que nous savons lire. Enregistrez-le en XLSX sans mot de passe, ou en CSV."
        ),
        field="file",
    )


def rows_to_keep(reading: ReadSheets, right_lines: bool = False) -> Sequence[TypedSheet]:
    """The sheets of a table in which nothing is wrong, or its `right_lines`; raises `DomainError` for any other."""
    if reading.unusable or (reading.problems and not right_lines):
        raise DomainError(
            _l("Rien n’est gardé. Corrigez le tableau, puis envoyez-le de nouveau."), field="file"
        )
    if reading.problems and any(row.number is None for row in reading.rows):
        raise DomainError(
            _l(
                "Rien n’est gardé. Des lignes n’ont pas de numéro de feuille\u00a0: elles compteraient deux fois "
                "dans le tableau corrigé. Corrigez d’abord tout, ou écrivez ces numéros."
            ),
            field="file",
        )
    if not reading.rows:
        raise DomainError(_l("Aucune ligne de ce tableau n’a de réponse."), field="file")
    return reading.rows
