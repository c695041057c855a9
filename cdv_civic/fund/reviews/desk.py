"""The desk of reviews: what is to be read, what is late, what was not spent."""

from datetime import timedelta
from typing import Any, Final

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.core import clock
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import press, submit
from cdv_civic.core.forms.texts import texts_of
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import current_language, site_languages
from cdv_civic.core.paging import read_cursor, write_key
from cdv_civic.core.policy.decisions import reach_of, require
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.uploads.serving import answer_with
from cdv_civic.core.uploads.stored_files import DOCUMENT
from cdv_civic.core.web.desk import Answer, actor, desk_blueprint, number_in
from cdv_civic.core.web.request_limits import takes
from cdv_civic.fund.amount_field import typed_euros
from cdv_civic.fund.models.projects import FundProject
from cdv_civic.fund.project_words import STATES
from cdv_civic.fund.reviews.forms import (
    AskMoreForm,
    ReturnForm,
    SignedReviewForm,
    StopForm,
    TakeForm,
    review_form,
    told_of,
    with_reason,
)
from cdv_civic.fund.reviews.operations import deciding, stopping, telling
from cdv_civic.fund.reviews.queries.desk import file_at_desk, how_many, name_of_fund, reviews_page
from cdv_civic.fund.reviews.queries.projects import ReviewedProject, reviewed_project
from cdv_civic.fund.reviews.wording import STAGES
from cdv_civic.fund.rules.reviews import MONEY_LEFT, ReviewStage
from cdv_civic.fund.scopes import INSTRUCT, touched_fund

blueprint: Final = desk_blueprint("reviews_desk", __name__, "/bilans")
#: Days that the page proposes for what is missing.
_DAYS_TO_ADD: Final = 30


def _project(project_id: int) -> ReviewedProject:
    """The project of a page, for whoever looks at those of its fund; 404 or `Forbidden` otherwise. 4 statements."""
    project = reviewed_project(FundProject.id == project_id, current_language().tag)
    if project is None:
        abort(404)
    require(actor(), INSTRUCT, touched_fund(project))
    return project


def _back(project_id: int, said: object) -> AnyResponse:
    flash(str(said), "success")
    return redirect(url_for("reviews_desk.show", project_id=project_id), 303)


@blueprint.get("")
@policy("project.instruct")
def index() -> str:
    """Reviews by what they wait for (`?etape=`), of one fund (`?fonds=`) or all within reach; 3 statements at most."""
    asked = request.args.get("etape", "")
    stage = next((each for each in ReviewStage if each.value == asked), ReviewStage.TO_READ)
    reach = reach_of(actor(), INSTRUCT)
    language = current_language().tag
    fund_id = number_in(request.args.get("fonds"))
    fund = name_of_fund(fund_id, reach, language) if fund_id is not None else None
    if fund is None:
        fund_id = None
    cursor = read_cursor(request.args.get("apres"), request.args.get("avant"), parts=1)
    page = reviews_page(stage, reach, fund_id, language, cursor)

    def address(**where: Any) -> str:
        return url_for("reviews_desk.index", etape=stage.value, fonds=fund_id, **where)

    return render_template(
        "fund/reviews/desk/index.html",
        stages=STAGES,
        stage=stage,
        counts=how_many(reach, fund_id),
        reviews=page.rows,
        fund=fund,
        fund_id=fund_id,
        today=clock.today(),
        previous_url=address(avant=write_key(page.previous_key)) if page.previous_key else None,
        next_url=address(apres=write_key(page.next_key)) if page.next_key else None,
    )


@blueprint.get("/<int:project_id>")
@policy("project.instruct")
def show(project_id: int) -> str:
    """One review, with all that the desk does with it."""
    return _page(_project(project_id))


def _page(project: ReviewedProject, **forms: Any) -> str:
    """The page, with a form that was refused in the place of its own."""
    version = str(project.review.version) if project.review is not None else "0"
    take: Any = forms.get("take") or _take_form(project, version, empty=True)
    ask = forms.get("ask") or AskMoreForm(
        formdata=None,
        data={"version": version},
        due_on=clock.today() + timedelta(days=_DAYS_TO_ADD),
    )
    returned = forms.get("returned") or _return_form(project, empty=True)
    return render_template(
        "fund/reviews/desk/show.html",
        project=project,
        states=STATES,
        stages=STAGES,
        take=take,
        ask=ask,
        returned=returned,
        refused=next(iter(forms.values()), None),
        languages_to=site_languages(),
    )


_NOTHING_SENT: Final[Any] = {"formdata": None}


def _take_form(project: ReviewedProject, version: str, *, empty: bool = False) -> Any:
    return with_reason(
        TakeForm,
        site_languages(),
        _l("Pourquoi, si le montant est plus grand que ce qui n’est pas dépensé"),
        _l("La personne lira ces mots."),
        data={"version": version},
        returned=typed_euros(project.unspent_cents),
        **(_NOTHING_SENT if empty else {}),
    )


def _return_form(project: ReviewedProject, *, empty: bool = False) -> ReturnForm:
    data = {"version": str(project.version), "returned": typed_euros(project.returned_cents)}
    return ReturnForm(data=data, **(_NOTHING_SENT if empty else {}))


