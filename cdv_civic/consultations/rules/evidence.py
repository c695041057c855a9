"""How it is known who answers: what a consultation asks for, and what is kept of each answer."""

from enum import StrEnum
from typing import Final


class ProofAsked(StrEnum):
    """What is asked of whoever answers on the site."""

    NONE = "aucune"
    #: An e-mail address or a telephone that answered: an account.
    MESSAGE = "message"
    #: A personal card, handed over in the quartier.
    CARD = "carte"
    #: FranceConnect: the pairwise `sub` of the scope `openid`, and nothing else of the person.
    FRANCE_CONNECT = "franceconnect"

    @property
    def once(self) -> bool:
        """Whether each person has one answer, which the database keeps unique."""
        return self is not ProofAsked.NONE


class AnswerEvidence(StrEnum):
    """How one answer was proved, as results say it, by channel."""

    #: Nothing: one could answer twice.
    NONE = "aucune"
    MESSAGE = "message"
    CARD = "carte"
    FRANCE_CONNECT = "franceconnect"
    #: Somebody of the organiser or a relais was there, or holds the sheet.
    WITNESSED = "temoin"


PROOFS_ASKED: Final = tuple(proof.value for proof in ProofAsked)
EVIDENCE: Final = tuple(evidence.value for evidence in AnswerEvidence)
