"""Followers for tests, and a place whose things they follow."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import ModuleType

import pytest
from sqlalchemy.orm import Session

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.commitments.models import Commitment
from cdv_civic.core import clock
from cdv_civic.core.db import TagName, db, transaction
from cdv_civic.notices.follows.digests import digests_due, write_digests
from cdv_civic.notices.follows.operations import choose_news, follow
from cdv_civic.territory.models import Body, Organisation, Quartier
from tests import factories as make
from tests.bodies.bodies import make_body

#: Digests of a day, and of the week, are due: Saturday and Monday after the day of all tests, at half past seven.
SATURDAY = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Place:
    contract: str
    quartier: Quartier
    body: Body
    organisation: Organisation
    commitment: Commitment

    def reference(self, kind: str) -> str:
        own = {
            "quartier": self.quartier.slug,
            "body": f"{self.contract}/{self.body.slug}",
            "organisation": f"{self.contract}/{self.organisation.slug}",
            "commitment": f"{self.contract}/{self.commitment.code}",
        }
        return own[kind]


def make_place() -> Place:
    contract = make.make_contract()
    commune = make.make_commune(contract)
    quartier = make.make_quartier(contract, "Les Saules", communes=[commune])
    organisation = make.make_organisation(contract)
    body = make_body(contract, "Conseil des Saules", quartiers=[quartier], communes=[commune])
    commitment = make.make_commitment(
        contract, "Planter des arbres", quartiers=[quartier], holders=[organisation]
    )
    return Place(contract.slug, quartier, body, organisation, commitment)


def make_follower(
    place: Place,
    *kinds: str,
    channel: str = "email",
    rhythm: str = "daily",
    language: str = "fr",
    email: str | None = None,
    phone: str | None = None,
) -> SignedIn:
    """A resident who follows things of a place."""
    account = make.make_account(email, role=None, password_hash="", organisation_name="", phone=phone)
    for kind in kinds or ("commitment",):
        follow(account, kind, place.reference(kind), language)
    choose_news(account, channel, rhythm, language)
    return account


def before_writing(patch: pytest.MonkeyPatch, module: ModuleType, act: Callable[[], object]) -> None:
    """Do something once a module has looked, and just before it begins its first transaction."""
    left = [act]

    @contextmanager
    def act_first(*, publishes: TagName | None = None) -> Iterator[Session]:
        if left:
            left.pop()()
        with transaction(publishes=publishes) as session:
            yield session

    patch.setattr(module, "transaction", act_first)


def write_at(moment: datetime) -> int:
    """What a run of the job writes at a moment, as the scheduler asks for it."""
    with clock.frozen_everywhere(moment):
        written = write_digests() if digests_due() else 0
    db.session.rollback()
    return written
