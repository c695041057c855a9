"""Change what a commitment says, with a reason; what it said before is kept as a version."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final

from sqlalchemy import Table, delete, exists, func, insert, select
from sqlalchemy.orm import Session

from cdv_civic.commitments.models import (
    Commitment,
    CommitmentVersion,
    Progress,
    commitment_holder,
    commitment_partner,
    commitment_quartier,
)
from cdv_civic.commitments.operations.locking import locked_commitment
from cdv_civic.commitments.rules.refusals import Breach, BrokenRule
from cdv_civic.commitments.rules.texts import LONGEST_TITLE, check_line, check_sentence
from cdv_civic.commitments.search import refresh
from cdv_civic.commitments.wording import RuleRefusals, refusals_in_words
from cdv_civic.core import clock
from cdv_civic.core.audit import trail
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.errors import Conflict
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.localized import LocalizedText, change_originals
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.drafts.operations import forget_sent
from cdv_civic.drafts.rules import SentDraft
from cdv_civic.territory.cache_tags import contract_tag
from cdv_civic.territory.models import Contract, Organisation, Quartier
from cdv_civic.territory.vocabulary import CERTAINTIES, NATURES, THEMES

ACTION: Final = "commitment.edit"
LONGEST_FIELD: Final = 2000
_EARLIEST: Final = date(1990, 1, 1)
_LATEST: Final = date(2100, 12, 31)


class EditConflict(Conflict):
    """Somebody else changed the commitment since the form was opened; `version` is its number now."""

    def __init__(self, version: int) -> None:
        super().__init__(
            _l(
                "Quelqu’un a modifié cet engagement pendant que vous écriviez. "
                "Comparez les deux textes ci-dessous, puis enregistrez de nouveau."
            )
        )
        self.version = version


@dataclass(frozen=True)
class Edit:
    """All public fields of a commitment as they should be; None where nothing is said."""

    title: str
    nature: str
    theme: str | None = None
    deadline_text: str | None = None
    deadline_date: date | None = None
    recurrence: str | None = None
    condition: str | None = None
    budget_text: str | None = None
    #: Cents of euros.
    budget_cents: int | None = None
    budget_certainty: str | None = None
    status_text: str | None = None
    partners_text: tuple[str, ...] = ()


_LINES: Final = ("deadline_text", "recurrence", "condition", "budget_text", "status_text")


def _plain(value: object) -> object:
    """A value as the versions keep it."""
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _check_field(name: str, value: Any) -> Any:
    """The value to keep of one field that changes; raises `BrokenRule`."""
    if name == "title":
        title = check_line(value, "title", longest=LONGEST_TITLE)
        if title is None:
            raise BrokenRule(Breach.NO_TITLE, "title")
        return title
    if name in _LINES:
        return check_line(value or "", name, longest=LONGEST_FIELD)
    if name == "partners_text":
        lines = (check_line(each, name, longest=LONGEST_FIELD) for each in value)
        return tuple(line for line in lines if line)
    known: Mapping[str, Iterable[str]] = {
        "nature": NATURES,
        "theme": THEMES,
        "budget_certainty": CERTAINTIES,
    }
    if name in known and value is not None and value not in known[name]:
        raise BrokenRule(Breach.NOT_IN_LIST, name)
    if name == "nature" and value is None:
        raise BrokenRule(Breach.NOT_IN_LIST, name)
    if name == "deadline_date" and value is not None and not _EARLIEST <= value <= _LATEST:
        raise BrokenRule(Breach.YEAR_OUT_OF_RANGE, name)
    return value


@refusals_in_words()
def edit_commitment(
    actor: Actor,
    commitment_id: int,
    edit: Edit,
    *,
    version: int,
    reason: str,
    draft: SentDraft | None = None,
) -> Commitment:
    """Change public fields, for a reason that residents read; nothing is written where nothing changes.

    `version` is the number that the form was opened on, `draft` its draft. Raises `EditConflict` where it
    is no longer that, `Forbidden`, `NotFound`, `RuleRefused`. Only fields that change are checked: an imported title
    that is longer than staff may write does not stop the correction of a date.
    """
    require(actor, ACTION)
    with transaction() as session:
        commitment, contract = locked_commitment(session, actor, ACTION, commitment_id)
        raise_tags(session, contract_tag(contract.slug))
        _check_version(commitment, version)
        title = session.execute(
            select(LocalizedText.original).where(LocalizedText.id == commitment.title_id)
        ).scalar_one()
        changes: dict[str, list[object]] = {}
        checked: dict[str, Any] = {}
        with RuleRefusals() as refused:
            for name in (each.name for each in fields(Edit)):
                before = title if name == "title" else getattr(commitment, name)
                wanted = getattr(edit, name)
                if _plain(wanted) != _plain(before):
                    checked[name] = refused.unless(_check_field, name, wanted)
        for name, after in checked.items():
            before = title if name == "title" else getattr(commitment, name)
            if _plain(after) == _plain(before):
                continue
            changes[name] = [_plain(before), _plain(after)]
            if name == "title":
                change_originals(session, {commitment.title_id: after})
            else:
                setattr(commitment, name, list(after) if name == "partners_text" else after)
        if changes:
            _keep_version(session, actor, commitment, contract, reason, changes)
            if "title" in changes:
                refresh(session, [commitment.id])
        forget_sent(session, actor, draft)
    return commitment


def _check_version(commitment: Commitment, version: int) -> None:
    if commitment.version != version:
        raise EditConflict(commitment.version)


def _keep_version(
    session: Session,
    actor: Actor,
    commitment: Commitment,
    contract: Contract,
    reason: str,
    changes: dict[str, list[object]],
) -> None:
    why = check_sentence(reason, "reason")
    commitment.version += 1
    session.add(
        CommitmentVersion(
            commitment_id=commitment.id,
            number=commitment.version,
            changed_at=clock.now(),
            origin="staff",
            reason=why,
            actor_id=actor.actor_id,
            organisation_name=actor.organisation_name or actor.name,
            changes=dict(changes),
        )
    )
    session.flush()
    trail.record(
        session,
        actor,
        ACTION,
        "commitment",
        commitment.id,
        scope=contract.slug,
        before={name: pair[0] for name, pair in changes.items()},
        after={
            **{name: pair[1] for name, pair in changes.items()},
            "version": commitment.version,
            "reason": why,
        },
    )


@refusals_in_words()
def set_links(
    actor: Actor,
    commitment_id: int,
    *,
    version: int,
    reason: str,
    holders: Sequence[int] | None = None,
    partners: Sequence[int] | None = None,
    quartiers: Sequence[int] | None = None,
) -> Commitment:
    """Set who answers for a commitment, who helps, and where it is; None leaves a list as it is.

    The order of what stays is kept, what is new comes after. Raises as `edit_commitment` does.
    """
    require(actor, ACTION)
    with transaction() as session:
        commitment, contract = locked_commitment(session, actor, ACTION, commitment_id)
        raise_tags(session, contract_tag(contract.slug))
        _check_version(commitment, version)
        changes: dict[str, list[object]] = {}
        for name, table, target, wanted in (
            ("holders", commitment_holder, Organisation, holders),
            ("partners", commitment_partner, Organisation, partners),
            ("quartiers", commitment_quartier, Quartier, quartiers),
        ):
            if wanted is not None:
                pair = _set_list(session, commitment, name, table, target, wanted)
                if pair is not None:
                    changes[name] = pair
        if changes:
            _keep_version(session, actor, commitment, contract, reason, changes)
            if "holders" in changes:
                refresh(session, [commitment.id])
    return commitment


def _set_list(
    session: Session,
    commitment: Commitment,
    name: str,
    table: Table,
    target: type[Organisation] | type[Quartier],
    wanted: Sequence[int],
) -> list[object] | None:
    """Put one list; [names before, names after] as people read them, None where it is the same."""
    column = table.c[f"{target.__tablename__}_id"]
    linked = session.execute(
        select(column, target.name)
        .join(target, target.id == column)
        .where(table.c.commitment_id == commitment.id)
        .order_by(table.c.position, column)
    )
    names: dict[int, str] = dict(linked.all())
    chosen = set(wanted)
    new = sorted(chosen - set(names))
    gone = sorted(set(names) - chosen)
    if not new and not gone:
        return None
    before: list[object] = list(names.values())
    if new:
        added = dict(
            session.execute(
                select(target.id, target.name).where(
                    target.id.in_(new),
                    target.contract_id == commitment.contract_id,
                    target.retired_at.is_(None),
                )
            ).all()
        )
        if set(added) != set(new):
            raise BrokenRule(Breach.NOT_IN_LIST, name)
        last = session.execute(
            select(func.max(table.c.position)).where(table.c.commitment_id == commitment.id)
        ).scalar()
        first = 0 if last is None else last + 1
        session.execute(
            insert(table),
            [
                {"commitment_id": commitment.id, column.name: each, "position": first + at}
                for at, each in enumerate(new)
            ],
        )
        names.update({each: added[each] for each in new})
    if gone:
        if table is commitment_quartier:
            _check_nothing_told(session, commitment, gone)
        session.execute(delete(table).where(table.c.commitment_id == commitment.id, column.in_(gone)))
    return [before, [label for each, label in names.items() if each in chosen]]


def _check_nothing_told(session: Session, commitment: Commitment, quartiers: Sequence[int]) -> None:
    told = session.execute(
        select(
            exists().where(
                Progress.commitment_id == commitment.id,
                Progress.quartier_id.in_(quartiers),
                Progress.withdrawn_at.is_(None),
            )
        )
    ).scalar()
    if told:
        raise BrokenRule(Breach.QUARTIER_HAS_NEWS, "quartiers")
