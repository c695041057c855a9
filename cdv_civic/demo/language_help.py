"""Services of the demo that help in other languages. All of them are invented."""

import json
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from cdv_civic.core.db import db
from cdv_civic.core.policy.model import Actor
from cdv_civic.language_help.models import LanguageHelp
from cdv_civic.language_help.operations import HelpDraft, add_service
from cdv_civic.language_help.rules import Reachable
from cdv_civic.territory.models import Commune, Quartier

DATA: Final = Path(__file__).with_name("data") / "language_help.json"


def tell_who_speaks(actor: Actor, contract_id: int) -> None:
    """Publish the services that an earlier load did not."""
    story: dict[str, Any] = json.loads(DATA.read_text(encoding="utf-8"))
    for entry in story["services"]:
        known = select(LanguageHelp.id).where(LanguageHelp.client_key == entry["key"])
        if db.session.execute(known).scalar() is not None:
            continue
        draft = HelpDraft(
            entry["kind"],
            _id_of(Commune, entry.get("commune")),
            _id_of(Quartier, entry.get("quartier")),
            Reachable(entry["service"], tuple(entry["spoken"]), entry["place"], entry["phone"]),
            entry["what"],
            entry["hours"],
        )
        add_service(actor, contract_id, draft, client_key=entry["key"])


def _id_of(model: type[Commune] | type[Quartier], slug: str | None) -> int | None:
    if slug is None:
        return None
    return db.session.execute(select(model.id).where(model.slug == slug)).scalar_one()
