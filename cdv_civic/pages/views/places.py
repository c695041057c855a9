"""Home, the search for a quartier, and the page of a quartier."""

from dataclasses import dataclass

from flask import (
    Blueprint,
    Response,
    abort,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)

from cdv_civic.commitments.queries.summaries.news import KEY_PARTS, news_page
from cdv_civic.core.i18n.languages import preferred_language
from cdv_civic.core.paging import Key, read_cursor, write_key
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.search import typed_search
from cdv_civic.core.web.validity import shows_only
from cdv_civic.pages.presentation import promised
from cdv_civic.pages.queries.contracts import home as home_page
from cdv_civic.pages.queries.quartiers import dates_ahead, quartier_page
from cdv_civic.territory.activities.registry import current_activities
from cdv_civic.territory.cache_tags import DIRECTORY, contract_tag, contract_tags
from cdv_civic.territory.place_search import names_a_street
from cdv_civic.territory.queries.directory import (
    MOST_SUGGESTIONS,
    CommuneName,
    Found,
    QuartierName,
    directory,
)
from cdv_civic.territory.queries.quartiers import quartier_named
from cdv_civic.voices.addressees import open_until, url_of_quartier


@dataclass(frozen=True, slots=True)
class QuartierRow:
    """A quartier as the search field and the lists show it."""

    url: str
    name: str
    communes: list[str]
    alias: str | None
    contract: str
    kind: str


def _row(
    quartier: QuartierName, alias: str | None = None, *, beside: CommuneName | None = None
) -> QuartierRow:
    """`beside`: the commune under which it is listed, and which needs no saying again."""
    return QuartierRow(
        url_for("pages.quartier", slug=quartier.slug),
        quartier.name,
        [commune.name for commune in quartier.communes if commune != beside],
        alias,
        quartier.contract_title,
        quartier.kind,
    )


def _rows(found: tuple[Found, ...]) -> list[QuartierRow]:
    return [_row(one.quartier, one.alias) for one in found]


@policy("public")
def root() -> Response:
    """To the first page in the language that the browser asks for."""
    response = redirect(url_for("pages.home", lang=preferred_language()))
    response.headers["Vary"] = "Accept-Language"
    response.headers["Cache-Control"] = "no-cache"
    return response  # type: ignore[return-value]


@policy("public")
def home() -> str:
    """The first page."""
    page = home_page(g.language.tag)
    contracts = (line.facts.slug for line in (*page.contracts, *page.older))
    shows_only(DIRECTORY, *contract_tags(contracts))
    return render_template("pages/home.html", page=page)


@policy("public", reads=("q", "commune", "fragment"))
def quartiers() -> str | Response:
    """Find one's quartier: by name, in the list of a commune, or by commune when one does not know."""
    typed = typed_search(request.args)
    places = directory()
    shows_only()  # but what the directory says of itself
    if request.args.get("fragment"):
        now, older = places.look_for(typed)
        rows = _rows((now or older)[:MOST_SUGGESTIONS])
        return make_response(
            render_template(
                "pages/quartiers_fragment.html",
                rows=rows,
                q=typed,
                street=names_a_street(typed),
                towns=() if rows else places.towns_in(typed),
            )
        )
    if typed:
        now, older = places.look_for(typed)
        return render_template(
            "pages/quartiers.html",
            q=typed,
            street=names_a_street(typed),
            towns=() if now or older else places.towns_in(typed),
            found=_rows(now),
            older=_rows(older),
            communes=places.communes,
        )
    slug = request.args.get("commune", "")
    if slug:
        commune = places.commune(slug)
        if commune is None:
            abort(404)
        return render_template(
            "pages/commune.html",
            commune=commune,
            rows=[_row(one, beside=commune) for one in places.in_commune(slug)],
            older=[_row(one, beside=commune) for one in places.in_commune(slug, older=True)],
        )
    listed = [
        (group.commune, [_row(one, beside=group.commune) for one in group.quartiers])
        for group in places.by_commune()
    ]
    return render_template(
        "pages/quartiers.html",
        q="",
        listed=listed,
        elsewhere=[_row(one) for one in places.without_commune()],
        communes=places.communes,
    )


@policy("public", reads=("quartier",))
def current() -> str:
    """« En ce moment »: all that people can do now or soon, on the site or (`?quartier=`) in a quartier.

    3 statements.
    """
    slug = request.args.get("quartier", "")
    here = quartier_named(slug) if slug else None
    if slug and here is None:
        abort(404)
    if here is not None:
        shows_only(contract_tag(here.contract))
    found = current_activities(g.language.tag, quartiers=[here.id] if here is not None else [])
    return render_template("pages/current.html", current=found, quartier=here)


@policy("public")
def quartier(slug: str) -> str:
    """What is promised in a quartier, what moves, what comes, who lives and acts there."""
    page = quartier_page(slug, g.language.tag)
    if page is None:
        abort(404)
    shows_only(contract_tag(page.facts.contract))
    return render_template(
        "pages/quartier.html",
        page=page,
        promised=promised(page.tally, quartier=slug),
        say_url=url_of_quartier(page.listening, slug),
        say_until=open_until(page.listening),
    )


@policy("public", reads=("apres", "avant"))
def quartier_news(slug: str) -> str:
    """All the news of a quartier, the newest first."""
    here = quartier_named(slug)
    if here is None:
        abort(404)
    shows_only(contract_tag(here.contract))
    place = read_cursor(request.args.get("apres"), request.args.get("avant"), parts=KEY_PARTS)
    found = news_page(here.id, g.language.tag, place)

    def url(name: str, key: Key | None) -> str | None:
        return url_for("pages.quartier_news", slug=slug, **{name: write_key(key)}) if key else None  # type: ignore[arg-type]

    return render_template(
        "pages/quartier_news.html",
        quartier=here,
        news=found.rows,
        first=place is None,
        previous_url=url("avant", found.previous_key),
        next_url=url("apres", found.next_key),
    )


@policy("public")
def quartier_dates(slug: str) -> str:
    """The days ahead of a quartier: who meets, and what the contract promises for a day."""
    here = quartier_named(slug)
    if here is None:
        abort(404)
    shows_only(contract_tag(here.contract))
    return render_template(
        "pages/quartier_dates.html", quartier=here, dates=dates_ahead(here.id, g.language.tag)
    )


def add_routes(blueprint: Blueprint) -> None:
    """Give these pages their addresses."""
    blueprint.add_url_rule("/", view_func=root)
    blueprint.add_url_rule("/<lang>/", view_func=home)
    blueprint.add_url_rule("/<lang>/en-ce-moment", view_func=current)
    blueprint.add_url_rule("/<lang>/quartiers", view_func=quartiers)
    blueprint.add_url_rule("/<lang>/quartiers/<slug>", view_func=quartier)
    blueprint.add_url_rule("/<lang>/quartiers/<slug>/nouvelles", view_func=quartier_news)
    blueprint.add_url_rule("/<lang>/quartiers/<slug>/dates", view_func=quartier_dates)
