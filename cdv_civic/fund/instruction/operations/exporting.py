"""All projects of a round as a file, with the contacts of their carriers; the audit trail says who took it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from flask import Response

from cdv_civic.core import clock
from cdv_civic.core.audit.trail import record
from cdv_civic.core.csv_export import csv_answer, harmless
from cdv_civic.core.db import transaction
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.spreadsheets.writing import CONTENT_TYPE, written
from cdv_civic.fund.instruction.queries.exported import COLUMNS, exported_rows
from cdv_civic.fund.instruction.queries.rounds import RoundAtDesk
from cdv_civic.fund.instruction.wording import short_breaches
from cdv_civic.fund.project_words import CARRIERS, STATES, purpose_words
from cdv_civic.fund.scopes import INSTRUCT, contract_slug, touched_fund
from cdv_civic.notices.letters import written_in

FORMATS: Final = ("csv", "xlsx")


def take_away(actor: Actor, fund_round: RoundAtDesk, format_: str) -> Response:
    """The file, once the audit trail says who took it. Raises `Forbidden`. 4 statements at most."""
    with transaction() as session:
        require(actor, INSTRUCT, touched_fund(fund_round))
        record(
            session,
            actor,
            "project.export",
            "fund_round",
            fund_round.id,
            scope=contract_slug(session, fund_round.contract_id),
            after={"format": format_},
        )
    name = f"projets-{fund_round.slug}"
    # The file is for reports written in French, whatever the language of the desk.
    with written_in(SOURCE_LANGUAGE):
        rows = [_cells(row) for row in exported_rows(fund_round)]
    if format_ == "csv":
        return csv_answer(f"{name}.csv", COLUMNS, rows)
    answer = Response(_sheet(rows), content_type=CONTENT_TYPE)
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.xlsx")
    return answer


def _sheet(rows: Iterable[Sequence[object]]) -> bytes:
    """Each cell is text there, and no formula; it may be saved as CSV, so it is made harmless all the same."""
    return written("Projets", [list(COLUMNS), *([str(harmless(cell)) for cell in row] for row in rows)])


def _cells(row: Sequence[Any]) -> list[object]:
    return [_cell(name, value) for name, value in zip(COLUMNS, row, strict=True)]


def _cell(name: str, value: Any) -> object:
    if value is None:
        return ""
    if name.endswith("_euros"):
        return Decimal(value) / 100
    if name == "etat":
        return str(STATES[value].label)
    if name == "porteur":
        return str(CARRIERS[value])
    if name == "buts":
        return ", ".join(str(purpose_words(each)) for each in value)
    if name == "contre":
        return ", ".join(str(each) for each in short_breaches(value))
    if isinstance(value, datetime):
        return value.astimezone(clock.zone()).date().isoformat()
    return value.isoformat() if isinstance(value, date) else value
