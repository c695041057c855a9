"""Whether residents see at once what a test does."""

from collections.abc import Iterator
from contextlib import contextmanager

from cdv_civic.core.db import publication_number


@contextmanager
def seen_at_once() -> Iterator[None]:
    """What is done inside raises the publication number by one, so that no kept page shows what was before."""
    before = publication_number()
    yield
    assert publication_number() == before + 1
