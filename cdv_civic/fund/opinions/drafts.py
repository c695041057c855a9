"""The form of an opinion keeps drafts: a group writes its reasons over several evenings."""

from collections.abc import Sequence
from typing import Final

from flask import Flask
from sqlalchemy import select, tuple_

from cdv_civic.core.db import db
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.web.desk import number_in
from cdv_civic.drafts.kinds import DraftKind, DraftPlace, register_draft_kind
from cdv_civic.fund.models.funds import fund_body
from cdv_civic.fund.models.projects import FundProject
from cdv_civic.fund.opinions.queries import is_judged
from cdv_civic.fund.scopes import GIVE_OPINION
from cdv_civic.territory.models import Body

OPINION: Final = "opinion.give"


def _opinions(owners: Sequence[str], _language: str) -> dict[str, DraftPlace]:
    """Owners are a body and a project: « 12:34 »."""
    pairs = [
        (body, project)
        for body, _colon, project in (owner.partition(":") for owner in owners)
        if number_in(body) is not None and number_in(project) is not None
    ]
    rows = db.session.execute(
        select(Body.id.label("body_id"), Body.name, FundProject.id, FundProject.title)
        .join(fund_body, fund_body.c.body_id == Body.id)
        .join(FundProject, FundProject.fund_id == fund_body.c.fund_id)
        .where(
            tuple_(Body.id, FundProject.id).in_([(int(body), int(project)) for body, project in pairs]),
            is_judged(),
            Body.retired_at.is_(None),
        )
    )
    return {
        f"{row.body_id}:{row.id}": DraftPlace(
            row.title, row.name, ("opinions_desk.give", {"body_id": row.body_id, "project_id": row.id})
        )
        for row in rows
    }


def register(app: Flask) -> None:
    """Declare it."""
    register_draft_kind(
        app, DraftKind(OPINION, _l("L’avis d’un groupe sur un projet"), GIVE_OPINION, _opinions)
    )
