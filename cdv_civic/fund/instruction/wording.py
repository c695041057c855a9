"""How the desk speaks of projects: its acts, and what the rules of a fund say against one."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Final

from flask_babel.speaklater import LazyString

from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.formats import number_text
from cdv_civic.fund.instruction.rules import InstructionAct
from cdv_civic.fund.project_words import CARRIERS, cents_text, purpose_words
from cdv_civic.fund.rules.admissibility import FundBreach, ProjectFacts, breaches
from cdv_civic.fund.rules.budgets import BudgetFault
from cdv_civic.fund.rules.fund_rules import FundRules
from cdv_civic.fund.rules.opinions import OpinionStance
from cdv_civic.territory.vocabulary import CodedTerm

#: Buttons and choices: what is done.
ACTS: Final[Mapping[str, CodedTerm]] = {
    act.value: CodedTerm(act.value, label, icon)
    for act, label, icon in (
        (InstructionAct.ASSIGN, _l("Confier à un service"), "users"),
        (InstructionAct.RETURN, _l("Fixer la date de retour"), "calendar-event"),
        (InstructionAct.ADMIT, _l("Accepter pour le choix"), "circle-check"),
        (InstructionAct.MISSING, _l("Dire ce qui manque"), "pencil"),
        (InstructionAct.REFUSE, _l("Dire que ce fonds ne peut pas aider"), "circle-x"),
        (InstructionAct.REINSTATE, _l("Reprendre ce projet"), "refresh"),
        (InstructionAct.TO_OPINION, _l("Demander l’avis"), "message-2"),
        (InstructionAct.TO_CHOICE, _l("Mettre au choix"), "scale"),
        (InstructionAct.NOTIFY, _l("Noter que la lettre est partie"), "mail"),
        (InstructionAct.PAY, _l("Noter le versement"), "coin"),
        (InstructionAct.CO_FUNDERS, _l("Noter ce que les autres donnent"), "coin"),
        (InstructionAct.CORRECT, _l("Corriger le titre ou les numéros"), "pencil"),
    )
}
#: What speaks against a project, short enough for a table.
BREACHES: Final[Mapping[FundBreach, LazyString]] = {
    FundBreach.CARRIER: _l("porteur"),
    FundBreach.TOO_SMALL: _l("demande trop peu"),
    FundBreach.TOO_LARGE: _l("demande trop"),
    FundBreach.SHARE_OF_COST: _l("part du coût"),
    FundBreach.PURPOSE: _l("but"),
    FundBreach.OBJECTIVE: _l("objectif"),
    FundBreach.IN_PROGRAMME: _l("déjà dans le programme"),
    FundBreach.TRANSPORTS: _l("sorties en car"),
    FundBreach.TOO_LATE: _l("trop tard"),
    FundBreach.AGE: _l("âge"),
    FundBreach.COUNTERPART: _l("contrepartie"),
}
BUDGET_FAULTS: Final[Mapping[BudgetFault, LazyString]] = {
    BudgetFault.NO_LINE: _l("Le budget n’a aucune dépense."),
    BudgetFault.TOO_MANY_LINES: _l("Le budget a trop de lignes."),
    BudgetFault.LINE_OUT_OF_RANGE: _l("Un montant du budget n’est pas possible."),
    BudgetFault.DOES_NOT_ADD_UP: _l("L’argent demandé ne couvre pas toutes les dépenses."),
    BudgetFault.MORE_THAN_THE_COST: _l("L’argent demandé dépasse les dépenses."),
}
STANCES: Final[Mapping[str, CodedTerm]] = {
    OpinionStance.FOR.value: CodedTerm(OpinionStance.FOR.value, _l("Pour"), "thumb-up"),
    OpinionStance.FOR_IF.value: CodedTerm(
        OpinionStance.FOR_IF.value, _l("Pour, à une condition"), "thumb-up"
    ),
    OpinionStance.AGAINST.value: CodedTerm(OpinionStance.AGAINST.value, _l("Contre"), "thumb-down"),
}


def short_breaches(found: Iterable[FundBreach]) -> list[LazyString]:
    """What speaks against a project, for a table, in the order of the rules."""
    kept = frozenset(found)
    return [BREACHES[each] for each in FundBreach if each in kept]


def breach_sentences(rules: FundRules, facts: ProjectFacts) -> list[str]:
    """What the rules say against a project, each in a plain sentence with the numbers that it rests on."""
    found = breaches(rules, facts)
    return [_sentence(each, rules, facts) for each in FundBreach if each in found]


def _sentence(breach: FundBreach, rules: FundRules, facts: ProjectFacts) -> str:
    match breach:
        case FundBreach.CARRIER:
            allowed = _listed(str(CARRIERS[each]) for each in CARRIERS if each in rules.carriers)
            return _("Ce fonds n’est pas ouvert à ce porteur. Il aide\u00a0: %(allowed)s.", allowed=allowed)
        case FundBreach.PURPOSE:
            purposes = _listed(str(purpose_words(each)) for each in rules.purposes)
            return _(
                "Ce projet ne sert aucun but de ce fonds. Ses buts\u00a0: %(purposes)s.", purposes=purposes
            )
        case FundBreach.OBJECTIVE:
            return _("Ce projet ne dit pas quel objectif du contrat de ville il sert.")
        case FundBreach.IN_PROGRAMME:
            return _("Ce projet demande aussi l’argent du programme de l’année. Ce fonds ne le permet pas.")
        case FundBreach.TRANSPORTS:
            return ngettext(
                "Ce porteur demande %(num)s sortie en car cette année. Ce fonds en paie %(most)s.",
                "Ce porteur demande %(num)s sorties en car cette année. Ce fonds en paie %(most)s.",
                facts.transports_this_year,
                most=rules.transports_a_year,
            )
        case FundBreach.TOO_LATE:
            return _late(rules, facts)
        case FundBreach.AGE | FundBreach.COUNTERPART:
            return _of_person(breach, rules, facts)
        case _:
            return _of_money(breach, rules, facts)


def _late(rules: FundRules, facts: ProjectFacts) -> str:
    days = facts.days_before_choice or 0
    if days < 0:
        return _("Ce projet est arrivé après le jour du choix.")
    return ngettext(
        "Ce projet est arrivé %(num)s jour avant le choix. Ce fonds en demande %(asked)s.",
        "Ce projet est arrivé %(num)s jours avant le choix. Ce fonds en demande %(asked)s.",
        days,
        asked=rules.deposit_days,
    )


def _of_money(breach: FundBreach, rules: FundRules, facts: ProjectFacts) -> str:
    asked = cents_text(facts.asked_cents)
    if breach is FundBreach.TOO_SMALL:
        return _(
            "Ce projet demande %(asked)s. Ce fonds donne au moins %(smallest)s.",
            asked=asked,
            smallest=cents_text(rules.smallest_cents),
        )
    if breach is FundBreach.TOO_LARGE and rules.largest is not None:
        largest = cents_text(rules.largest.cents)
        if rules.largest.strict:
            return _(
                "Ce projet demande %(asked)s. Ce fonds donne moins de %(largest)s.",
                asked=asked,
                largest=largest,
            )
        return _(
            "Ce projet demande %(asked)s. Ce fonds donne au plus %(largest)s.", asked=asked, largest=largest
        )
    cost = cents_text(facts.cost_cents)
    if rules.most_percent is not None and facts.asked_cents * 100 > facts.cost_cents * rules.most_percent:
        share = number_text(-int(-Fraction(facts.asked_cents * 100, facts.cost_cents) // 1))
        return _(
            "Ce projet demande %(asked)s pour un coût de %(cost)s, soit %(share)s\u00a0%%. Ce fonds paie au plus "
            "%(most)s\u00a0%% du coût.",
            asked=asked,
            cost=cost,
            share=share,
            most=number_text(rules.most_percent),
        )
    return _(
        "Ce projet demande tout son coût, %(cost)s. Ce fonds n’en paie qu’une partie.",
        cost=cost,
    )


def _of_person(breach: FundBreach, rules: FundRules, facts: ProjectFacts) -> str:
    person = rules.person
    if breach is FundBreach.COUNTERPART or person is None:
        return _("Cette personne n’a pas dit ce qu’elle fait en échange.")
    if facts.age is None:
        return _("Cette personne n’a pas dit son âge.")
    return _(
        "Cette personne a %(age)s ans. Ce fonds aide de %(youngest)s à %(oldest)s ans.",
        age=facts.age,
        youngest=person.youngest,
        oldest=person.oldest,
    )


def _listed(names: Iterable[str]) -> str:
    return _(", ").join(names)
