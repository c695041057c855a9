"""The rules of a fund as plain questions, each of which may stay open."""

from collections.abc import Mapping
from typing import Any, Final

from wtforms import BooleanField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Optional

from cdv_civic.core.errors import DomainError, Refusals
from cdv_civic.core.forms.fields import FROM_THE_LIST, ChecksField, WholeNumberField, listed
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.fund.desk.forms import amount_field
from cdv_civic.fund.desk.typed import read_cents, typed_cents
from cdv_civic.fund.project_words import CARRIERS, PURPOSES
from cdv_civic.fund.rule_words import CHOICES, COMPLETIONS, COUNTING
from cdv_civic.fund.rules.budgets import MOST_CENTS
from cdv_civic.fund.rules.fund_rules import (
    AmountLimit,
    CarrierKind,
    ChoiceMode,
    FundRules,
    JuryRules,
    PersonRules,
)
from cdv_civic.fund.rules.templates import RECOMMENDED_COUNTING
from cdv_civic.fund.tally.completing import Completion
from cdv_civic.fund.tally.counting import TallyRule

MOST_PURPOSES: Final = 12
LONGEST_PURPOSE: Final = 100
LONGEST_COUNTERPART: Final = 500
#: Answers of `person`.
FOR_PROJECTS: Final = "projects"
FOR_ONE_PERSON: Final = "person"
_UNDEFINED: Final = ("", _l("Pas encore défini"))


def _number(label: Any, most: int, *, least: int = 0, hint: Any = "") -> WholeNumberField:
    return WholeNumberField(
        label,
        [Optional()],
        description=hint,
        render_kw={"inputmode": "numeric", "min": least, "max": most},
    )


class RulesForm(VersionForm):
    """All rules."""

    person = RadioField(
        _l("Pour qui est l’argent\u00a0?"),
        choices=listed(
            [
                (FOR_PROJECTS, _l("Pour des projets\u00a0: chacun les lit sur le site")),
                (FOR_ONE_PERSON, _l("Pour une personne (une bourse)\u00a0: son nom n’est jamais public")),
            ]
        ),
        validators=[InputRequired(_l("Choisissez une réponse de la liste."))],
        **FROM_THE_LIST,
    )
    youngest = _number(_l("Âge le plus bas"), 120, least=10)
    oldest = _number(_l("Âge le plus haut"), 120, least=10)
    counterpart = TextAreaField(
        _l("Ce que la personne fait en échange"),
        [Optional()],
        description=_l("Exemple\u00a0: 30 heures d’aide dans une association du quartier."),
        render_kw={"maxlength": LONGEST_COUNTERPART},
    )
    carriers = ChecksField(
        _l("Qui peut demander\u00a0?"),
        [Optional()],
        choices=listed(CARRIERS.items()),
        description=_l("Rien de coché\u00a0: pas encore défini."),
        **FROM_THE_LIST,
    )
    largest = amount_field(
        _l("Combien au plus pour un projet, en euros\u00a0?"),
        [Optional()],
        description=_l("Vide\u00a0: pas encore défini."),
    )
    strict = BooleanField(_l("Toujours moins que ce montant (jamais ce montant exact)"))
    smallest = amount_field(
        _l("Combien au moins, en euros\u00a0?"), [Optional()], description=_l("Vide\u00a0: aucun minimum.")
    )
    most_percent = _number(
        _l("Quelle part du coût au plus, en pour cent\u00a0?"),
        100,
        least=1,
        hint=_l("Exemple\u00a0: 80. Vide\u00a0: aucune limite."),
    )
    whole_cost = BooleanField(_l("Le fonds peut payer tout le projet"))
    purposes = ChecksField(
        _l("Pour quels sujets\u00a0?"), [Optional()], choices=listed(PURPOSES.items()), **FROM_THE_LIST
    )
    own_purposes = TextAreaField(
        _l("D’autres sujets, avec vos mots"),
        [Optional()],
        description=_l("Un par ligne. Aucun sujet coché ou écrit\u00a0: tous les sujets."),
    )
    objective_asked = BooleanField(_l("Le projet doit servir un objectif du contrat de ville"))
    outside_programme = BooleanField(_l("Le projet ne doit pas être déjà dans le programme de l’année"))
    transports_a_year = _number(
        _l("Combien de sorties en transport par an, pour un même demandeur\u00a0?"),
        50,
        hint=_l("Vide\u00a0: aucune limite."),
    )
    opinion_asked = BooleanField(
        _l("Le conseil citoyen donne un avis avec ses raisons, avant toute décision")
    )
    deposit_days = _number(
        _l("Combien de jours avant le choix faut-il déposer\u00a0?"), 365, hint=_l("Vide\u00a0: aucun délai.")
    )
    choice = RadioField(
        _l("Qui décide\u00a0?"), choices=listed([*CHOICES.items(), _UNDEFINED]), default="", **FROM_THE_LIST
    )
    counting = RadioField(
        _l("Comment compter les voix\u00a0?"),
        choices=listed([*COUNTING.items(), _UNDEFINED]),
        default="",
        **FROM_THE_LIST,
    )
    completion = RadioField(
        _l("À parts égales\u00a0: que faire de l’argent qui reste\u00a0?"),
        choices=listed(COMPLETIONS.items()),
        default=Completion.ADD1_MOST_VOTES.value,
        **FROM_THE_LIST,
    )
    members = _number(_l("Combien de membres\u00a0?"), 200, least=1)
    residents = _number(_l("Dont combien d’habitantes et d’habitants\u00a0?"), 200)
    quorum = _number(_l("Combien de membres au moins pour décider\u00a0?"), 200, least=1)
    meetings_a_year = _number(_l("Combien de réunions par an, au moins\u00a0?"), 60)
    carriers_heard = BooleanField(_l("Les personnes viennent présenter leur projet"))


