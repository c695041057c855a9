"""The filters of the list: what a reader asked for, what of it we know, and what else can be chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Final

from sqlalchemy import Integer, Select, and_, exists, literal, null, or_, select, union_all

from cdv_civic.commitments.models import commitment_holder
from cdv_civic.core.db import db
from cdv_civic.core.fold import fold, search_words
from cdv_civic.core.localized import LocalizedText
from cdv_civic.core.vocabulary import NATURES, STATES, THEMES
from cdv_civic.territory.models import (
    Axis,
    Commune,
    Contract,
    ContractCommune,
    Organisation,
    Quartier,
    quartier_commune,
)

PASSED: Final = "passee"
SOON: Final = "bientot"
YEAR: Final = "annee-"
#: Longer lists of choices help nobody, and weigh on each page: then the reader chooses a wider filter first.
MOST_CHOICES: Final = 150
LONGEST_QUESTION: Final = 200


@dataclass(frozen=True)
class Asked:
    """The question of an address, as typed; the names are those of the address."""

    contrat: str = ""
    quartier: str = ""
    commune: str = ""
    porteur: str = ""
    axe: str = ""
    theme: str = ""
    etat: str = ""
    nature: str = ""
    echeance: str = ""
    q: str = ""

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> "Asked":
        """Read the arguments of an address; what is none of ours is left out."""
        return cls(
            **{each.name: arguments.get(each.name, "").strip()[:LONGEST_QUESTION] for each in fields(cls)}
        )

    def without(self, *names: str) -> dict[str, str]:
        """The arguments of the same question without some filters; empty ones are left out."""
        return {
            each.name: value
            for each in fields(self)
            if each.name not in names and (value := getattr(self, each.name))
        }


@dataclass(frozen=True, slots=True)
class Choice:
    """Something a filter can be set to."""

    id: int
    value: str  #: as it stands in the address
    label: str


@dataclass(frozen=True, slots=True)
class ContractChoice(Choice):
    """A contract; those of the newest period come first."""

    first_year: int
    last_year: int


@dataclass(frozen=True, slots=True)
class DeadlineRange:
    """First and last day of a deadline; `open_only` leaves out what is done, put off or given up."""

    first: date | None
    last: date | None
    open_only: bool = False


@dataclass(frozen=True)
class Filters:
    """What the list is cut down to, in the database's terms."""

    contract_id: int | None = None
    quartier_id: int | None = None
    commune_id: int | None = None
    #: The same slug may name an organisation in several contracts.
    organisation_ids: tuple[int, ...] = ()
    axis_id: int | None = None
    theme: str | None = None
    state: str | None = None
    nature: str | None = None
    deadline: DeadlineRange | None = None
    q: str = ""


@dataclass(frozen=True)
class Question:
    """An asked question that was understood as far as it goes."""

    filters: Filters
    contracts: tuple[ContractChoice, ...]
    communes: tuple[Choice, ...]
    quartiers: tuple[Choice, ...]
    organisations: tuple[Choice, ...]
    #: What is on: name of the filter and the label of its value ("" where the vocabulary has it).
    active: tuple[tuple[str, str], ...]
    #: Names of the filters whose value nobody knows: they are left aside.
    unknown: tuple[str, ...]
    years: tuple[int, ...] = field(default=())


def understand(asked: Asked, *, today: date, soon_days: int) -> Question:
    """Look up what was asked for, and what can be chosen besides. 2 statements."""
    contracts = _contracts()
    chosen = next((each for each in contracts if each.value == asked.contrat), None)
    scope = [chosen] if chosen else [each for each in contracts if each.last_year >= today.year] or contracts
    found = _choices(asked, [each.id for each in scope], chosen.id if chosen else None, len(scope) == 1)
    active: list[tuple[str, str]] = []
    unknown: list[str] = []

    def keep(name: str, known: Any, label: str = "") -> Any:
        if known is None or known == ():
            if getattr(asked, name):
                unknown.append(name)
            return known
        active.append((name, label))
        return known

    def one(name: str) -> int | None:
        match = next((each for each in found[name] if each.value == getattr(asked, name)), None)
        return keep(name, match.id if match else None, match.label if match else "")

    holders = [each for each in found["porteur"] if each.value == asked.porteur]
    deadline = deadline_range(asked.echeance, today=today, soon_days=soon_days)
    filters = Filters(
        contract_id=keep("contrat", chosen.id if chosen else None, chosen.label if chosen else ""),
        quartier_id=one("quartier"),
        commune_id=one("commune"),
        organisation_ids=keep(
            "porteur", tuple(each.id for each in holders), holders[0].label if holders else ""
        ),
        axis_id=one("axe"),
        theme=keep("theme", asked.theme if asked.theme in THEMES else None),
        state=keep("etat", asked.etat if asked.etat in STATES else None),
        nature=keep("nature", asked.nature if asked.nature in NATURES else None),
        deadline=keep("echeance", deadline),
        q=keep("q", asked.q if search_words(asked.q) else None, asked.q) or "",
    )
    last_year = max((each.last_year for each in scope), default=today.year)
    return Question(
        filters=filters,
        contracts=tuple(contracts),
        communes=_offered(found["commune"]),
        quartiers=_offered(found["quartier"]),
        organisations=_offered(found["porteur"]),
        active=tuple(active),
        unknown=tuple(unknown),
        years=tuple(range(min(today.year, last_year), min(last_year, today.year + 7) + 1)),
    )


