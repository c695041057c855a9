"""Words that the demo asks to look at: two that mean nothing, so that the list is seen. No site begins with any."""

from typing import Final

from cdv_civic.core.policy.model import Actor
from cdv_civic.moderation.hint_list.operations import add_words
from cdv_civic.moderation.hint_list.rules import read_list

WORDS: Final = "zouzouflette\ngrand zigomar"


def list_words(actor: Actor, contract_id: int) -> None:
    """Put them on the list of a contract; those that are there stay as they are, but for one that was taken off."""
    add_words(actor, contract_id, read_list(WORDS, "fr", ("fr",)).words)
