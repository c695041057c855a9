"""How a word is called where something else links to it: never by what it says, and only where it is public."""

from collections.abc import Mapping, Sequence

from flask import url_for

from cdv_civic.participation.linked import NamedThing
from cdv_civic.territory.cache_tags import contract_tag
from cdv_civic.voices.queries.public import public_places


def named_voices(ids: Sequence[int], _language: str) -> Mapping[int, NamedThing]:
    """Public words by id: « Une idée · Habitat », and the page of the body's words on that theme. 1 statement."""
    return {
        each.id: NamedThing(
            f"{each.kind.label} · {each.theme.label}",
            url_for("voices.index", contract=each.contract, slug=each.slug, theme=each.theme.code),
            contract_tag(each.contract),
        )
        for each in public_places(ids)
    }
