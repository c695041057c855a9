"""`flask fund list`, `import` and `export`: rounds at a terminal."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from sqlalchemy import func, select

from cdv_civic.core import clock
from cdv_civic.core.db import rows_of
from cdv_civic.core.durable_files import write_whole
from cdv_civic.core.errors import DomainError
from cdv_civic.core.policy.model import CommandLine
from cdv_civic.fund.imported.elections import published_ballots
from cdv_civic.fund.imported.operations import ImportedBefore, import_round
from cdv_civic.fund.models.funds import Fund, FundEnvelope, FundRound
from cdv_civic.fund.models.projects import FundProject
from cdv_civic.fund.rules.calendars import round_phases
from cdv_civic.fund.tally.command import BAD_INPUT
from cdv_civic.fund.tally.pabulib.rows import BadPabulibFile
from cdv_civic.participation.rules.phases import Stage


@dataclass(frozen=True)
class RoundLine:
    """A round in the list of the command line."""

    slug: str
    fund: str
    state: str
    projects: int
    left_cents: int


def round_lines() -> list[RoundLine]:
    """All rounds, those of a fund together, the newest first; 1 statement."""
    projects: Any = (
        select(func.count(FundProject.id))
        .where(FundProject.round_id == FundRound.id)
        .correlate(FundRound)
        .scalar_subquery()
    )
    left: Any = (
        select(func.coalesce(func.sum(FundEnvelope.cents - FundEnvelope.reserved_cents), 0))
        .where(FundEnvelope.fund_id == FundRound.fund_id, FundEnvelope.year == FundRound.year)
        .correlate(FundRound)
        .scalar_subquery()
    )
    rows = rows_of(
        select(
            FundRound.slug,
            Fund.slug.label("fund"),
            FundRound.opens_at,
            FundRound.closes_at,
            FundRound.published_at,
            FundRound.closed_at,
            projects.label("projects"),
            left.label("left"),
        )
        .join(Fund, Fund.id == FundRound.fund_id)
        .order_by(Fund.slug, FundRound.year.desc(), FundRound.id.desc())
    )
    return [RoundLine(row.slug, row.fund, _state(row), row.projects, int(row.left)) for row in rows]


def _state(row: Any) -> str:
    if row.closed_at is not None:
        return "closed"
    if row.published_at is None:
        return "draft"
    stage = round_phases(row.opens_at, row.closes_at).state_at(clock.now()).stage
    return {Stage.BEFORE: "announced", Stage.OPEN: "open"}.get(stage, "deciding")


@click.command("list")
def list_command() -> None:
    """Print all rounds, one a line: its name, its fund, its state, projects, euros left of its year's envelopes."""
    for line in round_lines():
        whole, cents = divmod(line.left_cents, 100)
        click.echo(f"{line.slug}\t{line.fund}\t{line.state}\t{line.projects}\t{whole}.{cents:02}")


def _tag(_context: click.Context, _parameter: click.Parameter, typed: str) -> str:
    if not (typed.isascii() and typed.isalpha() and typed.islower() and 2 <= len(typed) <= 3):
        raise click.BadParameter("write the tag of a language, as fr or pl")
    return typed


@click.command("import")
@click.argument("file", metavar="FILE.pb", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--fund", "fund_slug", metavar="SLUG", required=True, help="the fund that the vote was of")
@click.option(
    "--language",
    metavar="TAG",
    default="fr",
    show_default=True,
    callback=_tag,
    help="of the names of its projects",
)
@click.pass_context
def import_command(context: click.Context, file: Path, fund_slug: str, language: str) -> None:
    """Make an archived round of a fund from a file of Pabulib (FILE.pb): its ballots, without its voters, and its
    counts."""
    try:
        slug = import_round(CommandLine(), fund_slug, file.read_bytes(), language=language)
    except (BadPabulibFile, DomainError) as wrong:
        said = wrong.sentence if isinstance(wrong, DomainError) else wrong
        click.echo(f"{file}: {said}", err=True)
        if isinstance(wrong, ImportedBefore):
            click.echo("Nothing was changed.", err=True)
        context.exit(BAD_INPUT)
    except OSError as error:
        click.echo(f"{file}: {error.strerror}", err=True)
        context.exit(BAD_INPUT)
    click.echo(slug)


@click.command("export")
@click.argument("round_slug", metavar="ROUND")
@click.argument("file", metavar="FILE.pb", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_context
def export_command(context: click.Context, round_slug: str, file: Path) -> None:
    """Write the published ballots of a round as a file of Pabulib."""
    ballots = published_ballots(round_slug)
    if ballots is None:
        click.echo(f"{round_slug}: this round has no published ballots, or there is no such round.", err=True)
        context.exit(BAD_INPUT)
    try:
        write_whole(file, ballots.encode())
    except OSError as error:
        click.echo(f"{file}: {error.strerror}", err=True)
        context.exit(BAD_INPUT)
    click.echo(f"The ballots are in {file}.")
