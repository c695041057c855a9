"""Whether residents see at once what a test does."""

from collections.abc import Iterator
from contextlib import contextmanager

from cdv_civic.core.web.validity import ANY, read_numbers


def publications() -> int:
    """How often anything was published, under whatever cache tag."""
    return read_numbers(None).of(ANY) or 0


@contextmanager
def seen_at_once() -> Iterator[None]:
    """What is done inside raises the number of one cache tag by one, so that no kept page shows what was before."""
    before = publications()
    yield
    assert publications() == before + 1
