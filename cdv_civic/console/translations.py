"""`flask translations`: what residents cannot read in a language yet."""

import click
from flask.cli import AppGroup
from sqlalchemy import select

from cdv_civic.core.db import db
from cdv_civic.core.localized import SOURCE_LANGUAGE
from cdv_civic.core.missing_translations import MissingText, count_missing, missing_texts
from cdv_civic.core.paging import Cursor
from cdv_civic.core.settings import current_settings
from cdv_civic.territory.models import Contract

translations = AppGroup("translations", help="Texts of the site in its languages.")
_LONGEST_LINE = 80


def _contract_id(slug: str | None) -> int | None:
    if slug is None:
        return None
    found: int | None = db.session.execute(select(Contract.id).where(Contract.slug == slug)).scalar()
    if found is None:
        raise click.BadParameter(f"no contract {slug!r} here", param_hint="--contract")
    return found


def _line(text: MissingText) -> str:
    """A text on one line: since when, whose, how its translation stands, the words."""
    words = " ".join(text.original.split())
    short = words if len(words) <= _LONGEST_LINE else words[: _LONGEST_LINE - 1] + "…"
    owner = f"{text.kind.kind} {text.owner_id} {text.field}"
    return "\t".join((f"{text.changed_at:%Y-%m-%d}", owner, text.state or "missing", short))


@translations.command("missing")
@click.option(
    "--contract", "slug", default=None, help="Slug of a contract; texts of the whole site without it."
)
@click.option("--language", required=True, help="The tag of a language of the site.")
@click.option("--list", "listed", is_flag=True, help="Each text on a line too, the longest waiting first.")
def missing_command(slug: str | None, language: str, listed: bool) -> None:
    """Count the texts that lack a translation, or whose translation is a draft or older than the original."""
    contract_id = _contract_id(slug)
    languages = [tag for tag in current_settings().languages if tag != SOURCE_LANGUAGE]
    if language not in languages:
        raise click.BadParameter(f"one of {', '.join(languages)}", param_hint="--language")
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