def rules_data(rules: FundRules) -> dict[str, Any]:
    """What the form of rules begins with."""
    person, jury, counting = rules.person, rules.jury, rules.counting or {}
    return {
        "person": FOR_ONE_PERSON if person is not None else FOR_PROJECTS,
        "youngest": person.youngest if person is not None else None,
        "oldest": person.oldest if person is not None else None,
        "counterpart": person.counterpart if person is not None else "",
        "carriers": sorted(rules.carriers),
        "largest": typed_cents(rules.largest.cents if rules.largest is not None else None),
        "strict": rules.largest is not None and rules.largest.strict,
        "smallest": typed_cents(rules.smallest_cents or None),
        "most_percent": rules.most_percent,
        "whole_cost": rules.whole_cost,
        "purposes": [each for each in rules.purposes if each in PURPOSES],
        "own_purposes": "\n".join(each for each in rules.purposes if each not in PURPOSES),
        "objective_asked": rules.objective_asked,
        "outside_programme": rules.outside_programme,
        "transports_a_year": rules.transports_a_year,
        "opinion_asked": rules.opinion_asked,
        "deposit_days": rules.deposit_days,
        "choice": rules.choice.value if rules.choice is not None else "",
        "counting": counting.get("rule", ""),
        "completion": counting.get("completion", Completion.ADD1_MOST_VOTES.value),
        "members": jury.members,
        "residents": jury.residents,
        "quorum": jury.quorum,
        "meetings_a_year": jury.meetings_a_year,
        "carriers_heard": jury.carriers_heard,
    }


def rules_of(form: RulesForm) -> FundRules:
    """The rules that a form says; raises `DomainError` with the fields that contradict each other."""
    with Refusals() as refused:
        largest = refused.unless(_cents, form.largest.data, "largest")
        smallest = refused.unless(_cents, form.smallest.data, "smallest")
        if largest is not None and smallest is not None and smallest > largest:
            refused.add(
                DomainError(_l("Le minimum dépasse le maximum\u00a0: changez un des deux."), field="smallest")
            )
        person = refused.unless(_person, form)
        jury = refused.unless(_jury, form)
        purposes = refused.unless(_purposes, form)
        _check_numbers(form, refused)
    return FundRules(
        carriers=frozenset(CarrierKind(each) for each in form.carriers.data or ()),
        smallest_cents=smallest or 0,
        largest=AmountLimit(largest, strict=bool(form.strict.data)) if largest is not None else None,
        most_percent=form.most_percent.data,
        whole_cost=bool(form.whole_cost.data),
        purposes=purposes or (),
        objective_asked=bool(form.objective_asked.data),
        outside_programme=bool(form.outside_programme.data),
        transports_a_year=form.transports_a_year.data,
        opinion_asked=bool(form.opinion_asked.data),
        deposit_days=form.deposit_days.data,
        choice=ChoiceMode(form.choice.data) if form.choice.data else None,
        counting=_counting(form),
        jury=jury or JuryRules(),
        person=person,
    )


