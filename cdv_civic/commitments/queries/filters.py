"""The filters of the list: what a reader asked for, what of it we know, and what else can be chosen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final

from sqlalchemy import and_, exists, literal, null, select, union_all

from cdv_civic.commitments.models import commitment_holder
from cdv_civic.core import clock
from cdv_civic.core.db import TagName, rows_of
from cdv_civic.core.localized import LocalizedText
from cdv_civic.core.stemming import search_words
from cdv_civic.core.text_folding import fold
from cdv_civic.core.web.page_cache import kept
from cdv_civic.core.web.validity import shows_only
from cdv_civic.territory.cache_tags import DIRECTORY, contract_tags
from cdv_civic.territory.models import (
    Axis,
    Commune,
    Contract,
    ContractCommune,
    Organisation,
    Quartier,
    quartier_commune,
)
from cdv_civic.territory.rules import is_over, years_of
from cdv_civic.territory.vocabulary import NATURES, STATES, THEMES

PASSED: Final = "passee"
SOON: Final = "bientot"
YEAR: Final = "annee-"
#: Longer lists of choices help nobody, and weigh on each page: then the reader chooses a wider filter first.
MOST_CHOICES: Final = 150
LONGEST_QUESTION: Final = 200


@dataclass(frozen=True)
class AskedFilters:
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
    def of(cls, arguments: Mapping[str, str]) -> "AskedFilters":
        """Read the arguments of an address; what is none of ours is left out."""
        return cls(
            **{
                each.name: arguments.get(each.name, "").replace("\0", "").strip()[:LONGEST_QUESTION]
                for each in fields(cls)
            }
        )

    def without(self, *names: str) -> dict[str, str]:
        """The arguments of the same question without some filters; empty ones are left out."""
        return {
            each.name: value
            for each in fields(self)
            if each.name not in names and (value := getattr(self, each.name))
        }


@dataclass(frozen=True, slots=True)
class FilterChoice:
    """Something a filter can be set to."""

    id: int
    value: str  #: as it stands in the address
    label: str


@dataclass(frozen=True, slots=True)
class ContractChoice(FilterChoice):
    """A contract; those of the newest period come first."""

    last_year: int


@dataclass(frozen=True, slots=True)
class DeadlineRange:
    """First and last day of a deadline; `open_only` leaves out what is done, put off or given up."""

    first: date | None
    last: date | None
    open_only: bool = False


@dataclass(frozen=True)
class CommitmentFilters:
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

    filters: CommitmentFilters
    contracts: tuple[ContractChoice, ...]
    communes: tuple[FilterChoice, ...]
    quartiers: tuple[FilterChoice, ...]
    organisations: tuple[FilterChoice, ...]
    #: What is on: name of the filter and the label of its value ("" where the vocabulary has it).
    active: tuple[tuple[str, str], ...]
    #: Names of the filters whose value nobody knows: they are left aside.
    unknown: tuple[str, ...]
    #: Years that a deadline may fall in.
    years: tuple[int, ...]
    #: Ids of the contracts that the choices come from: equal scopes offer equal choices, but for a rare one
    #: that was asked for.
    scope: tuple[int, ...]
    rare: bool


def understand(asked: AskedFilters, *, today: date, soon_days: int) -> Question:
    """Look up what was asked for, and what can be chosen besides.

    3 statements; most often none, for the choices are kept in memory. One more where something was asked for that is
    not among them.
    """
    contracts = kept(("contracts of the list",), _contracts)
    chosen = next((each for each in contracts if each.value == asked.contrat), None)
    scope = (
        (chosen,)
        if chosen
        else tuple(each for each in contracts if each.last_year >= today.year) or contracts
    )
    ids = tuple(each.id for each in scope)
    found = kept(("choices of the list", ids), lambda: _choices(scope))
    rare = _rare(asked, found, ids, chosen.id if chosen else None)
    active: list[tuple[str, str]] = []
    unknown: list[str] = []

    def keep(name: str, known: Any, label: str = "") -> Any:
        if known is None or known == ():
            if getattr(asked, name):
                unknown.append(name)
            return known
        active.append((name, label))
        return known

    def every(name: str) -> list[FilterChoice]:
        value = getattr(asked, name)
        return [each for each in (*found.get(name, ()), *rare.get(name, ())) if value and each.value == value]

    def one(name: str) -> int | None:
        match = next(iter(every(name)), None)
        known: int | None = keep(name, match.id if match else None, match.label if match else "")
        return known

    holders = every("porteur")
    deadline = deadline_range(asked.echeance, today=today, soon_days=soon_days)
    filters = CommitmentFilters(
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
        contracts=contracts,
        communes=_offered(found, rare, "commune"),
        quartiers=_offered(found, rare, "quartier"),
        organisations=_offered(found, rare, "porteur"),
        active=tuple(active),
        unknown=tuple(unknown),
        years=tuple(range(min(today.year, last_year), min(last_year, today.year + 7) + 1)),
        scope=ids,
        rare=bool(rare),
    )


def tags_of(question: Question) -> tuple[TagName, ...]:
    """The cache tags of what the list shows: of one contract that was asked for, else of all.

    A choice that is not offered may come from any contract.
    """
    asked = question.filters.contract_id
    one = asked is not None and not question.rare
    shown = (each.value for each in question.contracts if not one or each.id == asked)
    return (DIRECTORY, *contract_tags(shown))


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


def _contracts() -> tuple[ContractChoice, ...]:
    shows_only(DIRECTORY)
    rows = rows_of(
        select(Contract.id, Contract.slug, Contract.short_title, Contract.period_end).order_by(
            Contract.period_start.desc(), Contract.id
        )
    )
    return tuple(ContractChoice(row.id, row.slug, row.short_title, int(row.period_end[:4])) for row in rows)


OfferedChoices = Mapping[str, tuple[FilterChoice, ...]]


def _choices(contracts: Sequence[ContractChoice]) -> OfferedChoices:
    """What can be chosen in these contracts. 1 statement.

    Holders only where there is one contract: the same name means another institution in the next.
    """
    shows_only(DIRECTORY, *contract_tags(each.value for each in contracts))
    scope = [each.id for each in contracts]
    statements = [
        _communes(
            exists().where(
                ContractCommune.commune_id == Commune.id,
                ContractCommune.contract_id.in_(scope),
                ContractCommune.retired_at.is_(None),
            )
        ),
        _quartiers(and_(Quartier.contract_id.in_(scope), Quartier.retired_at.is_(None))),
    ]
    if len(scope) == 1:
        holds = exists().where(commitment_holder.c.organisation_id == Organisation.id)
        statements.append(_organisations(and_(Organisation.contract_id.in_(scope), holds)))
    return _read(statements)


def _rare(
    asked: AskedFilters, found: OfferedChoices, scope: Sequence[int], contract_id: int | None
) -> OfferedChoices:
    """What was asked for and is not offered: a quartier of another contract, an axis... At most 1 statement."""
    wanted: dict[str, Callable[[], Any]] = {
        "commune": lambda: _communes(Commune.slug == asked.commune),
        "quartier": lambda: _quartiers(Quartier.slug == asked.quartier),
        "porteur": lambda: _organisations(
            and_(Organisation.slug == asked.porteur, Organisation.contract_id.in_(scope))
        ),
        # The code of an axis needs its contract.
        "axe": lambda: _axes(and_(Axis.contract_id == (contract_id or 0), Axis.code == asked.axe)),
    }
    statements = [
        part()
        for name, part in wanted.items()
        if (value := getattr(asked, name)) and not any(each.value == value for each in found.get(name, ()))
    ]
    return _read(statements) if statements else {}


def _read(statements: Sequence[Any]) -> OfferedChoices:
    labels: dict[tuple[str, int], list[str]] = {}
    values: dict[tuple[str, int], str] = {}
    over: dict[int, str] = {}
    today = clock.today()
    for row in rows_of(union_all(*(select(part.subquery()) for part in statements))):
        key = (row.kind, row.id)
        values[key] = row.value
        labels.setdefault(key, [row.label])
        if row.place:
            labels[key].append(row.place)
        if row.period_end and is_over(row.period_end, today):
            over[row.id] = years_of(row.period_start, row.period_end)
    found: dict[str, list[FilterChoice]] = {}
    for (kind, choice_id), words in labels.items():
        years = [over[choice_id]] if kind == "quartier" and choice_id in over else []
        notes = ", ".join([*sorted(set(words[1:])), *years])
        label = f"{words[0]} ({notes})" if notes else words[0]
        found.setdefault(kind, []).append(FilterChoice(choice_id, values[kind, choice_id], label))
    return {
        # Quartiers of contracts that are over come last.
        kind: tuple(
            sorted(
                choices, key=lambda each: (kind == "quartier" and each.id in over, fold(each.label), each.id)
            )
        )
        for kind, choices in found.items()
    }


def _offered(found: OfferedChoices, rare: OfferedChoices, name: str) -> tuple[FilterChoice, ...]:
    """The choices of a select, with the one that is on; too many are not offered."""
    choices = found.get(name, ())
    return (*rare.get(name, ()), *(choices if len(choices) <= MOST_CHOICES else ()))


def _part(kind: str, id_: Any, value: Any, label: Any, place: Any = None, period: Any = None) -> Any:
    """`period`: the first and the last column of that of a contract, of which several may have this name."""
    start, end = period or (null(), null())
    return select(
        literal(kind).label("kind"),
        id_.label("id"),
        value.label("value"),
        label.label("label"),
        (null() if place is None else place).label("place"),
        start.label("period_start"),
        end.label("period_end"),
    )


def _communes(which: Any) -> Any:
    return (
        _part("commune", Commune.id, Commune.slug, Commune.name)
        .where(which)
        .order_by(Commune.id)
        .limit(MOST_CHOICES + 1)
    )


def _quartiers(which: Any) -> Any:
    some = select(Quartier.id).where(which).order_by(Quartier.id).limit(MOST_CHOICES + 1).subquery()
    return (
        _part(
            *("quartier", Quartier.id, Quartier.slug, Quartier.name, Commune.name),
            period=(Contract.period_start, Contract.period_end),
        )
        .join(some, some.c.id == Quartier.id)
        .join(Contract, Contract.id == Quartier.contract_id)
        .outerjoin(quartier_commune, quartier_commune.c.quartier_id == Quartier.id)
        .outerjoin(Commune, Commune.id == quartier_commune.c.commune_id)
    )


def _organisations(which: Any) -> Any:
    return (
        _part("porteur", Organisation.id, Organisation.slug, Organisation.name)
        .where(which)
        .order_by(Organisation.id)
        .limit(MOST_CHOICES + 1)
    )


def _axes(which: Any) -> Any:
    return (
        _part("axe", Axis.id, Axis.code, LocalizedText.original)
        .join(LocalizedText, LocalizedText.id == Axis.title_id)
        .where(which)
    )
