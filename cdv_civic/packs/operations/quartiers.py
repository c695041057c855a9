"""What a quartier has beside its row: the figures of its sheet, its populations, the text that search looks into."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from cdv_civic.core.text_folding import fold
from cdv_civic.packs.operations.plan import FileRow
from cdv_civic.packs.operations.writing import AppliedRow, batches
from cdv_civic.territory.models import Commune, Quartier, QuartierFigure, QuartierPopulation, quartier_commune


def create_figures(session: Session, entries: Sequence[FileRow], ids: Mapping[str, int]) -> None:
    """Write the figures and populations of new quartiers."""
    figures: list[dict[str, Any]] = []
    populations: list[dict[str, Any]] = []
    for entry in entries:
        quartier_id = ids[entry.row["slug"]]
        figures += _figures(quartier_id, entry.row.get("figures"))
        if population := entry.row.get("population"):
            populations.append(_population(quartier_id, population))
    if figures:
        session.execute(insert(QuartierFigure), figures)
    if populations:
        session.execute(insert(QuartierPopulation), populations)


def change_figures(session: Session, applied: Sequence[AppliedRow]) -> None:
    """Write the figures and populations that a newer file changes.

    A population of a later year stands beside the older one; any other change corrects it.
    """
    for row in applied:
        if "figures" in row.changes:
            session.execute(delete(QuartierFigure).where(QuartierFigure.quartier_id == row.id))
            if figures := _figures(row.id, row.changes["figures"][1]):
                session.execute(insert(QuartierFigure), figures)
        if "population" in row.changes:
            _change_population(session, row.id, *row.changes["population"])


def _change_population(
    session: Session, quartier_id: int, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> None:
    model = QuartierPopulation
    of_quartier = model.quartier_id == quartier_id
    is_later = before and after and after.get("year", 0) > before.get("year", 9999)
    if before and not is_later:
        session.execute(delete(model).where(of_quartier, *_is(before)))
    if after:
        session.execute(delete(model).where(of_quartier, *_is(after)))
        session.execute(insert(model), [_population(quartier_id, after)])


def _is(population: Mapping[str, Any]) -> tuple[Any, Any]:
    model = QuartierPopulation
    return model.year.is_not_distinct_from(population.get("year")), model.source.is_not_distinct_from(
        population.get("source")
    )


def _figures(quartier_id: int, figures: Sequence[Mapping[str, Any]] | None) -> list[dict[str, Any]]:
    return [
        {
            "quartier_id": quartier_id,
            "position": position,
            "name": figure["name"],
            "value": figure["value"],
            "year": figure.get("year"),
        }
        for position, figure in enumerate(figures or ())
    ]


def _population(quartier_id: int, population: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "quartier_id": quartier_id,
        "value": population["value"],
        "year": population.get("year"),
        "source": population.get("source"),
    }


def quartiers_in(session: Session, commune_ids: Sequence[int]) -> list[int]:
    """The quartiers, of any contract, that lie in some communes."""
    found: list[int] = []
    for ids in batches(commune_ids):
        found += session.scalars(
            select(quartier_commune.c.quartier_id).where(quartier_commune.c.commune_id.in_(ids)).distinct()
        )
    return found


def refresh_search_text(session: Session, quartier_ids: Sequence[int]) -> None:
    """Rebuild what search as one types looks into: name, aliases and communes, folded."""
    for ids in batches(sorted(set(quartier_ids))):
        communes: dict[int, list[str]] = defaultdict(list)
        for quartier_id, name in session.execute(
            select(quartier_commune.c.quartier_id, Commune.name)
            .join(Commune, Commune.id == quartier_commune.c.commune_id)
            .where(quartier_commune.c.quartier_id.in_(ids))
            .order_by(quartier_commune.c.position)
        ):
            communes[quartier_id].append(name)
        texts = [
            {"id": quartier_id, "search_text": fold(" ".join((name, *aliases, *communes[quartier_id])))}
            for quartier_id, name, aliases in session.execute(
                select(Quartier.id, Quartier.name, Quartier.aliases).where(Quartier.id.in_(ids))
            )
        ]
        session.execute(update(Quartier), texts)
