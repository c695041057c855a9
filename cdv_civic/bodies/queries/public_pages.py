"""Which public pages bodies have, for the map of the site."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from cdv_civic.bodies.models import BodyPublication, Meeting
from cdv_civic.core.db import rows_of
from cdv_civic.territory.models import Body, Contract
from cdv_civic.territory.vocabulary import RESIDENTS_BODY_KINDS


@dataclass(frozen=True)
class PublicPages:
    """What names each page: the slugs of the contract and the body, and the id of what belongs to the body."""

    bodies: Sequence[tuple[str, str]]
    meetings: Sequence[tuple[str, str, int]]
    publications: Sequence[tuple[str, str, int]]


def public_pages() -> PublicPages:
    """The public pages of bodies, of their meetings and of their publications, by contract and body; 3 statements."""
    bodies = (
        select(Contract.slug.label("contract"), Body.slug.label("slug"))
        .join(Contract, Contract.id == Body.contract_id)
        .where(Body.retired_at.is_(None))
        .order_by(Contract.slug, Body.slug)
    )
    of_residents = bodies.where(Body.kind.in_(sorted(RESIDENTS_BODY_KINDS)))
    meetings = (
        of_residents.add_columns(Meeting.id).join(Meeting, Meeting.body_id == Body.id).order_by(Meeting.id)
    )
    publications = (
        of_residents.add_columns(BodyPublication.id)
        .join(BodyPublication, BodyPublication.body_id == Body.id)
        .where(BodyPublication.withdrawn_at.is_(None))
        .order_by(BodyPublication.id)
    )
    return PublicPages(
        [(contract, slug) for contract, slug in rows_of(bodies)],
        [(contract, slug, number) for contract, slug, number in rows_of(meetings)],
        [(contract, slug, number) for contract, slug, number in rows_of(publications)],
    )
