"""Packs to test with, and short ways to import them and to look at what came of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.commitments.models import Commitment, CommitmentVersion
from cdv_civic.core.localized import LocalizedText
from cdv_civic.packs.format import check_pack
from cdv_civic.packs.operations.importing import import_pack
from cdv_civic.packs.report import Report
from cdv_civic.territory.models import Contract

Json = dict[str, Any]

DATA = Path(__file__).parents[2] / "cdv_civic" / "packs" / "data"
REAL_PACKS = sorted(DATA.glob("*.json"))
SMALL = {
    "format": "contrat-de-ville/1",
    "contract": {
        "slug": "essai-2024",
        "title": "Contrat d’essai",
        "short_title": "Essai",
        "territory": "EPT d’essai",
        "period_start": "2024",
        "period_end": "2030",
        "departments": ["94"],
        "source": {"document": "essai.txt"},
    },
    "communes": [{"slug": "orly", "name": "Orly"}],
    "organisations": [
        {"slug": "caf", "name": "CAF", "kind": "caf", "signatory": True, "aliases": []},
    ],
    "quartiers": [
        {"slug": "orly-est", "name": "Est", "kind": "qpv", "communes": ["orly"], "aliases": [], "line": 1},
    ],
    "axes": [
        {"code": "A", "title": "Emploi", "kind": "axe", "tree": "territoire", "line": 1},
        {"code": "A.1", "title": "Formation", "kind": "axe", "tree": "territoire", "parent": "A", "line": 2},
        {"code": "B", "title": "Santé", "kind": "axe", "tree": "annexe", "line": 3},
    ],
    "commitments": [
        {
            "code": "A-1",
            "title": "Ouvrir une permanence",
            "nature": "engagement",
            "axes": ["A"],
            "holders": ["caf"],
            "partners": [],
            "quartiers": ["orly-est"],
            "communes": ["orly"],
            "indicators": [],
            "lines": [4],
        }
    ],
    "indicators": [],
    "bodies": [],
}


def small(**changes: Any) -> dict[str, Any]:
    pack: dict[str, Any] = json.loads(json.dumps(SMALL))
    pack.update(changes)
    return pack


def newer(**changes: Any) -> Json:
    """The small pack with some fields of its commitment changed; None removes one."""
    pack = small()
    row = pack["commitments"][0]
    row.update(changes)
    pack["commitments"][0] = {key: value for key, value in row.items() if value is not None}
    return pack


def renamed(pack: Json, slug: str) -> Json:
    """The same pack as another contract, on other quartiers."""
    pack = json.loads(json.dumps(pack).replace("orly-est", f"orly-est-{slug}"))
    pack["contract"]["slug"] = slug
    return pack


LARGEST = next(path for path in REAL_PACKS if path.stem.startswith("grand-orly"))


def load(pack: Json, **options: Any) -> Report:
    return import_pack(check_pack(pack), **options)


def commitment(session: Session, code: str = "A-1") -> Commitment:
    session.expire_all()
    return session.scalars(select(Commitment).where(Commitment.code == code)).one()


def title(session: Session, row: Any) -> str:
    return session.get_one(LocalizedText, row.title_id).original


def versions(session: Session) -> list[CommitmentVersion]:
    return list(session.scalars(select(CommitmentVersion).order_by(CommitmentVersion.id)))


def commitment_of(session: Session, slug: str) -> Commitment:
    session.expire_all()
    statement = select(Commitment).join(Contract, Contract.id == Commitment.contract_id)
    return session.scalars(statement.where(Contract.slug == slug)).one()
