"""The rules of a fund in plain sentences: who can ask, for how much, for what, and who decides."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask_babel.speaklater import LazyString

from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.fund.project_words import CARRIERS, cents_text, purpose_words
from cdv_civic.fund.rules.calendars import CalendarDay
from cdv_civic.fund.rules.fund_rules import AmountLimit, CarrierKind, ChoiceMode, FundRules, RuleField
from cdv_civic.fund.rules.opinions import OpinionStance
from cdv_civic.fund.rules.templates import FundKind
from cdv_civic.fund.tally.completing import Completion
from cdv_civic.fund.tally.counting import TallyRule
from cdv_civic.territory.vocabulary import CodedTerm

#: The templates, as a new fund chooses among them.
KINDS: Final[Mapping[str, LazyString]] = {
    FundKind.FPCC.value: _l(
        "Petits projets d’associations et d’écoles, dans l’appel annuel de l’État (comme le FPCC en Essonne)"
    ),
    FundKind.MIXED_JURY.value: _l(
        "Une commission commune\u00a0: État, agglomération, villes et habitants (comme à Grand Paris Sud)"
    ),
    FundKind.SMALL_GRANTS.value: _l(
        "De petites aides toute l’année, par un comité d’habitants et de partenaires"
    ),
    FundKind.PARTICIPATORY_BUDGET.value: _l(
        "Budget participatif\u00a0: les habitants votent, avec plusieurs enveloppes (comme à Villejuif)"
    ),
    FundKind.PERSONAL_GRANT.value: _l("Bourse pour une jeune personne, qui fait quelque chose en échange"),
    FundKind.LANDLORD.value: _l("Appel annuel d’un bailleur, pour animer un quartier"),
}
CHOICES: Final[Mapping[str, LazyString]] = {
    ChoiceMode.JURY.value: _l("Une commission décide"),
    ChoiceMode.VOTE.value: _l("Les habitantes et les habitants votent"),
    ChoiceMode.VOTE_THEN_JURY.value: _l("Les habitantes et les habitants classent, la commission décide"),
}
COUNTING: Final[Mapping[str, LazyString]] = {
    TallyRule.MOST_VOTES.value: _l("Le plus de voix d’abord"),
    TallyRule.EQUAL_SHARES.value: _l("À parts égales\u00a0: chaque personne a la même part de l’argent"),
}
COMPLETIONS: Final[Mapping[str, LazyString]] = {
    Completion.ADD1_MOST_VOTES.value: _l(
        "On agrandit les parts peu à peu, puis on prend les projets qui ont le plus de voix (conseillé)"
    ),
    Completion.ADD1.value: _l("On agrandit les parts peu à peu"),
    Completion.NONE.value: _l("On ne dépense pas ce qui reste"),
}
#: Rules that a round cannot open without, as they are asked for.
UNDEFINED: Final[Mapping[RuleField, LazyString]] = {
    RuleField.CARRIERS: _l("qui peut demander"),
    RuleField.LARGEST: _l("combien au plus"),
    RuleField.CHOICE: _l("qui décide"),
    RuleField.COUNTING: _l("comment on compte les voix"),
    RuleField.COUNTERPART: _l("ce que la personne fait en échange"),
    RuleField.AGES: _l("l’âge"),
}
#: The days of a calendar.
DAYS: Final[Mapping[CalendarDay, LazyString]] = {
    CalendarDay.OPENS: _l("Premier jour pour déposer un projet"),
    CalendarDay.CLOSES: _l("Dernier jour pour déposer un projet"),
    CalendarDay.INSTRUCTION: _l("Les services ont lu les projets"),
    CalendarDay.OPINION: _l("Les avis sont donnés"),
    CalendarDay.CHOICE: _l("Le choix"),
    CalendarDay.DECISION: _l("La décision est annoncée"),
    CalendarDay.PAYMENT: _l("L’argent est versé"),
    CalendarDay.REVIEW: _l("Les bilans sont arrivés"),
}
STANCES: Final[Mapping[str, CodedTerm]] = {
    OpinionStance.FOR.value: CodedTerm(OpinionStance.FOR.value, _l("Avis pour"), "thumb-up"),
    OpinionStance.FOR_IF.value: CodedTerm(
        OpinionStance.FOR_IF.value, _l("Avis pour, à une condition"), "thumb-up"
    ),
    OpinionStance.AGAINST.value: CodedTerm(OpinionStance.AGAINST.value, _l("Avis contre"), "thumb-down"),
}


@dataclass(frozen=True)
class RuleSentence:
    """What the rules say about one question."""

    question: str
    icon: str
    lines: tuple[str, ...]  #: none: nothing is defined yet


def rule_sentences(rules: FundRules) -> list[RuleSentence]:
    """The rules in the language of the request; what is not asked for is left out."""
    found = [
        RuleSentence(_("Qui peut demander"), "users", tuple(_who(rules))),
        RuleSentence(_("Combien"), "coin", tuple(_how_much(rules))),
        RuleSentence(_("Pour quoi"), "target", tuple(_what_for(rules))),
        RuleSentence(_("Qui décide"), "scale", tuple(_who_decides(rules))),
    ]
    if rules.person is not None:
        said = rules.person.counterpart.strip()
        found.append(RuleSentence(_("En échange"), "repeat", (said,) if said else ()))
    return found


def in_short(rules: FundRules) -> str:
    """The largest grant and who decides, in a line: « Moins de 2 000 € · Une commission décide »."""
    parts = [_largest(rules.largest)] if rules.largest is not None else []
    if rules.choice is not None:
        parts.append(str(CHOICES[rules.choice.value]))
    return " · ".join(parts)


def undefined_names(rules: FundRules) -> str:
    """What is missing before a round opens: « combien au plus, qui décide »; "" where nothing is."""
    missing = rules.undefined()
    return _(", ").join(str(words) for field, words in UNDEFINED.items() if field in missing)


def _who(rules: FundRules) -> Iterator[str]:
    if rules.person is not None:
        yield _(
            "Une personne de %(youngest)s à %(oldest)s ans.",
            youngest=rules.person.youngest,
            oldest=rules.person.oldest,
        )
        return
    yield from (str(CARRIERS[kind.value]) for kind in CarrierKind if kind in rules.carriers)


def _largest(limit: AmountLimit) -> str:
    amount = cents_text(limit.cents)
    if limit.strict:
        return _("Moins de %(amount)s", amount=amount)
    return _("%(amount)s au plus", amount=amount)


def _how_much(rules: FundRules) -> Iterator[str]:
    if rules.largest is not None:
        yield _("%(amount)s pour un projet.", amount=_largest(rules.largest))
    if rules.smallest_cents:
        yield _("Au moins %(amount)s.", amount=cents_text(rules.smallest_cents))
    if rules.most_percent is not None:
        yield _("Au plus %(percent)s\u00a0%% de ce que le projet coûte.", percent=rules.most_percent)
    if not rules.whole_cost:
        yield _("Jamais tout le projet\u00a0: une partie de l’argent vient d’ailleurs.")


def _what_for(rules: FundRules) -> Iterator[str]:
    yield from (str(purpose_words(code)) for code in rules.purposes)
    if not rules.purposes:
        yield _("Tous les sujets.")
    if rules.objective_asked:
        yield _("Le projet sert un objectif du contrat de ville.")
    if rules.outside_programme:
        yield _("Le projet ne demande pas déjà de l’argent au programme de l’année.")
    if rules.transports_a_year is not None:
        yield ngettext(
            "Chacun peut demander %(num)s sortie en transport par an au plus.",
            "Chacun peut demander %(num)s sorties en transport par an au plus.",
            rules.transports_a_year,
        )


def _who_decides(rules: FundRules) -> Iterator[str]:
    if rules.choice is None:
        return
    if rules.opinion_asked:
        yield _("Le conseil citoyen donne d’abord son avis, avec ses raisons.")
    yield f"{CHOICES[rules.choice.value]}."
    if rules.choice is not ChoiceMode.JURY and rules.counting is not None:
        yield _("Pour compter\u00a0: %(rule)s.", rule=_counting(rules.counting))
    if rules.choice is not ChoiceMode.VOTE:
        yield from _commission(rules)
    if rules.deposit_days is not None:
        yield ngettext(
            "Le projet arrive au moins %(num)s jour avant le choix.",
            "Le projet arrive au moins %(num)s jours avant le choix.",
            rules.deposit_days,
        )


def _counting(counting: Mapping[str, Any]) -> str:
    said = str(COUNTING[TallyRule(counting["rule"]).value])
    return said[0].lower() + said[1:]


def _commission(rules: FundRules) -> Iterator[str]:
    jury = rules.jury
    if jury.members is not None and jury.residents is not None:
        yield ngettext(
            "La commission a %(members)s membres, dont %(num)s habitant.",
            "La commission a %(members)s membres, dont %(num)s habitants.",
            jury.residents,
            members=jury.members,
        )
    elif jury.members is not None:
        yield ngettext("La commission a %(num)s membre.", "La commission a %(num)s membres.", jury.members)
    if jury.quorum is not None:
        yield ngettext(
            "Elle décide si %(num)s membre au moins est là.",
            "Elle décide si %(num)s membres au moins sont là.",
            jury.quorum,
        )
    if jury.meetings_a_year is not None:
        yield ngettext(
            "Elle se réunit au moins %(num)s fois par an.",
            "Elle se réunit au moins %(num)s fois par an.",
            jury.meetings_a_year,
        )
    if jury.carriers_heard:
        yield _("Elle écoute les personnes qui portent chaque projet.")
