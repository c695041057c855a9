"""What « Mon espace » says first: what others did to the account that its holder must know.

A feature that does such things says at start how they are told; and, for the first page of the desk, what waits
there that is not a commitment.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app
from sqlalchemy.orm import Session

from cdv_civic.core.policy.model import Actor


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


#: What waits at the desk for who acts.
DeskTeller = Callable[[Actor], Sequence[News]]


def register_desk_news(app: Flask, teller: DeskTeller) -> None:
    """Declare how a feature tells what waits at the desk."""
    app.extensions.setdefault("news_of_the_desk", []).append(teller)


def desk_news_of(actor: Actor) -> tuple[News, ...]:
    """All that waits for who acts, beside commitments; a statement for each feature that they take part in."""
    tellers: Sequence[DeskTeller] = current_app.extensions.get("news_of_the_desk", ())
    return tuple(said for teller in tellers for said in teller(actor))


def news_of(session: Session, account_id: int) -> tuple[News, ...]:
    """All that there is to tell; a statement for each feature."""
    tellers: Sequence[Teller] = current_app.extensions.get("news_of_accounts", ())
    return tuple(said for teller in tellers for said in teller(session, account_id))
