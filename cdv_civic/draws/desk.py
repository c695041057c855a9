"""The desk of draws of lots: from the first form to the seats."""

from typing import Final

from flask import abort, flash, redirect, render_template, request, url_for

from cdv_civic.bodies.desk.routes import Answer, body_at_desk
from cdv_civic.bodies.queries.desk import DeskBody
from cdv_civic.core import clock
from cdv_civic.core.errors import DomainError
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import actor, desk_blueprint, number_in
from cdv_civic.core.web.request_limits import takes
from cdv_civic.draws import candidates, previews, queries
from cdv_civic.draws.forms import ImportForm, PublishListForm, SeedForm, candidate_form, plan_form
from cdv_civic.draws.operations.drawing import propose_seats, seed_draw, take_back_proposals
from cdv_civic.draws.operations.locking import Added
from cdv_civic.draws.operations.preparing import (
    add_candidates,
    change_draw,
    discard_draw,
    prepare_draw,
    remove_candidate,
)
from cdv_civic.draws.operations.publishing import publish_list, withdraw_candidate
from cdv_civic.draws.queries import DeskCandidate, DeskDraw
from cdv_civic.draws.rules import MOST_CATEGORIES, normal_seed, seed_is_long_enough
from cdv_civic.draws.wording import problem_text, shortfall_text, wanted_text
from cdv_civic.seats.wording import COLLEGE_WORDS

blueprint = desk_blueprint("draws_desk", __name__, "/instances/<int:body_id>/tirages")
PER_PAGE: Final = 100


def _body(body_id: int) -> DeskBody:
    body = body_at_desk(body_id, "draw.run")
    if not body.residents:
        abort(404)
    return body


def _draw(body_id: int, draw_id: int) -> DeskDraw:
    found = queries.desk_draw(body_id, draw_id)
    if found is None:
        abort(404)
    return found


def _to(body_id: int, draw_id: int, said: str = "") -> Answer:
    if said:
        flash(said, "success")
    return redirect(url_for("draws_desk.draw", body_id=body_id, draw_id=draw_id), 303)


@blueprint.get("")
@policy("draw.run")
def show(body_id: int) -> str:
    """The draws of a body."""
    body = body_at_desk(body_id, "draw.run")
    return render_template("draws/index.html", body=body, draws=queries.draws_of(body_id))


@blueprint.route("/nouveau", methods=["GET", "POST"])
@policy("draw.run")
@keeps_form
def prepare(body_id: int) -> Answer:
    """The form of a new draw."""
    body = _body(body_id)
    form = plan_form({})
    made = 0

    def act() -> None:
        nonlocal made
        made = prepare_draw(actor(), body_id, form.plan(), uid=form.client_key.data or "")

    status = submit(form, act)
    if status is None:
        return _to(body_id, made, _("C’est enregistré. Ajoutez maintenant les personnes."))
    page = render_template("draws/edit.html", body=body, form=form, draw=None, most=MOST_CATEGORIES)
    return page, status


@blueprint.route("/<int:draw_id>/modifier", methods=["GET", "POST"])
@policy("draw.run")
@keeps_form
def change(body_id: int, draw_id: int) -> Answer:
    """The form of a draw of which nothing is published."""
    body, found = _body(body_id), _draw(body_id, draw_id)
    names = ("title", "college", "seats", "substitutes")
    form = plan_form(
        {"version": str(found.version), **{name: getattr(found, name) for name in names}}, found.categories
    )
    status = submit(
        form,
        lambda: change_draw(actor(), draw_id, form.plan(), version=number_in(form.version.data) or 0),
        version=found.version,
    )
    if status is None:
        return _to(body_id, draw_id, _("C’est enregistré."))
    page = render_template("draws/edit.html", body=body, form=form, draw=found, most=MOST_CATEGORIES)
    return page, status


@blueprint.get("/<int:draw_id>")
@policy("draw.run")
def draw(body_id: int, draw_id: int) -> str:
    """One draw: where it stands, what comes next, and who is on its list."""
    body, found = _body(body_id), _draw(body_id, draw_id)
    people = queries.candidates_of(draw_id)
    page = max(1, number_in(request.args.get("page")) or 1)
    by_label = {each.label: each for each in people}
    drawn = found.result
    return render_template(
        "draws/desk.html",
        body=body,
        draw=found,
        college=COLLEGE_WORDS[found.college],
        people=people[(page - 1) * PER_PAGE : page * PER_PAGE],
        page=page,
        more=len(people) > page * PER_PAGE,
        today=clock.today(),
        quotas=[
            (category, [(value, wanted_text(value)) for value in category.values])
            for category in found.categories
        ],
        drawn=[by_label[label] for label in drawn.seats] if drawn else [],
        substitutes=[by_label[label] for label in drawn.substitutes] if drawn else [],
        shortfalls=[shortfall_text(each) for each in drawn.shortfalls] if drawn else [],
    )


