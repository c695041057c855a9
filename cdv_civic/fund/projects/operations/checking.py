"""What somebody typed of a project, as it is kept; what is wrong with it is said beside its field, all at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from cdv_civic.core import clock, pasted_text
from cdv_civic.core.errors import DomainError, Refusals
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.settings import current_settings
from cdv_civic.core.uploads.receiving import Upload
from cdv_civic.fund.breach_words import AMOUNT_FAULTS, BREACH_FIELDS, breach_said, fault_said
from cdv_civic.fund.projects import rules as bounds
from cdv_civic.fund.rules.admissibility import REFUSED_AT_DEPOSIT, FundBreach, ProjectFacts, breaches
from cdv_civic.fund.rules.amounts import BadAmount, read_cents
from cdv_civic.fund.rules.budgets import BudgetFault, CoFunder, CostLine, ProjectBudget
from cdv_civic.fund.rules.fund_rules import CarrierKind, FundRules
from cdv_civic.fund.rules.identifiers import BadIdentifier, read_rna, read_siret
from cdv_civic.participation.contacts import read_contact
from cdv_civic.participation.rules.public_names import NameShown, public_name

CHOOSE: Final = _l("Choisissez une réponse de la liste.")
#: What is said of a question that has no answer.
TITLE_MISSING: Final = _l("Donnez un titre à votre projet.")
SUMMARY_MISSING: Final = _l("Dites votre projet en une phrase.")
WORDS_MISSING: Final = _l("Dites ce que vous voulez faire.")
FOR_WHOM_MISSING: Final = _l("Dites pour qui est ce projet.")
PLACE_MISSING: Final = _l("Dites où le projet se passe.")
WHEN_MISSING: Final = _l("Dites quand, même à peu près.")
ASKED_MISSING: Final = _l("Écrivez combien vous demandez au fonds.")
CONTACT_NAME_MISSING: Final = _l("Écrivez le nom de la personne à qui répondre.")
CONTACT_MISSING: Final = _l("Laissez un e-mail ou un téléphone\u00a0: le fonds doit pouvoir vous répondre.")
_CARRIER_NAME_MISSING: Final = _l("Écrivez le nom de l’association, de l’école ou du conseil.")
_NO_RNA: Final = _l("Un numéro RNA s’écrit avec un W et 9 chiffres, par exemple W751234567. Relisez-le.")
_NO_SIRET: Final = _l("Ce numéro SIRET n’est pas bon\u00a0: il a 14 chiffres. Relisez-le, ou laissez vide.")
_BUDGET_FIELDS: Final = {BudgetFault.NO_LINE: "label_1", BudgetFault.TOO_MANY_LINES: "label_1"}


@dataclass(frozen=True)
class TypedProject:
    """A project as a form holds it: words and amounts as they were typed."""

    round_id: int
    #: Random name of the form: sent twice, it is one row.
    client_key: str
    title: str
    summary: str
    words: str
    for_whom: str
    place: str
    when_text: str
    asked: str
    #: What each line of the budget pays for, and how much; lines that are empty count for none.
    lines: Sequence[tuple[str, str]]
    contact_name: str
    #: An e-mail address or a phone number.
    contact: str
    contact_language: str = "fr"
    own: str = ""
    #: Who else is asked, and for how much.
    co_funders: Sequence[tuple[str, str]] = ()
    quartier_id: int | None = None
    envelope_id: int | None = None
    purposes: Sequence[str] = ()
    axis_id: int | None = None
    in_programme: bool = False
    transport: bool = False
    carrier_kind: str = ""
    carrier_name: str = ""
    rna: str = ""
    siret: str = ""
    body_id: int | None = None
    #: A first name to be read by everybody; empty: none.
    signed: str = ""
    co_carriers: Sequence[str] = ()
    accompanist: str = ""
    minor: bool = False
    age: int | None = None
    #: Whether the person agrees to do something in return.
    agrees: bool = False
    lang: str | None = None
    photo: Upload | None = None
    #: Quotes, with the names of their files.
    quotes: Sequence[tuple[Upload, str]] = ()


@dataclass(frozen=True)
class CheckedProject:
    """What is kept of it."""

    #: Columns of `FundProject`, but for those that say where it stands and how it came.
    columns: dict[str, Any]
    budget: ProjectBudget
    co_carriers: Sequence[str]
    contact: tuple[str, str] | None
    #: What is left to whoever looks at the project.
    later: frozenset[FundBreach]


def too_long(most: int, field: str) -> DomainError:
    """The refusal of a text of more than `most` characters."""
    return DomainError(
        _l("Ce texte est trop long\u00a0: %(most)s caractères au plus.", most=most), field=field
    )


class _Reading:
    """Reads one project, and remembers what is wrong."""

    def __init__(self, refused: Refusals, typed: TypedProject, rules: FundRules) -> None:
        self._refused, self._typed, self._rules = refused, typed, rules
        #: Whether an amount could not be read: then nobody can say whether all adds up.
        self.amount_missing = False

    def _refuse(self, sentence: Any, field: str) -> None:
        self._refused.add(DomainError(sentence, field=field))

    def line(
        self,
        typed: str,
        most: int,
        field: str,
        missing: Any = None,
        read: Callable[[str], str] = pasted_text.one_line,
    ) -> str:
        """A text; `missing`: what is said where there is none."""
        plain = read(typed)
        if missing is not None and not plain:
            self._refuse(missing, field)
        if len(plain) > most:
            self._refused.add(too_long(most, field))
        return plain

    def amount(self, typed: str, field: str, missing: Any = None) -> int:
        """An amount in cents; 0 where nothing was typed, or it cannot be read."""
        if not typed.strip():
            if missing is not None:
                self._refuse(missing, field)
                self.amount_missing = True
            return 0
        try:
            cents = read_cents(typed)
        except BadAmount as bad:
            self._refuse(AMOUNT_FAULTS[bad.fault], field)
            self.amount_missing = True
            return 0
        if cents == 0 and missing is not None:
            self._refuse(missing, field)
            self.amount_missing = True
        return cents

    def budget(self) -> ProjectBudget:
        lines, co_funders = [], []
        for number, (label, amount) in enumerate(self._typed.lines, 1):
            if not label.strip() and not amount.strip():
                continue
            words = self.line(
                label,
                bounds.LONGEST_NAME,
                f"label_{number}",
                _l("Dites ce que vous payez avec ce montant."),
            )
            cents = self.amount(amount, f"amount_{number}", _l("Écrivez combien coûte cette dépense."))
            lines.append(CostLine(words, cents))
        for number, (name, amount) in enumerate(self._typed.co_funders, 1):
            if not name.strip() and not amount.strip():
                continue
            words = self.line(
                name, bounds.LONGEST_NAME, f"funder_{number}", _l("Écrivez qui paierait ce montant.")
            )
            cents = self.amount(amount, f"funder_amount_{number}", _l("Écrivez combien vous lui demandez."))
            co_funders.append(CoFunder(words, cents))
        asked = self.amount(self._typed.asked, "asked", ASKED_MISSING)
        found = ProjectBudget(lines, asked, co_funders, self.amount(self._typed.own, "own"))
        if not lines:
            self._refuse(fault_said(BudgetFault.NO_LINE, found), "label_1")
        elif not self.amount_missing:
            for fault in sorted(found.faults()):
                self._refuse(fault_said(fault, found), _BUDGET_FIELDS.get(fault, "asked"))
        return found

    def carrier(self) -> dict[str, Any]:
        """Who carries it; of money for one person nobody is named."""
        typed = self._typed
        none: dict[str, Any] = dict.fromkeys(("carrier_kind", "rna", "siret", "body_id"))
        if self._rules.person is not None:
            return {**none, "carrier_name": ""}
        if typed.carrier_kind not in list(CarrierKind):
            self._refuse(CHOOSE, "carrier_kind")
            return {**none, "carrier_name": ""}
        kind = CarrierKind(typed.carrier_kind)
        if kind not in bounds.NAMED_CARRIERS:
            return {**none, "carrier_kind": kind.value, "carrier_name": ""}
        body_id = typed.body_id if kind is CarrierKind.COUNCIL else None
        return {
            "carrier_kind": kind.value,
            "carrier_name": self.line(
                typed.carrier_name,
                bounds.LONGEST_NAME,
                "carrier_name",
                _CARRIER_NAME_MISSING if body_id is None else None,
            ),
            "rna": self._number(typed.rna, read_rna, _NO_RNA, "rna"),
            "siret": self._number(typed.siret, read_siret, _NO_SIRET, "siret"),
            "body_id": body_id,
        }

    def _number(self, typed: str, read: Callable[[str], str], wrong: Any, field: str) -> str | None:
        if not typed.strip():
            return None
        try:
            return read(typed)
        except BadIdentifier:
            self._refuse(wrong, field)
            return None

    def person(self) -> dict[str, Any]:
        """The age and what the person does in return, where the fund is for one person."""
        typed, asked = self._typed, self._rules.person
        if asked is None:
            return {"age": None, "counterpart": "", "minor": typed.minor}
        if typed.age is None:
            self._refuse(_l("Écrivez votre âge."), "age")
        elif typed.age not in bounds.AGES:
            self._refuse(_l("Cet âge ne va pas\u00a0: écrivez un nombre d’années."), "age")
        return {
            "age": typed.age,
            "counterpart": asked.counterpart,
            "minor": typed.minor or bounds.is_minor_age(typed.age),
        }

    def breaches(self, budget: ProjectBudget, choice_on: date | None) -> frozenset[FundBreach]:
        """Rules that it does not keep: those that refuse it are said, the others are given back."""
        typed = self._typed
        kind = CarrierKind(typed.carrier_kind) if typed.carrier_kind in list(CarrierKind) else None
        found = breaches(
            self._rules,
            ProjectFacts(
                carrier=kind,
                asked_cents=budget.asked_cents,
                cost_cents=budget.cost_cents,
                purposes=frozenset(typed.purposes),
                serves_objective=typed.axis_id is not None,
                in_programme=typed.in_programme,
                days_before_choice=(choice_on - clock.today()).days if choice_on is not None else None,
                age=typed.age,
                counterpart_agreed=typed.agrees,
            ),
        )
        unsaid = set()
        if self.amount_missing or not budget.lines or budget.gap_cents:
            # Said of a budget that is wrong, they would be wrong too.
            unsaid |= {FundBreach.SHARE_OF_COST}
        if self.amount_missing:
            unsaid |= {FundBreach.TOO_SMALL, FundBreach.TOO_LARGE}
        if typed.age is None or typed.age not in bounds.AGES:
            unsaid |= {FundBreach.AGE}
        if kind is None:
            unsaid |= {FundBreach.CARRIER}
        for breach in sorted((found & REFUSED_AT_DEPOSIT) - unsaid):
            self._refused.add(
                DomainError(breach_said(breach, self._rules, budget.cost_cents), field=BREACH_FIELDS[breach])
            )
        return found - REFUSED_AT_DEPOSIT

    def contact(self, *, asked: bool) -> tuple[str, str] | None:
        if asked and not self._typed.contact.strip():
            self._refuse(CONTACT_MISSING, "contact")
        return self._refused.unless(
            read_contact, self._typed.contact, fictional=current_settings().development
        )


def checked(
    typed: TypedProject,
    rules: FundRules,
    *,
    choice_on: date | None = None,
    contact_asked: bool = True,
    minor: bool = False,
) -> CheckedProject:
    """What is kept of what was typed. `minor`: whether it is known elsewhere that the person is under 18;
    `contact_asked` False: one is there already, or the receipt is enough.

    Raises `DomainError` with all that is wrong: what cannot be read, a budget that does not add up, rules of the fund
    that refuse a deposit at once.
    """
    with Refusals() as refused:
        reading = _Reading(refused, typed, rules)
        words = {
            "title": reading.line(typed.title, bounds.LONGEST_TITLE, "title", TITLE_MISSING),
            "summary": reading.line(typed.summary, bounds.LONGEST_SUMMARY, "summary", SUMMARY_MISSING),
            "words": reading.line(
                typed.words, bounds.LONGEST_WORDS, "words", WORDS_MISSING, pasted_text.free_text
            ),
            "for_whom": reading.line(typed.for_whom, bounds.LONGEST_ANSWER, "for_whom", FOR_WHOM_MISSING),
            "place": reading.line(typed.place, bounds.LONGEST_ANSWER, "place", PLACE_MISSING),
            "when_text": reading.line(typed.when_text, bounds.LONGEST_ANSWER, "when_text", WHEN_MISSING),
        }
        purposes = [each for each in rules.purposes if each in typed.purposes]
        budget = reading.budget()
        carrier = reading.carrier()
        person = reading.person()
        later = reading.breaches(budget, choice_on)
        signed = reading.line(typed.signed, bounds.LONGEST_FIRST_NAME, "signed")
        people = [
            reading.line(name, bounds.LONGEST_NAME, f"co_carrier_{number}")
            for number, name in enumerate(typed.co_carriers, 1)
        ]
        accompanist = reading.line(typed.accompanist, bounds.LONGEST_ANSWER, "accompanist")
        contact_name = reading.line(
            typed.contact_name, bounds.LONGEST_NAME, "contact_name", CONTACT_NAME_MISSING
        )
        contact = reading.contact(asked=contact_asked)
        if typed.photo is not None and rules.person is not None:
            refused.add(
                DomainError(_l("Ici, n’envoyez pas de photo\u00a0: personne n’est montré."), field="photo")
            )
        elif typed.photo is not None and typed.photo.kind != "photo":
            refused.add(DomainError(_l("Envoyez une photo, pas un document."), field="photo"))
    young = minor or person["minor"]
    shown = NameShown.NOTHING if rules.person is not None else NameShown.FIRST_NAME
    columns = {
        **words,
        **carrier,
        **person,
        "minor": young,
        "signed": public_name(signed, minor=young, shown=shown),
        "purposes": purposes,
        "axis_id": typed.axis_id if rules.objective_asked else None,
        "in_programme": typed.in_programme,
        "transport": typed.transport,
        "accompanist": accompanist,
        "contact_name": contact_name,
        "contact_language": typed.contact_language,
        "asked_cents": budget.asked_cents,
        "own_cents": budget.own_cents,
        "cost_cents": budget.cost_cents,
    }
    return CheckedProject(columns, budget, [each for each in people if each], contact, later)
