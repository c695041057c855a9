"""What « Mon espace » says first: what others did to the account that its holder must know.

A feature that does such things says at start how they are told; and, for the first page of the desk, what waits
there that is not a commitment.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Flask
from sqlalchemy.orm import Session

from cdv_civic.core.policy.model import Actor
from cdv_civic.core.registry import Registry


@dataclass(frozen=True)
class News:
    """One thing that was done, in a sentence, and where its holder can do something about it."""

    sentence: Any
    endpoint: str
    label: Any


#: The news of one account, the newest first.
Teller = Callable[[Session, int], Sequence[News]]


#: What waits at the desk for the actor.
DeskTeller = Callable[[Actor], Sequence[News]]

_OF_ACCOUNTS: Final = Registry[Teller]("news_of_accounts")
_OF_THE_DESK: Final = Registry[DeskTeller]("news_of_the_desk")


def register_news(app: Flask, name: str, teller: Teller) -> None:
    """Declare how a feature tells what it did; raises `RegisteredTwice`."""
    _OF_ACCOUNTS.add(app, name, teller)


def register_desk_news(app: Flask, name: str, teller: DeskTeller) -> None:
    """Declare how a feature tells what waits at the desk; raises `RegisteredTwice`."""
    _OF_THE_DESK.add(app, name, teller)


def desk_news_of(actor: Actor) -> tuple[News, ...]:
    """All that waits for the actor, beside commitments; a statement for each feature that they take part in."""
    return tuple(said for teller in _OF_THE_DESK.entries().values() for said in teller(actor))


def news_of(session: Session, account_id: int) -> tuple[News, ...]:
    """All that there is to tell; a statement for each feature."""
    return tuple(said for teller in _OF_ACCOUNTS.entries().values() for said in teller(session, account_id))
