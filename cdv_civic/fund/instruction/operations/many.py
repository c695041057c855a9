"""One act on several projects of the list: each by itself, so that one that cannot be done stops no other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select

from cdv_civic.core.db import db
from cdv_civic.core.errors import ChangedMeanwhile, DomainError, Forbidden
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.model import Actor
from cdv_civic.fund.instruction.operations import deciding, keeping
from cdv_civic.fund.instruction.rules import MOST_AT_ONCE, InstructionAct
from cdv_civic.fund.models.projects import FundProject

_CHANGED: Final = _l("une autre personne l’a changé entre-temps.")


@dataclass(frozen=True)
class BulkAct:
    """What is to be done, with all that an act may need."""

    act: InstructionAct | None
    service: str = ""
    return_by: date | None = None
    on: date | None = None
    reference: str = ""


@dataclass(frozen=True)
class NotDone:
    """A project that stayed as it was, and why."""

    project_id: int
    number: int
    why: object


@dataclass(frozen=True)
class ActedOnMany:
    """What came of an act on several projects."""

    done: Sequence[int]  #: ids
    not_done: Sequence[NotDone]


def act_on_many(actor: Actor, round_id: int, bulk: BulkAct, chosen: Mapping[int, int]) -> ActedOnMany:
    """Do one act on projects of a round, `chosen` by id with the versions that the list showed, in a transaction each.

    Raises `DomainError` where none is chosen or something that the act needs is missing, `Forbidden`.
    """
    if not chosen:
        raise DomainError(_l("Choisissez au moins une ligne."))
    do = _asked(actor, bulk)
    ids = sorted(chosen)[:MOST_AT_ONCE]
    found = select(FundProject.id, FundProject.number).where(
        FundProject.round_id == round_id, FundProject.id.in_(ids)
    )
    numbers = {row.id: row.number for row in db.session.execute(found.order_by(FundProject.number))}
    done, not_done = [], []
    for project_id, number in numbers.items():
        try:
            do(project_id, chosen[project_id])
        except Forbidden:
            raise
        except ChangedMeanwhile:
            not_done.append(NotDone(project_id, number, _CHANGED))
        except DomainError as refused:
            not_done.append(NotDone(project_id, number, refused.sentence))
        else:
            done.append(project_id)
    return ActedOnMany(done, not_done)


def _asked(actor: Actor, bulk: BulkAct) -> Callable[[int, int], None]:
    """The act on one project of an id and a version."""
    match bulk.act:
        case InstructionAct.ASSIGN:
            if not bulk.service.strip():
                raise DomainError(_l("Écrivez le service."), field="service")
            given = keeping.Assignment(bulk.service, bulk.return_by)
            return lambda each, version: keeping.assign(actor, each, given, version=version)
        case InstructionAct.RETURN:
            if bulk.return_by is None:
                raise DomainError(_l("Écrivez la date de retour."), field="return_by")
            day = keeping.Assignment(None, bulk.return_by)
            return lambda each, version: keeping.assign(actor, each, day, version=version)
        case InstructionAct.ADMIT:
            return lambda each, version: deciding.admit(actor, each, version=version)
        case InstructionAct.TO_OPINION:
            return lambda each, version: deciding.ask_opinion(actor, each, version=version)
        case InstructionAct.TO_CHOICE:
            return lambda each, version: deciding.bring_to_choice(actor, each, version=version)
        case InstructionAct.NOTIFY:
            on = _day(bulk)
            return lambda each, version: deciding.notify(actor, each, on, bulk.reference, version=version)
        case InstructionAct.PAY:
            on = _day(bulk)
            return lambda each, version: deciding.pay(actor, each, on, version=version)
        case _:
            raise DomainError(_l("Choisissez ce que vous voulez faire."), field="act")


def _day(bulk: BulkAct) -> date:
    if bulk.on is None:
        raise DomainError(_l("Écrivez la date."), field="on")
    return bulk.on
