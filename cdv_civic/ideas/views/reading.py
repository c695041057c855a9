"""Reading: all boxes, one of them, one idea, its photo, the groups."""

import json as json_text
from typing import Any, Final

from flask import Response, abort, g, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.core.paging import read_cursor, write_key
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.uploads.serving import answer_with
from cdv_civic.core.web.search import typed_search
from cdv_civic.core.web.validity import also_shows, shows_only
from cdv_civic.ideas.cache_tags import box_tag
from cdv_civic.ideas.choices import ShownChoice, choice_among_groups
from cdv_civic.ideas.queries.boxes import PublicBox, public_boxes, quartiers_of_box
from cdv_civic.ideas.queries.export import as_content, as_csv, exported_ideas
from cdv_civic.ideas.queries.groups import IdeaGroupRow, group_page, groups_of_box
from cdv_civic.ideas.queries.public import IdeaFilters, ideas_page, photo_of, points_of, public_idea
from cdv_civic.ideas.queries.search import found_boxes
from cdv_civic.ideas.rules.boxes import SupportsShown
from cdv_civic.ideas.views.blueprint import blueprint, box_here
from cdv_civic.participation.wording import THEME_WORDS
from cdv_civic.territory.cache_tags import DIRECTORY, contract_tags
from cdv_civic.territory.queries.contracts import contracts

#: The order of a list, as its address says it.
SUPPORTED: Final = "soutiens"


def shows_supports(box: PublicBox) -> bool:
    """Whether supports are told: an order by them would tell them too."""
    return box.closed or box.supports_shown == SupportsShown.IN_STEPS


def _choice(box: PublicBox) -> ShownChoice | None:
    return choice_among_groups(box.id, g.language.tag, opened=box.choice_opened_at is not None)


def _in_order(groups: list[IdeaGroupRow], choice: ShownChoice | None) -> list[IdeaGroupRow]:
    """Groups, those that residents chose first once that is published."""
    found = choice.outcomes if choice is not None else {}
    last = len(groups) + 1
    return sorted(groups, key=lambda group: (found[group.id].rank or 0) if group.id in found else last)


@blueprint.get("")
@policy("public", reads=("q", "contrat", "commune", "quartier"))
def index() -> str:
    """All boxes of the site; with `?q=` those of a place that speak of it, and how many ideas do. 3 statements."""
    shows_only(DIRECTORY, *contract_tags(one.slug for one in contracts(g.language.tag)))
    args = request.args
    boxes = public_boxes(g.language.tag)
    also_shows(*(box_tag(box.id) for box in boxes))
    typed = typed_search(args)
    found = None
    if typed:
        # Names of places that are none find nothing.
        places = {
            "contract": args.get("contrat", ""),
            "commune": args.get("commune", ""),
            "quartier": args.get("quartier", ""),
        }
        found = {each.id: each.ideas for each in found_boxes(typed, g.language.tag, **places)}
    return render_template(
        "ideas/index.html",
        boxes=[box for box in boxes if found is None or box.id in found],
        found=found or {},
        typed=typed,
    )


