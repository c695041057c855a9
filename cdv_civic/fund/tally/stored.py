"""A count as data that is read back exactly as it was: what is kept of an election that was counted once.

Amounts are text, as `Fraction` writes them ("3000", "500000/747"). `report.explanation` is for everybody else.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from cdv_civic.fund.tally.completing import Completion
from cdv_civic.fund.tally.counting import (
    Comparison,
    Count,
    FateReason,
    ProjectFate,
    TallyRule,
    TallyRules,
)
from cdv_civic.fund.tally.equal_shares import Payment
from cdv_civic.fund.tally.supporters import Utility
from cdv_civic.fund.tally.ties import TieCriterion


def _text(amount: Fraction | None) -> str | None:
    return None if amount is None else str(amount)


def _amount(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def as_data(counted: Count) -> dict[str, Any]:
    """A count as JSON holds it."""
    rules, compared = counted.rules, counted.comparison
    return {
        "rules": {
            "rule": rules.rule,
            "utility": rules.utility,
            "completion": rules.completion,
            "ties": list(rules.ties),
            "order": list(rules.order),
            "compare": rules.compare,
            "threshold": rules.threshold,
        },
        "rule": counted.rule,
        "selected": list(counted.selected),
        "spent": str(counted.spent),
        "envelope": str(counted.envelope),
        "ballots": counted.ballots,
        "blank": counted.blank,
        "fates": [_fate_data(fate) for fate in counted.fates],
        "share": _text(counted.share),
        "raised_share": _text(counted.raised_share),
        "without_any": counted.without_any,
        "comparison": compared and [compared.equal_shares, compared.most_votes, compared.alike],
    }


def _fate_data(fate: ProjectFate) -> dict[str, Any]:
    payment = fate.payment
    return {
        "code": fate.code,
        "reason": fate.reason,
        "votes": fate.votes,
        "points": fate.points,
        "cost": str(fate.cost),
        "left": _text(fate.left),
        "payment": payment and [str(payment.price), payment.in_full, payment.spent_out, str(payment.rest)],
        "withdrawn": fate.withdrawn,
    }


def from_data(data: Mapping[str, Any]) -> Count:
    """The count that `as_data` wrote.

    Raises:
        KeyError, ValueError: something else wrote it.
    """
    rules = data["rules"]
    return Count(
        TallyRules(
            TallyRule(rules["rule"]),
            Utility(rules["utility"]),
            Completion(rules["completion"]),
            tuple(TieCriterion(each) for each in rules["ties"]),
            tuple(rules["order"]),
            rules["compare"],
            rules["threshold"],
        ),
        TallyRule(data["rule"]),
        tuple(data["selected"]),
        Fraction(data["spent"]),
        Fraction(data["envelope"]),
        data["ballots"],
        data["blank"],
        tuple(_fate(each) for each in data["fates"]),
        _amount(data["share"]),
        _amount(data["raised_share"]),
        data["without_any"],
        Comparison(*data["comparison"]) if data["comparison"] else None,
    )


def _fate(data: Mapping[str, Any]) -> ProjectFate:
    paid = data["payment"]
    return ProjectFate(
        data["code"],
        FateReason(data["reason"]),
        data["votes"],
        data["points"],
        Fraction(data["cost"]),
        _amount(data["left"]),
        Payment(Fraction(paid[0]), paid[1], paid[2], Fraction(paid[3])) if paid else None,
        data["withdrawn"],
    )
