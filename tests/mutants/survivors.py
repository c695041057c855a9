"""Generated mutants that no test finds, each with the reason why it may stay."""

from typing import Final

#: Name of the mutant, as the run prints it -> why no test tells it from the code.
SURVIVORS: Final[dict[str, str]] = {
    "cdv_civic/commitments/operations/publishing.py _require_all: 1 -> 2": (
        "one row or two: it asks only whether there is any"
    ),
    "cdv_civic/commitments/rules/values.py read_euros: 0 -> 1": (
        "the cents are filled up to two digits before: what stands in place of none is never asked for"
    ),
    "cdv_civic/core/audit/trail.py lock: session.connection().exec_driver_sql(f'SELECT pg_advisory_xact_lock({_LOCK})') -> pass": (
        "a lock of PostgreSQL, and mutants are tried on SQLite; a unique constraint keeps the promise without it"
    ),
    "cdv_civic/core/suppression.py _hidden_blocks: 0 -> 1": "all rows are as long as the first",
    "cdv_civic/jobs/rules.py retry_after: 10 -> 11": (
        "the wait is longer than any period from the eighth failure on, and the period bounds it"
    ),
    "cdv_civic/participation/rules/receipts.py read_receipt: set(code) <= set(ALPHABET) -> set(code) < set(ALPHABET)": (
        "a receipt of 10 characters cannot hold all 23 of the alphabet"
    ),
}
