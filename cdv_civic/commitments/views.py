"""Public pages of commitments: the list, one commitment, and the files that show its progress."""

from collections.abc import Callable
from dataclasses import fields, replace
from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, g, render_template, request, url_for
from markupsafe import Markup

from cdv_civic.commitments.addressees import AskedAbout, where_to_ask
from cdv_civic.commitments.also_found import Sought, also_found
from cdv_civic.commitments.presentation import evidence_url, shown_changes, shown_indicator
from cdv_civic.commitments.queries.files import shown_file
from cdv_civic.commitments.queries.filters import (
    PASSED,
    SOON,
    YEAR,
    AskedFilters,
    Question,
    tags_of,
    understand,
)
from cdv_civic.commitments.queries.listing import KEY_PARTS, MOST_PRINTED, PER_PAGE, listing
from cdv_civic.commitments.queries.page.whole import CommitmentPage, commitment_page
from cdv_civic.commitments.queries.spelling import nearest_words
from cdv_civic.core import clock
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.paging import read_cursor, write_key
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.settings import current_settings
from cdv_civic.core.uploads.serving import answer_with
from cdv_civic.core.web import navigation
from cdv_civic.core.web.page_cache import kept
from cdv_civic.core.web.validity import shows_only
from cdv_civic.glossary import queries as glossary
from cdv_civic.participation.cache_tags import links_tag
from cdv_civic.participation.linked import shown_links
from cdv_civic.participation.rules.links import Thing, ThingKind
from cdv_civic.territory.cache_tags import contract_tag
from cdv_civic.territory.vocabulary import NATURES, STATES, THEMES

blueprint = Blueprint("commitments", __name__)

#: What is said of a filter whose value nobody knows; the list is shown without it.
UNKNOWN = {
    "contrat": _l("Nous ne connaissons pas ce contrat : voici la liste sans ce filtre."),
    "quartier": _l("Nous ne connaissons pas ce quartier : voici la liste sans ce filtre."),
    "commune": _l("Nous ne connaissons pas cette ville : voici la liste sans ce filtre."),
    "porteur": _l("Nous ne connaissons pas cet organisme : voici la liste sans ce filtre."),
    "axe": _l("Nous ne connaissons pas cette partie du contrat : voici la liste sans ce filtre."),
    "theme": _l("Nous ne connaissons pas ce thème : voici la liste sans ce filtre."),
    "etat": _l("Nous ne connaissons pas cette étape : voici la liste sans ce filtre."),
    "nature": _l("Nous ne savons pas trier par cette sorte d’action : voici la liste sans ce filtre."),
    "echeance": _l("Nous ne comprenons pas cette date : voici la liste sans ce filtre."),
    "q": _l("Nous n’avons pas trouvé de mot à chercher : voici toute la liste."),
}


@blueprint.get("/<lang>/engagements")
@policy("public", reads=(*(each.name for each in fields(AskedFilters)), "tout", "apres", "avant"))
def index() -> str:
    """The list of commitments, filtered and searched."""
    today = clock.today()
    asked = AskedFilters.of(request.args)
    question = understand(asked, today=today, soon_days=current_settings().deadline_soon_days)
    whole = request.args.get("tout") == "1"
    place = read_cursor(request.args.get("apres"), request.args.get("avant"), parts=KEY_PARTS)
    list_of = partial(
        listing,
        contract_order=[contract.id for contract in question.contracts],
        language=g.language.tag,
        today=today,
        place=None if whole else place,
        size=MOST_PRINTED if whole else PER_PAGE,
    )
    page = list_of(question.filters)
    near = nearest_words(question.filters.q) if question.filters.q and not page.total else None
    if near is not None:
        page = list_of(replace(question.filters, q=near))
    known = asked.without(*question.unknown)
    shows_only(*tags_of(question))
    words, *places = (known.get(name, "") for name in ("q", "contrat", "commune", "quartier"))
    sought = Sought(words, g.language.tag, *places)
    return render_template(
        "commitments/print.html" if whole else "commitments/index.html",
        page=page,
        asked=asked,
        question=question,
        place=place,
        elsewhere=also_found(sought) if sought.typed and place is None and not whole else [],
        mistyped=near is not None and page.total > 0,
        most_printed=MOST_PRINTED,
        quartier_name=dict(question.active).get("quartier"),
        above=_above(asked, question),
        chips=_chips(asked, question),
        options=_selects(asked, question),
        kept_by_search=[(name, value) for name, value in known.items() if name != "q"],
        unknown_sentences=[UNKNOWN[name] for name in question.unknown],
        all_url=url_for("commitments.index"),
        everywhere_url=_url(asked.without("quartier", *question.unknown)),
        list_url=_url(known),
        previous_url=_page_url(known, avant=page.previous_key),
        next_url=_page_url(known, apres=page.next_key),
        print_url=_url(known, tout=1),
    )