def deadline_range(asked: str, *, today: date, soon_days: int) -> DeadlineRange | None:
    """What a value of the deadline filter means; None where it means nothing."""
    if asked == PASSED:
        return DeadlineRange(None, date.fromordinal(today.toordinal() - 1), open_only=True)
    if asked == SOON:
        return DeadlineRange(today, date.fromordinal(today.toordinal() + soon_days), open_only=True)
    year = asked.removeprefix(YEAR)
    if asked.startswith(YEAR) and len(year) == 4 and year.isascii() and year.isdigit() and year >= "1900":
        return DeadlineRange(date(int(year), 1, 1), date(int(year), 12, 31))
    return None


def _contracts() -> list[ContractChoice]:
    rows = db.session.execute(
        select(
            Contract.id, Contract.slug, Contract.short_title, Contract.period_start, Contract.period_end
        ).order_by(Contract.period_start.desc(), Contract.id)
    )
    return [
        ContractChoice(row.id, row.slug, row.short_title, int(row.period_start[:4]), int(row.period_end[:4]))
        for row in rows
    ]


def _choices(
    asked: Asked, scope: Sequence[int], contract_id: int | None, one_contract: bool
) -> dict[str, list[Choice]]:
    """What can be chosen in these contracts, and what was asked for wherever it is. 1 statement.

    Holders only where there is one contract: their names mean different institutions in another.
    """
    parts = [
        _communes(asked, scope),
        _quartiers(asked, scope),
        _holders(asked, scope, one_contract),
        _axes(asked, contract_id),
    ]
    found: dict[str, list[Choice]] = {"commune": [], "quartier": [], "porteur": [], "axe": []}
    labels: dict[tuple[str, int], list[str]] = {}
    values: dict[tuple[str, int], str] = {}
    for row in db.session.execute(union_all(*(select(part.subquery()) for part in parts))):
        key = (row.kind, row.id)
        values[key] = row.value
        labels.setdefault(key, [row.label])
        if row.place:
            labels[key].append(row.place)
    for (kind, choice_id), words in labels.items():
        label = words[0] if len(words) == 1 else f"{words[0]} ({', '.join(sorted(set(words[1:])))})"
        found[kind].append(Choice(choice_id, values[kind, choice_id], label))
    for choices in found.values():
        choices.sort(key=lambda each: (fold(each.label), each.id))
    return found


def _offered(choices: Sequence[Choice]) -> tuple[Choice, ...]:
    return tuple(choices) if len(choices) <= MOST_CHOICES else ()


def _part(kind: str, id_: Any, value: Any, label: Any, place: Any = None) -> Select[Any]:
    return select(
        literal(kind).label("kind"),
        id_.label("id"),
        value.label("value"),
        label.label("label"),
        (null() if place is None else place).label("place"),
    )


def _communes(asked: Asked, scope: Sequence[int]) -> Select[Any]:
    in_scope = exists().where(
        ContractCommune.commune_id == Commune.id,
        ContractCommune.contract_id.in_(scope),
        ContractCommune.retired_at.is_(None),
    )
    return (
        _part("commune", Commune.id, Commune.slug, Commune.name)
        .where(or_(in_scope, Commune.slug == asked.commune))
        .order_by((Commune.slug == asked.commune).desc(), Commune.id)
        .limit(MOST_CHOICES + 1)
    )


def _quartiers(asked: Asked, scope: Sequence[int]) -> Select[Any]:
    offered = and_(Quartier.contract_id.in_(scope), Quartier.retired_at.is_(None))
    chosen = (
        select(Quartier.id)
        .where(or_(offered, Quartier.slug == asked.quartier))
        .order_by((Quartier.slug == asked.quartier).desc(), Quartier.id)
        .limit(MOST_CHOICES + 1)
        .subquery()
    )
    return (
        _part("quartier", Quartier.id, Quartier.slug, Quartier.name, Commune.name)
        .join(chosen, chosen.c.id == Quartier.id)
        .outerjoin(quartier_commune, quartier_commune.c.quartier_id == Quartier.id)
        .outerjoin(Commune, Commune.id == quartier_commune.c.commune_id)
    )


def _holders(asked: Asked, scope: Sequence[int], one_contract: bool) -> Select[Any]:
    holds = exists().where(commitment_holder.c.organisation_id == Organisation.id)
    offered = and_(Organisation.contract_id.in_(scope), holds) if one_contract else literal(0, Integer) == 1
    asked_for = and_(Organisation.slug == asked.porteur, Organisation.contract_id.in_(scope))
    return (
        _part("porteur", Organisation.id, Organisation.slug, Organisation.name)
        .where(or_(offered, asked_for))
        .order_by((Organisation.slug == asked.porteur).desc(), Organisation.id)
        .limit(MOST_CHOICES + 1)
    )


def _axes(asked: Asked, contract_id: int | None) -> Select[Any]:
    """The axis asked for; its code needs the contract."""
    return (
        _part("axe", Axis.id, Axis.code, LocalizedText.original)
        .join(LocalizedText, LocalizedText.id == Axis.title_id)
        .where(Axis.contract_id == (contract_id or 0), Axis.code == asked.axe)
    )
