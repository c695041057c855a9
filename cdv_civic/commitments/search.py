"""Full-text search of commitments in all the languages they are written in.

The index holds stems (`core.stemming`): of titles and their translations, the code, the holders' names, those of
the quartiers and what was told of progress. SQLite looks it up with FTS5, PostgreSQL with a GIN index: see migration
0002.
"""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, Text, bindparam, delete, func, insert, select, text, union_all
from sqlalchemy.orm import Session

from cdv_civic.commitments.models import (
    Commitment,
    CommitmentSearch,
    Progress,
    commitment_holder,
    commitment_quartier,
)
from cdv_civic.core.db import db, raise_tags, transaction
from cdv_civic.core.localized import LocalizedText, Translation, TranslationState
from cdv_civic.core.stemming import STEMS_VERSION, search_document, search_words
from cdv_civic.territory.cache_tags import contract_tags
from cdv_civic.territory.models import Contract, Organisation, Quartier

BATCH = 500


def refresh(session: Session, commitment_ids: Sequence[int]) -> None:
    """Rebuild the index of some commitments, within the caller's transaction; about 3 statements per 500."""
    for start in range(0, len(commitment_ids), BATCH):
        _refresh_batch(session, list(commitment_ids[start : start + BATCH]))


def _refresh_batch(session: Session, ids: list[int]) -> None:
    session.flush()
    owners = union_all(
        select(Commitment.id.label("commitment_id"), Commitment.title_id.label("text_id")).where(
            Commitment.id.in_(ids)
        ),
        select(Progress.commitment_id, Progress.sentence_id).where(
            Progress.commitment_id.in_(ids), Progress.withdrawn_at.is_(None)
        ),
    ).subquery()
    originals = select(owners.c.commitment_id, LocalizedText.original).join(
        LocalizedText, LocalizedText.id == owners.c.text_id
    )
    # A draft is found by nobody: what a search answers says what stands in it.
    translations = (
        select(owners.c.commitment_id, Translation.text)
        .join(Translation, Translation.text_id == owners.c.text_id)
        .where(Translation.state != TranslationState.DRAFT.value)
    )
    holders = (
        select(commitment_holder.c.commitment_id, Organisation.name)
        .join(Organisation, Organisation.id == commitment_holder.c.organisation_id)
        .where(commitment_holder.c.commitment_id.in_(ids))
    )
    places = (
        select(commitment_quartier.c.commitment_id, Quartier.search_text)
        .join(Quartier, Quartier.id == commitment_quartier.c.quartier_id)
        .where(commitment_quartier.c.commitment_id.in_(ids))
    )
    codes = select(Commitment.id, Commitment.code).where(Commitment.id.in_(ids))
    texts: dict[int, list[str]] = defaultdict(list)
    for commitment_id, found in session.execute(union_all(codes, originals, translations, holders, places)):
        texts[commitment_id].append(found)
    session.execute(delete(CommitmentSearch).where(CommitmentSearch.commitment_id.in_(ids)))
    rows = [
        {"commitment_id": commitment_id, "document": search_document(*found), "stems": STEMS_VERSION}
        for commitment_id, found in sorted(texts.items())
    ]
    if rows:
        session.execute(insert(CommitmentSearch), rows)


def _of_other_stems(session: Session) -> list[int]:
    older = select(CommitmentSearch.commitment_id).where(
        CommitmentSearch.stems.is_distinct_from(STEMS_VERSION)
    )
    return list(session.execute(older.order_by(CommitmentSearch.commitment_id).limit(BATCH)).scalars())


def indexed_otherwise() -> bool:
    """Whether `index_anew` has anything to do. 1 statement."""
    return bool(_of_other_stems(db.session()))


def index_anew() -> None:
    """Index again what was indexed by other rules, before the site was updated. A job: one transaction per batch."""
    while True:
        with transaction() as session:
            ids = _of_other_stems(session)
            refresh(session, ids)
            slugs = select(Contract.slug).join(Commitment, Commitment.contract_id == Contract.id)
            found = session.execute(slugs.where(Commitment.id.in_(ids)).distinct()).scalars()
            raise_tags(session, *contract_tags(found))
        if not ids:
            return


def typed_query(session: Session, typed: str) -> str | None:
    """What was typed in the words of the database's search, for the parameter `typed_words` of `found`;
    None where nothing was typed."""
    words = search_words(typed)
    if not words:
        return None
    if session.get_bind().dialect.name == "sqlite":
        return " AND ".join(
            "(" + " OR ".join(f'"{term.text}"{"" if term.exact else "*"}' for term in word) + ")"
            for word in words
        )
    return " & ".join(
        "(" + " | ".join(f"'{term.text}'{'' if term.exact else ':*'}" for term in word) + ")"
        for word in words
    )


def found(dialect: str, query: str | None = None) -> ColumnElement[bool]:
    """The condition that a commitment matches all the words (as beginnings) of `query`, else of the parameter
    `typed_words` that the statement is given when it is sent."""
    typed_words = bindparam("typed_words", query, type_=Text(), required=query is None)
    if dialect == "sqlite":
        rows: Select[tuple[int]] = (
            select(text("rowid"))
            .select_from(text("commitment_search_fts"))
            .where(text("commitment_search_fts MATCH :typed_words").bindparams(typed_words))
        )
        return Commitment.id.in_(rows)
    vector = func.to_tsvector(text("'simple'"), CommitmentSearch.document)
    asked = func.to_tsquery(text("'simple'"), typed_words)
    return Commitment.id.in_(select(CommitmentSearch.commitment_id).where(vector.op("@@")(asked)))


def matching(session: Session, typed: str) -> ColumnElement[bool] | None:
    """The condition that a commitment matches all words typed (as beginnings); None where nothing was typed."""
    query = typed_query(session, typed)
    return None if query is None else found(session.get_bind().dialect.name, query)
