"""A body, its moderator, and the moderator at the desk."""

from tests.bodies.fixtures import body, contract, desk, moderator

__all__ = ["body", "contract", "desk", "moderator"]
