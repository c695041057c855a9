"""Verbs of what residents say: take it, write it down, pass it on, answer it, publish it, forget it."""

from cdv_civic.voices.operations.answering import (
    MOST_AT_ONCE,
    answer,
    close,
    correct,
    reopen,
    take_back,
    transmit,
    transmit_many,
)
from cdv_civic.voices.operations.keeping import describe_listening, erase_contacts, take_away
from cdv_civic.voices.operations.publishing import publish, withdraw
from cdv_civic.voices.operations.receiving import (
    GivenConsent,
    NotListening,
    Received,
    Word,
    assist,
    say,
    write_down,
)
from cdv_civic.voices.operations.replying import Sent, reply
from cdv_civic.voices.operations.telling import Told

__all__ = [
    "MOST_AT_ONCE",
    "GivenConsent",
    "NotListening",
    "Received",
    "Sent",
    "Told",
    "Word",
    "answer",
    "assist",
    "close",
    "correct",
    "describe_listening",
    "erase_contacts",
    "publish",
    "reopen",
    "reply",
    "say",
    "take_away",
    "take_back",
    "transmit",
    "transmit_many",
    "withdraw",
    "write_down",
]
