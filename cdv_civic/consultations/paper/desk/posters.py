"""Posters, handouts, and the sentence of a luminous panel."""

from collections.abc import Sequence

from flask import render_template, request, url_for

from cdv_civic.consultations.paper import posters, printed
from cdv_civic.consultations.paper.desk.blueprint import blueprint, consultation_at_desk, languages_of
from cdv_civic.consultations.paper.posters import MOST_LANGUAGES, Poster, panel_texts, poster_of
from cdv_civic.consultations.paper.queries.asked import PaperConsultation
from cdv_civic.consultations.paper.rules.luminous import MOST
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer


def _chosen(consultation: PaperConsultation) -> Sequence[str]:
    """The languages that the address names (`?langue=`), else the first ones of the consultation."""
    tags = [each.tag for each in languages_of(consultation)]
    asked = [tag for tag in tags if tag in request.args.getlist("langue")]
    return (asked or tags)[:MOST_LANGUAGES]


@blueprint.get("/affiches")
@policy("consultation.enter")
def show_posters(slug: str) -> str:
    """What can be put on walls, handed out and shown, in which languages."""
    consultation = consultation_at_desk(slug)
    languages = languages_of(consultation)
    return render_template(
        "consultations/paper/posters.html",
        consultation=consultation,
        languages_asked=languages,
        chosen=_chosen(consultation),
        panels=panel_texts(slug, [each.tag for each in languages]),
        most=MOST,
        most_languages=MOST_LANGUAGES,
    )


def _poster(slug: str) -> tuple[Poster, Sequence[str]]:
    tags = _chosen(consultation_at_desk(slug))
    return poster_of(slug, tags), tags


def _page(slug: str, template: str, pdf: str) -> str:
    poster, tags = _poster(slug)
    return posters.page_of(
        template,
        poster,
        back=url_for("consultation_paper.show_posters", slug=slug, langue=tags),
        pdf=url_for(pdf, slug=slug, langue=tags),
    )


@blueprint.get("/affiche")
@policy("consultation.enter")
def poster(slug: str) -> str:
    """The poster as a page to print."""
    return _page(slug, "poster", "consultation_paper.poster_pdf")


@blueprint.get("/affiche.pdf")
@policy("consultation.enter")
def poster_pdf(slug: str) -> Answer:
    """The poster as a PDF."""
    made, _tags = _poster(slug)
    return printed.pdf_answer(posters.page_of("poster", made, for_pdf=True), f"affiche-{slug}")


@blueprint.get("/affichettes")
@policy("consultation.enter")
def handouts(slug: str) -> str:
    """Four handouts as a page to print."""
    return _page(slug, "handouts", "consultation_paper.handouts_pdf")


@blueprint.get("/affichettes.pdf")
@policy("consultation.enter")
def handouts_pdf(slug: str) -> Answer:
    """Four handouts as a PDF."""
    made, _tags = _poster(slug)
    return printed.pdf_answer(posters.page_of("handouts", made, for_pdf=True), f"affichettes-{slug}")
