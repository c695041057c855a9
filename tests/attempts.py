"""Each test of a folder whose conftest imports this starts with no attempt counted."""

from collections.abc import Iterator

import pytest
from flask import Flask

from cdv_civic.accounts.limits import limiter


@pytest.fixture(autouse=True)
def no_attempts(app: Flask) -> Iterator[None]:
    limiter.reset()
    yield
    limiter.reset()
