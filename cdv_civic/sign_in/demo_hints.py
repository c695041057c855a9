"""What a demonstration tells on the pages of sign-in, so that visitors may try each role.

The feature `demo` says it at start; without one, and in production, the pages show nothing of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Flask, current_app

from cdv_civic.core.settings import current_settings

_KEY: Final = "demo_hints"


@dataclass(frozen=True)
class DemoHints:
    """Accounts that everybody may open, and how."""

    #: What a role is called, and the address that signs in with it.
    accounts: Sequence[tuple[Any, str]]
    password: str
    #: The address of the resident, who comes in by a link.
    resident: str
    #: The code of a card, as it is printed.
    card: str
    #: The code that an account's authenticator app shows now, by its id; None where it is not of the demonstration.
    code_of: Callable[[int], str | None]


def register_hints(app: Flask, hints: DemoHints) -> None:
    """Say how the demonstration is tried."""
    app.extensions[_KEY] = hints


def demo_hints() -> DemoHints | None:
    """What this site shows of how to try it; None outside of a demonstration in development."""
    settings = current_settings()
    found: DemoHints | None = current_app.extensions.get(_KEY)
    return found if settings.demo and settings.development else None
