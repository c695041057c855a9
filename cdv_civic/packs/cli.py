"""`flask contract`: check, import and list contract packs.

A bad file ends with status 2, its problems on the error stream, and nothing written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import AppGroup

from cdv_civic.packs.format import read_pack
from cdv_civic.packs.operations.importing import import_pack
from cdv_civic.packs.problems import BadPack
from cdv_civic.packs.queries import contract_lines
from cdv_civic.packs.report import REPORTED, Report
from cdv_civic.packs.shapes import ROW_KEYS, Pack

BAD_FILE = 2
_COLUMNS = ("created", "updated", "unchanged", "retired")

contract = AppGroup("contract", help="Contract packs: check, import, list.")


@contextmanager
def _problems_shown(file: str) -> Iterator[None]:
    """Print the problems of a bad file and leave with status 2."""
    try:
        yield
    except BadPack as bad:
        count = "1 problem" if bad.count == 1 else f"{bad.count} problems"
        click.echo(f"{file}: {count}", err=True)
        for line in bad.lines():
            click.echo(line, err=True)
        raise click.exceptions.Exit(BAD_FILE) from bad


@contract.command("check")
@click.argument("file")
def check_command(file: str) -> None:
    """Check a pack without writing anything."""
    with _problems_shown(file):
        pack = read_pack(Path(file))
    click.echo(f"{pack.contract.slug}: no problem. {_rows_of(pack)}.")


@contract.command("import")
@click.argument("file")
@click.option("--publish", is_flag=True, help="Let all commitments still to be checked stand as announced.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def import_command(file: str, publish: bool, as_json: bool) -> None:
    """Bring the site to what a pack says. The same pack twice changes nothing."""
    with _problems_shown(file):
        report = import_pack(read_pack(Path(file)), publish=publish)
    if as_json:
        click.echo(json.dumps(report.to_json(), ensure_ascii=False))
    else:
        for line in report_lines(report, publish=publish):
            click.echo(line)
    # With --json the output stays one document: what staff must know goes to the error stream.
    for line in kept_lines(report):
        click.echo(line, err=as_json)


@contract.command("list")
def list_command() -> None:
    """List the contracts of the site."""
    found = contract_lines()
    if not found:
        click.echo("No contract yet. Import one: flask --app app contract import FILE")
        return
    lines = [("contract", "period", "quartiers", "commitments", "to check", "imported", "title")]
    lines += [
        (
            line.slug,
            line.period,
            str(line.quartiers),
            str(line.commitments),
            str(line.to_check),
            f"{line.imported_at:%Y-%m-%d %H:%M} UTC",
            line.short_title,
        )
        for line in found
    ]
    for row in _table(lines, left={0, 1, 5, 6}):
        click.echo(row)


def report_lines(report: Report, *, publish: bool = False) -> list[str]:
    """The report for people: what was done by kind, and proof that no row was lost on the way."""
    rows: list[tuple[str, ...]] = [("", *_COLUMNS)]
    rows += [(kind, *(str(getattr(report, word)[kind]) for word in _COLUMNS)) for kind in REPORTED]
    proof = [
        f"{kind}: {report.in_file[kind]} in the file = {report.in_database[kind]} in the database"
        for kind in REPORTED
    ]
    lines = [f"Contract {report.contract}", "", *_table(rows, left={0}), "", "Counts in = counts out", *proof]
    if publish:
        lines += ["", f"Published: {report.published} commitments"]
    return lines


def kept_lines(report: Report) -> list[str]:
    """The fields that the file changes and that stay as staff set them."""
    if not report.kept:
        return []
    return [
        "",
        "Kept as staff set them, although the file changed:",
        *(
            f"  {one.kind} {one.name}, {one.field}: stands {_short(one.stored)}, the file says {_short(one.in_file)}"
            for one in report.kept
        ),
    ]


def _short(value: object) -> str:
    written = json.dumps(value, ensure_ascii=False, default=str)
    return written if len(written) <= 80 else written[:79] + "…"


def _rows_of(pack: Pack) -> str:
    counts = {kind: len(getattr(pack, kind)) for kind in ROW_KEYS}
    return ", ".join(f"{counts[kind]} {kind}" for kind in REPORTED)


def _table(rows: Sequence[tuple[str, ...]], *, left: set[int]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if column in left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