@blueprint.get("/<lang>/contrats/<contract>/engagements/<code>")
@policy("public")
def show(contract: str, code: str) -> str:
    """The page of one commitment."""
    language = g.language.tag
    # PostgreSQL keeps no NUL in a text: nothing can be named so.
    known = "\0" not in contract + code
    page = commitment_page(contract, code, language=language, today=clock.today()) if known else None
    if page is None:
        abort(404)
    thing = Thing(ThingKind.COMMITMENT, page.id)
    shows_only(contract_tag(contract), links_tag(thing))
    return render_template(
        "commitments/show.html",
        page=page,
        measures=[shown_indicator(line, language) for line in page.indicators],
        changes=[(version, shown_changes(version.changes)) for version in page.versions],
        terms=glossary.marker(language),
        preview_photo=_preview_photo(page),
        links=shown_links(thing, language) if page.linked else [],
        ask_url=where_to_ask(AskedAbout(page.id, contract, page.code)),
    )


def _preview_photo(page: CommitmentPage) -> str | None:
    """The newest photo of the story: what a message that shares the page shows."""
    for entry in page.story:
        for item in entry.evidence:
            if item.kind == "photo" and not entry.withdrawn:
                return evidence_url(item)
    return None


@blueprint.get("/fichiers/<int:id>/<size>")
@policy("public")
def evidence_file(id: int, size: str) -> Response:  # noqa: A002  (the name in addresses)
    """A photo or a document that shows a progress; gone once that progress is withdrawn."""
    row = shown_file(id)
    if row is None:
        abort(404)
    return answer_with(row, size, f"document-{id}.pdf")


def _url(arguments: dict[str, str], **more: Any) -> str:
    values: dict[str, Any] = {**arguments, **more}
    return url_for("commitments.index", **values)


def _above(asked: AskedFilters, question: Question) -> list[tuple[str, str]]:
    """What the list is a part of, as steps of a breadcrumb: the quartier, else the town, else the contract."""
    places: dict[str, Callable[[], str]] = {
        "quartier": lambda: navigation.url("quartier", slug=asked.quartier),
        "commune": lambda: navigation.url("quartiers", commune=asked.commune),
        "contrat": lambda: navigation.url("contract", contract=asked.contrat),
    }
    labels = dict(question.active)
    return next(([(labels[name], address())] for name, address in places.items() if name in labels), [])


def _page_url(known: dict[str, str], **keys: tuple[int, ...] | None) -> str | None:
    (name, key), *_rest = keys.items()
    return None if key is None else _url(known, **{name: write_key(key)})


def _deadline_label(value: str) -> str:
    if value == PASSED:
        return _("La date prévue est passée")
    if value == SOON:
        return _("Date prévue dans les %(num)s jours", num=current_settings().deadline_soon_days)
    return _("Date prévue en %(year)s", year=value.removeprefix(YEAR))


def _chips(asked: AskedFilters, question: Question) -> list[tuple[str, str]]:
    """The filters that are on, in words, each with the address of the list without it."""
    words: dict[str, Any] = {
        "theme": lambda: THEMES[asked.theme].label,
        "etat": lambda: STATES[asked.etat].label,
        "nature": lambda: NATURES[asked.nature].label,
        "echeance": lambda: _deadline_label(asked.echeance),
        "q": lambda: _("«\u00a0%(words)s\u00a0»", words=asked.q),
    }
    return [
        (
            label if name not in words else words[name](),
            _url(asked.without(name, *question.unknown)),
        )
        for name, label in question.active
    ]


def _selects(asked: AskedFilters, question: Question) -> dict[str, Markup]:
    """The options of each select of the form, drawn; what was asked for is chosen."""

    def make() -> dict[str, Markup]:
        shows_only(*tags_of(question))
        return _options(question)

    drawn = make() if question.rare else kept(("selects of the list", g.language.tag, question.scope), make)
    chosen = {}
    for name, options in drawn.items():
        value = Markup('value="{}">').format(getattr(asked, name))
        chosen[name] = Markup(options.replace(value, value[:-1] + Markup(" selected>"), 1))  # noqa: S704
    return chosen


def _options(question: Question) -> dict[str, Markup]:
    deadlines = [PASSED, SOON, *(f"{YEAR}{year}" for year in question.years)]
    choices: dict[str, list[tuple[str, Any]]] = {
        "contrat": [(each.value, each.label) for each in question.contracts],
        "commune": [(each.value, each.label) for each in question.communes],
        "quartier": [(each.value, each.label) for each in question.quartiers],
        "porteur": [(each.value, each.label) for each in question.organisations],
        "theme": [(code, word.label) for code, word in THEMES.items()],
        "etat": [(code, word.label) for code, word in STATES.items()],
        "nature": [(code, word.label) for code, word in NATURES.items()],
        "echeance": [(value, _deadline_label(value)) for value in deadlines],
    }
    option = Markup('<option value="{}">{}</option>')
    return {
        name: Markup("").join(option.format(value, str(label)) for value, label in pairs)
        for name, pairs in choices.items()
    }
