"""A count in words: why each project is selected or not, what the whole came to, and how it was made."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, Final, NamedTuple

from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.formats import money_text, number_text
from cdv_civic.fund.tally.completing import Completion
from cdv_civic.fund.tally.counting import Count, FateReason, ProjectFate, TallyRule
from cdv_civic.fund.tally.equal_shares import Payment
from cdv_civic.fund.tally.supporters import Utility
from cdv_civic.fund.tally.ties import TieCriterion

#: By most votes first, of ballots that hold points; else the second.
_MOST_POINTS: Final = _l("Le plus de points d’abord")
_MOST_VOTES: Final = _l("Le plus de voix d’abord")
_TIES: Final[Mapping[TieCriterion, Any]] = {
    TieCriterion.COST: _l("le moins cher"),
    TieCriterion.VOTES: _l("celui que le plus de personnes ont choisi"),
    TieCriterion.ORDER: _l("un tirage au sort, fait et publié avant le compte"),
    TieCriterion.CODE: _l("le numéro du projet"),
}


class CountFact(NamedTuple):
    """One number of a count."""

    label: str
    value: str


def votes_said(fate: ProjectFate) -> str:
    """« 471 voix »; where ballots hold points: « 1 090 points, 471 personnes »."""
    if fate.points is None:
        return ngettext("%(count)s voix", "%(count)s voix", fate.votes, count=number_text(fate.votes))
    points = ngettext("%(count)s point", "%(count)s points", fate.points, count=number_text(fate.points))
    return _("%(points)s, %(people)s", points=points, people=_people(fate.votes))


class CountWording:
    """Says a count in the language of the request, with its amounts in one currency (ISO 4217)."""

    def __init__(self, counted: Count, currency: str = "EUR") -> None:
        self._counted = counted
        self._currency = currency
        self._by_points = any(fate.points is not None for fate in counted.fates)

    def _money(self, amount: Fraction) -> str:
        return money_text(amount, self._currency)

    # --- each project ----------------------------------------------------------------------------

    def fate(self, fate: ProjectFate) -> str:
        """Why a project is selected or not, in one to three sentences."""
        match fate.reason:
            case FateReason.TAKEN:
                return self._taken(fate)
            case FateReason.BOUGHT:
                return " ".join(self._bought(fate.payment)) if fate.payment else ""
            case FateReason.DID_NOT_FIT:
                return self._did_not_fit(fate)
            case FateReason.NOT_PAID_FOR:
                return self._not_paid_for(fate)
            case FateReason.NO_SUPPORT:
                return _("Non retenu\u00a0: personne ne l’a choisi.")
            case FateReason.BELOW_THRESHOLD:
                fewest = self._counted.rules.threshold
                return ngettext(
                    "Non retenu\u00a0: il fallait au moins %(count)s voix.",
                    "Non retenu\u00a0: il fallait au moins %(count)s voix.",
                    fewest,
                    count=number_text(fewest),
                )
            case FateReason.WITHDRAWN:
                return _("Retiré pendant le vote\u00a0: %(reason)s", reason=fate.withdrawn)

    def _taken(self, fate: ProjectFate) -> str:
        left = self._money(fate.left or Fraction(0))
        if self._counted.rule is TallyRule.EQUAL_SHARES:
            return _(
                "Retenu avec l’argent qui restait à la fin\u00a0: il coûte %(cost)s, il restait %(left)s.",
                cost=self._money(fate.cost),
                left=left,
            )
        if fate.points is not None:
            return ngettext(
                "Retenu\u00a0: %(count)s point. Il restait %(left)s, assez pour le payer.",
                "Retenu\u00a0: %(count)s points. Il restait %(left)s, assez pour le payer.",
                fate.points,
                count=number_text(fate.points),
                left=left,
            )
        return ngettext(
            "Retenu\u00a0: %(count)s voix. Il restait %(left)s, assez pour le payer.",
            "Retenu\u00a0: %(count)s voix. Il restait %(left)s, assez pour le payer.",
            fate.votes,
            count=number_text(fate.votes),
            left=left,
        )

    def _did_not_fit(self, fate: ProjectFate) -> str:
        if not fate.left:
            return _("Non retenu\u00a0: il ne restait plus d’argent.")
        return _(
            "Non retenu\u00a0: il coûte %(cost)s, mais il ne restait que %(left)s.",
            cost=self._money(fate.cost),
            left=self._money(fate.left),
        )

    def _not_paid_for(self, fate: ProjectFate) -> str:
        if not fate.cost:
            # Of no worth to anybody where a project is worth what it costs.
            return _("Non retenu\u00a0: il ne coûte rien, et cette façon de compter n’en tient pas compte.")
        if not fate.left:
            return _("Non retenu\u00a0: les personnes qui l’ont choisi ont utilisé toute leur part.")
        return _(
            "Non retenu\u00a0: il coûte %(cost)s. Les parts des personnes qui l’ont choisi ne faisaient plus que "
            "%(left)s.",
            cost=self._money(fate.cost),
            left=self._money(fate.left),
        )

    def _bought(self, payment: Payment) -> Iterator[str]:
        if not payment.price:
            yield _("Retenu\u00a0: il ne coûte rien.")
            return
        price, count = self._money(payment.price), number_text(payment.in_full)
        if self._counted.rules.utility is Utility.POINTS:
            yield ngettext(
                "Retenu\u00a0: %(count)s personne l’a payé avec sa part, %(price)s pour chaque point donné.",
                "Retenu\u00a0: %(count)s personnes l’ont payé avec leurs parts, %(price)s pour chaque point donné.",
                payment.in_full,
                count=count,
                price=price,
            )
        else:
            yield ngettext(
                "Retenu\u00a0: %(count)s personne l’a payé avec sa part, %(price)s.",
                "Retenu\u00a0: %(count)s personnes l’ont payé avec leurs parts, %(price)s chacune.",
                payment.in_full,
                count=count,
                price=price,
            )
        if payment.spent_out:
            yield ngettext(
                "%(count)s autre avait moins, et a donné tout ce qui lui restait.",
                "%(count)s autres avaient moins, et ont donné tout ce qui leur restait.",
                payment.spent_out,
                count=number_text(payment.spent_out),
            )

    # --- the whole -------------------------------------------------------------------------------

    def name(self) -> str:
        """The rule that stands."""
        return rule_said(self._counted.rule, points=self._by_points)

    def in_short(self) -> str:
        """The rule that stands, in a sentence."""
        if self._counted.rule is TallyRule.EQUAL_SHARES:
            return _(
                "Chaque bulletin a la même part de l’argent. Un projet est retenu quand les parts de celles et ceux "
                "qui l’ont choisi suffisent à le payer."
            )
        if self._by_points:
            return _("On prend le projet qui a le plus de points, puis le suivant, tant que l’argent suffit.")
        return _("On prend le projet qui a le plus de voix, puis le suivant, tant que l’argent suffit.")

    def reading(self) -> str:
        """How the list of selected projects reads; "" where its sentences say all."""
        if self._counted.rule is TallyRule.MOST_VOTES:
            return ""
        return _(
            "Les projets sont dans l’ordre du compte. Les parts viennent de la somme à partager\u00a0: personne n’a "
            "payé avec son argent."
        )

    def by_hand(self) -> str:
        """How anybody checks it without a computer; "" for equal shares, which nobody counts by hand."""
        if self._counted.share is not None:
            return ""
        if self._by_points:
            return _(
                "Sans ordinateur\u00a0: suivez les projets, du plus de points au moins de points. Retirez de la somme "
                "le coût de chaque projet, s’il reste assez d’argent. Sinon, passez au suivant."
            )
        return _(
            "Sans ordinateur\u00a0: suivez les projets, du plus de voix au moins de voix. Retirez de la somme le coût "
            "de chaque projet, s’il reste assez d’argent. Sinon, passez au suivant."
        )

    def facts(self) -> list[CountFact]:
        """How many projects, the money spent and never used, the voters who got nothing."""
        counted = self._counted
        facts = [
            CountFact(
                _("Projets retenus"),
                _(
                    "%(part)s sur %(whole)s",
                    part=number_text(len(counted.selected)),
                    whole=number_text(len(counted.fates)),
                ),
            ),
            CountFact(_("Argent dépensé"), self._money(counted.spent)),
            CountFact(_("Argent non utilisé"), self._money(counted.left)),
            CountFact(
                _("Personnes dont aucun choix n’est retenu"),
                _(
                    "%(part)s sur %(whole)s",
                    part=number_text(counted.without_any),
                    whole=number_text(counted.ballots - counted.blank),
                ),
            ),
        ]
        by_shares = counted.rule is TallyRule.EQUAL_SHARES
        if by_shares and counted.share is not None and counted.raised_share is not None:
            facts.append(CountFact(_("Part de chaque bulletin, au début"), self._money(counted.share)))
            if counted.raised_share != counted.share:
                facts.append(
                    CountFact(
                        _("Part de chaque bulletin, agrandie pour le calcul"),
                        self._money(counted.raised_share),
                    )
                )
        return facts

    def ballots(self) -> str:
        """How many ballots, and how many of them blank."""
        counted = self._counted
        said = ngettext(
            "%(count)s bulletin", "%(count)s bulletins", counted.ballots, count=number_text(counted.ballots)
        )
        if not counted.blank:
            return said
        return ngettext(
            "%(ballots)s, dont %(count)s blanc",
            "%(ballots)s, dont %(count)s blancs",
            counted.blank,
            ballots=said,
            count=number_text(counted.blank),
        )

    def steps(self) -> list[str]:
        """How it was counted, step by step."""
        rules = self._counted.rules
        steps: list[str] = []
        if rules.threshold:
            steps.append(
                ngettext(
                    "Un projet doit avoir au moins %(count)s voix. Les autres ne sont pas comptés.",
                    "Un projet doit avoir au moins %(count)s voix. Les autres ne sont pas comptés.",
                    rules.threshold,
                    count=number_text(rules.threshold),
                )
            )
        steps += self._steps_of_shares() if self._counted.share is not None else self._steps_of_votes()
        if self._counted.comparison is not None:
            steps += self._comparison()
        steps.append(self._ties())
        return steps

    def _steps_of_votes(self) -> list[str]:
        return [
            _("On range les projets\u00a0: celui qui a le plus de points passe en premier.")
            if self._by_points
            else _("On range les projets\u00a0: celui qui a le plus de voix passe en premier."),
            _("On prend le premier, puis le suivant, tant que l’argent suffit."),
            _("Un projet trop cher pour ce qui reste n’est pas retenu. On regarde le suivant."),
        ]

    def _steps_of_shares(self) -> list[str]:
        counted = self._counted
        share, raised = counted.share or Fraction(0), counted.raised_share or Fraction(0)
        steps = [
            _(
                "L’argent est partagé entre les bulletins. Chacun a la même part\u00a0: %(share)s.",
                share=self._money(share),
            ),
            _(
                "Les personnes qui ont choisi un projet le paient ensemble, avec leurs parts. Qui a déjà payé un "
                "projet a moins pour les suivants."
            ),
            self._first(counted.rules.utility),
        ]
        if counted.rules.completion is not Completion.NONE and share and raised != share:
            steps.append(
                _(
                    "De l’argent restait. On a recommencé avec des parts de plus en plus grandes, jusqu’à "
                    "%(raised)s (%(percent)s %% de plus). Ce n’est qu’un calcul\u00a0: l’argent dépensé ne dépasse "
                    "jamais la somme prévue.",
                    raised=self._money(raised),
                    percent=number_text(round((raised / share - 1) * 100)),
                )
            )
        if counted.rules.completion is Completion.ADD1_MOST_VOTES:
            steps.append(
                _(
                    "À la fin, l’argent qui reste va aux projets suivants, le plus de points d’abord, s’il suffit."
                )
                if self._by_points
                else _(
                    "À la fin, l’argent qui reste va aux projets suivants, le plus de voix d’abord, s’il suffit."
                )
            )
        return steps

    def _first(self, utility: Utility) -> str:
        match utility:
            case Utility.COST:
                return _(
                    "On retient d’abord le projet dont chaque personne paie la plus petite partie, puis le suivant, "
                    "tant que les parts suffisent."
                )
            case Utility.COUNT:
                return _(
                    "On retient d’abord le projet qui coûte le moins à chaque personne, puis le suivant, tant que les "
                    "parts suffisent."
                )
            case Utility.POINTS:
                return _(
                    "On retient d’abord le projet qui coûte le moins pour chaque point donné, puis le suivant, "
                    "tant que les parts suffisent."
                )

    def _comparison(self) -> Iterator[str]:
        compared = self._counted.comparison
        if compared is None:
            return
        yield _(
            "On a comparé les deux façons de compter. Les parts égales donnent plus à %(shares)s, l’autre façon donne "
            "plus à %(votes)s.",
            shares=_people(compared.equal_shares),
            votes=_people(compared.most_votes),
        )
        if self._counted.rule is TallyRule.MOST_VOTES:
            yield _("L’autre façon est donc retenue.")
        else:
            yield _("Les parts égales sont donc retenues.")

    def _ties(self) -> str:
        criteria = [each for each in self._counted.rules.ties if each is not TieCriterion.CODE]
        if not criteria:
            return _(
                "Entre deux projets à égalité, le numéro du projet décide\u00a0: il est connu avant le vote."
            )
        return _(
            "Entre deux projets à égalité, on décide ainsi\u00a0: %(order)s.",
            order=_(", puis ").join(str(_TIES[each]) for each in (*criteria, TieCriterion.CODE)),
        )


def rule_said(rule: TallyRule, *, points: bool) -> str:
    """The name of a rule; most votes first counts points where ballots hold them."""
    if rule is TallyRule.EQUAL_SHARES:
        return _("Parts égales")
    return str(_MOST_POINTS if points else _MOST_VOTES)


def _people(count: int) -> str:
    return ngettext("%(count)s personne", "%(count)s personnes", count, count=number_text(count))