@blueprint.route("/<int:draw_id>/personnes/nouvelle", methods=["GET", "POST"])
@policy("draw.run")
@keeps_form
def candidate(body_id: int, draw_id: int) -> Answer:
    """The form of one more person, as often as there are people."""
    body, found = _body(body_id), _draw(body_id, draw_id)
    form = candidate_form(found.categories)
    status = submit(
        form,
        lambda: add_candidates(actor(), draw_id, [form.candidate(found.categories)], many=False),
    )
    if status is None:
        flash(_("La personne est sur la liste. Vous pouvez en ajouter une autre."), "success")
        return redirect(url_for("draws_desk.candidate", body_id=body_id, draw_id=draw_id), 303)
    page = render_template("draws/candidate.html", body=body, form=form, draw=found)
    return page, status


@blueprint.route("/<int:draw_id>/personnes/importer", methods=["GET", "POST"])
@policy("draw.run")
@keeps_form
@takes(megabytes_of_files=10, megabytes_of_text=5)
def import_list(body_id: int, draw_id: int) -> Answer:
    """Paste a table or choose a file, read what was understood, then add it."""
    body, found = _body(body_id), _draw(body_id, draw_id)
    form = ImportForm()
    uploaded = request.files.get("file")
    if form.is_submitted() and uploaded is not None and uploaded.filename:
        form.table.data = candidates.decoded(uploaded.read(candidates.LARGEST_TABLE))
        form.confirmed.data = ""
    reading: candidates.Reading | None = None
    added = Added(0, 0)

    def act() -> None:
        nonlocal reading, added
        reading = candidates.read_candidates(form.table.data or "", found.categories)
        if not reading.rows and not reading.problems:
            raise DomainError(
                _l("Le tableau est vide : collez des lignes, ou choisissez un fichier."), field="table"
            )
        if form.confirmed.data == "oui" and not reading.problems:
            added = add_candidates(actor(), draw_id, [row.candidate for row in reading.rows])

    status = submit(form, act)
    if status is None and reading is not None and form.confirmed.data == "oui" and not reading.problems:
        said = ngettext("%(num)s personne ajoutée.", "%(num)s personnes ajoutées.", added.added)
        if added.known:
            said += " " + ngettext(
                "%(num)s était déjà sur la liste.", "%(num)s étaient déjà sur la liste.", added.known
            )
        return _to(body_id, draw_id, said)
    page = render_template(
        "draws/import.html",
        body=body,
        form=form,
        draw=found,
        reading=reading,
        headings=[(category.name, "") for category in found.categories],
        problems=[problem_text(each) for each in reading.problems] if reading else [],
    )
    return page, 422 if reading and reading.problems else status or 200


@blueprint.post("/<int:draw_id>/personnes/<int:candidate_id>/enlever")
@policy("draw.run")
def remove(body_id: int, draw_id: int, candidate_id: int) -> Answer:
    """Take somebody off a list that is not published."""
    _body(body_id)
    _draw(body_id, draw_id)
    remove_candidate(actor(), draw_id, candidate_id)
    return _to(body_id, draw_id, _("La personne n’est plus sur la liste."))


@blueprint.post("/<int:draw_id>/effacer")
@policy("draw.run")
def discard(body_id: int, draw_id: int) -> Answer:
    """Throw a draw away before anything is published."""
    _body(body_id)
    _draw(body_id, draw_id)
    discard_draw(actor(), draw_id)
    flash(_("Le tirage et sa liste sont effacés."), "success")
    return redirect(url_for("draws_desk.show", body_id=body_id), 303)


@blueprint.route("/<int:draw_id>/publier", methods=["GET", "POST"])
@policy("draw.run")
@keeps_form
def publish(body_id: int, draw_id: int) -> Answer:
    """What the list will look like, and where the seed will come from."""
    body, found = _body(body_id), _draw(body_id, draw_id)
    if found.published_at is not None:
        return _to(body_id, draw_id)
    form = PublishListForm(data={"version": str(found.version)})
    status = submit(
        form,
        lambda: publish_list(
            actor(),
            draw_id,
            seed_rule=form.seed_rule.data or "",
            seed_day=form.seed_day.data,
            version=number_in(form.version.data) or 0,
        ),
        version=found.version,
    )
    if status is None:
        return _to(body_id, draw_id, _("La liste est publiée. Elle ne change plus."))
    page = render_template(
        "draws/publish.html",
        body=body,
        form=form,
        draw=found,
        preview=previews.preview(body.name, found, queries.candidates_of(draw_id)),
    )
    return page, status


