"""What the commands of all features share."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from cdv_civic.core.errors import DomainError


@contextmanager
def refusals_on_terminal() -> Iterator[None]:
    """End a command with the sentence of what refused it, and status 1."""
    try:
        yield
    except DomainError as refused:
        raise click.ClickException(str(refused.sentence)) from None
