"""`flask body draw`: does a draw of lots again, from what was published."""

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from cdv_civic.draws import queries
from cdv_civic.draws.algorithm import Result, TooHard, draw
from cdv_civic.draws.rules import BadList, canonical, fingerprint, normal_seed, parse
from cdv_civic.draws.wording import shortfall_text

body = AppGroup("body", help="Conseils citoyens and other bodies.")


def recomputed(text: str, seed: str) -> tuple[str, str, Result]:
    """(hash of the list, normalised seed, result) of a published list as its file holds it; raises `BadList`.

    Line ends that a program changed on the way do not matter: what is hashed is the list in its one form.
    """
    published = parse(text)
    list_hash = fingerprint(canonical(published))
    return list_hash, normal_seed(seed), draw(published, list_hash, normal_seed(seed))


def written(list_hash: str, seed: str, result: Result) -> str:
    """A result as the command prints it."""
    lines = [f"liste : {list_hash}", f"hasard : {seed}"]
    lines += [f"siège {number} : {label}" for number, label in enumerate(result.seats, 1)]
    lines += [f"suppléant {number} : {label}" for number, label in enumerate(result.substitutes, 1)]
    lines += [shortfall_text(each) for each in result.shortfalls]
    return "\n".join(lines)


def _list_in(data: bytes) -> str:
    text = data.decode("utf-8-sig")
    if text.lstrip().startswith("{"):
        return str(json.loads(text)["list"])
    return text


@body.command("draw")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("seed", required=False)
@click.option("--id", "draw_id", type=int, help="A draw of this site, with the seed typed in.")
def draw_command(file: Path | None, seed: str | None, draw_id: int | None) -> None:
    """Do the draw of a published list (FILE: its .txt or .json) again with SEED, and print who comes out."""
    if draw_id is not None:
        found = queries.latest_list(draw_id)
        if found is None:
            raise click.ClickException("Ce tirage n’a pas de liste publiée.")
        text, known = found
        seed = seed or known
    elif file is not None:
        try:
            text = _list_in(file.read_bytes())
        except (ValueError, KeyError, TypeError):
            raise click.ClickException("Ce fichier n’est pas une liste publiée.") from None
    else:
        raise click.UsageError("Donnez un fichier et le hasard, ou --id.")
    if not seed:
        raise click.ClickException("Le hasard n’est pas encore connu : donnez-le après le fichier.")
    try:
        click.echo(written(*recomputed(text, seed)))
    except BadList as bad:
        raise click.ClickException(
            f"Ce fichier n’est pas une liste publiée : voyez la ligne {bad.line}."
        ) from None
    except TooHard:
        raise click.ClickException("Les critères de cette liste se croisent trop.") from None
