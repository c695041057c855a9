"""The money of an envelope: what is granted never exceeds it, and what was not spent returns. Whole cents."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from cdv_civic.fund.rules.projects import HOLDS_MONEY, ProjectState
from cdv_civic.fund.rules.templates import EnvelopeScope

#: The money has left the envelope.
_PAID: Final = frozenset({ProjectState.PAID, ProjectState.DONE, ProjectState.REVIEWED, ProjectState.CLOSED})


@dataclass(frozen=True)
class ProjectGrant:
    """The money of one project."""

    cents: int
    state: ProjectState
    returned_cents: int = 0  #: what the review or an abandonment gave back


@dataclass(frozen=True)
class EnvelopeBalance:
    """What an envelope holds."""

    cents: int
    granted_cents: int
    paid_cents: int
    returned_cents: int

    @property
    def left_cents(self) -> int:
        """What can still be granted."""
        return self.cents - self.granted_cents + self.returned_cents

    def allows(self, cents: int) -> bool:
        """Whether one more grant fits."""
        return 0 < cents <= self.left_cents


@dataclass(frozen=True)
class EnvelopeChoice:
    """An envelope that a project may ask."""

    id: int
    scope: EnvelopeScope
    quartier_id: int | None = None


def obvious_envelope(envelopes: Sequence[EnvelopeChoice], quartier_id: int | None) -> EnvelopeChoice | None:
    """The envelope of a project that names none: the only one, that of its quartier, else the one for all."""
    if len(envelopes) == 1:
        return envelopes[0]
    here = [each for each in envelopes if each.quartier_id is not None and each.quartier_id == quartier_id]
    whole = [each for each in envelopes if each.scope is EnvelopeScope.WHOLE]
    return next(iter(here or whole), None)


def balance(cents: int, grants: Iterable[ProjectGrant]) -> EnvelopeBalance:
    """The balance of an envelope. What an abandoned project does not give back stays spent."""
    granted = paid = returned = 0
    for grant in grants:
        if grant.state in HOLDS_MONEY or grant.state is ProjectState.ABANDONED:
            granted += grant.cents
            returned += grant.returned_cents
        if grant.state in _PAID:
            paid += grant.cents
    return EnvelopeBalance(cents, granted, paid, returned)
