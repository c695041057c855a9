"""A card that is lost: close it and give another one; who came in without a password confirms first who they are."""

from typing import Final

from flask import flash, redirect, render_template, request, url_for

from cdv_civic.accounts.limits import TooManyTexts
from cdv_civic.cards.desk.blueprint import blueprint, keep_key
from cdv_civic.cards.forms import DeskCodeForm, LostForm
from cdv_civic.cards.operations import lost as losses
from cdv_civic.cards.operations import proofs
from cdv_civic.cards.operations.batches import Printing
from cdv_civic.cards.rules import Reason
from cdv_civic.core.errors import NotFound
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit, submit_for
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor

#: Refusals that have pages of their own elsewhere.
_SAID_HERE: Final = (NotFound, proofs.NotConfirmed)
#: Refusals after which there are still ways to give another card.
_CHOICES_LEFT: Final = (
    losses.ProofNeeded,
    proofs.WrongProof,
    proofs.NoWay,
    proofs.TooManyCodes,
    TooManyTexts,
)


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
    typed, step, sent = form.card.data or "", request.form.get("step"), None
    if step == "send":
        status, sent = submit_for(
            form, lambda: losses.ask_holder(who, typed, current_language().tag), saying=_SAID_HERE
        )
    elif form.another.data == "oui":
        status, printing = submit_for(form, lambda: _replace(form, step), saying=_SAID_HERE)
        if printing is not None:
            keep_key(printing)
            return redirect(url_for("cards_desk.sheet", batch_id=printing.batch_id), 303)
    else:
        status, serial = submit_for(
            form, lambda: losses.revoke_card(who, typed, Reason(form.reason.data)), saying=_SAID_HERE
        )
        if serial is not None:
            flash(_("La carte %(serial)s est fermée.", serial=serial), "success")
            return redirect(url_for("cards_desk.lost"), 303)
    choosing = sent is not None or isinstance(form.refusal, _CHOICES_LEFT)
    card = losses.look_at(who, typed) if choosing else None
    if card is not None and card.asks_for_proof:
        form.proof.flags.required = True  # of the button beside it; the others ask for no code
    page = render_template(
        "cards/lost.html",
        form=form,
        card=card,
        sent=sent,
        confirms_first=proofs.confirms_first(who),
        confirms_now=isinstance(form.refusal, proofs.NotConfirmed),
    )
    return page, status


def _replace(form: LostForm, step: str | None) -> Printing:
    return losses.replace_card(
        actor(),
        form.card.data or "",
        Reason(form.reason.data),
        proof=(form.proof.data or "") if step == "proof" else None,
        new_space=step == "new",
    )


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