def _cents(typed: str | None, field: str) -> int | None:
    if not (typed or "").strip():
        return None
    cents = read_cents(typed or "")
    if not 0 < cents <= MOST_CENTS:
        raise DomainError(
            _l("Écrivez un montant au-dessus de zéro, et d’un million d’euros au plus."), field=field
        )
    return cents


def _person(form: RulesForm) -> PersonRules | None:
    if form.person.data != FOR_ONE_PERSON:
        return None
    youngest, oldest = (_age(form, field) for field in ("youngest", "oldest"))
    if youngest > oldest:
        raise DomainError(
            _l("L’âge le plus haut vient avant le plus bas\u00a0: corrigez un des deux."), field="oldest"
        )
    return PersonRules(youngest, oldest, (form.counterpart.data or "").strip())


def _age(form: RulesForm, field: str) -> int:
    age: int | None = form[field].data
    if age is None or not 10 <= age <= 120:
        raise DomainError(_l("Écrivez un âge entre 10 et 120 ans."), field=field)
    return age


def _jury(form: RulesForm) -> JuryRules:
    members = form.members.data
    for field in ("residents", "quorum"):
        number = form[field].data
        if members is not None and number is not None and number > members:
            raise DomainError(
                _l("C’est plus que tous les membres\u00a0: corrigez un des deux nombres."), field=field
            )
    return JuryRules(
        members,
        form.residents.data,
        form.quorum.data,
        form.meetings_a_year.data,
        bool(form.carriers_heard.data),
    )


def _purposes(form: RulesForm) -> tuple[str, ...]:
    lines = [" ".join(line.split()) for line in (form.own_purposes.data or "").splitlines()]
    own = list(dict.fromkeys(line for line in lines if line))
    if len(own) > MOST_PURPOSES or any(len(line) > LONGEST_PURPOSE for line in own):
        raise DomainError(
            _l(
                "Écrivez %(most)s sujets au plus, de %(longest)s caractères chacun.",
                most=MOST_PURPOSES,
                longest=LONGEST_PURPOSE,
            ),
            field="own_purposes",
        )
    return (*(form.purposes.data or ()), *own)


#: Whole numbers of the form, with the least and the most of each.
_BOUNDS: Final[Mapping[str, tuple[int, int]]] = {
    "most_percent": (1, 100),
    "transports_a_year": (0, 50),
    "deposit_days": (0, 365),
    "members": (1, 200),
    "residents": (0, 200),
    "quorum": (1, 200),
    "meetings_a_year": (0, 60),
}


def _check_numbers(form: RulesForm, refused: Refusals) -> None:
    for field, (least, most) in _BOUNDS.items():
        number = form[field].data
        if number is not None and not least <= number <= most:
            refused.add(
                DomainError(
                    _l("Écrivez un nombre entre %(least)s et %(most)s, ou rien.", least=least, most=most),
                    field=field,
                )
            )


def _counting(form: RulesForm) -> dict[str, Any] | None:
    """The options of the tally; none without a vote."""
    if (
        form.choice.data not in (ChoiceMode.VOTE.value, ChoiceMode.VOTE_THEN_JURY.value)
        or not form.counting.data
    ):
        return None
    if form.counting.data == TallyRule.MOST_VOTES.value:
        return {"rule": TallyRule.MOST_VOTES.value, "ties": list(RECOMMENDED_COUNTING["ties"])}
    return {**RECOMMENDED_COUNTING, "completion": form.completion.data}
