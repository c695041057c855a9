"""The blueprint of the register's desk, and what its pages share."""

from cdv_civic.core.web.desk import desk_blueprint, numbers_in
from cdv_civic.voices.operations.answering import MOST_AT_ONCE

blueprint = desk_blueprint("voices_desk", __name__, "/instances")


def ids_in(typed: str) -> list[int]:
    """Ids in an address: "12-13-14"."""
    return numbers_in(typed.split("-")[:MOST_AT_ONCE])
