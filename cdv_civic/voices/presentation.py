"""How a word is called where something else links to it: never by what it says, and only where it is public. And the
bodies that listen, as the page to choose one shows them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for

from cdv_civic.participation.linked import NamedThing
from cdv_civic.territory.activities.rules import Span
from cdv_civic.territory.cache_tags import contract_tag
from cdv_civic.territory.vocabulary import CodedTerm
from cdv_civic.voices.addressees import form_url
from cdv_civic.voices.queries.body_places import places_of_bodies
from cdv_civic.voices.queries.listening import ListeningPlace
from cdv_civic.voices.queries.public import public_places


@dataclass(frozen=True)
class ShownAddressee:
    """A body to choose."""

    name: str
    kind: CodedTerm
    #: Names of its quartiers, or of its communes.
    places: tuple[str, ...]
    #: Until when its form is open.
    span: Span
    url: str


def by_commune(
    places: Sequence[ListeningPlace], about: Mapping[str, str]
) -> list[tuple[str, list[ShownAddressee]]]:
    """Bodies under the names of their communes, sorted, each once; those that have none last, under "". Their forms
    begin with what is said `about`. 1 statement."""
    named = places_of_bodies([place.id for place in places])
    groups: dict[str, list[ShownAddressee]] = defaultdict(list)
    for place in places:
        where = named[place.id]
        groups[" · ".join(where.communes)].append(
            ShownAddressee(
                place.name, place.kind, where.named, Span(closes_at=place.closes_at), form_url(place, **about)
            )
        )
    return sorted(groups.items(), key=lambda group: (not group[0], group[0]))


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
