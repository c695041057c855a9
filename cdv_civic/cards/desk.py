"""The staff's pages of cards: batches and how many were used, a new batch, its sheet, a lost card."""

from datetime import timedelta
from typing import Final

from flask import (
    Blueprint,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.accounts.limits import TooManyTexts
from cdv_civic.cards import lost as losses
from cdv_civic.cards import operations, proofs, queries, sheets
from cdv_civic.cards.forms import BatchForm, DeskCodeForm, LostForm, batch_form
from cdv_civic.cards.operations import Order, Printing, SheetGone
from cdv_civic.cards.queries import BatchRow
from cdv_civic.cards.rules import PER_SHEET, Reason
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.errors import DomainError
from cdv_civic.core.forms.base import ButtonForm
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit, submit_for
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import current_language, languages_of
from cdv_civic.core.policy.decisions import may, reach_of, require
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web.desk import actor, keep_for_one_person, number_in
from cdv_civic.core.web.error_pages import say_when
from cdv_civic.territory.scopes import touched_quartier

blueprint = Blueprint("cards_desk", __name__, url_prefix="/<lang>/bureau/cartes")
keep_for_one_person(blueprint)
PER_PAGE: Final = 50
#: Name in the session of the keys of sheets that this browser prints, by batch; the oldest are let go.
_KEYS: Final = "card_sheets"
_MOST_KEYS: Final = 5
_USUAL_VALIDITY: Final = timedelta(days=365)

Answer = str | tuple[str, int] | AnyResponse


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
        keys=session.get(_KEYS, {}),
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
        languages_of(current_settings()),
        handed_out_by=who.organisation_name,
        expires_on=clock.today() + _USUAL_VALIDITY,
        quantity=PER_SHEET,
    )
    status, printing = submit_for(form, lambda: operations.print_batch(who, _order(form)))
    if printing is not None:
        _keep_key(printing)
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


def _keep_key(printing: Printing) -> None:
    """The browser alone holds what opens the sheet."""
    keys = dict(session.get(_KEYS, {}))
    keys[str(printing.batch_id)] = printing.key
    session[_KEYS] = dict(sorted(keys.items(), key=lambda pair: int(pair[0]))[-_MOST_KEYS:])


def _codes(batch: BatchRow) -> list[str]:
    """The codes that this browser may print; raises `SheetGone`, and forgets a key that opens nothing."""
    key = session.get(_KEYS, {}).get(str(batch.id))
    if key is None or batch.created_by != actor().actor_id:
        raise SheetGone
    return operations.codes_of_sheet(batch.id, key)


@blueprint.get("/<int:batch_id>/feuille")
@policy("card.replace")
def sheet(batch_id: int) -> Answer:
    """What to do with cards that were just made: print them, then say so."""
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
    page = sheets.sheet_of(batch, _codes(batch), queries.serials(batch_id))
    return render_template(
        "cards/printed.html", sheet=page, back=url_for("cards_desk.sheet", batch_id=batch_id)
    )


@blueprint.get("/<int:batch_id>/feuille.pdf")
@policy("card.replace")
def pdf(batch_id: int) -> Answer:
    """The sheets as a PDF."""
    batch = _batch(batch_id, "card.replace")
    made = sheets.pdf_of(sheets.sheet_of(batch, _codes(batch), queries.serials(batch_id)))
    response = make_response(made)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="cartes-{batch_id}.pdf"'
    return response


@blueprint.post("/<int:batch_id>/feuille/finie")
@policy("card.replace")
def printed(batch_id: int) -> AnyResponse:
    """« J’ai imprimé » : the codes are forgotten."""
    operations.sheet_printed(actor(), batch_id)
    keys = dict(session.get(_KEYS, {}))
    keys.pop(str(batch_id), None)
    session[_KEYS] = keys
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
    status = submit(form, lambda: operations.close_batch(actor(), batch_id))
    if status is None:
        flash(_("Le lot est fermé. Plus aucune de ses cartes n’ouvre quoi que ce soit."), "success")
        return redirect(url_for("cards_desk.table"), 303)
    page = render_template("cards/close.html", batch=batch, form=form, few=current_settings().small_count)
    return page, status


