"""The kind of text of these tests, and no attempt counted before each."""

from tests.attempts import no_attempts  # noqa: F401
from tests.moderation.notes import notes  # noqa: F401
