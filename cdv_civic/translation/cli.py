"""`flask translations`: import, export and check what the site says in a language, and what it lacks in it.

A file that cannot be read ends with status 2 and nothing written; where some of its translations are refused, the
others are written and the status is 1.
"""

from collections.abc import Iterable
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy import select

from cdv_civic.core.db import db
from cdv_civic.core.i18n.catalogues import is_said, shipped, shown_in, sources
from cdv_civic.core.i18n.entries import checked
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.missing_translations import MissingText, count_missing, missing_texts
from cdv_civic.core.paging import Cursor
from cdv_civic.core.policy.model import CommandLine
from cdv_civic.core.settings import current_settings
from cdv_civic.territory.models import Contract
from cdv_civic.translation.operations import forget_unsaid, import_translations
from cdv_civic.translation.queries import overrides_in
from cdv_civic.translation.reading import BadFile, read_translations, text_of
from cdv_civic.translation.rules import MOST_BYTES, NotTaken
from cdv_civic.translation.wording import refusal_words

BAD_FILE = 2
_LONGEST_LINE = 80

translations = AppGroup("translations", help="What the site says in each language.")
_language = click.option("--language", required=True, help="Tag of a language of the site, as ar.")


def _known(language: str) -> str:
    if language not in current_settings().languages:
        raise click.BadParameter("not a language of this site (LANGUAGES)", param_hint="--language")
    return language


def _on_terminal(text: str) -> str:
    """A text of strangers on one line: it gives a terminal no orders."""
    line = "".join(
        each if each.isprintable() else f"\\u{ord(each):04x}" for each in text[: _LONGEST_LINE + 1]
    )
    return line if len(line) <= _LONGEST_LINE else f"{line[: _LONGEST_LINE - 1]}…"


def _tell(refused: Iterable[NotTaken]) -> None:
    for each in refused:
        words = "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in refusal_words(each))
        click.echo(f"{_on_terminal(each.source)}: {words}", err=True)


@translations.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_language
def import_command(file: Path, language: str) -> None:
    """Say in a language what FILE (PO format) says. The same file twice changes nothing."""
    language = _known(language)
    try:
        with file.open("rb") as opened:
            entries = read_translations(opened.read(MOST_BYTES + 1), language)
    except BadFile as bad:
        click.echo(f"{file}: {_on_terminal(str(bad))}", err=True)
        raise click.exceptions.Exit(BAD_FILE) from bad
    done = import_translations(CommandLine(), language, entries)
    _tell(done.refused)
    click.echo(
        f"{language}: {done.written} written, {done.taken_back} taken back, {done.unchanged} unchanged, "
        f"{len(done.refused)} refused"
    )
    if done.refused:
        raise click.exceptions.Exit(1)


@translations.command("export")
@_language
def export_command(language: str) -> None:
    """Print all that the site says in a language, as a PO file: what is not translated is empty."""
    language = _known(language)
    click.echo(text_of(shown_in(language, overrides_in(language)).entries, sources(), language), nl=False)


@translations.command("check")
@click.option("--language", default=None, help="Tag of a language of the site; all of them without it.")
def check_command(language: str | None) -> None:
    """List the translations that are not shown, of the files and of the database; status 1 where one is refused."""
    bad = False
    for tag in (_known(language),) if language else current_settings().languages:
        overrides = overrides_in(tag)
        said = [entry for entry in overrides if is_said(entry)]
        refused = [
            NotTaken(each.entry.source, None, each.problems)
            for each in (*shipped(tag).refused, *checked(said, tag).refused)
        ]
        _tell(refused)
        for entry in overrides:
            if not is_said(entry):
                click.echo(f"{_on_terminal(entry.source)}: the site does not say this any more", err=True)
        click.echo(
            f"{tag}: {len(shipped(tag).entries)} in the files, {len(said)} replaced, {len(refused)} refused, "
            f"{len(overrides) - len(said)} without a source"
        )
        bad |= bool(refused)
    if bad:
        raise click.exceptions.Exit(1)


@translations.command("forget")
@_language
def forget_command(language: str) -> None:
    """Delete what replaces sentences that the site does not say any more, as `check` lists them."""
    language = _known(language)
    click.echo(f"{language}: {forget_unsaid(CommandLine(), language)} without a source forgotten")


def _contract_id(slug: str | None) -> int | None:
    if slug is None:
        return None
    found: int | None = db.session.execute(select(Contract.id).where(Contract.slug == slug)).scalar()
    if found is None:
        raise click.BadParameter(f"no contract {slug!r} here", param_hint="--contract")
    return found


def _line(text: MissingText) -> str:
    """A text on one line: since when, whose, how its translation stands, the words."""
    owner = f"{text.kind.kind} {text.owner_id} {text.field}"
    return "\t".join(
        (
            f"{text.changed_at:%Y-%m-%d}",
            owner,
            text.state or "missing",
            _on_terminal(" ".join(text.original.split())),
        )
    )


@translations.command("missing")
@click.option(
    "--contract", "slug", default=None, help="Slug of a contract; texts of the whole site without it."
)
@_language
@click.option("--list", "listed", is_flag=True, help="Each text on a line too, the longest waiting first.")
def missing_command(slug: str | None, language: str, listed: bool) -> None:
    """Count the texts that lack a translation, or whose translation is a draft or older than the original."""
    contract_id = _contract_id(slug)
    if _known(language) == SOURCE_LANGUAGE:
        raise click.BadParameter("texts are written in it", param_hint="--language")
    counts = count_missing(contract_id, language)
    for kind, count in counts.items():
        click.echo(f"{kind.feature}\t{kind.label}\t{count}")
    click.echo(f"{sum(counts.values())} texts to translate into {language}")
    cursor: Cursor | None = None
    while listed:
        page = missing_texts(contract_id, language, cursor)
        for text in page.rows:
            click.echo(_line(text))
        if page.next_key is None:
            break
        cursor = Cursor(page.next_key)
