"""Words that are not explained in the language of somebody who translates, or whose explanation changed since."""

from typing import Any

from flask import Flask, url_for
from sqlalchemy import Select, or_, select

from cdv_civic.core.i18n.catalogue import ngettext
from cdv_civic.core.localized import LocalizedText
from cdv_civic.core.missing_translations import owners_that_lack
from cdv_civic.core.policy.model import Actor, Reach
from cdv_civic.core.work_sources import WorkSource, day_of, register_work, waiting
from cdv_civic.glossary.models import GlossaryEntry


def _to_explain(_actor: Actor, reach: Reach) -> Select[Any] | None:
    """Asked of those who translate: teams may explain words, and are not asked to."""
    if not reach.languages:
        return None
    lacking = (
        GlossaryEntry.id.in_(owners_that_lack(tag, "glossary_entry")) for tag in sorted(reach.languages)
    )
    return (
        select(*waiting(since=day_of(LocalizedText.changed_at)))
        .join_from(GlossaryEntry, LocalizedText, LocalizedText.id == GlossaryEntry.explanation_id)
        .where(or_(*lacking))
    )


def register(app: Flask) -> None:
    """Declare them."""
    register_work(
        app,
        WorkSource(
            "words",
            "glossary.translate",
            _to_explain,
            lambda count: ngettext(
                "%(num)s mot à expliquer dans votre langue",
                "%(num)s mots à expliquer dans votre langue",
                count,
            ),
            lambda _place: url_for("glossary.table"),
            "letter-case",
        ),
    )
