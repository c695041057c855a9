"""Sheets that are typed in, one after the other."""

from flask import abort, flash, redirect, render_template, request, url_for

from cdv_civic.consultations.paper.desk.blueprint import (
    blueprint,
    consultation_at_desk,
    questions_at_desk,
    reads_words,
    takes_sheets,
)
from cdv_civic.consultations.paper.form import with_place
from cdv_civic.consultations.paper.forms import (
    CompareForm,
    PhotoForm,
    TakeBackForm,
    VoidForm,
    correction_form,
    entry_form,
)
from cdv_civic.consultations.paper.operations import correcting, entering, evidence
from cdv_civic.consultations.paper.operations.entering import COMPARED_BY, Outcome
from cdv_civic.consultations.paper.operations.sheets import OTHERS, TypedSheet
from cdv_civic.consultations.paper.queries.asked import PaperConsultation
from cdv_civic.consultations.paper.queries.sheets import (
    SheetAnswer,
    SheetBatch,
    answer_of_sheet,
    entered_today,
    entries_of,
    evidence_of,
    sheets_of,
)
from cdv_civic.consultations.paper.rules.codes import codes_of
from cdv_civic.consultations.paper.rules.entries import differing
from cdv_civic.consultations.paper.rules.numbers import next_sheet, sheet_code
from cdv_civic.consultations.paper.wording import VOID_SAID, sheets_said
from cdv_civic.consultations.rules.questions import NOTHING
from cdv_civic.core.errors import DomainError, Forbidden
from cdv_civic.core.forms.base import ButtonForm
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import press, submit, submit_for
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor, number_in
from cdv_civic.core.web.request_limits import takes


def _language_of(batches: tuple[SheetBatch, ...], number: int) -> str:
    """The first language of a sheet: its words are most often written in it."""
    found = next((batch for batch in batches if number in batch.numbers()), None)
    return found.languages[0] if found is not None and found.languages else SOURCE_LANGUAGE


@blueprint.route("/saisir", methods=["GET", "POST"])
@policy("consultation.enter")
@keeps_form
def enter(slug: str) -> Answer:
    """One sheet, then the next: its number is proposed, the keyboard is enough."""
    consultation = consultation_at_desk(slug)
    typist = actor()
    sheets = sheets_of(consultation.id)
    after = number_in(request.args.get("apres")) or 0
    proposed = next_sheet(sheets.printed, sheets.left_for(typist.actor_id), after)
    form = entry_form(consultation.id, questions_at_desk(consultation), proposed)

    def act() -> Outcome:
        return entering.enter_sheet(
            typist,
            consultation.id,
            TypedSheet(
                form.number,
                form.answers(),
                form.client_key.data or "",
                _language_of(sheets.batches, form.number),
            ),
        )

    status, outcome = submit_for(form, act)
    if outcome is not None:
        return redirect(
            url_for("consultation_paper.enter", slug=slug, apres=form.number, fait=outcome.value), 303
        )
    page = render_template(
        "consultations/paper/enter.html",
        consultation=consultation,
        form=form,
        code=sheet_code(consultation.id),
        open=takes_sheets(consultation),
        last=after,
        outcome=request.args.get("fait", "") if request.method == "GET" else "",
        entered=entered_today(typist.actor_id or 0, consultation.id),
        left=len(sheets.missing()),
        compare=len(sheets.differing),
    )
    return page, status


@blueprint.route("/feuilles/<int:number>", methods=["GET", "POST"])
@policy("consultation.enter")
@keeps_form
def sheet(slug: str, number: int) -> Answer:
    """What was typed of a sheet, to be corrected; for whoever typed it, and whoever reads all words."""
    consultation = consultation_at_desk(slug)
    found = _own_sheet(consultation, number)
    if found is None:
        return _not_kept(consultation, number)
    form = correction_form(
        questions_at_desk(consultation), with_place(found.answers, found.quartier_id), found.version
    )

    def act() -> None:
        lang = found.lang or _language_of(sheets_of(consultation.id).batches, number)
        typed = TypedSheet(number, form.answers(), f"correction-{found.id}", lang)
        correcting.correct_sheet(actor(), consultation.id, typed, form.version.number)

    status = submit(form, act)
    if status is None:
        flash(_("La feuille %(number)s est corrigée.", number=number), "success")
        return redirect(url_for("consultation_paper.enter", slug=slug, apres=number), 303)
    page = render_template(
        "consultations/paper/sheet.html",
        consultation=consultation,
        form=form,
        number=number,
        evidence=evidence_of(consultation.id, number),
        reads=reads_words(consultation),
        open=takes_sheets(consultation),
    )
    return page, status


def _own_sheet(consultation: PaperConsultation, number: int) -> SheetAnswer | None:
    """What was kept of a sheet, for whoever typed it or reads all words; raises `Forbidden`."""
    found = answer_of_sheet(consultation.id, number)
    if found is not None and found.entered_by != actor().actor_id and not reads_words(consultation):
        raise Forbidden(OTHERS)
    return found


def _not_kept(consultation: PaperConsultation, number: int) -> Answer:
    """A sheet that is not there: where it stands."""
    sheets = sheets_of(consultation.id)
    if number not in sheets.printed:
        abort(404)
    return render_template(
        "consultations/paper/not_kept.html",
        consultation=consultation,
        number=number,
        void=sheets.void.get(number),
        waits=number in sheets.waiting,
        differs=number in sheets.differing,
        void_said=VOID_SAID,
        form=ButtonForm(),
    )


