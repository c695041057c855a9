"""Pages that show one commitment to staff: all of it, and who did what."""

from flask import render_template, request

from cdv_civic.commitments.desk.blueprint import blueprint
from cdv_civic.commitments.desk.lookup import commitment_for, languages_into
from cdv_civic.commitments.queries.desk_commitment import audit_lines, desk_versions
from cdv_civic.commitments.queries.desk_indicators import desk_indicators
from cdv_civic.commitments.queries.desk_translations import languages_of_title
from cdv_civic.commitments.queries.story import story_of
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web.desk import number_in


def _tags() -> tuple[str, ...]:
    """All languages of the site: who may translate into one of them may read what is to be translated."""
    return tuple(current_settings().languages)


@blueprint.get("/engagements/<int:commitment_id>")
@policy("desk.read")
def show(commitment_id: int) -> str:
    """All of a commitment, with a link to every act. 11 statements."""
    language = current_language().tag
    commitment = commitment_for("desk.read", commitment_id, *_tags())
    return render_template(
        "commitments/desk/show.html",
        commitment=commitment,
        story=story_of(commitment_id, language),
        indicators=desk_indicators(commitment_id, language),
        versions=desk_versions(commitment_id),
        translations=languages_of_title(commitment.title_id),
        into=languages_into(commitment),
        published=number_in(request.args.get("publie")),
    )


@blueprint.get("/engagements/<int:commitment_id>/journal")
@policy("desk.read")
def trail(commitment_id: int) -> str:
    """Who did what on this commitment. 5 statements."""
    commitment = commitment_for("desk.read", commitment_id, *_tags())
    return render_template(
        "commitments/desk/trail.html",
        commitment=commitment,
        lines=audit_lines(commitment_id, commitment.contract_slug),
    )
