"""The desk's pages of what residents say to a body: the register, one word, quick entry, printed sheets, settings."""

from cdv_civic.bodies.voices.desk import entering, one, register  # noqa: F401  (their routes)
from cdv_civic.bodies.voices.desk.routes import blueprint

__all__ = ["blueprint"]
