"""Public pages: the list of consultations, and one of them."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, g, render_template, request, url_for

from cdv_civic.consultations.cache_tags import consultation_tag
from cdv_civic.consultations.engine.kinds import ways_into
from cdv_civic.consultations.public.queries.cards import (
    KEY_PARTS,
    Group,
    GroupOfCards,
    Where,
    first_of_each,
    next_opening_or_closing,
    of_group,
)
from cdv_civic.consultations.public.queries.page import ConsultationPage, consultation_page
from cdv_civic.consultations.public.queries.search import found_by
from cdv_civic.consultations.public.wording import shown_language
from cdv_civic.consultations.queries.changes import corrections_of, prolongations_of
from cdv_civic.consultations.rules.calendar import ConsultationStage
from cdv_civic.consultations.wording import text_label
from cdv_civic.core import clock
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import site_languages
from cdv_civic.core.paging import Key, read_cursor, write_key
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.stemming import search_words
from cdv_civic.core.web.search import typed_search
from cdv_civic.core.web.validity import ANY, also_shows, shows_only, valid_until
from cdv_civic.participation.cache_tags import links_tag
from cdv_civic.participation.linked import shown_links
from cdv_civic.participation.rules.links import Thing, ThingKind
from cdv_civic.territory.activities.rules import Span
from cdv_civic.territory.cache_tags import DIRECTORY, contract_tag, contract_tags
from cdv_civic.territory.queries import contracts as contract_queries
from cdv_civic.territory.queries.directory import directory

blueprint = Blueprint("consultations", __name__, url_prefix="/<lang>")


def _where() -> tuple[Where, str, list[tuple[str, str]]]:
    """The places that the address names, the words that it looks for, and the filters that are on: names, and the
    address without each.
    """
    contracts = {each.slug: each.short_title for each in contract_queries.contracts(g.language.tag)}
    places = directory()
    commune = places.commune(request.args.get("commune", ""))
    quartier = places.quartier(request.args.get("quartier", ""))
    contract = request.args.get("contrat", "")
    typed = typed_search(request.args).replace("\0", "")
    typed = typed if search_words(typed) else ""
    asked = {
        "q": typed,
        "contrat": contract if contract in contracts else "",
        "commune": commune.slug if commune else "",
        "quartier": quartier.slug if quartier else "",
    }
    names = {
        "q": _("«\u00a0%(words)s\u00a0»", words=typed),
        "contrat": contracts.get(contract, ""),
        "commune": commune.name if commune else "",
        "quartier": quartier.name if quartier else "",
    }
    active = [
        (names[each], url_for("consultations.index", **{**_given(asked), each: None}))
        for each, value in asked.items()
        if value
    ]
    shows_only(DIRECTORY, *contract_tags([contract] if asked["contrat"] else contracts))
    found = Where(asked["contrat"], asked["commune"], asked["quartier"])
    if typed:
        # Any of them may hold the words one day.
        also_shows(ANY)
        found = replace(found, among=tuple(found_by(typed, g.language.tag, found)))
    return found, typed, active


def _given(asked: dict[str, str]) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if value}


@blueprint.get("/consultations")
@policy("public", reads=("q", "etat", "contrat", "commune", "quartier", "apres", "avant"))
def index() -> str:
    """What is asked now and soon, whose answer is awaited, and what was answered; `?etat=` shows all of one group,
    `?q=` those that hold some words.

    At most 5 statements beside those of the directory, and 1 more for words.
    """
    where, typed, active = _where()
    language, now = g.language.tag, clock.now()
    chosen = next((each for each in Group if each.value == request.args.get("etat")), None)
    cursor = read_cursor(request.args.get("apres"), request.args.get("avant"), parts=KEY_PARTS)
    kept: dict[str, Any] = {
        "q": typed or None,
        "contrat": where.contract or None,
        "commune": where.commune or None,
        "quartier": where.quartier or None,
    }
    previous_key: Key | None = None
    next_key: Key | None = None
    if chosen is None:
        groups = first_of_each(where, language, now)
    else:
        page = of_group(chosen, where, language, now, cursor)
        previous_key, next_key = page.previous_key, page.next_key
        groups = [GroupOfCards(chosen, page.rows, len(page.rows))] if page.rows else []
    change = next_opening_or_closing(now)
    if change is not None:
        valid_until(change)
    shows_only(*(consultation_tag(card.id) for group in groups for card in group.cards))

    def url(**more: Any) -> str:
        return url_for("consultations.index", **{**kept, **more})

    return render_template(
        "consultations/public/index.html",
        groups=groups,
        chosen=chosen,
        where=where,
        typed=typed,
        kept_by_search=[(name, value) for name, value in kept.items() if value and name != "q"],
        searched=bool(typed) or any(group.more for group in groups),
        active=active,
        communes=directory().communes,
        commune_options=[(each.slug, each.name) for each in directory().communes],
        here=directory().quartier(where.quartier),
        group_url=lambda group: url(etat=group.value),
        all_url=url_for("consultations.index"),
        back_url=url(),
        first=cursor is None,
        previous_url=url(etat=chosen.value, avant=write_key(previous_key))
        if chosen and previous_key
        else None,
        next_url=url(etat=chosen.value, apres=write_key(next_key)) if chosen and next_key else None,
    )


@blueprint.get("/consultations/<slug>")
@policy("public")
def show(slug: str) -> str:
    """One consultation, as long as nothing of it changes by itself: one that closes is never shown open after."""
    # Before it is read whether it is open: what closes in between is never kept as open.
    now = clock.now()
    page = consultation_page(slug, g.language.tag)
    if page is None:
        abort(404)
    thing = Thing(ThingKind.CONSULTATION, page.id)
    shows_only(contract_tag(page.contract), consultation_tag(page.id), links_tag(thing))
    change = page.calendar.next_change(now)
    if change is not None:
        valid_until(change)
    if page.stage is ConsultationStage.WITHDRAWN:
        return render_template("consultations/public/withdrawn.html", page=page)
    return render_template(
        "consultations/public/show.html",
        page=page,
        now=now,
        today=clock.today(),
        span=Span(page.calendar.opens_at, page.calendar.closes_at),
        answer_url=url_for("consultation_answer.answer", slug=slug)
        if page.stage is ConsultationStage.OPEN and page.questions
        else None,
        ways_in=ways_into(page.id, page.slug, page.kinds_apart),
        results_url=url_for("consultation_results.show", slug=slug) if page.calendar.frozen_at else None,
        reply_url=url_for("restitution.show", slug=slug) if page.calendar.answered_at else None,
        missing=_missing(page),
        prolongations=prolongations_of(page.id, g.language.tag),
        corrections=[
            (each, text_label(each.owner_kind, each.field), shown_language(each, g.language.tag))
            for each in corrections_of(page.id, g.language.tag)
        ],
        links=shown_links(thing, g.language.tag),
    )


def _missing(page: ConsultationPage) -> list[str]:
    """Tags of the languages of the site in which it is not asked."""
    return [each.tag for each in site_languages() if each.tag not in page.languages]
