"""Money of an envelope is granted to a project, and goes back. The envelope's row is held: two at once take turns."""

from fractions import Fraction

from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.formats import money_text
from cdv_civic.fund.models.funds import FundEnvelope
from cdv_civic.fund.models.projects import FundProject


class EnvelopeEmpty(DomainError):
    """More than what is left."""

    def __init__(self, left_cents: int) -> None:
        super().__init__(
            _l(
                "Il reste %(left)s dans cette enveloppe\u00a0: c’est moins que ce montant.",
                left=money_text(Fraction(left_cents, 100)),
            ),
            field="amount",
        )
        self.left_cents = left_cents


def grant(envelope: FundEnvelope, project: FundProject, cents: int) -> None:
    """Reserve money for a project that is being selected; the caller holds both rows, and moves the project.

    Raises `EnvelopeEmpty`, `DomainError`.
    """
    if not 0 < cents <= project.asked_cents:
        raise DomainError(
            _l("Écrivez un montant au-dessus de zéro, et au plus ce que le projet demande."), field="amount"
        )
    left = envelope.cents - envelope.reserved_cents
    if cents > left:
        raise EnvelopeEmpty(left)
    project.envelope_id, project.granted_cents = envelope.id, cents


def give_back(project: FundProject, cents: int) -> None:
    """Money of a grant goes back to its envelope; what went back before is told anew. The caller holds both rows.

    Raises `ValueError`: more than the grant.
    """
    if not 0 <= cents <= project.granted_cents:
        raise ValueError("more than what was granted")
    project.returned_cents = cents
