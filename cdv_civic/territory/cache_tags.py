"""Names of what public pages show of the territory: a page is kept as long as nothing of it changes.

A contract is named by its slug, as in addresses and in the audit trail: it never changes, and whoever publishes or
shows something of a contract has it at hand.
"""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from cdv_civic.core.db import TagName
from cdv_civic.territory.models import Body, Contract

#: Which contracts, communes and quartiers there are, and how they are called: what lists of the whole site show.
DIRECTORY: Final = TagName("directory")


def contract_tag(slug: str) -> TagName:
    """All that is published of a contract: commitments and their news, bodies, what residents said to them."""
    return TagName(f"contract:{slug}")


def contract_tags(slugs: Iterable[str]) -> tuple[TagName, ...]:
    """The same of several contracts."""
    return tuple(contract_tag(slug) for slug in slugs)


def tags_of_bodies(session: Session, which: ColumnElement[bool]) -> tuple[TagName, ...]:
    """Those of the contracts of some bodies (a condition on `Body`); 1 statement."""
    slugs = select(Contract.slug).join(Body, Body.contract_id == Contract.id).where(which).distinct()
    return contract_tags(session.execute(slugs).scalars())
