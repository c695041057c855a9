"""The desk: the ideas of a box, their groups, objections, answers."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.core.errors import Conflict
from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.forms.fields import listed
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import press, submit, submit_for
from cdv_civic.core.forms.texts import text_data, texts_of
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.languages import current_language, site_languages
from cdv_civic.core.paging import read_cursor, write_key
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor, number_in, numbers_in
from cdv_civic.core.web.search import typed_search
from cdv_civic.ideas.desk.blueprint import back_to, blueprint, box_at_desk, ids_in
from cdv_civic.ideas.desk.forms import (
    IdeaGroupForm,
    MergeGroupsForm,
    NewGroupForm,
    answer_form,
    group_form,
    objection_form,
    split_form,
)
from cdv_civic.ideas.operations import grouping
from cdv_civic.ideas.operations.answering import answer_idea
from cdv_civic.ideas.operations.objecting import ANSWERED, answer_objection
from cdv_civic.ideas.queries.counts import channels_of_box, waiting_ideas
from cdv_civic.ideas.queries.desk import (
    UNGROUPED,
    DeskFilters,
    desk_idea,
    desk_objection,
    desk_page,
    group_texts,
    open_objections,
    titles_in_group,
    titles_of,
)
from cdv_civic.ideas.queries.groups import IdeaGroupRow, groups_of_box
from cdv_civic.ideas.rules.grouping import MOST_AT_ONCE
from cdv_civic.participation.wording import THEME_WORDS

#: Where the group of a bulk act is a new one.
NEW: str = "nouveau"
#: In the place of another group: the idea that an objection is about does not move.
STAYS: str = "reste"


def _filters(groups: list[IdeaGroupRow]) -> DeskFilters:
    args = request.args
    asked = args.get("groupe", "")
    number = number_in(asked)
    known = {each.id for each in groups}
    return DeskFilters(
        typed_search(args),
        args.get("theme", "") if args.get("theme") in THEME_WORDS else "",
        UNGROUPED if asked == UNGROUPED else number if number in known else None,
    )


@blueprint.get("/<slug>")
@policy("idea.group", reads=("q", "theme", "groupe", "apres", "avant"))
def show(slug: str) -> str:
    """A box at the desk: its ideas, their groups, what waits, how they came; 8 statements."""
    box = box_at_desk(slug)
    language = current_language().tag
    groups = groups_of_box(box.id, language)
    filters = _filters(groups)
    cursor = read_cursor(request.args.get("apres"), request.args.get("avant"), parts=1)
    page = desk_page(box.id, filters, language, cursor)
    kept: dict[str, Any] = {
        "q": filters.q or None,
        "theme": filters.theme or None,
        "groupe": filters.group,
    }

    def address(**where: Any) -> str:
        return url_for("ideas_desk.show", slug=slug, **kept, **where)

    return render_template(
        "ideas/desk/show.html",
        box=box,
        ideas=page.rows,
        groups=groups,
        objections=open_objections(box.id, language),
        channels=channels_of_box(box.id),
        waiting=waiting_ideas(box.id),
        filters=filters,
        kept=[(name, value) for name, value in kept.items() if value is not None and name != "q"],
        themes=[(code, word.label) for code, word in THEME_WORDS.items()],
        ungrouped=UNGROUPED,
        new=NEW,
        previous_url=address(avant=write_key(page.previous_key)) if page.previous_key else None,
        next_url=address(apres=write_key(page.next_key)) if page.next_key else None,
    )


@blueprint.post("/<slug>/ranger")
@policy("idea.group")
def place(slug: str) -> AnyResponse:
    """Put the chosen ideas into a group, a new one, or none."""
    box = box_at_desk(slug)
    ids = numbers_in(request.form.getlist("idea"))
    where = request.form.get("group", "")
    group_id = number_in(where)
    here = url_for("ideas_desk.show", slug=slug)
    if not ids or not (group_id or where in (NEW, UNGROUPED)):
        flash(_("Choisissez des idées, et le groupe où elles vont."), "error")
        return redirect(here, 303)
    if where == NEW:
        chosen = "-".join(map(str, ids[:MOST_AT_ONCE]))
        return redirect(url_for("ideas_desk.new_group", slug=slug, idees=chosen), 303)
    if group_id is None:
        press(
            lambda: (grouping.take_out(actor(), box.id, ids),),
            lambda done: ngettext(
                "%(num)s idée n’est plus dans un groupe.",
                "%(num)s idées ne sont plus dans un groupe.",
                done[0],
            ),
        )
    else:
        into = group_id
        press(
            lambda: (grouping.place_ideas(actor(), box.id, into, ids),),
            lambda done: ngettext(
                "%(num)s idée est rangée. Le reçu de la personne le dit.",
                "%(num)s idées sont rangées. Les reçus des personnes le disent.",
                done[0],
            ),
        )
    return redirect(here, 303)


@blueprint.route("/<slug>/groupes/nouveau", methods=["GET", "POST"])
@policy("idea.group", reads=("idees",))
@keeps_form
def new_group(slug: str) -> Answer:
    """A new group, with the ideas that the address names (`?idees=1-2-3`)."""
    box = box_at_desk(slug)
    ids = ids_in(request.args.get("idees", ""))
    form = group_form(NewGroupForm, site_languages(), {})
    status, made = submit_for(
        form,
        lambda: grouping.make_group(
            actor(),
            box.id,
            texts_of(form, "title"),
            texts_of(form, "words"),
            ids,
            client_key=form.client_key.data or "",
        ),
    )
    if made is not None:
        return back_to(slug, _("Le groupe est fait. Les reçus des personnes le disent."))
    page = render_template(
        "ideas/desk/group.html",
        box=box,
        form=form,
        group=None,
        titles=titles_of(box.id, ids),
        languages_to=site_languages(),
    )
    return page, status


@blueprint.route("/<slug>/groupes/<int:group_id>", methods=["GET", "POST"])
@policy("idea.group")
@keeps_form
def group(slug: str, group_id: int) -> Answer:
    """What a group is called and says, and whether it is retained."""
    box = box_at_desk(slug)
    texts = group_texts(box.id, group_id)
    if texts is None:
        return _gone(
            group_form(IdeaGroupForm, site_languages(), {}),
            _(
                "Ce groupe n’est plus là\u00a0: une autre personne l’a réuni avec un autre. Vos mots sont encore ici."
            ),
            "ideas/desk/group.html",
            box=box,
            group=None,
            titles=(),
        )
    data = {
        "version": str(texts.version),
        **text_data("title", texts.title),
        **text_data("words", texts.words),
        "retained": texts.retained,
    }
    form = group_form(IdeaGroupForm, site_languages(), data)
    status = submit(
        form,
        lambda: grouping.describe_group(
            actor(),
            box.id,
            group_id,
            texts_of(form, "title"),
            texts_of(form, "words"),
            retained=form.retained.data,
            version=form.version.number,
        ),
    )
    if status is None:
        return back_to(slug, _("C’est enregistré."))
    page = render_template(
        "ideas/desk/group.html",
        box=box,
        form=form,
        group=group_id,
        titles=(),
        languages_to=site_languages(),
    )
    return page, status


@blueprint.route("/<slug>/groupes/<int:group_id>/separer", methods=["GET", "POST"])
@policy("idea.group")
@keeps_form
def split(slug: str, group_id: int) -> Answer:
    """Some ideas of a group go into a new one, in one act."""
    box = box_at_desk(slug)
    groups = groups_of_box(box.id, current_language().tag)
    here = next((each for each in groups if each.id == group_id), None)
    if here is None:
        abort(404)
    form = split_form(site_languages(), titles_in_group(box.id, group_id))
    status, made = submit_for(
        form,
        lambda: grouping.split_group(
            actor(), box.id, group_id, form.ideas.data or (), texts_of(form, "title")
        ),
    )
    if made is not None:
        return back_to(slug, _("Le nouveau groupe est fait. Les reçus des personnes le disent."))
    page = render_template(
        "ideas/desk/split.html", box=box, form=form, group=here, languages_to=site_languages()
    )
    return page, status


@blueprint.route("/<slug>/groupes/<int:group_id>/reunir", methods=["GET", "POST"])
@policy("idea.group")
@keeps_form
def merge(slug: str, group_id: int) -> Answer:
    """Ask first, then put all ideas of a group into another one."""
    box = box_at_desk(slug)
    groups = groups_of_box(box.id, current_language().tag)
    here = next((each for each in groups if each.id == group_id), None)
    if here is None:
        abort(404)
    form = MergeGroupsForm(data={"version": str(here.version)})
    form.into.choices = listed((each.id, each.title.text) for each in groups if each.id != group_id)
    status, moved = submit_for(
        form,
        lambda: (
            grouping.merge_groups(
                actor(), box.id, group_id, number_in(form.into.data) or 0, version=form.version.number
            ),
        ),
    )
    if moved is not None:
        return back_to(slug, _("Les deux groupes n’en font plus qu’un."))
    return render_template("ideas/desk/merge.html", box=box, form=form, group=here), status


@blueprint.route("/<slug>/<int:idea_id>/repondre", methods=["GET", "POST"])
@policy("idea.group")
@keeps_form
def answer(slug: str, idea_id: int) -> Answer:
    """The answer to an idea."""
    box = box_at_desk(slug)
    found = desk_idea(box.id, idea_id, current_language().tag)
    if found is None:
        return _gone(
            answer_form(site_languages(), {}, answered_by=""),
            _(
                "Cette idée n’est plus publique\u00a0: elle a été masquée, réunie avec une autre ou reprise. "
                "Vos mots sont encore ici."
            ),
            "ideas/desk/answer.html",
            box=box,
            idea=None,
        )
    form = answer_form(
        site_languages(),
        {"version": str(found.idea.version), **text_data("answer", found.answer)},
        answered_by=found.answered_by or (box.answerer.text if box.answerer else ""),
    )
    status = submit(
        form,
        lambda: answer_idea(
            actor(),
            idea_id,
            texts_of(form, "answer"),
            answered_by=form.answered_by.data or "",
            version=form.version.number,
        ),
    )
    if status is None:
        return back_to(slug, _("La réponse est publique. Le reçu de la personne la montre aussi."))
    page = render_template(
        "ideas/desk/answer.html", box=box, form=form, idea=found.idea, languages_to=site_languages()
    )
    return page, status


def _gone(form: StaffForm, said: str, template: str, **shown: Any) -> Answer:
    """What was typed about something that is no longer there, given back with a sentence; 404 where nothing was sent.

    Nothing of what is gone is shown: it may have been hidden.
    """
    if not form.is_submitted():
        abort(404)
    status = form.refuse_act(Conflict(said))
    return render_template(template, form=form, gone=True, languages_to=site_languages(), **shown), status


@blueprint.route("/<slug>/objections/<int:objection_id>", methods=["GET", "POST"])
@policy("idea.group")
@keeps_form
def objection(slug: str, objection_id: int) -> Answer:
    """The answer to somebody whose idea went to the wrong group."""
    box = box_at_desk(slug)
    language = current_language().tag
    found = desk_objection(box.id, objection_id, language)
    # Whoever wrote an answer meanwhile keeps their words, and reads the other one.
    if found is None or (found.answer is not None and request.method == "GET"):
        flash(str(ANSWERED), "info")
        return redirect(url_for("ideas_desk.show", slug=slug), 303)
    form = objection_form(site_languages(), {"version": str(found.version), "to_group": STAYS})
    form.to_group.choices = listed(
        [
            (STAYS, _("L’idée reste où elle est")),
            *(
                (each.id, _("Cette idée va dans\u00a0: %(group)s", group=each.title.text))
                for each in groups_of_box(box.id, language)
                if each.id != found.group_id
            ),
        ]
    )
    status = submit(
        form,
        lambda: answer_objection(
            actor(),
            objection_id,
            texts_of(form, "answer"),
            to_group=number_in(form.to_group.data),
            version=form.version.number,
        ),
    )
    if status is None:
        return back_to(slug, _("C’est envoyé. La personne le lit avec son reçu."))
    page = render_template(
        "ideas/desk/objection.html", box=box, form=form, objection=found, languages_to=site_languages()
    )
    return page, status