@blueprint.route("/feuilles/<int:number>/retirer", methods=["GET", "POST"])
@policy("consultation.enter")
@keeps_form
def take_back(slug: str, number: int) -> Answer:
    """Ask why, then delete what was typed of a sheet."""
    consultation = consultation_at_desk(slug)
    if _own_sheet(consultation, number) is None:
        return redirect(url_for("consultation_paper.sheet", slug=slug, number=number), 303)
    form = TakeBackForm()
    status = submit(
        form, lambda: correcting.take_sheet_back(actor(), consultation.id, number, form.reason.data or "")
    )
    if status is None:
        flash(_("La saisie de la feuille %(number)s est effacée.", number=number), "success")
        return redirect(url_for("consultation_paper.show", slug=slug), 303)
    page = render_template(
        "consultations/paper/take_back.html", consultation=consultation, form=form, number=number
    )
    return page, status


@blueprint.route("/feuilles/<int:number>/photo", methods=["GET", "POST"])
@policy("consultation.enter")
@keeps_form
@takes(megabytes_of_files=12)
def photo(slug: str, number: int) -> Answer:
    """Add the photo or the scan of a sheet."""
    consultation = consultation_at_desk(slug)
    form = PhotoForm()

    def act() -> int:
        if form.photo.upload is None:
            raise DomainError(_l("Choisissez une photo ou un PDF."), field="photo")
        return evidence.add_evidence(actor(), consultation.id, number, form.photo.upload)

    status, added = submit_for(form, act)
    if added is not None:
        flash(_("La photo de la feuille %(number)s est gardée.", number=number), "success")
        return redirect(url_for("consultation_paper.sheet", slug=slug, number=number), 303)
    page = render_template(
        "consultations/paper/photo.html", consultation=consultation, form=form, number=number
    )
    return page, status


@blueprint.route("/ecarter", methods=["GET", "POST"])
@policy("consultation.enter")
@keeps_form
def void(slug: str) -> Answer:
    """Say that some sheets do not count, and why."""
    consultation = consultation_at_desk(slug)
    form = VoidForm(data={"sheets": request.args.get("feuilles", "")[:200]})
    status, count = submit_for(
        form,
        lambda: (correcting.void_sheets(actor(), consultation.id, form.numbers, form.reason.data or ""),),
    )
    if count is not None:
        flash(ngettext("%(num)s feuille écartée.", "%(num)s feuilles écartées.", count[0]), "success")
        return redirect(url_for("consultation_paper.show", slug=slug), 303)
    return render_template("consultations/paper/void.html", consultation=consultation, form=form), status


@blueprint.post("/feuilles/<int:number>/remettre")
@policy("consultation.enter")
def put_back(slug: str, number: int) -> Answer:
    """A sheet that was said not to count is typed after all."""
    consultation = consultation_at_desk(slug)
    press(
        lambda: (correcting.put_back(actor(), consultation.id, number),),
        lambda _done: _("La feuille %(number)s est à saisir.", number=number),
    )
    return redirect(url_for("consultation_paper.sheet", slug=slug, number=number), 303)


@blueprint.get("/comparer")
@policy("consultation.enter")
def compare(slug: str) -> str:
    """The sheets that two people read otherwise, and those that wait for a second person."""
    consultation = consultation_at_desk(slug)
    return render_template(
        "consultations/paper/compare.html",
        consultation=consultation,
        sheets=sheets_of(consultation.id),
        said=sheets_said,
        form=ButtonForm(),
        open=takes_sheets(consultation),
    )


@blueprint.post("/comparer/garder")
@policy("consultation.enter")
def keep_waiting(slug: str) -> Answer:
    """Keep the sheets that one person alone has typed."""
    consultation = consultation_at_desk(slug)
    press(
        lambda: (entering.keep_waiting(actor(), consultation.id),),
        lambda done: ngettext("%(num)s feuille gardée.", "%(num)s feuilles gardées.", done[0]),
    )
    return redirect(url_for("consultation_paper.compare", slug=slug), 303)


@blueprint.route("/comparer/<int:number>", methods=["GET", "POST"])
@policy("consultation.enter")
@keeps_form
def compare_sheet(slug: str, number: int) -> Answer:
    """What two people read on a sheet, side by side; somebody takes the sheet and says which is right."""
    consultation = consultation_at_desk(slug)
    entries = entries_of(consultation.id, number)
    if len(entries) < 2:
        flash(_("Il n’y a plus rien à comparer pour la feuille %(number)s.", number=number), "info")
        return redirect(url_for("consultation_paper.compare", slug=slug), 303)
    if actor().actor_id not in [each.entered_by for each in entries] and not reads_words(consultation):
        raise Forbidden(COMPARED_BY)
    form = CompareForm()
    status = submit(
        form,
        lambda: entering.choose_entry(actor(), consultation.id, number, number_in(form.place.data) or 0),
    )
    if status is None:
        if form.place.data == "0":
            return redirect(url_for("consultation_paper.enter", slug=slug, apres=number - 1), 303)
        flash(_("La feuille %(number)s est gardée.", number=number), "success")
        return redirect(url_for("consultation_paper.compare", slug=slug), 303)
    questions = questions_at_desk(consultation)
    one, other = entries[0].answers, entries[1].answers
    wrong = set(differing([question.rule for question in questions], one, other))
    lines = [
        (
            question,
            place,
            codes_of(question.rule, one.get(question.id, NOTHING)),
            codes_of(question.rule, other.get(question.id, NOTHING)),
        )
        for place, question in enumerate(questions, 1)
        if question.id in wrong
    ]
    page = render_template(
        "consultations/paper/compare_sheet.html",
        consultation=consultation,
        form=form,
        number=number,
        lines=lines,
    )
    return page, status
