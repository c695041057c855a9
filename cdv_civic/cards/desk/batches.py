"""Batches of cards: how many were used, a new one, its sheet, closing one."""

from datetime import timedelta
from typing import Final

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.cards import queries, sheets
from cdv_civic.cards.desk.blueprint import blueprint, forget_key, keep_key, kept_keys, key_of_sheet
from cdv_civic.cards.forms import BatchForm, batch_form
from cdv_civic.cards.operations import batches
from cdv_civic.cards.operations.batches import Order
from cdv_civic.cards.operations.making import NotReady, SheetGone, codes_of_sheet
from cdv_civic.cards.queries import BatchRow
from cdv_civic.cards.rules import PER_SHEET
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.forms.base import ButtonForm
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit, submit_for
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import site_languages
from cdv_civic.core.policy.decisions import may, reach_of, require
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web.desk import Answer, actor, number_in
from cdv_civic.territory.scopes import touched_quartier

PER_PAGE: Final = 50
_USUAL_VALIDITY: Final = timedelta(days=365)


def _batch(batch_id: int, action: str) -> BatchRow:
    """A batch within reach; its quartier counts, and replacements are for those who replace."""
    found = queries.batch(batch_id)
    if found is None:
        abort(404)
    require(actor(), action, touched_quartier(db.session(), found.quartier_id))
    return found


@blueprint.get("")
@policy("card.report")
def table() -> str:
    """The batches within reach, the newest first, and who closed cards lately. 2 statements of its own."""
    page = number_in(request.args.get("page")) or 1
    rows = queries.batches(reach_of(actor(), "card.report"), limit=PER_PAGE + 1, offset=(page - 1) * PER_PAGE)
    reach = reach_of(actor(), "card.print")
    return render_template(
        "cards/table.html",
        rows=rows[:PER_PAGE],
        page=page,
        more=len(rows) > PER_PAGE,
        few=current_settings().small_count,
        keys=kept_keys(),
        may_print=reach.anywhere,
        closings=queries.closings(reach_of(actor(), "card.report")),
    )


@blueprint.route("/nouvelles", methods=["GET", "POST"])
@policy("card.print")
@keeps_form
def new() -> Answer:
    """The form of a new batch; then its sheet."""
    who = actor()
    reach = reach_of(who, "card.print")
    form = batch_form(
        queries.quartier_choices(reach),
        queries.body_choices(reach),
        site_languages(),
        handed_out_by=who.organisation_name,
        expires_on=clock.today() + _USUAL_VALIDITY,
        quantity=PER_SHEET,
    )
    status, printing = submit_for(
        form, lambda: batches.print_batch(who, _order(form), client_key=form.client_key.data or "")
    )
    if printing is not None:
        keep_key(printing)
        return redirect(url_for("cards_desk.sheet", batch_id=printing.batch_id), 303)
    return render_template("cards/new.html", form=form), status


def _order(form: BatchForm) -> Order:
    return Order(
        quartier_id=number_in(form.quartier.data) or 0,
        body_id=number_in(form.body.data),
        purpose=form.purpose.data or "",
        quantity=form.quantity.data or 0,
        expires_on=form.expires_on.data,  # type: ignore[arg-type]
        handed_out_by=form.handed_out_by.data or "",
        languages=tuple(form.languages.data or ()),
    )


def _codes(batch: BatchRow) -> list[str]:
    """The codes that this browser may print; raises `SheetGone`, `NotReady`."""
    key = key_of_sheet(batch.id)
    if key is None or batch.created_by != actor().actor_id:
        raise SheetGone
    return codes_of_sheet(batch.id, key)


@blueprint.get("/<int:batch_id>/feuille")
@policy("card.replace")
def sheet(batch_id: int) -> Answer:
    """How far the cards are; once all are made: print them, then say so."""
    batch = _batch(batch_id, "card.replace")
    try:
        _codes(batch)
    except SheetGone as gone:
        page = render_template(
            "cards/gone.html",
            batch=batch,
            sentence=gone.sentence,
            serials=queries.serials(batch_id) if batch.replacement else (),
        )
        return page, gone.status
    except NotReady:
        return render_template("cards/making.html", batch=batch)
    return render_template(
        "cards/sheet.html",
        batch=batch,
        form=ButtonForm(),
        sheets=-(-batch.quantity // PER_SHEET),
        old_space=batch.replacement and queries.opens_old_space(batch_id),
    )


@blueprint.get("/<int:batch_id>/feuille/imprimer")
@policy("card.replace")
def printed_page(batch_id: int) -> Answer:
    """The sheets as a page to print."""
    batch = _batch(batch_id, "card.replace")
    try:
        page = sheets.sheet_of(batch, _codes(batch), queries.serials(batch_id))
    except NotReady:
        return redirect(url_for("cards_desk.sheet", batch_id=batch_id))
    return render_template(
        "cards/printed.html", sheet=page, back=url_for("cards_desk.sheet", batch_id=batch_id)
    )


@blueprint.get("/<int:batch_id>/feuille.pdf")
@policy("card.replace")
def pdf(batch_id: int) -> Answer:
    """The sheets as a PDF."""
    batch = _batch(batch_id, "card.replace")
    try:
        made = sheets.pdf_of(sheets.sheet_of(batch, _codes(batch), queries.serials(batch_id)))
    except NotReady:
        return redirect(url_for("cards_desk.sheet", batch_id=batch_id))
    response = make_response(made)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="cartes-{batch_id}.pdf"'
    return response


@blueprint.post("/<int:batch_id>/feuille/finie")
@policy("card.replace")
def printed(batch_id: int) -> AnyResponse:
    """« J’ai imprimé » : the codes are forgotten."""
    batches.sheet_printed(actor(), batch_id)
    forget_key(batch_id)
    flash(_("C’est noté. Le site a oublié les codes : ils ne sont plus que sur les cartes."), "success")
    return redirect(_after(), 303)


def _after() -> str:
    return url_for("cards_desk.table" if may(actor(), "card.report") else "cards_desk.lost")


@blueprint.route("/<int:batch_id>/fermer", methods=["GET", "POST"])
@policy("card.print")
@keeps_form
def close(batch_id: int) -> Answer:
    """Ask once, then close all cards of a batch."""
    batch = _batch(batch_id, "card.print")
    form = ButtonForm()
    if batch.closed_at is not None:
        flash(_("Ce lot est déjà fermé."), "info")
        return redirect(url_for("cards_desk.table"), 303)
    status = submit(form, lambda: batches.close_batch(actor(), batch_id))
    if status is None:
        flash(_("Le lot est fermé. Plus aucune de ses cartes n’ouvre quoi que ce soit."), "success")
        return redirect(url_for("cards_desk.table"), 303)
    return render_template("cards/close.html", batch=batch, form=form), status
