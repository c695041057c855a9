"""What speaks against a project, said to whoever carries it: rules of its fund, its budget and its amounts."""

from collections.abc import Mapping
from typing import Any, Final

from flask_babel.speaklater import LazyString

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.fund.project_words import cents_text
from cdv_civic.fund.rules.admissibility import FundBreach
from cdv_civic.fund.rules.amounts import AmountFault
from cdv_civic.fund.rules.budgets import MOST_CENTS, MOST_LINES, BudgetFault, ProjectBudget
from cdv_civic.fund.rules.fund_rules import FundRules

#: What is said of an amount that cannot be read.
AMOUNT_FAULTS: Final[Mapping[AmountFault, LazyString]] = {
    AmountFault.NONE: _l("Écrivez le montant en chiffres, par exemple 150 ou 1 500,50."),
    AmountFault.TWO_WAYS: _l(
        "Ce montant peut se lire de deux façons. Écrivez-le sans séparer les milliers, par exemple 1250 ou 1,25."
    ),
    AmountFault.FRACTION: _l("Écrivez deux chiffres au plus après la virgule, par exemple 12,50."),
    AmountFault.NEGATIVE: _l("Écrivez un montant au-dessus de zéro."),
    AmountFault.TOO_LARGE: _l(
        "Ce montant est trop grand pour un petit projet. Y a-t-il un chiffre de trop\u00a0?"
    ),
}
_PLAIN: Final[Mapping[FundBreach, LazyString]] = {
    FundBreach.CARRIER: _l(
        "Ce fonds ne prend pas de projet porté ainsi. Choisissez une réponse de la liste."
    ),
    FundBreach.PURPOSE: _l("Choisissez au moins un but\u00a0: ce fonds ne paie que pour ceux-là."),
    FundBreach.OBJECTIVE: _l("Il reste à dire quel objectif du contrat ce projet sert."),
    FundBreach.IN_PROGRAMME: _l(
        "Ce fonds n’aide pas un projet qui demande déjà de l’argent à l’appel annuel. Décochez cette case si ce "
        "n’est pas le cas."
    ),
    FundBreach.COUNTERPART: _l("Cochez cette case si vous êtes d’accord\u00a0: ce fonds le demande."),
}
#: Which field of the form each breach is about; None: none that can be put right.
BREACH_FIELDS: Final[Mapping[FundBreach, str | None]] = {
    FundBreach.CARRIER: "carrier_kind",
    FundBreach.TOO_SMALL: "asked",
    FundBreach.TOO_LARGE: "asked",
    FundBreach.SHARE_OF_COST: "asked",
    FundBreach.PURPOSE: "purposes",
    FundBreach.OBJECTIVE: "axis",
    FundBreach.IN_PROGRAMME: "in_programme",
    FundBreach.TRANSPORTS: "transport",
    FundBreach.TOO_LATE: None,
    FundBreach.AGE: "age",
    FundBreach.COUNTERPART: "agrees",
}


def breach_said(breach: FundBreach, rules: FundRules, cost_cents: int = 0) -> Any:
    """A sentence for whoever carries the project, with the figures of the rule; `cost_cents`: of the project."""
    match breach:
        case FundBreach.TOO_SMALL:
            return _l("Ce fonds donne au moins %(least)s par projet.", least=cents_text(rules.smallest_cents))
        case FundBreach.TOO_LARGE:
            most = cents_text(rules.largest.cents) if rules.largest is not None else ""
            if rules.largest is not None and rules.largest.strict:
                return _l("Ce fonds donne moins de %(most)s par projet. Demandez moins.", most=most)
            return _l("Ce fonds donne au plus %(most)s par projet. Demandez moins.", most=most)
        case FundBreach.SHARE_OF_COST if rules.most_percent is not None:
            return _l(
                "Ce fonds paie au plus %(percent)s %% du projet\u00a0: pour vos dépenses, %(most)s. "
                "Dites qui paie le reste.",
                percent=rules.most_percent,
                most=cents_text(cost_cents * rules.most_percent // 100),
            )
        case FundBreach.SHARE_OF_COST:
            return _l("Ce fonds ne paie pas tout. Dites ce que vous payez, ou qui d’autre paie une partie.")
        case FundBreach.AGE if rules.person is not None:
            return _l(
                "Ce fonds est pour les personnes de %(youngest)s à %(oldest)s ans.",
                youngest=rules.person.youngest,
                oldest=rules.person.oldest,
            )
        case FundBreach.TRANSPORTS:
            return _l(
                "Ce fonds paie au plus %(most)s transport par an à la même association.",
                most=rules.transports_a_year or 0,
            )
        case FundBreach.TOO_LATE:
            return _l(
                "Ce projet arrive moins de %(days)s jours avant le choix\u00a0: il peut passer au choix suivant.",
                days=rules.deposit_days or 0,
            )
        case _:
            return _PLAIN[breach]


def fault_said(fault: BudgetFault, budget: ProjectBudget) -> Any:
    """What is wrong with a budget, and by how much."""
    figures = {
        "cost": cents_text(budget.cost_cents),
        "found": cents_text(budget.found_cents),
        "gap": cents_text(abs(budget.gap_cents)),
    }
    match fault:
        case BudgetFault.NO_LINE:
            return _l("Écrivez au moins une dépense, avec son montant.")
        case BudgetFault.TOO_MANY_LINES:
            return _l("Écrivez %(most)s dépenses au plus\u00a0: réunissez les petites.", most=MOST_LINES)
        case BudgetFault.LINE_OUT_OF_RANGE:
            return _l(
                "Chaque montant est au-dessus de zéro, et au plus de %(most)s.", most=cents_text(MOST_CENTS)
            )
        case BudgetFault.DOES_NOT_ADD_UP:
            return _l(
                "Vos dépenses font %(cost)s. L’argent demandé, le vôtre et celui des autres font %(found)s. "
                "Il manque %(gap)s.",
                **figures,
            )
        case BudgetFault.MORE_THAN_THE_COST:
            return _l(
                "Vos dépenses font %(cost)s. L’argent demandé, le vôtre et celui des autres font %(found)s. "
                "C’est %(gap)s de trop.",
                **figures,
            )
