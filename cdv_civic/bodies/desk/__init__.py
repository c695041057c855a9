"""The staff's pages of bodies: a list, one body, what it announces."""

from cdv_civic.bodies.desk import lists, meetings, menu  # noqa: F401  (the routes of the first two)
from cdv_civic.bodies.desk.routes import blueprint

__all__ = ["blueprint"]