def _listed(draw_id: int, candidate_id: int) -> DeskCandidate:
    person = next((each for each in queries.candidates_of(draw_id) if each.id == candidate_id), None)
    if person is None:
        abort(404)
    return person


@blueprint.route("/<int:draw_id>/personnes/<int:candidate_id>/retirer", methods=["GET", "POST"])
@policy("draw.run")
@keeps_form
def withdraw(body_id: int, draw_id: int, candidate_id: int) -> Answer:
    """Somebody leaves a published list: a new list is published."""
    body, found = _body(body_id), _draw(body_id, draw_id)
    person = _listed(draw_id, candidate_id)
    day = found.seed_day if found.seed_day and found.seed_day > clock.today() else None
    form = PublishListForm(
        data={"version": str(found.version), "seed_rule": found.seed_rule, "seed_day": day}
    )
    status = submit(
        form,
        lambda: withdraw_candidate(
            actor(),
            draw_id,
            candidate_id,
            seed_rule=form.seed_rule.data or "",
            seed_day=form.seed_day.data,
            version=number_in(form.version.data) or 0,
        ),
        version=found.version,
    )
    if status is None:
        return _to(body_id, draw_id, _("La personne est retirée. Une nouvelle liste est publiée."))
    page = render_template("draws/withdraw.html", body=body, form=form, draw=found, person=person)
    return page, status


@blueprint.route("/<int:draw_id>/hasard", methods=["GET", "POST"])
@policy("draw.run")
@keeps_form
def seed(body_id: int, draw_id: int) -> Answer:
    """Type in the seed, see it once more, draw."""
    body, found = _body(body_id), _draw(body_id, draw_id)
    form = SeedForm()
    to_confirm: str | None = None

    def act() -> None:
        nonlocal to_confirm
        normal = normal_seed(form.seed.data or "")
        if form.confirmed.data == normal or not seed_is_long_enough(normal) or found.seed is not None:
            seed_draw(actor(), draw_id, normal)
        else:
            to_confirm = form.confirmed.data = normal

    status = submit(form, act)
    if status is None and to_confirm is None:
        return _to(body_id, draw_id, _("Le tirage est fait. Le résultat est public."))
    page = render_template(
        "draws/seed.html",
        body=body,
        form=form,
        draw=found,
        to_confirm=to_confirm,
        early=found.seed_day is None or clock.today() < found.seed_day,
    )
    return page, status or 200


@blueprint.post("/<int:draw_id>/sieges")
@policy("draw.run")
def seat(body_id: int, draw_id: int) -> Answer:
    """Propose seats to those who were drawn."""
    _body(body_id)
    _draw(body_id, draw_id)
    given = propose_seats(actor(), draw_id)
    said = ngettext(
        "%(num)s siège est proposé. Rien n’est public : appelez la personne, puis notez sa réponse.",
        "%(num)s sièges sont proposés. Rien n’est public : appelez ces personnes, puis notez leur réponse.",
        given.seats,
    )
    if given.substitutes:
        said += " " + ngettext(
            "Pour la liste des suppléants : %(num)s personne.",
            "Pour la liste des suppléants : %(num)s personnes.",
            given.substitutes,
        )
    if given.known:
        said += " " + ngettext("%(num)s y était déjà.", "%(num)s y étaient déjà.", given.known)
    flash(said, "success")
    return redirect(url_for("seats_desk.show", body_id=body_id), 303)


@blueprint.post("/<int:draw_id>/sieges/annuler")
@policy("draw.run")
def unseat(body_id: int, draw_id: int) -> Answer:
    """Take back the proposals that nobody has answered."""
    _body(body_id)
    _draw(body_id, draw_id)
    taken = take_back_proposals(actor(), draw_id)
    return _to(
        body_id,
        draw_id,
        ngettext(
            "%(num)s proposition est annulée. Vous pouvez proposer les sièges de nouveau.",
            "%(num)s propositions sont annulées. Vous pouvez proposer les sièges de nouveau.",
            taken,
        ),
    )
