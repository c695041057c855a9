"""Projects as people type them, for tests of how they come in."""

from itertools import count
from typing import Any

from cdv_civic.core.db import db
from cdv_civic.fund.models.funds import Fund, FundRound
from cdv_civic.fund.models.projects import FundProject
from cdv_civic.fund.projects.operations.checking import TypedProject

_numbers = count(1)
OURS = {"Sec-Fetch-Site": "same-origin"}
FOLLOW = "/fr/parole/suivi"
#: What the form of a project asks at the least, of a group of residents.
FIELDS = {
    "title": "Un goûter au pied des tours",
    "summary": "Un après-midi pour se rencontrer.",
    "words": "Un goûter, des jeux, de la musique.",
    "for_whom": "Les familles",
    "place": "La place du marché",
    "when_text": "En juin",
    "carrier_kind": "residents",
    "label_1": "Le goûter",
    "amount_1": "300",
    "label_2": "Les jeux",
    "amount_2": "1.200,50 €",
    "asked": "1 400",
    "own": "100,50",
    "contact_name": "Personne d’exemple",
    "contact": "quelqu-un@example.org",
    "contact_language": "fr",
}


def typed(fund_round: FundRound, **changes: Any) -> TypedProject:
    """A project that a form holds."""
    values: dict[str, Any] = {
        "round_id": fund_round.id,
        "client_key": f"un-projet-tape-{next(_numbers):06}",
        **{name: FIELDS[name] for name in FIELDS if "_1" not in name and "_2" not in name},
        "lines": [("Le goûter", "300"), ("Les jeux", "1.200,50 €")],
    }
    return TypedProject(**{**values, **changes})


def stored_project(project_id: int) -> FundProject:
    db.session.rollback()
    return db.session.get_one(FundProject, project_id, populate_existing=True)


def address(fund: Fund, fund_round: FundRound, language: str = "fr") -> str:
    return f"/{language}/fonds/{fund.slug}/{fund_round.slug}/proposer"
