"""A count as plain data, for programs and for people at a terminal.

Amounts are numbers: whole where they are, else the nearest floating-point number; the count itself is exact.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from cdv_civic.fund.tally.counting import Count, ProjectFate, TallyRule
from cdv_civic.fund.tally.equal_shares import Payment
from cdv_civic.fund.tally.pabulib.cells import one_line
from cdv_civic.fund.tally.supporters import Utility


def number(amount: Fraction | None) -> int | float | None:
    """An amount as JSON holds it."""
    if amount is None:
        return None
    return int(amount) if amount.denominator == 1 else float(amount)


def explanation(counted: Count) -> dict[str, Any]:
    """The whole count, and what became of each project."""
    rules, compared = counted.rules, counted.comparison
    by_shares = rules.rule is TallyRule.EQUAL_SHARES
    return {
        "rule": rules.rule,
        "rule_that_stands": counted.rule,
        "utility": rules.utility if by_shares else None,
        "completion": rules.completion if by_shares else None,
        "ties": list(rules.ties),
        "order": list(rules.order),
        "threshold": rules.threshold,
        "envelope": number(counted.envelope),
        "left": number(counted.left),
        "ballots": counted.ballots,
        "blank": counted.blank,
        "share": number(counted.share),
        "raised_share": number(counted.raised_share),
        "without_any": counted.without_any,
        "comparison": compared
        and {
            "better_with_equal_shares": compared.equal_shares,
            "better_with_most_votes": compared.most_votes,
            "alike": compared.alike,
        },
        "projects": [_project(fate) for fate in counted.fates],
    }


def _project(fate: ProjectFate) -> dict[str, Any]:
    payment = fate.payment
    return {
        "code": fate.code,
        "selected": fate.selected,
        "reason": fate.reason,
        "cost": number(fate.cost),
        "votes": fate.votes,
        "points": fate.points,
        "left": number(fate.left),
        "payment": payment
        and {
            "price": number(payment.price),
            "in_full": payment.in_full,
            "spent_out": payment.spent_out,
            "rest": number(payment.rest),
        },
        "withdrawn": fate.withdrawn or None,
    }


def _plainly(amount: Fraction | None) -> str:
    found = number(amount)
    return f"{found:,.2f}" if isinstance(found, float) else f"{found:,}"


def lines(counted: Count) -> Iterator[str]:
    """The count in lines of text."""
    chosen = f"{len(counted.selected)} of {len(counted.fates)} projects"
    yield f"{counted.rule}: {chosen}, {_plainly(counted.spent)} of {_plainly(counted.envelope)}"
    blank = f", {counted.blank} of them blank" if counted.blank else ""
    yield f"{counted.ballots} ballots{blank}; {counted.without_any} voters got nothing they voted for"
    if counted.share is not None:
        yield f"share of each ballot: {_plainly(counted.share)}, at the end {_plainly(counted.raised_share)}"
    if counted.comparison is not None:
        compared = counted.comparison
        better = f"{compared.equal_shares} voters with equal-shares, {compared.most_votes} with most-votes"
        yield f"better off: {better}, {compared.alike} alike"
    unit = "point" if counted.rules.utility is Utility.POINTS else "vote"
    for fate in counted.fates:
        points = "" if fate.points is None else f", {fate.points} points"
        left = "" if fate.left is None else f" (left: {_plainly(fate.left)})"
        paid = "" if fate.payment is None else f" ({_payment(fate.payment, unit)})"
        why = f" ({one_line(fate.withdrawn)})" if fate.withdrawn else ""
        sign = "+" if fate.selected else "-"
        yield (
            f"{sign} {fate.code}: {fate.reason}{left}{paid}{why}; cost {_plainly(fate.cost)},"
            f" {fate.votes} votes{points}"
        )


def _payment(payment: Payment, unit: str) -> str:
    paid = f"{payment.in_full} paid {_plainly(payment.price)} for each {unit}"
    if not payment.spent_out:
        return paid
    return f"{paid}, {payment.spent_out} had less and gave it all: {_plainly(payment.rest)} together"
