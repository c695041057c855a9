"""Quartiers and organisations can be followed: what happens there is told by commitments and bodies."""

from collections.abc import Collection

from flask import Flask
from sqlalchemy import select

from cdv_civic.core.db import db
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.localized import Words
from cdv_civic.notices.follows.kinds import QUARTIER, FollowKind, Target, register_kind
from cdv_civic.territory.cache_tags import contract_tag
from cdv_civic.territory.models import Contract, Organisation, Quartier


def _find_quartier(slug: str) -> int | None:
    return db.session.execute(
        select(Quartier.id).where(Quartier.slug == slug, Quartier.retired_at.is_(None))
    ).scalar()


def _describe_quartiers(ids: Collection[int], _language: str) -> dict[int, Target]:
    rows = db.session.execute(
        select(Quartier.id, Quartier.slug, Quartier.name, Contract.slug.label("contract"))
        .join(Contract, Contract.id == Quartier.contract_id)
        .where(Quartier.id.in_(sorted(ids)))
    )
    return {
        row.id: Target(
            row.id,
            Words(row.name, SOURCE_LANGUAGE, translated=True),
            row.slug,
            ("pages.quartier", {"slug": row.slug}),
            contract_tag(row.contract),
            ("bodies.quartier_calendar", {"slug": row.slug}),
        )
        for row in rows
    }


def _find_organisation(reference: str) -> int | None:
    """By the slugs of the contract and the organisation: "contract/organisation"."""
    contract, _slash, slug = reference.partition("/")
    return db.session.execute(
        select(Organisation.id)
        .join(Contract, Contract.id == Organisation.contract_id)
        .where(Contract.slug == contract, Organisation.slug == slug, Organisation.retired_at.is_(None))
    ).scalar()


def _describe_organisations(ids: Collection[int], _language: str) -> dict[int, Target]:
    rows = db.session.execute(
        select(Organisation.id, Organisation.slug, Organisation.name, Contract.slug.label("contract"))
        .join(Contract, Contract.id == Organisation.contract_id)
        .where(Organisation.id.in_(sorted(ids)))
    )
    return {
        row.id: Target(
            row.id,
            Words(row.name, SOURCE_LANGUAGE, translated=True),
            f"{row.contract}/{row.slug}",
            ("pages.organisation", {"contract": row.contract, "slug": row.slug}),
            contract_tag(row.contract),
        )
        for row in rows
    }


def register(app: Flask) -> None:
    """Let them be followed."""
    register_kind(
        app,
        FollowKind(QUARTIER, "quartier", _l("Les quartiers"), "map-pin", _find_quartier, _describe_quartiers),
    )
    register_kind(
        app,
        FollowKind(
            "organisation",
            "organisation",
            _l("Les organismes"),
            "building-community",
            _find_organisation,
            _describe_organisations,
        ),
    )
