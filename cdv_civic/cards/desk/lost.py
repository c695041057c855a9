"""A card that is lost: close it and give another one; who came in without a password confirms first who they are."""

from flask import flash, redirect, render_template, request, url_for

from cdv_civic.accounts.limits import TooManyTexts
from cdv_civic.cards.desk.blueprint import Answer, blueprint, keep_key
from cdv_civic.cards.forms import DeskCodeForm, LostForm
from cdv_civic.cards.operations import lost as losses
from cdv_civic.cards.operations import proofs
from cdv_civic.cards.rules import Reason
from cdv_civic.core.errors import DomainError
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import actor
from cdv_civic.core.web.error_pages import say_when


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
                keep_key(printing)
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
