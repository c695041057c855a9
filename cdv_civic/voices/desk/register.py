"""The register: what is late first; passing several words on at once; how the body listens."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.bodies.desk.routes import Answer, site_languages
from cdv_civic.bodies.forms.fields import texts_of
from cdv_civic.bodies.queries.desk import texts_in_all
from cdv_civic.core import clock
from cdv_civic.core.errors import DomainError
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.paging import read_cursor, write_key
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import actor, number_in
from cdv_civic.voices import rules
from cdv_civic.voices.desk.routes import blueprint, hearing_body
from cdv_civic.voices.forms import ListeningForm, moderators_form
from cdv_civic.voices.operations import answering, keeping
from cdv_civic.voices.queries.desk import KEY_PARTS, RegisterFilters, desk_page, organisations_of, totals
from cdv_civic.voices.queries.listening import options_of


def _filters() -> RegisterFilters:
    args = request.args
    return RegisterFilters(
        state=args.get("etat", "") if args.get("etat") in rules.STATES else "",
        theme=args.get("theme", "") if args.get("theme") in rules.THEMES else "",
        kind=args.get("sorte", "") if args.get("sorte") in rules.KINDS else "",
        late=args.get("retard") == "1",
        q=" ".join(args.get("q", "").split())[:100],
    )


def _ids(typed: str) -> list[int]:
    """Ids in an address: "12-13-14"."""
    return [number for part in typed.split("-")[: answering.MOST_AT_ONCE] if (number := number_in(part))]


@blueprint.get("/<int:body_id>/parole")
@policy("voice.answer")
def show(body_id: int) -> str:
    """The words said to a body; `?etat=`, `?theme=`, `?sorte=`, `?retard=1` and `?q=` narrow them."""
    dossier = hearing_body(body_id, "voice.answer")
    filters = _filters()
    kept: dict[str, Any] = {
        "etat": filters.state or None,
        "theme": filters.theme or None,
        "sorte": filters.kind or None,
        "retard": "1" if filters.late else None,
        "q": filters.q or None,
    }
    cursor = read_cursor(request.args.get("apres"), request.args.get("avant"), parts=KEY_PARTS)
    page = desk_page(body_id, filters, cursor)

    def address(**where: Any) -> str:
        return url_for("voices_desk.show", body_id=body_id, **kept, **where)

    return render_template(
        "voices/register.html",
        body=dossier,
        filters=filters,
        kept=[(name, value) for name, value in kept.items() if value and name != "q"],
        rows=page.rows,
        totals=totals(body_id),
        organisations=organisations_of(dossier.contract_id),
        moved=_ids(request.args.get("transmis", "")),
        today=clock.today(),
        previous_url=address(avant=write_key(page.previous_key)) if page.previous_key else None,
        next_url=address(apres=write_key(page.next_key)) if page.next_key else None,
    )


@blueprint.post("/<int:body_id>/parole/transmettre")
@policy("voice.answer")
def transmit_many(body_id: int) -> AnyResponse:
    """Pass the chosen words on; the page that follows can undo it."""
    hearing_body(body_id, "voice.answer")
    chosen = [number for typed in request.form.getlist("voice") if (number := number_in(typed))]
    try:
        if not chosen:
            raise DomainError(_l("Choisissez au moins une ligne."))
        moved = answering.transmit_many(
            actor(), body_id, chosen, number_in(request.form.get("organisation")) or 0
        )
    except DomainError as refused:
        if refused.status not in (409, 422):
            raise
        flash(str(refused.sentence), "error")
        return redirect(url_for("voices_desk.show", body_id=body_id), 303)
    flash(ngettext("%(num)s message transmis.", "%(num)s messages transmis.", len(moved)), "success")
    done = "-".join(map(str, moved)) or None
    return redirect(url_for("voices_desk.show", body_id=body_id, transmis=done), 303)


@blueprint.post("/<int:body_id>/parole/reprendre")
@policy("voice.answer")
def take_back(body_id: int) -> AnyResponse:
    """Undo a passing on."""
    hearing_body(body_id, "voice.answer")
    count = answering.take_back(actor(), body_id, _ids(request.form.get("voices", "")))
    flash(ngettext("%(num)s message repris.", "%(num)s messages repris.", count), "success")
    return redirect(url_for("voices_desk.show", body_id=body_id), 303)


@blueprint.route("/<int:body_id>/parole/reglages", methods=["GET", "POST"])
@policy("voice.answer")
@keeps_form
def options(body_id: int) -> Answer:
    """Whether the form is open, by when the body answers, who reads."""
    dossier = hearing_body(body_id, "voice.answer")
    now = options_of(body_id)
    (readers,) = texts_in_all(now.readers_id)
    form = moderators_form(
        ListeningForm,
        "readers",
        _l("Qui lit"),
        site_languages(),
        hint=_l("Une phrase, montrée sur le formulaire : « Les six personnes du bureau du conseil. »"),
        is_open=now.is_open,
        due_days=now.due_days,
        version=str(now.version),
        **{f"readers_{tag}": text for tag, text in readers.items()},
    )
    status = submit(
        form,
        lambda: keeping.describe_listening(
            actor(),
            body_id,
            is_open=form.is_open.data,
            due_days=form.due_days.data,
            readers=texts_of(form, "readers"),
            version=number_in(form.version.data) or 0,
        ),
        version=now.version,
    )
    if status is None:
        flash(_("C’est enregistré."), "success")
        return redirect(url_for("voices_desk.show", body_id=body_id), 303)
    page = render_template("voices/options.html", body=dossier, form=form, languages_to=site_languages())
    return page, status
