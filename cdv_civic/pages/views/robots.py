"""What machines ask for: robots.txt, security.txt, the sitemap, the web manifest, the favicon."""

from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from flask import (
    Blueprint,
    Response,
    abort,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)

from cdv_civic.bodies.queries.public_pages import public_pages
from cdv_civic.consultations.public.queries.places import answered_slugs, public_slugs
from cdv_civic.core import clock
from cdv_civic.core.i18n.languages import site_languages
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web.assets import asset, site_name
from cdv_civic.core.web.validity import shows_only
from cdv_civic.fund.public.queries.funds import public_names
from cdv_civic.pages.queries.sitemap import public_rows
from cdv_civic.territory.cache_tags import DIRECTORY, contract_tags

#: Addresses of one sitemap; the protocol allows 50,000.
MOST_ADDRESSES: Final = 45_000
#: How long a copy of security.txt is to be believed; each day's says it anew.
SECURITY_TXT_LASTS: Final = timedelta(days=180)
#: Not for search engines: the staff's pages, and lists that only repeat what other pages say.
CLOSED: Final = ("bureau", "connexion", "deconnexion", "composants")


def _base_url() -> str:
    return current_settings().base_url or request.url_root.rstrip("/")


@policy("public")
def robots() -> Response:
    """What search engines may read."""
    shows_only()
    tags = [language.tag for language in site_languages()]
    lines = ["User-agent: *"]
    lines += [f"Disallow: /{tag}/{part}" for tag in tags for part in CLOSED]
    lines += ["Disallow: /*?fragment=", "Disallow: /*&fragment=", ""]
    lines += [f"Sitemap: {_base_url()}{url_for('pages.sitemap')}", ""]
    return Response("\n".join(lines), mimetype="text/plain")


@policy("public")
def security_txt() -> Response:
    """Whom to tell of a weakness (RFC 9116); nothing where SECURITY_CONTACT names nobody."""
    contact = current_settings().security_contact
    if not contact:
        abort(404)
    shows_only()
    end = datetime.combine(clock.today() + SECURITY_TXT_LASTS, time(), UTC)
    lines = [
        f"Contact: {contact}",
        f"Expires: {end:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: fr, en",
        f"Canonical: {_base_url()}{url_for('pages.security_txt')}",
        "",
    ]
    return Response("\n".join(lines), mimetype="text/plain")


def _addresses_of_bodies() -> list[tuple[str, dict[str, Any]]]:
    found = public_pages()
    addresses: list[tuple[str, dict[str, Any]]] = []
    for contract, bodies in groupby(found.bodies, key=itemgetter(0)):
        addresses.append(("bodies.index", {"contract": contract}))
        addresses += [("pages.body", {"contract": contract, "slug": slug}) for _contract, slug in bodies]
    addresses += [
        ("bodies.meeting", {"contract": contract, "slug": slug, "meeting_id": number})
        for contract, slug, number in found.meetings
    ]
    addresses += [
        ("bodies.publication", {"contract": contract, "slug": slug, "publication_id": number})
        for contract, slug, number in found.publications
    ]
    return addresses


def _addresses_of_funds() -> list[tuple[str, dict[str, Any]]]:
    addresses: list[tuple[str, dict[str, Any]]] = [("funds.index", {})]
    for slug, rounds in public_names().items():
        addresses.append(("funds.show", {"slug": slug}))
        addresses += [("funds.round", {"slug": slug, "round_slug": each}) for each in rounds]
    return addresses


def public_addresses() -> list[tuple[str, dict[str, Any]]]:
    """All public pages of the site, without the language: endpoint and arguments; 10 statements."""
    rows = public_rows()
    addresses: list[tuple[str, dict[str, Any]]] = [
        (f"pages.{name}", {})
        for name in (
            "home",
            "current",
            "quartiers",
            "contracts",
            "glossary",
            "legal",
            "privacy",
            "accessibility",
        )
    ]
    addresses.append(("voices.choose", {}))
    addresses.append(("language_help.page", {}))
    addresses.append(("commitments.index", {}))
    addresses.append(("consultations.index", {}))
    addresses += [("consultations.show", {"slug": slug}) for slug in public_slugs()]
    addresses += [("restitution.show", {"slug": slug}) for slug in answered_slugs()]
    addresses += [("pages.quartier", {"slug": slug}) for slug in rows.quartiers]
    for slug in rows.contracts:
        addresses.append(("pages.contract", {"contract": slug}))
        addresses.append(("pages.organisations", {"contract": slug}))
    addresses += [
        ("pages.organisation", {"contract": contract, "slug": slug}) for contract, slug in rows.organisations
    ]
    addresses += _addresses_of_bodies()
    addresses += _addresses_of_funds()
    addresses += [
        ("commitments.show", {"contract": contract, "code": code}) for contract, code in rows.commitments
    ]
    return addresses


@policy("public", reads=("partie",))
def sitemap() -> Response:
    """All public pages in all languages; an index of parts where they are too many for one file."""
    tags = [language.tag for language in site_languages()]
    addresses = public_addresses()
    contracts = (arguments["contract"] for endpoint, arguments in addresses if endpoint == "pages.contract")
    shows_only(DIRECTORY, *contract_tags(contracts))
    size = max(1, MOST_ADDRESSES // len(tags))
    parts = -(-len(addresses) // size)
    asked = request.args.get("partie", "")
    if asked:
        if not asked.isdecimal() or not 1 <= int(asked) <= parts:
            abort(404)
        addresses = addresses[(int(asked) - 1) * size : int(asked) * size]
    elif parts > 1:
        page = render_template(
            "pages/sitemap_index.xml",
            parts=[_base_url() + url_for("pages.sitemap", partie=part) for part in range(1, parts + 1)],
        )
        return Response(page, mimetype="application/xml")
    base = _base_url()
    pages = []
    for endpoint, arguments in addresses:
        # Addresses differ by their language only: making each one anew would take three times as long.
        path = url_for(endpoint, **{**arguments, "lang": tags[0]}).removeprefix(f"/{tags[0]}/")
        pages.append([(tag, f"{base}/{tag}/{path}") for tag in tags])
    return Response(render_template("pages/sitemap.xml", pages=pages), mimetype="application/xml")


@policy("public")
def manifest() -> Response:
    """The site as an application on a phone's first screen."""
    shows_only()
    name = site_name(current_settings())
    answer = jsonify(
        id="/",
        name=name,
        short_name=name.split(",")[0],
        start_url="/",
        scope="/",
        display="minimal-ui",
        background_color="#fbf7f0",
        theme_color="#0b5563",
        icons=[
            {"src": asset(f"icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
            for size in (192, 512)
        ],
    )
    answer.mimetype = "application/manifest+json"
    return answer


@policy("public")
def favicon() -> Response:
    """For browsers that ask without reading the page: the site's icon as a picture."""
    response = make_response(redirect(asset("icon-192.png")))
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def add_routes(blueprint: Blueprint) -> None:
    """Give them their addresses."""
    blueprint.add_url_rule("/robots.txt", view_func=robots)
    blueprint.add_url_rule("/.well-known/security.txt", view_func=security_txt)
    blueprint.add_url_rule("/sitemap.xml", view_func=sitemap)
    blueprint.add_url_rule("/manifest.webmanifest", view_func=manifest)
    blueprint.add_url_rule("/favicon.ico", view_func=favicon)
