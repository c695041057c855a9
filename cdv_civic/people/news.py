"""What « Mon espace » says first: what others did to the account that its holder must know.

A feature that does such things says at start how they are told.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class News:
    """One thing that was done, in a sentence, and where its holder can do something about it."""

    sentence: Any
    endpoint: str
    label: Any


#: The news of one account, the newest first.
Teller = Callable[[Session, int], Sequence[News]]


def register_news(app: Flask, teller: Teller) -> None:
    """Declare how a feature tells what it did."""
    app.extensions.setdefault("news_of_accounts", []).append(teller)


def news_of(session: Session, account_id: int) -> tuple[News, ...]:
    """All that there is to tell; a statement for each feature."""
    tellers: Sequence[Teller] = current_app.extensions.get("news_of_accounts", ())
    return tuple(said for teller in tellers for said in teller(session, account_id))