@blueprint.post("/<int:project_id>/complet")
@policy("project.instruct")
@keeps_form
def take(project_id: int) -> Answer:
    """Take a review for complete; what was not spent goes back."""
    project = _project(project_id)
    form = _take_form(project, str(project.review.version) if project.review is not None else "0")

    def act() -> None:
        deciding.take(
            actor(),
            project_id,
            form.returned.cents or 0,
            texts_of(form, "reason"),
            version=form.version.number,
        )

    status = submit(form, act)
    if status is None:
        return _back(project_id, _("Le bilan est complet, le projet est terminé."))
    return _page(_project(project_id), take=form), status


@blueprint.post("/<int:project_id>/completer")
@policy("project.instruct")
@keeps_form
def ask(project_id: int) -> Answer:
    """Ask the carrier for what is missing."""
    project = _project(project_id)
    form = AskMoreForm(data={"version": str(project.review.version) if project.review is not None else "0"})

    def act() -> None:
        day = form.due_on.data or clock.today()
        deciding.ask_more(actor(), project_id, form.asked.data or "", day, version=form.version.number)

    status = submit(form, act)
    if status is None:
        return _back(project_id, _("C’est demandé. La personne le lit avec son reçu."))
    return _page(_project(project_id), ask=form), status


@blueprint.post("/<int:project_id>/argent-revenu")
@policy("project.instruct")
@keeps_form
def money_back(project_id: int) -> Answer:
    """Write how much of a stopped project's money came back."""
    project = _project(project_id)
    form = _return_form(project)
    status = submit(
        form,
        lambda: stopping.note_return(
            actor(), project_id, form.returned.cents or 0, version=form.version.number
        ),
    )
    if status is None:
        return _back(project_id, _("C’est noté. Cet argent est de nouveau dans l’enveloppe."))
    return _page(_project(project_id), returned=form), status


@blueprint.route("/<int:project_id>/arreter", methods=["GET", "POST"])
@policy("project.instruct")
@keeps_form
def stop(project_id: int) -> Answer:
    """Ask first, then stop a project."""
    project = _project(project_id)
    form = with_reason(
        StopForm,
        site_languages(),
        _l("Pourquoi le projet s’arrête"),
        _l("La personne lira ces mots."),
        must=_l("Écrivez pourquoi, en français\u00a0: la personne lira ces mots."),
        data={"version": str(project.version)},
    )
    if project.state not in MONEY_LEFT:
        del form.returned

    def act() -> None:
        returned = form.returned.cents if "returned" in form else None
        stopping.stop_at_desk(
            actor(), project_id, texts_of(form, "reason"), returned, version=form.version.number
        )

    status = submit(form, act)
    if status is None:
        return _back(
            project_id, _("Le projet est arrêté. La personne est prévenue si elle a laissé un contact.")
        )
    page = render_template(
        "fund/reviews/desk/stop.html", project=project, form=form, languages_to=site_languages()
    )
    return page, status


@blueprint.route("/<int:project_id>/saisir", methods=["GET", "POST"])
@policy("project.instruct")
@keeps_form
@takes(megabytes_of_files=60)
def write(project_id: int) -> Answer:
    """Type in the review that a carrier brought on paper."""
    project = _project(project_id)
    first = request.method == "GET"
    form = review_form(SignedReviewForm, project, first=first, lang=project.lang or "")
    status = submit(form, lambda: telling.tell_at_desk(actor(), project_id, told_of(form)))
    if status is None:
        return _back(project_id, _("Le bilan est enregistré."))
    return render_template("fund/reviews/desk/write.html", project=project, form=form), status


@blueprint.post("/<int:project_id>/photos/<int:file_id>")
@policy("project.instruct")
def photo(project_id: int, file_id: int) -> AnyResponse:
    """Hide a photo from everybody, or show it again."""
    shown = request.form.get("montrer") == "oui"
    press(
        lambda: deciding.show_photo(actor(), project_id, file_id, shown=shown),
        lambda _done: _("Cette photo est de nouveau publique.") if shown else _("Cette photo est cachée."),
    )
    return redirect(url_for("reviews_desk.show", project_id=project_id), 303)


@blueprint.get("/<int:project_id>/preuves/<int:file_id>")
@policy("project.instruct")
def proof(project_id: int, file_id: int) -> AnyResponse:
    """A proof: a photo of it, or a PDF."""
    return _file(project_id, file_id, None)


@blueprint.get("/<int:project_id>/fichiers/<int:file_id>/<size>")
@policy("project.instruct")
def file(project_id: int, file_id: int, size: str) -> AnyResponse:
    """A photo."""
    return _file(project_id, file_id, size)


def _file(project_id: int, file_id: int, size: str | None) -> AnyResponse:
    _project(project_id)
    row = file_at_desk(project_id, file_id)
    if row is None:
        abort(404)
    size = size or (DOCUMENT if row.kind == "pdf" else "grande")
    answer = answer_with(row, size, f"projet-{project_id}-{file_id}")
    answer.headers["Cache-Control"] = "no-store"
    return answer
