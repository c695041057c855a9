"""No attempt is counted when a test starts."""

from tests.attempts import no_attempts

__all__ = ["no_attempts"]
