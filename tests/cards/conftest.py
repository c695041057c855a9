"""Each test starts with no attempt counted."""

from collections.abc import Iterator

import pytest
from flask import Flask

from cdv_civic.people.limits import limiter


@pytest.fixture(autouse=True)
def _no_attempts(app: Flask) -> Iterator[None]:
    limiter.reset()
    yield
    limiter.reset()