@blueprint.get("/<slug>")
@policy("public", reads=("q", "theme", "quartier", "ordre", "apres", "avant"))
def show(slug: str) -> str:
    """A box and its ideas: `?q=`, `?theme=`, `?quartier=` narrow them, `?ordre=soutiens` sorts them. 4 statements,
    and 5 more where residents choose among the groups."""
    box = box_here(slug)
    args = request.args
    quartiers = quartiers_of_box(box.id)
    here = next((each for each in quartiers if each.slug == args.get("quartier")), None)
    theme = THEME_WORDS.get(args.get("theme", ""))
    by_support = args.get("ordre") == SUPPORTED and shows_supports(box)
    filters = IdeaFilters(
        typed_search(args), theme.code if theme else "", here.slug if here else "", by_support
    )
    cursor = read_cursor(args.get("apres"), args.get("avant"), parts=2 if by_support else 1)
    page = ideas_page(box, filters, cursor)
    kept: dict[str, Any] = {
        "q": filters.q or None,
        "theme": filters.theme or None,
        "quartier": filters.quartier or None,
        "ordre": SUPPORTED if by_support else None,
    }

    def address(**where: Any) -> str:
        return url_for("ideas.show", slug=slug, **{**kept, **where})

    active = [
        *([(filters.q, address(q=None))] if filters.q else []),
        *([(theme.label, address(theme=None))] if theme else []),
        *([(here.name, address(quartier=None))] if here else []),
    ]
    choice = _choice(box)
    return render_template(
        "ideas/show.html",
        box=box,
        ideas=page.rows,
        groups=_in_order(groups_of_box(box.id, g.language.tag), choice),
        choice=choice,
        filters=filters,
        active=active,
        kept=[(name, value) for name, value in kept.items() if value and name != "q"],
        themes=[(code, word.label) for code, word in THEME_WORDS.items()],
        quartiers=[(each.slug, each.name) for each in quartiers],
        orders=shows_supports(box),
        newest_url=address(ordre=None),
        supported_url=address(ordre=SUPPORTED),
        first=cursor is None,
        previous_url=address(avant=write_key(page.previous_key)) if page.previous_key else None,
        next_url=address(apres=write_key(page.next_key)) if page.next_key else None,
    )


@blueprint.get("/<slug>/<int:idea_id>")
@policy("public")
def one(slug: str, idea_id: int) -> str:
    """An idea, with its two columns of points; 3 statements, and 5 more where residents choose among the groups."""
    box = box_here(slug)
    idea = public_idea(box, idea_id, g.language.tag)
    if idea is None:
        abort(404)
    choice = _choice(box) if idea.group_id is not None else None
    return render_template("ideas/one.html", box=box, idea=idea, points=points_of(idea.id), choice=choice)


@blueprint.get("/<slug>/<int:idea_id>/photo/<size>")
@policy("public")
def photo(slug: str, idea_id: int, size: str) -> AnyResponse:
    """The photo of an idea that everybody reads; gone as soon as the idea is."""
    row = photo_of(box_here(slug), idea_id)
    if row is None:
        abort(404)
    return answer_with(row, size, f"idee-{idea_id}")


@blueprint.get("/<slug>/groupes/<int:group_id>")
@policy("public", reads=("apres", "avant"))
def group(slug: str, group_id: int) -> str:
    """A group and its ideas; one that went into another leads there. 3 statements, and 5 more where residents choose
    among the groups."""
    box = box_here(slug)
    cursor = read_cursor(request.args.get("apres"), request.args.get("avant"), parts=1)
    found = group_page(box, group_id, g.language.tag, cursor)
    if found is None:
        abort(404)

    def address(**where: Any) -> str:
        return url_for("ideas.group", slug=slug, group_id=group_id, **where)

    page = found.ideas
    return render_template(
        "ideas/group.html",
        box=box,
        group=found,
        choice=_choice(box),
        ideas=page.rows,
        previous_url=address(avant=write_key(page.previous_key)) if page.previous_key else None,
        next_url=address(apres=write_key(page.next_key)) if page.next_key else None,
    )


@blueprint.get("/<slug>/donnees.csv")
@policy("public")
def csv(slug: str) -> Response:
    """The public ideas, a line for each. 2 statements."""
    box = box_here(slug)
    text = as_csv(exported_ideas(box, g.language.tag))
    return Response(text, content_type="text/csv; charset=utf-8")


@blueprint.get("/<slug>/donnees.json")
@policy("public")
def json(slug: str) -> Response:
    """The public ideas and the groups. 3 statements."""
    box = box_here(slug)
    text = json_text.dumps(as_content(box, g.language.tag), ensure_ascii=False, indent=1) + "\n"
    return Response(text, content_type="application/json; charset=utf-8")
