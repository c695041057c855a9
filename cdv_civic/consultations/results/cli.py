"""`flask consultation`: which consultations there are, what is published of them, and all answers for staff."""

import sys
from collections.abc import Iterable
from typing import NoReturn

import click
from flask.cli import AppGroup

from cdv_civic.consultations.queries.definition import definition_of
from cdv_civic.consultations.results import open_data
from cdv_civic.consultations.results.full_export import take_away
from cdv_civic.consultations.results.published import PublishedResults, from_json
from cdv_civic.consultations.results.queries.heads import (
    ResultsHead,
    ResultsVersion,
    all_consultations,
    content_of,
    results_head,
    versions_of,
)
from cdv_civic.consultations.verbatims.queries import published_verbatims
from cdv_civic.core import clock
from cdv_civic.core.command_line import refusals_on_terminal
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.policy.model import CommandLine

consultation = AppGroup("consultation", help="Consultations and what was answered.")
#: The status of a command that asks for what is not published yet.
NOT_PUBLISHED = 2


def _head(slug: str) -> ResultsHead:
    found = results_head(slug, SOURCE_LANGUAGE)
    if found is None:
        raise click.ClickException("Aucune consultation n’a ce nom : voyez « flask consultation list ».")
    return found


def _published(head: ResultsHead) -> tuple[ResultsVersion, PublishedResults]:
    """The newest version; ends the command with status 2 where there is none."""
    versions = versions_of(head.id)
    content = content_of(head.id, versions[0].number) if versions else None
    if content is None:
        _not_published()
    return versions[0], from_json(content)


def _not_published() -> NoReturn:
    click.echo(
        "Les résultats ne sont pas encore publiés : ils le sont une fois la consultation finie.", err=True
    )
    sys.exit(NOT_PUBLISHED)


def _write(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line, nl=False)


@consultation.command("list")
def list_command() -> None:
    """All consultations, one a line: name, where it stands, when it closes, title."""
    now = clock.now()
    for each in all_consultations():
        closes = each.calendar.closes_at
        click.echo(
            "\t".join(
                (
                    each.slug,
                    each.calendar.stage_at(now).value,
                    closes.astimezone(clock.zone()).isoformat(timespec="minutes") if closes else "",
                    " ".join(each.title.split()),
                )
            )
        )


@consultation.command("export")
@click.argument("slug")
@click.option("--format", "format_", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@click.option("--full", is_flag=True, help="All answers, words too, for staff; the audit trail says so.")
def export_command(slug: str, format_: str, full: bool) -> None:
    """Print the open data of the consultation SLUG; status 2 before its results are published."""
    head = _head(slug)
    if full:
        with refusals_on_terminal():
            _write(take_away(CommandLine(), head.id, format_))
        return
    version, results = _published(head)
    definition = definition_of(head.id, SOURCE_LANGUAGE)
    texts = results.of_told(published_verbatims(head.id))
    if format_ == "csv":
        click.echo(open_data.as_csv(results, definition, texts), nl=False)
        return
    content = open_data.whole(head, results, definition, version.published_at, texts)
    click.echo(open_data.as_text(content), nl=False)


@consultation.command("results")
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True, help="For a program.")
def results_command(slug: str, as_json: bool) -> None:
    """Print the published tables of the consultation SLUG; status 2 before they are published."""
    head = _head(slug)
    version, results = _published(head)
    definition = definition_of(head.id, SOURCE_LANGUAGE)
    if as_json:
        texts = results.of_told(published_verbatims(head.id))
        content = open_data.whole(head, results, definition, version.published_at, texts)
        content.pop("rows")
        click.echo(open_data.as_text(content), nl=False)
        return
    _write(open_data.in_words(results, definition))
