"""The staff's desk: what waits, the table of all commitments, and the acts on one of them."""

from cdv_civic.commitments.desk import acts, dossiers, edits, lists, themes, wording  # noqa: F401  (their routes)
from cdv_civic.commitments.desk.routes import blueprint

__all__ = ["blueprint"]