@blueprint.route("/perdue", methods=["GET", "POST"])
@policy("card.replace")
@keeps_form
def lost() -> Answer:
    """Close one card by its number or its code, and give another one.

    Where the number alone was typed, the page comes back with what the desk can do: send the person a code, take the
    one they got, or give a card for a new space (`step`).
    """
    who = actor()
    form = LostForm()
    status, card, sent, kept = 200, None, None, False
    if form.validate_on_submit():
        typed, reason, step = form.card.data or "", Reason(form.reason.data), request.form.get("step")
        try:
            if step == "send":
                sent = losses.ask_holder(who, typed, current_language().tag)
                card = losses.look_at(who, typed)
            elif form.another.data == "oui":
                proof = (form.proof.data or "") if step == "proof" else ""
                printing = losses.replace_card(who, typed, reason, proof=proof, new_space=step == "new")
                _keep_key(printing)
                return redirect(url_for("cards_desk.sheet", batch_id=printing.batch_id), 303)
            else:
                serial = losses.revoke_card(who, typed, reason)
                flash(_("La carte %(serial)s est fermée.", serial=serial), "success")
                return redirect(url_for("cards_desk.lost"), 303)
        except proofs.NotConfirmed as refused:
            form.refuse(None, refused.sentence)
            status, kept = refused.status, True
        except DomainError as refused:
            if refused.status == 403:
                raise
            if isinstance(refused, losses.ProofNeeded) and step == "proof":
                form.refuse("proof", _("Écrivez le code que la personne a reçu, ou choisissez autre chose."))
            else:
                form.refuse(refused.field or "card", refused.sentence)
                say_when(refused)
            status = refused.status
            if isinstance(
                refused,
                (losses.ProofNeeded, proofs.WrongProof, proofs.NoWay, proofs.TooManyCodes, TooManyTexts),
            ):
                card = losses.look_at(who, typed)
    elif form.is_submitted():
        status = 422
    if card is not None and card.asks_for_proof:
        form.proof.flags.required = True  # of the button beside it; the others ask for no code
    page = render_template(
        "cards/lost.html",
        form=form,
        card=card,
        sent=sent,
        confirms_first=proofs.confirms_first(who),
        confirms_now=kept,
    )
    return page, status


@blueprint.route("/confirmer", methods=["GET", "POST"])
@policy("card.replace")
@keeps_form
def confirm() -> Answer:
    """Somebody who came in by a link, a code or a card says once more who they are.

    What they had typed of a lost card comes along, and back into its form.
    """
    who = actor()
    form = DeskCodeForm()
    if not proofs.confirms_first(who):
        return _lost_again(form) if form.validate_on_submit() else redirect(url_for("cards_desk.lost"), 303)
    if request.form.get("step") == "send":
        status = submit(form, lambda: proofs.ask_to_confirm(who, current_language().tag))
        sent = status is None
    else:
        status = submit(form, lambda: proofs.confirm(who, form.proof.data or ""))
        if status is None:
            return _lost_again(form)
        sent = form.is_submitted()
    form.proof.flags.required = True
    return render_template("cards/confirm.html", form=form, sent=sent), status or 200


def _lost_again(confirmed: DeskCodeForm) -> Answer:
    """The form of a lost card, with what was typed there before."""
    typed = {name: confirmed[name].data for name in ("card", "reason", "another") if confirmed[name].data}
    if not typed:
        return redirect(url_for("cards_desk.lost"), 303)
    form = LostForm(formdata=None, data=typed)
    return render_template("cards/lost.html", form=form, card=None, sent=None, confirms_first=False)
