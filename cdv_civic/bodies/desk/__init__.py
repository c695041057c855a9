"""The staff's pages of bodies: a list, one body, what it announces and publishes, its numbers."""

from cdv_civic.bodies.desk import dates, lists, meetings, menu, publications  # noqa: F401  (their routes)
from cdv_civic.bodies.desk.routes import blueprint

__all__ = ["blueprint"]
