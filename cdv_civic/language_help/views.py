"""The public page: who speaks one's language, near one's home."""

from flask import Blueprint, render_template, request, url_for

from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.i18n.spoken import SPOKEN
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.validity import shows_only
from cdv_civic.language_help import queries, wording
from cdv_civic.territory.cache_tags import DIRECTORY
from cdv_civic.territory.queries.directory import directory

blueprint = Blueprint("language_help", __name__, url_prefix="/<lang>/langues")


@blueprint.get("")
@policy("public", reads=("langue", "ville", "quartier"))
def page() -> str:
    """The services, those in the reader's language first; `?langue=`, `?ville=` and `?quartier=` choose some."""
    typed = request.args.get("langue", "")
    spoken = typed if typed in SPOKEN else None
    places = directory()
    commune = places.commune(request.args.get("ville", ""))
    quartier = None if commune else places.quartier(request.args.get("quartier", ""))
    place = (
        queries.in_commune(commune.slug)
        if commune
        else queries.in_quartier(quartier.slug)
        if quartier
        else None
    )
    found = queries.services(current_language().tag, spoken=spoken, place=place)
    shows_only(DIRECTORY)  # the towns
    return render_template(
        "language_help/page.html",
        found=found,
        kinds=wording.KINDS,
        named={tag: wording.named(tag) for tag in SPOKEN},
        languages_offered=queries.languages_offered(),
        communes_offered=queries.communes_offered(),
        spoken=spoken,
        commune=commune,
        quartier=quartier,
        here=url_for("language_help.page"),
    )
