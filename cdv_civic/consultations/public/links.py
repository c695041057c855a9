"""Consultations as the pages of what they are linked with name them."""

from collections.abc import Mapping, Sequence

from flask import Flask, url_for

from cdv_civic.consultations.cache_tags import consultation_tag
from cdv_civic.consultations.public.queries.places import titled
from cdv_civic.participation.linked import NamedThing, register_things
from cdv_civic.participation.rules.links import ThingKind


def named_consultations(ids: Sequence[int], language: str) -> Mapping[int, NamedThing]:
    """Consultations that anybody may read, by id. 1 statement."""
    return {
        number: NamedThing(
            each.title, url_for("consultations.show", slug=each.slug), consultation_tag(number)
        )
        for number, each in titled(ids, language).items()
    }


def register(app: Flask) -> None:
    """Declare how consultations are called."""
    register_things(app, ThingKind.CONSULTATION, named_consultations)
