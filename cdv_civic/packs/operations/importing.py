"""Imports a contract pack: one transaction, in bulk, and nothing at all where nothing changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from cdv_civic.commitments import search
from cdv_civic.commitments.models import Commitment, commitment_holder, commitment_quartier
from cdv_civic.commitments.operations.publishing import publish_commitments
from cdv_civic.core import clock
from cdv_civic.core.audit import trail
from cdv_civic.core.db import SITE, raise_tags, transaction
from cdv_civic.core.localized import LocalizedText, change_originals, write_original
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor, CommandLine
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.packs.merge import KeptField, merge_row
from cdv_civic.packs.operations import communes, quartiers, versions, writing
from cdv_civic.packs.operations.kinds import (
    AXES,
    COMMITMENTS,
    CONTRACT,
    KINDS,
    ORGANISATIONS,
    QUARTIERS,
    Names,
    RowKind,
)
from cdv_civic.packs.operations.plan import ImportPlan, plan_of
from cdv_civic.packs.operations.stored import Snapshot, current_rows, names_of, snapshot
from cdv_civic.packs.problems import MAX_PROBLEMS, BadPack, PackProblem, quote
from cdv_civic.packs.report import REPORTED, Report
from cdv_civic.packs.shapes import ROW_KEYS, Pack
from cdv_civic.packs.themes import Themes, suggest_themes
from cdv_civic.territory.cache_tags import DIRECTORY, contract_tag
from cdv_civic.territory.codes import TO_CHECK
from cdv_civic.territory.models import Axis, Contract, ContractCommune, Quartier
from cdv_civic.territory.vocabulary import BORN_TREE

#: Imports wait for each other on PostgreSQL; on SQLite the write lock does that.
_LOCK: Final = 20140222


def import_pack(pack: Pack, *, publish: bool = False, actor: Actor | None = None) -> Report:
    """Bring the database to what the pack says, in one transaction.

    New rows are created, changed ones merged (a human's edit since the last import stays), those that are gone are
    retired, those that come back are not. With `publish` every commitment of the contract that is still to be checked
    stands as announced. The same pack twice writes nothing. Raises `BadPack` where a slug of a quartier belongs to
    another contract, or the code of an axis to a part that
    residents chose, and `Forbidden`.
    """
    actor = actor or CommandLine()
    require(actor, "contract.import")
    with transaction() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
        return _Import(session, pack, actor).run(publish)


@dataclass
class _Import:
    """One run of the importer, inside its transaction."""

    session: Session
    pack: Pack
    actor: Actor
    rows: dict[str, Any] = field(init=False)
    kept: list[KeptField] = field(default_factory=list)
    #: Commitments whose words changed, for the search index.
    touched: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.rows = self.pack.to_json()

    def run(self, publish: bool) -> Report:
        found = self.session.execute(
            select(Contract).where(Contract.slug == self.pack.contract.slug)
        ).scalar_one_or_none()
        self._refuse_quartiers_of_others(found)
        self._refuse_parts_of_residents(found)
        before: Snapshot = snapshot(self.session, found) if found else {kind: {} for kind in ROW_KEYS}
        plans = {kind: plan_of(self.rows[kind], key, before[kind]) for kind, key in ROW_KEYS.items()}
        to_publish = publish and (bool(plans["commitments"].created) or self._is_anything_to_check(found))
        same_contract = found is not None and found.source_row == self.rows["contract"]
        published = 0
        contract_id = found.id if found else None
        if (
            contract_id is None
            or not same_contract
            or to_publish
            or any(plan.writes for plan in plans.values())
        ):
            with transaction(publishes=contract_tag(self.pack.contract.slug)):
                if not same_contract or plans["communes"].writes or plans["quartiers"].writes:
                    raise_tags(self.session, DIRECTORY)
                contract_id = self._write_contract(found)
                self._write_rows(contract_id, plans, before)
                published = self._publish(contract_id) if to_publish else 0
                report = self._report(contract_id, plans, published)
                self._audit(contract_id, report)
                self.session.flush()
                self.session.expire_all()  # rows were written in bulk, past the objects of this session
                return report
        return self._report(contract_id, plans, published)

    # --- before writing ---------------------------------------------------------------------------

    def _refuse_quartiers_of_others(self, contract: Contract | None) -> None:
        """A quartier's slug is its address on the whole site."""
        positions = {row["slug"]: index for index, row in enumerate(self.rows["quartiers"])}
        statement = select(Quartier.slug, Contract.slug).join(Contract, Contract.id == Quartier.contract_id)
        if contract is not None:
            statement = statement.where(Quartier.contract_id != contract.id)
        taken = sorted(
            (positions[slug], slug, owner)
            for slug, owner in self.session.execute(statement)
            if slug in positions
        )
        _refuse(
            PackProblem(
                f"quartiers[{index}].slug", f"{quote(slug)} is a quartier of the contract {quote(owner)}"
            )
            for index, slug, owner in taken
        )

    def _refuse_parts_of_residents(self, contract: Contract | None) -> None:
        """A part that residents chose is in no file, and keeps its code."""
        if contract is None:
            return
        born = set(
            self.session.execute(
                select(Axis.code).where(Axis.contract_id == contract.id, Axis.tree == BORN_TREE)
            ).scalars()
        )
        _refuse(
            PackProblem(f"axes[{index}].code", f"{quote(row['code'])} is a part that residents chose")
            for index, row in enumerate(self.rows["axes"])
            if row["code"] in born
        )

    def _is_anything_to_check(self, contract: Contract | None) -> bool:
        if contract is None:
            return False
        statement = select(Commitment.id).where(*_to_check(contract.id)).limit(1)
        return self.session.execute(statement).first() is not None

    # --- writing ----------------------------------------------------------------------------------

    def _write_contract(self, contract: Contract | None) -> int:
        row = self.rows["contract"]
        if contract is None:
            contract_id = reserve_ids(self.session, Contract)[0]
            owner = TextOwner("contract", contract_id, "title", contract_id)
            title = write_original(self.session, row["title"], owner)
            statement = insert(Contract).returning(Contract.id)
            values = {
                **CONTRACT.columns(row, {}),
                "id": contract_id,
                "slug": row["slug"],
                "title_id": title.id,
                "imported_at": clock.now(),
                "source_row": row,
            }
            return int(self.session.execute(statement, values).scalar_one())
        title_text = self.session.get_one(LocalizedText, contract.title_id)
        columns = {column.name: getattr(contract, column.name) for column in Contract.__table__.columns}
        form = {**CONTRACT.form(columns, {}), "title": title_text.original}
        merge = merge_row(
            CONTRACT.comparable(contract.source_row), CONTRACT.comparable(row), CONTRACT.comparable(form)
        )
        for column, value in CONTRACT.columns(merge.apply, {}, merge.apply).items():
            setattr(contract, column, value)
        if "title" in merge.apply:
            change_originals(self.session, {contract.title_id: merge.apply["title"]})
        contract.source_row = row
        contract.imported_at = clock.now()
        self.session.flush()
        self.kept += [
            KeptField("contract", contract.slug, name, form.get(name), value)
            for name, value in merge.kept.items()
        ]
        return contract.id

    def _write_rows(self, contract_id: int, plans: Mapping[str, ImportPlan], before: Snapshot) -> None:
        now = clock.now()
        names = names_of(before)
        themes = suggest_themes(self.pack.axes, self.pack.commitments)
        self._write_communes(contract_id, plans["communes"], names, now)
        for kind in KINDS:
            plan = plans[kind.name]
            created = writing.create(
                self.session, kind, contract_id, plan.created, names, _more(kind, themes)
            )
            changes = writing.ChangedRows()
            if plan.changed:
                current = current_rows(self.session, kind, contract_id, names)
                changes = writing.change(
                    self.session, kind, plan.changed, current, names, _suggestions(kind, themes)
                )
            writing.retire_and_move(self.session, kind, plan, now)
            self.kept += changes.kept
            self._after(kind, plan, created, changes, names, contract_id)
        search.refresh(self.session, sorted(self.touched))

    def _write_communes(self, contract_id: int, plan: ImportPlan, names: Names, now: datetime) -> None:
        self.kept += communes.create(self.session, contract_id, plan.created, names)
        if plan.changed:
            kept, renamed = communes.change(self.session, contract_id, plan.changed)
            self.kept += kept
            if renamed:  # a commune is the same one for all contracts
                raise_tags(self.session, SITE)
            quartiers.refresh_search_text(self.session, quartiers.quartiers_in(self.session, renamed))
        communes.retire_and_move(self.session, contract_id, plan, now)

    def _after(
        self,
        kind: RowKind,
        plan: ImportPlan,
        created: list[int],
        changes: writing.ChangedRows,
        names: Names,
        contract_id: int,
    ) -> None:
        """What a change of some kinds entails elsewhere."""
        changed = [row.id for row in changes.applied if row.changes]
        if kind is ORGANISATIONS and changed:
            self.touched |= set(_held_by(self.session, changed))
        if kind is QUARTIERS:
            quartiers.create_figures(self.session, plan.created, names[kind.name])
            quartiers.change_figures(self.session, changes.applied)
            quartiers.refresh_search_text(self.session, [*created, *changed])
            self.touched |= set(_within(self.session, changed))
        if kind is COMMITMENTS:
            versions.record(self.session, self.actor, changes.applied, plan.gone, contract_id)
            self.touched |= {*created, *changed}

    def _publish(self, contract_id: int) -> int:
        """As staff do it, so that it stands in the audit trail and can be taken back like theirs."""
        waiting = self.session.scalars(select(Commitment.id).where(*_to_check(contract_id))).all()
        return publish_commitments(self.actor, waiting).count

    # --- afterwards -------------------------------------------------------------------------------

    def _report(self, contract_id: int, plans: Mapping[str, ImportPlan], published: int) -> Report:
        report = Report(
            contract=self.pack.contract.slug,
            created={kind: len(plans[kind].created) for kind in REPORTED},
            updated={kind: len(plans[kind].changed) for kind in REPORTED},
            unchanged={kind: plans[kind].unchanged for kind in REPORTED},
            retired={kind: len(plans[kind].gone) for kind in REPORTED},
            in_database=_count(self.session, contract_id),
            kept=tuple(self.kept),
            published=published,
        )
        in_file = {kind: len(self.rows[kind]) for kind in REPORTED}
        if not report.in_file == report.in_database == in_file:
            raise RuntimeError(f"rows of the file {in_file}, of the database {dict(report.in_database)}")
        return report

    def _audit(self, contract_id: int, report: Report) -> None:
        trail.record(
            self.session,
            self.actor,
            "contract.import",
            "contract",
            contract_id,
            scope=report.contract,
            after={**report.to_json(), "published": report.published, "kept": len(report.kept)},
        )


def _refuse(found: Iterable[PackProblem]) -> None:
    """Raise `BadPack` where there is any problem."""
    problems = list(found)
    if problems:
        raise BadPack(problems[:MAX_PROBLEMS], len(problems[MAX_PROBLEMS:]))


def _to_check(contract_id: int) -> tuple[Any, ...]:
    return (
        Commitment.contract_id == contract_id,
        Commitment.state == TO_CHECK,
        Commitment.retired_at.is_(None),
    )


def _more(kind: RowKind, themes: Themes) -> writing.MoreColumns:
    """The columns of new rows that the file does not give."""
    suggestions = _suggestions(kind, themes)
    if suggestions is not None:
        waiting = {"state": TO_CHECK, "version": 1} if kind is COMMITMENTS else {}
        return lambda row: {**_suggested(suggestions[row["code"]]), **waiting}
    if kind is QUARTIERS:
        return lambda _row: {"search_text": ""}  # written once its communes are linked
    return lambda _row: {}


def _suggested(theme: str | None) -> dict[str, str | None]:
    return {"theme": theme, "suggested_theme": theme}


def _suggestions(kind: RowKind, themes: Themes) -> writing.Suggestions | None:
    """The themes suggested for the rows of this kind, by code; None for kinds without themes."""
    if kind is AXES:
        return themes.axes
    return themes.commitments if kind is COMMITMENTS else None


def _held_by(session: Session, organisation_ids: list[int]) -> list[int]:
    found: list[int] = []
    for ids in writing.batches(organisation_ids):
        found += session.scalars(
            select(commitment_holder.c.commitment_id).where(commitment_holder.c.organisation_id.in_(ids))
        )
    return found


def _within(session: Session, quartier_ids: list[int]) -> list[int]:
    found: list[int] = []
    for ids in writing.batches(quartier_ids):
        found += session.scalars(
            select(commitment_quartier.c.commitment_id).where(commitment_quartier.c.quartier_id.in_(ids))
        )
    return found


def _count(session: Session, contract_id: int) -> dict[str, int]:
    """Rows of the contract that are not retired, counted in the database."""
    models: dict[str, Any] = {kind.name: kind.model for kind in KINDS} | {"communes": ContractCommune}
    counts = {
        kind: select(func.count())
        .select_from(model)
        .where(model.contract_id == contract_id, model.retired_at.is_(None))
        .scalar_subquery()
        for kind, model in models.items()
    }
    counts |= {
        kind.name: select(func.count())
        .select_from(kind.model)
        .where(kind.model.contract_id == contract_id, kind.model.retired_at.is_(None), kind.documented)
        .scalar_subquery()
        for kind in KINDS
        if kind.documented is not None
    }
    row = session.execute(select(*(count.label(kind) for kind, count in counts.items()))).one()
    return dict(row._mapping)
