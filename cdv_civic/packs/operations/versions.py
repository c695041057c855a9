"""What a newer file changes in commitments, kept as versions that residents can read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from cdv_civic.commitments.models import Commitment, CommitmentVersion, Indicator
from cdv_civic.core import clock
from cdv_civic.core.i18n.formats import day_text
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.localized import LocalizedText
from cdv_civic.core.policy.model import Actor
from cdv_civic.packs.operations.kinds import COMMITMENTS
from cdv_civic.packs.operations.stored import StoredRow
from cdv_civic.packs.operations.writing import AppliedRow, batches
from cdv_civic.territory.models import Axis, Commune, Organisation, Quartier

#: Change = field -> [before, after], as in `CommitmentVersion.changes`.
FieldChanges = dict[str, list[Any]]

_TARGETS: Final = {link.field: link.target for link in COMMITMENTS.links}


def record(
    session: Session, actor: Actor, applied: Sequence[AppliedRow], gone: Sequence[StoredRow], contract_id: int
) -> None:
    """Write a version for each commitment that a newer file changed, took back or no longer has."""
    day = clock.today()
    changes: dict[int, FieldChanges] = {}
    numbers: dict[int, int] = {}
    labels = (
        _labels(session, contract_id) if any(_TARGETS.keys() & row.changes.keys() for row in applied) else {}
    )
    for row in applied:
        change = _readable(row.changes, labels)
        if row.came_back:
            change["retired"] = [True, False]
        if change:
            changes[row.id], numbers[row.id] = change, row.current.version + 1
    for ids in batches([row.id for row in gone]):
        for id_, number in session.execute(
            select(Commitment.id, Commitment.version).where(Commitment.id.in_(ids))
        ):
            changes[id_], numbers[id_] = {"retired": [False, True]}, number + 1
    if not changes:
        return
    session.execute(update(Commitment), [{"id": id_, "version": numbers[id_]} for id_ in changes])
    session.execute(
        insert(CommitmentVersion),
        [
            {
                "commitment_id": id_,
                "number": numbers[id_],
                "changed_at": clock.now(),
                "origin": "import",
                "reason": _reason(change, day),
                "actor_id": actor.actor_id,
                "organisation_name": actor.organisation_name,
                "changes": change,
            }
            for id_, change in changes.items()
        ],
    )


def _reason(change: FieldChanges, day: date) -> str:
    """In the language of the originals: it is stored, and shown to residents as it is."""
    shown = day_text(day, "long", SOURCE_LANGUAGE)
    match change.get("retired"):
        case [_, True]:
            return f"Cet engagement n’est plus dans le contrat mis à jour le {shown}."
        case [_, False]:
            return f"Cet engagement est de retour dans le contrat mis à jour le {shown}."
    return f"Le contrat a été mis à jour le {shown}."


def _readable(
    changes: Mapping[str, tuple[Any, Any]], labels: Mapping[str, Mapping[str, str]]
) -> FieldChanges:
    """Fields as the commitment has them, and names where the file has slugs or codes."""
    result: FieldChanges = {}
    for field, (before, after) in changes.items():
        if field in _TARGETS:
            names = labels[_TARGETS[field]]
            result[field] = [[names.get(one, str(one)) for one in side or ()] for side in (before, after)]
        elif several := next((one for one in COMMITMENTS.objects if one.field == field), None):
            for column in several.columns:
                pair = [(side or {}).get(column.name) for side in (before, after)]
                if pair[0] != pair[1]:
                    result[column.column] = [_cents(column.column, side) for side in pair]
        else:
            result[field] = [before, after]
    return result


def _cents(column: str, value: Any) -> Any:
    return round(value * 100) if column == "budget_cents" and value is not None else value


def _labels(session: Session, contract_id: int) -> dict[str, dict[str, str]]:
    """How people read the names of rows, by kind."""
    axes = select(Axis.code, LocalizedText.original).join(LocalizedText, LocalizedText.id == Axis.title_id)
    indicators = select(Indicator.code, LocalizedText.original).join(
        LocalizedText, LocalizedText.id == Indicator.name_id
    )
    statements = {
        "axes": axes.where(Axis.contract_id == contract_id),
        "indicators": indicators.where(Indicator.contract_id == contract_id),
        "organisations": select(Organisation.slug, Organisation.name).where(
            Organisation.contract_id == contract_id
        ),
        "quartiers": select(Quartier.slug, Quartier.name).where(Quartier.contract_id == contract_id),
        "communes": select(Commune.slug, Commune.name),
    }
    return {
        kind: {row[0]: row[1] for row in session.execute(statement)} for kind, statement in statements.items()
    }
