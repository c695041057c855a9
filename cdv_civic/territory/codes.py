"""Codes that pure rules decide by. How people read them stands in `vocabulary`."""

from typing import Final

TO_CHECK: Final = "a_verifier"
ANNOUNCED: Final = "annonce"
#: How far a commitment is, in the order in which people read it.
STATE_CODES: Final = (
    TO_CHECK,
    ANNOUNCED,
    "en_preparation",
    "en_cours",
    "realise",
    "perenne",
    "reporte",
    "abandonne",
    "non_evalue",
)
#: Kinds of indicators whose values are numbers.
NUMERIC_VALUE_KINDS: Final = frozenset({"count", "rate", "amount", "quantity"})
