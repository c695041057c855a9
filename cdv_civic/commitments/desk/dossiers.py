"""Pages that show one commitment to staff: all of it, and who did what."""

from flask import render_template, request

from cdv_civic.commitments.desk import dossier as reading
from cdv_civic.commitments.desk.routes import blueprint
from cdv_civic.commitments.queries.story import story_of
from cdv_civic.commitments.rules.transitions import states_after
from cdv_civic.core.i18n.languages import current_language, languages_of
from cdv_civic.core.localized import SOURCE_LANGUAGE
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web.desk import actor


def other_languages() -> tuple[object, ...]:
    """The languages of the site that a text can be translated into."""
    settings = current_settings()
    return tuple(each for each in languages_of(settings) if each.tag != SOURCE_LANGUAGE)


def _tags() -> tuple[str, ...]:
    """All languages of the site: who may translate into one of them may read what is to be translated."""
    settings = current_settings()
    return settings.languages


@blueprint.get("/engagements/<int:commitment_id>")
@policy("desk.read")
def show(commitment_id: int) -> str:
    """All of a commitment, with a link to every act. 11 statements."""
    language = current_language().tag
    dossier = reading.dossier(actor(), "desk.read", commitment_id, language, *_tags())
    published = request.args.get("publie", "")
    return render_template(
        "commitments/desk/show.html",
        dossier=dossier,
        story=story_of(commitment_id, language),
        gauges=reading.gauges(commitment_id, language),
        versions=reading.versions(commitment_id),
        translations=reading.languages_of_title(dossier.title_id),
        other_languages=other_languages(),
        may_follow=states_after(dossier.state.code),
        published=int(published) if published.isascii() and published.isdigit() else None,
    )


@blueprint.get("/engagements/<int:commitment_id>/journal")
@policy("desk.read")
def trail(commitment_id: int) -> str:
    """Who did what on this commitment. 5 statements."""
    dossier = reading.dossier(actor(), "desk.read", commitment_id, current_language().tag, *_tags())
    return render_template(
        "commitments/desk/trail.html",
        dossier=dossier,
        traces=reading.trail(commitment_id, dossier.contract_slug),
    )
