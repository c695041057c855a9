"""Axes and commitments of a contract as options of a question, with what is translated of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from cdv_civic.commitments.models import Commitment
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized, LocalizedText, Translation, TranslationState, Words
from cdv_civic.territory.models import Axis


@dataclass(frozen=True)
class ContractOption:
    """A part of a contract in all languages in which residents read it."""

    texts: dict[str, str]
    axis_id: int | None = None
    commitment_id: int | None = None


def contract_options(
    session: Session, contract_id: int, axes: Sequence[int], commitments: Sequence[int]
) -> list[ContractOption]:
    """Axes, then commitments of a contract by their ids, in the order asked for; 4 statements at most."""
    found = []
    for table, ids, name in ((Axis, axes, "axis_id"), (Commitment, commitments, "commitment_id")):
        if not ids:
            continue
        titles = dict(
            session.execute(
                select(table.id, table.title_id).where(
                    table.id.in_(ids),
                    table.contract_id == contract_id,
                )
            ).all()
        )
        texts = shown_texts(session, list(titles.values()))
        found += [ContractOption(texts[titles[each]], **{name: each}) for each in ids if each in titles]
    return found


def shown_texts(session: Session, text_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """Texts by id, in each language in which residents read them and that renders the present words; 1 statement."""
    found: dict[int, dict[str, str]] = {each: {} for each in text_ids}
    statement = (
        select(
            LocalizedText.id,
            LocalizedText.language,
            LocalizedText.original,
            Translation.language.label("other"),
            Translation.text,
        )
        .outerjoin(
            Translation,
            (Translation.text_id == LocalizedText.id)
            & (Translation.state == TranslationState.REVIEWED.value)
            & (Translation.renders_version >= LocalizedText.version),
        )
        .where(LocalizedText.id.in_(set(text_ids)))
    )
    for row in session.execute(statement):
        found[row.id][row.language] = row.original
        if row.other is not None:
            found[row.id][row.other] = row.text
    return found


@dataclass(frozen=True)
class CommitmentChoice:
    """A commitment that can be an option."""

    id: int
    code: str
    title: Words


def commitments_named(contract_id: int, typed: str, language: str, most: int = 50) -> list[CommitmentChoice]:
    """Public commitments of a contract whose title or code holds what was typed, the first ones; 1 statement."""
    title = Localized("title", Commitment.title_id, language)
    original = (
        select(LocalizedText.id)
        .where(
            LocalizedText.id == Commitment.title_id,
            func.lower(LocalizedText.original).contains(typed.lower(), autoescape=True),
        )
        .exists()
    )
    statement = (
        select(Commitment.id, Commitment.code, *title.columns)
        .where(
            Commitment.contract_id == contract_id,
            or_(original, Commitment.code.contains(typed.upper(), autoescape=True)),
        )
        .order_by(Commitment.code, Commitment.id)
        .limit(most)
    )
    return [CommitmentChoice(row.id, row.code, title.words(row)) for row in rows_of(title.join(statement))]
