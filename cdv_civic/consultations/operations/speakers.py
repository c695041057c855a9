"""What a consultation asks of whoever says something in it: comments, added sentences, and ideas in its boxes."""

from cdv_civic.consultations.rules.evidence import ProofAsked
from cdv_civic.participation.speaking import AskedOfSpeakers


def asked_of_speakers(proof: str | None, age: int | None) -> AskedOfSpeakers:
    """An account, whatever the proof (an account holds the card, the address or the telephone), and an age."""
    return AskedOfSpeakers(proof not in (None, ProofAsked.NONE.value), age or 0)
