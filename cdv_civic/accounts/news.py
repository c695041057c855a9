"""What « Mon compte » says first: what others did to the account that its holder must know.

A feature that does such things says at start how they are told.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Flask
from sqlalchemy.orm import Session

from cdv_civic.core.registry import Registry


@dataclass(frozen=True)
class News:
    """One thing that was done, in a sentence, and where its holder can do something about it."""

    sentence: Any
    endpoint: str
    label: Any


#: The news of one account, the newest first.
Teller = Callable[[Session, int], Sequence[News]]

_OF_ACCOUNTS: Final = Registry[Teller]("news_of_accounts")


def register_news(app: Flask, name: str, teller: Teller) -> None:
    """Declare how a feature tells what it did; raises `RegisteredTwice`."""
    _OF_ACCOUNTS.add(app, name, teller)


def news_of(session: Session, account_id: int) -> tuple[News, ...]:
    """All that there is to tell; a statement for each feature."""
    return tuple(said for teller in _OF_ACCOUNTS.entries().values() for said in teller(session, account_id))
