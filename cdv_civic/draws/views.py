"""The public page of a draw of lots, and the files that let anybody do it again."""

import json

from flask import Blueprint, Response, abort, render_template, request

from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.validity import shows_only
from cdv_civic.draws import queries
from cdv_civic.draws.queries import PublicDraw
from cdv_civic.draws.rules import FORMAT
from cdv_civic.draws.standing import LONGEST_TYPED, find_number
from cdv_civic.draws.wording import number_text, shortfall_text, wanted_text
from cdv_civic.seats.wording import COLLEGE_WORDS
from cdv_civic.territory.cache_tags import contract_tag

blueprint = Blueprint("draws", __name__, url_prefix="/<lang>/contrats/<contract>/instances/<slug>/tirages")


def _found(contract: str, slug: str, draw_id: int) -> PublicDraw:
    found = queries.public_draw(contract, slug, draw_id)
    if found is None:
        abort(404)
    shows_only(contract_tag(contract))
    return found


@blueprint.get("/<int:draw_id>")
@policy("public", reads=("numero",))
def show(contract: str, slug: str, draw_id: int) -> str:
    """What happened, and of the number `?numero=`; then which list, with which seed, and how to check it."""
    found = _found(contract, slug, draw_id)
    typed = request.args.get("numero", "").strip()[:LONGEST_TYPED]
    number = find_number(typed, found.published, found.result)
    return render_template(
        "draws/show.html",
        draw=found,
        published=found.published,
        college=COLLEGE_WORDS[found.college],
        counts=[
            (category, [(each, wanted_text(each.value)) for each in values])
            for category, values in found.counts()
        ],
        typed=typed,
        number=number,
        number_said=number_text(number) if number else None,
        shortfalls=[shortfall_text(each) for each in found.result.shortfalls] if found.result else [],
    )


@blueprint.get("/<int:draw_id>.txt")
@policy("public")
def list_text(contract: str, slug: str, draw_id: int) -> Response:
    """The latest list, byte for byte what its hash is of."""
    found = _found(contract, slug, draw_id)
    return Response(found.latest.text, content_type="text/plain; charset=utf-8")


@blueprint.get("/<int:draw_id>/liste-<int:number>.txt")
@policy("public")
def older_list(contract: str, slug: str, draw_id: int, number: int) -> Response:
    """A list as it was published before somebody withdrew."""
    found = _found(contract, slug, draw_id)
    text = next((each.text for each in found.lists if each.number == number), None)
    if text is None:
        abort(404)
    return Response(text, content_type="text/plain; charset=utf-8")


@blueprint.get("/<int:draw_id>.json")
@policy("public")
def whole(contract: str, slug: str, draw_id: int) -> Response:
    """All of it for a machine: list, hash, seed and result."""
    found = _found(contract, slug, draw_id)
    content = {
        "format": FORMAT,
        "list": found.latest.text,
        "sha256": found.latest.sha256,
        "lists": [
            {
                "number": each.number,
                "sha256": each.sha256,
                "published_at": each.published_at.isoformat(timespec="seconds"),
            }
            for each in found.lists
        ],
        "seed": found.seed,
        "seeded_at": found.seeded_at.isoformat(timespec="seconds") if found.seeded_at else None,
        "result": found.result.as_data() if found.result else None,
    }
    return Response(
        json.dumps(content, ensure_ascii=False, indent=1) + "\n",
        content_type="application/json; charset=utf-8",
    )
