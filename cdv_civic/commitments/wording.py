"""What is said of commitments in words: why a rule refuses, what waits for staff, what was measured."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeVar

from babel.numbers import format_decimal, format_percent
from flask_babel.speaklater import LazyString

from cdv_civic.commitments.rules.leads import LeadStage, lead_stage
from cdv_civic.commitments.rules.origins import Origin
from cdv_civic.commitments.rules.refusals import Breach, BrokenRule
from cdv_civic.commitments.rules.work_list import WorkQueue
from cdv_civic.core.errors import DomainError, Refusals
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.formats import day_text
from cdv_civic.core.i18n.locales import locale_of
from cdv_civic.core.i18n.numbers import money_in, separated
from cdv_civic.territory.vocabulary import STATES, CodedTerm, CommitmentState, Nature

Value = TypeVar("Value")


@dataclass(frozen=True)
class OriginWords(CodedTerm):
    """How a part of a contract was drawn up: the label for staff, and the sentence that residents read."""

    said: LazyString | str = ""


ORIGINS: Final[Mapping[Origin, OriginWords]] = {
    origin: OriginWords(origin.value, label, icon, said)
    for origin, label, icon, said in (
        (
            Origin.RESIDENTS,
            _l("Avec des habitantes et des habitants"),
            "users",
            _l("Cette partie du contrat a été écrite avec des habitantes et des habitants."),
        ),
        (
            Origin.PARTLY,
            _l("En partie avec des habitantes et des habitants"),
            "users",
            _l("Des habitantes et des habitants ont donné leur avis sur quelques points de cette partie."),
        ),
        (
            Origin.NO_CONSULTATION,
            _l("Sans concertation dédiée"),
            "info-circle",
            _l("Cette partie du contrat n’a pas eu de concertation à elle."),
        ),
    )
}
#: Facts stand in them by name, as in `%(length)s`.
SENTENCES: Final[Mapping[Breach, LazyString]] = {
    Breach.NO_STATE: _l("Choisissez où en est l’engagement."),
    Breach.CANNOT_FOLLOW: _l(
        "Après « %(before)s », on ne peut pas dire « %(after)s ». Si la nouvelle d’avant est "
        "une erreur, retirez-la d’abord."
    ),
    Breach.LATER_NEWS_DISAGREES: _l(
        "Une nouvelle plus récente dit « %(following)s ». Elle ne peut pas venir après « "
        "%(after)s ». Corrigez la date, ou retirez d’abord cette nouvelle."
    ),
    Breach.NO_REASON: _l(
        "Dites pourquoi : les habitantes et les habitants attendent la raison. Écrivez-la ici."
    ),
    Breach.DAY_TO_COME: _l("Cette date n’est pas encore passée. Choisissez aujourd’hui ou un jour d’avant."),
    Breach.DAY_BEFORE_CONTRACT: _l(
        "Cette date est trop ancienne pour ce contrat. Vérifiez l’année : au plus tôt %(year)s."
    ),
    Breach.YEAR_OUT_OF_RANGE: _l("Vérifiez l’année de cette date."),
    Breach.SHORT_SENTENCE: _l("Écrivez une phrase d’au moins 10 lettres, que tout le monde comprend."),
    Breach.LONG_SENTENCE: _l(
        "Cette phrase est trop longue : %(length)s caractères. Gardez l’essentiel en 200 "
        "caractères ; le reste va dans le texte plus long."
    ),
    Breach.NOT_PLAIN: _l(
        "Ce texte contient un caractère caché ou du code. Écrivez-le de nouveau, sans copier-coller."
    ),
    Breach.LONG_LINE: _l("Ce texte est trop long : %(length)s caractères, %(longest)s au plus."),
    Breach.LONG_DETAIL: _l(
        "Ce texte est trop long. Gardez 10 000 caractères au plus, et joignez le reste en PDF."
    ),
    Breach.LONG_TRANSLATION: _l("Cette traduction est trop longue."),
    Breach.NO_LINK: _l("Cette adresse ne va pas. Copiez-la en entier : elle commence par https://."),
    Breach.OTHER_QUARTIER: _l("Cet engagement ne porte pas sur ce quartier."),
    Breach.ONLY_QUARTIER: _l(
        "Cet engagement porte sur un seul quartier : choisissez « l’engagement entier »."
    ),
    Breach.QUARTIER_NOT_MEASURED: _l("Cet indicateur ne porte pas sur ce quartier."),
    Breach.QUARTIER_HAS_NEWS: _l(
        "Une nouvelle a été publiée pour ce quartier. Retirez-la d’abord, ou gardez le quartier."
    ),
    Breach.NO_VALUE: _l("Écrivez la valeur mesurée."),
    Breach.NOT_YES_OR_NO: _l("Écrivez « oui » ou « non »."),
    Breach.NO_NUMBER: _l("Écrivez un nombre, par exemple 1 250 ou 12,5."),
    Breach.TWO_NUMBERS: _l(
        "Ce nombre peut se lire de deux façons. Pour mille deux cents, écrivez 1 200. "
        "Pour un et deux dixièmes, écrivez 1,2."
    ),
    Breach.LARGE_NUMBER: _l("Ce nombre est trop grand. Vérifiez-le."),
    Breach.NOT_WHOLE: _l("Écrivez un nombre entier, sans virgule."),
    Breach.NO_DATE: _l("Écrivez une date, par exemple 31/12/2026."),
    Breach.NO_AMOUNT: _l("Écrivez une somme en euros, par exemple 12 500 ou 1 250,50."),
    Breach.NOT_IN_LIST: _l("Choisissez une réponse de la liste."),
    Breach.NO_TITLE: _l("Un engagement a toujours un titre. Écrivez-le."),
    Breach.UNKNOWN_LANGUAGE: _l("Le site ne connaît pas cette langue."),
    Breach.NOT_TO_TRANSLATE: _l("Ce texte n’est pas à traduire ici."),
    Breach.TOO_MUCH_EVIDENCE: _l("Joignez au plus 8 fichiers et liens."),
    Breach.PHOTO_WITHOUT_WORDS: _l("Dites ce que la photo montre, pour les personnes qui ne la voient pas."),
    Breach.DOCUMENT_WITHOUT_NAME: _l("Donnez un nom à ce document."),
    Breach.RETIRED: _l("Cet engagement n’est plus dans le contrat. On ne peut plus dire où il en est."),
}
#: Facts that are codes of states.
_STATES: Final = frozenset({"before", "after", "following"})

QUEUE_LABELS: Final[Mapping[WorkQueue, LazyString]] = {
    WorkQueue.TO_CHECK: _l("À vérifier"),
    WorkQueue.NO_NEWS: _l("Sans nouvelle depuis longtemps"),
    WorkQueue.DEADLINE_SOON: _l("La date prévue approche"),
    WorkQueue.DEADLINE_PASSED: _l("La date prévue est passée"),
}


#: What is said of a row that is no promise, once work on it has begun, and once it is done.
_LEADS: Final[Mapping[tuple[str, LeadStage], LazyString]] = {
    ("piste", LeadStage.BEGUN): _l("Piste du contrat, devenue un chantier"),
    ("piste", LeadStage.DONE): _l("Piste du contrat, devenue réalité"),
    ("etude", LeadStage.BEGUN): _l("Étude du contrat, devenue un chantier"),
    ("etude", LeadStage.DONE): _l("Étude du contrat, menée à bien"),
    ("idee", LeadStage.BEGUN): _l("Idée du contrat, devenue un chantier"),
    ("idee", LeadStage.DONE): _l("Idée du contrat, devenue réalité"),
    ("orientation", LeadStage.BEGUN): _l("Grande direction du contrat, devenue un chantier"),
    ("orientation", LeadStage.DONE): _l("Grande direction du contrat, devenue réalité"),
    ("action_eligible", LeadStage.BEGUN): _l("Projet possible du contrat, devenu un chantier"),
    ("action_eligible", LeadStage.DONE): _l("Projet possible du contrat, devenu réalité"),
}


def lead_said(nature: Nature, state: CommitmentState) -> LazyString | None:
    """« Piste du contrat, devenue un chantier »; None of a promise, and of what is still no more than a lead."""
    stage = lead_stage(state.code, is_promise=nature.is_promise)
    return None if stage is None else _LEADS.get((nature.code, stage))


def sentence_of(broken: BrokenRule) -> str:
    """Why a rule refuses, and what to do, in the language of this request."""
    facts = {
        name: STATES[str(value)].label if name in _STATES else value for name, value in broken.facts.items()
    }
    sentence = str(SENTENCES[broken.breach])
    return sentence % facts if facts else sentence


class RuleRefused(DomainError):
    """A rule of commitments refuses an act: `breach` says which, `sentence` why."""

    def __init__(self, broken: BrokenRule) -> None:
        super().__init__(LazyString(sentence_of, broken), field=broken.field)
        self.breach = broken.breach


class RuleRefusals(Refusals):
    """`Refusals` of readers that raise `BrokenRule`."""

    def unless(self, reader: Callable[..., Value], *arguments: Any, **more: Any) -> Value | None:
        """What a reader gives, or None where it refuses; then its refusal is remembered, in words."""
        return super().unless(refusals_in_words()(reader), *arguments, **more)


@contextmanager
def refusals_in_words() -> Iterator[None]:
    """Turn a `BrokenRule` into a `RuleRefused`; for a block of code, or a whole function as a decorator."""
    try:
        yield
    except BrokenRule as broken:
        raise RuleRefused(broken) from broken


#: Units that contracts write most, in words of the reader's language.
_UNITS: Final[Mapping[str, LazyString]] = {
    "personnes": _l("personnes"),
    "habitants": _l("habitantes et habitants"),
    "jeunes": _l("jeunes"),
    "jeunes/an": _l("jeunes par an"),
    "élèves": _l("élèves"),
    "élèves par an": _l("élèves par an"),
    "logements": _l("logements"),
    "entreprises": _l("entreprises"),
    "heures": _l("heures"),
    "jours": _l("jours"),
    "mois": _l("mois"),
    "par an": _l("par an"),
    "nombre/an": _l("par an"),
    "pour 1000 hab.": _l("pour 1 000 personnes"),
    "pour 100 hab.": _l("pour 100 personnes"),
}
#: What a number, or a percentage, says by itself.
_NO_UNITS: Final = frozenset({"nombre", "%", "nombre et %"})


def unit_words(unit: str | None) -> str | None:
    """The unit of a measure as the reader's language says it; as the document writes it where it is not known."""
    if not unit or unit in _NO_UNITS:
        return None
    return str(_UNITS.get(unit, unit))


def value_text(
    value_kind: str,
    *,
    number: float | None = None,
    text: str | None = None,
    unit: str | None = None,
    locale: str,
) -> str:
    """A value of an indicator as people write it; `amount` is in cents, `rate` in percent.

    A unit that the reader's language may not know stands after the number, as the document writes it.
    """
    if number is not None:
        return _figure_text(number, value_kind, unit, locale)
    if value_kind == "boolean":
        return {"oui": _("oui"), "non": _("non")}.get(text or "", text or "")
    if value_kind == "date":
        try:
            return day_text(date.fromisoformat(text or ""), "long", str(locale_of(locale)))
        except ValueError:
            pass
    return text or ""


def _figure_text(value: float, value_kind: str, unit: str | None, locale: str) -> str:
    known = locale_of(locale)
    if value_kind == "amount":
        return money_in(Decimal(str(value)) / 100, "EUR", str(known))
    if value_kind == "rate":
        return separated(format_percent(value / 100, locale=known, decimal_quantization=False), known)
    text = separated(format_decimal(value, locale=known, decimal_quantization=False), known)
    said = unit_words(unit)
    return f"{text}\u00a0{said}" if said else text
