"""Reading what people wrote, and saying for which options it stands."""

from typing import Any

from flask import abort, redirect, render_template, request, url_for

from cdv_civic.consultations.queries.definition import ShownOption, ShownQuestion, definition_of
from cdv_civic.consultations.results.desk.blueprint import AtDesk, at_desk, blueprint
from cdv_civic.consultations.results.forms import option_form
from cdv_civic.consultations.results.operations import coding
from cdv_civic.consultations.results.queries.words import texts_of_question
from cdv_civic.consultations.rules.questions import IN_WORDS, Speaker
from cdv_civic.consultations.verbatims import operations as verbatims
from cdv_civic.consultations.verbatims.queries import states_of
from cdv_civic.consultations.verbatims.rules import why_not_choose
from cdv_civic.consultations.verbatims.wording import AT_DESK, WHY_NOT
from cdv_civic.core import clock
from cdv_civic.core.forms.base import ButtonForm
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import press, submit
from cdv_civic.core.forms.texts import texts_of
from cdv_civic.core.i18n.catalogue import ngettext
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.paging import read_cursor, write_key
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor, number_in, numbers_in
from cdv_civic.core.web.search import typed_search
from cdv_civic.participation.wording import CHANNEL_WORDS


def _question(slug: str, question_id: int) -> tuple[AtDesk, ShownQuestion, list[ShownOption]]:
    """The question of a page, and the options that its texts can stand for: those of its step."""
    found = at_desk(slug, "consultation.words")
    definition = definition_of(found.head.id, current_language().tag)
    asked = next(
        (
            (step, question)
            for step in definition.steps
            for question in step.questions
            if question.id == question_id and question.kind in IN_WORDS
        ),
        None,
    )
    if asked is None:
        abort(404)
    options = [option for each in asked[0].questions for option in each.options]
    return found, asked[1], sorted(options, key=lambda option: option.came_up_in is None)


@blueprint.get("/textes/<int:question_id>")
@policy("consultation.words")
def texts(slug: str, question_id: int) -> str:
    """What people wrote to a question, 50 at a time; `?q=` and `?reste=1` narrow it."""
    found, question, options = _question(slug, question_id)
    q, uncoded = typed_search(request.args), request.args.get("reste") == "1"
    cursor = read_cursor(request.args.get("apres"), request.args.get("avant"), parts=1)
    page = texts_of_question(found.head.id, question.id, q=q, uncoded=uncoded, cursor=cursor)
    kept: dict[str, Any] = {"q": q or None, "reste": "1" if uncoded else None}
    why_not = why_not_choose(found.head.calendar, clock.now(), said_before=question.may_publish)

    def address(**where: Any) -> str:
        return url_for(
            "consultation_results_desk.texts", slug=slug, question_id=question_id, **{**kept, **where}
        )

    return render_template(
        "consultations/results/texts.html",
        head=found.head,
        question=question,
        options=options,
        names={option.id: option.words for option in options},
        rows=page.rows,
        channels={code: word.label for code, word in CHANNEL_WORDS.items()},
        groups=(Speaker.GROUP.value, Speaker.TABLE.value),
        publication=states_of([row.id for row in page.rows]) if question.may_publish else {},
        states=AT_DESK,
        why_not=WHY_NOT.get(why_not) if why_not is not None else None,
        q=q,
        uncoded=uncoded,
        here=address(q=None, reste=None),
        other_side=address(reste=None if uncoded else "1"),
        previous_url=address(avant=write_key(page.previous_key)) if page.previous_key else None,
        next_url=address(apres=write_key(page.next_key)) if page.next_key else None,
        button=ButtonForm(),
    )


@blueprint.post("/textes/<int:question_id>/classer")
@policy("consultation.words")
def code(slug: str, question_id: int) -> Answer:
    """Say that the chosen texts stand for an option, or that they do not."""
    found = _question(slug, question_id)[0]
    off = request.form.get("acte") == "retirer"
    chosen = numbers_in(request.form.getlist("texte"))
    option_id = number_in(request.form.get("option")) or 0
    press(
        lambda: (coding.code_texts(actor(), found.head.id, chosen, option_id, off=off),),
        lambda done: (
            ngettext("%(num)s texte classé.", "%(num)s textes classés.", done[0])
            if not off
            else ngettext(
                "%(num)s texte n’est plus classé là.", "%(num)s textes ne sont plus classés là.", done[0]
            )
        ),
    )
    return _back_to_texts(slug, question_id)


def _back_to_texts(slug: str, question_id: int) -> Answer:
    """The page of texts, narrowed as it was."""
    where: dict[str, Any] = {
        "q": typed_search(request.form) or None,
        "reste": request.form.get("reste") or None,
    }
    return redirect(
        url_for("consultation_results_desk.texts", slug=slug, question_id=question_id, **where), 303
    )


@blueprint.post("/textes/<int:question_id>/publier")
@policy("consultation.words")
def choose(slug: str, question_id: int) -> Answer:
    """Have the chosen texts read by a moderator, to be published; or (`acte=retirer`) publish them no more."""
    found = _question(slug, question_id)[0]
    chosen = numbers_in(request.form.getlist("texte"))
    if request.form.get("acte") == "retirer":
        press(
            lambda: (verbatims.give_up(actor(), found.head.id, chosen),),
            lambda done: ngettext(
                "%(num)s texte n’est plus proposé.", "%(num)s textes ne sont plus proposés.", done[0]
            ),
        )
    else:
        press(
            lambda: (verbatims.choose(actor(), found.head.id, chosen),),
            lambda done: ngettext(
                "%(num)s texte attend une personne qui modère. Elle le lit avant tout le monde.",
                "%(num)s textes attendent une personne qui modère. Elle les lit avant tout le monde.",
                done[0],
            ),
        )
    return _back_to_texts(slug, question_id)


@blueprint.route("/textes/<int:question_id>/nouveau", methods=["GET", "POST"])
@policy("consultation.words")
@keeps_form
def new_option(slug: str, question_id: int) -> Answer:
    """Make an option of what came up."""
    found, question, _options = _question(slug, question_id)
    form = option_form()
    status = submit(
        form, lambda: coding.add_option(actor(), found.head.id, question.id, texts_of(form, "text"))
    )
    back = url_for("consultation_results_desk.texts", slug=slug, question_id=question_id)
    if status is None:
        return redirect(back, 303)
    page = render_template(
        "consultations/results/new_option.html", head=found.head, question=question, form=form, back=back
    )
    return page, status
