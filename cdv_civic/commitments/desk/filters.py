"""The filters of the desk's table, read from an address or a form."""

from collections.abc import Mapping
from typing import Final

from cdv_civic.commitments.desk.lookup import other_languages
from cdv_civic.commitments.queries.filters import LONGEST_QUESTION
from cdv_civic.commitments.rules.work_list import WorkQueue
from cdv_civic.commitments.selection import NO_THEME, Selection
from cdv_civic.core.policy.decisions import reach_of
from cdv_civic.core.web.desk import actor, number_in
from cdv_civic.territory.vocabulary import STATES, THEMES

#: The filters of the table, by their names in addresses.
FILTERS: Final = ("contrat", "quartier", "etat", "theme", "porteur", "tas", "traduire", "q")


def asked(arguments: Mapping[str, str]) -> dict[str, str]:
    """The filters that an address or a form names, empty ones left out."""
    found = {name: arguments.get(name, "").strip()[:LONGEST_QUESTION] for name in FILTERS}
    return {name: value for name, value in found.items() if value}


def selection_of(filters: Mapping[str, str], action: str) -> Selection:
    """The selection that filters name, within what the actor may do; unknown values find all."""
    state, theme, queue = filters.get("etat"), filters.get("theme"), filters.get("tas")
    language = filters.get("traduire")
    return Selection(
        reach=reach_of(actor(), action),
        contract_id=number_in(filters.get("contrat", "")),
        quartier_id=number_in(filters.get("quartier", "")),
        holder_id=number_in(filters.get("porteur", "")),
        state=state if state in STATES else None,
        theme=theme if theme in THEMES or theme == NO_THEME else None,
        queue=WorkQueue(queue) if queue in set(WorkQueue) else None,
        untranslated=language if language in {each.tag for each in other_languages()} else None,
        text=filters.get("q", ""),
    )
