"""The desk: all boxes within reach, a new one, how one is, and whether everybody sees it."""

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.core import clock
from cdv_civic.core.errors import DomainError
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import press, submit, submit_for
from cdv_civic.core.forms.texts import text_data
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import current_language, site_languages
from cdv_civic.core.policy.decisions import reach_of
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor, number_in
from cdv_civic.ideas.desk.blueprint import back_to, blueprint, box_at_desk
from cdv_civic.ideas.desk.forms import BoxForm, NewBoxForm, box_form, corners_of, settings_of
from cdv_civic.ideas.operations import boxes as operations
from cdv_civic.ideas.operations.boxes import Keeper
from cdv_civic.ideas.operations.locking import STANDS
from cdv_civic.ideas.queries.boxes import boxes_at_desk, quartiers_within_contract, slug_of_box, texts_of_box
from cdv_civic.ideas.rules.boxes import SupportsShown
from cdv_civic.ideas.scopes import ACTION
from cdv_civic.participation.rules.phases import first_day, last_day
from cdv_civic.territory.queries.organisers import contracts_of, organisers_of
from cdv_civic.territory.wording import organiser_label


@blueprint.get("")
@policy("idea.group")
def index() -> str:
    """The boxes within reach; 1 statement."""
    return render_template(
        "ideas/desk/index.html", boxes=boxes_at_desk(reach_of(actor(), ACTION), current_language().tag)
    )


@blueprint.get("/<int:box_id>")
@policy("idea.group")
def box(box_id: int) -> AnyResponse:
    """To a box by its number, which a list of work has; no name of a box reads as a number."""
    slug = slug_of_box(box_id)
    if slug is None:
        abort(404)
    # Its address says its title: whoever does not keep this box is not told it.
    return redirect(url_for("ideas_desk.show", slug=box_at_desk(slug).slug))


@blueprint.route("/nouvelle", methods=["GET", "POST"])
@policy("idea.group")
@keeps_form
def begin() -> Answer:
    """A new box, in one contract (`?contrat=`)."""
    reach = reach_of(actor(), ACTION)
    contracts = contracts_of(reach)
    asked = request.args.get("contrat", "")
    contract = next((each for each in contracts if each.slug == asked), contracts[0] if contracts else None)
    keepers = organisers_of(contract.id, reach) if contract else []
    form = box_form(
        NewBoxForm,
        site_languages(),
        quartiers_within_contract(contract.id) if contract else [],
        {"read_before": True, "supports_shown": SupportsShown.IN_STEPS.value},
        keepers=[(each.value, organiser_label(each)) for each in keepers],
    )

    def act() -> str:
        chosen = next((each for each in keepers if each.value == form.keeper.data), None)
        if contract is None or chosen is None:
            raise DomainError(_l("Choisissez une réponse de la liste."), field="keeper")
        keeper = Keeper(contract.id, chosen.body_id, chosen.commune_id)
        return operations.make_box(actor(), keeper, settings_of(form), client_key=form.client_key.data or "")

    status, slug = submit_for(form, act)
    if slug is not None:
        return back_to(slug, _("C’est enregistré. Personne d’autre que l’équipe ne la voit encore."))
    page = render_template(
        "ideas/desk/begin.html",
        form=form,
        contract=contract,
        contracts=contracts,
        keepers=keepers,
        languages_to=site_languages(),
    )
    return page, status


@blueprint.route("/<slug>/reglages", methods=["GET", "POST"])
@policy("idea.group")
@keeps_form
def settings(slug: str) -> Answer:
    """How a box is."""
    box = box_at_desk(slug)
    texts = texts_of_box(box.id)
    zone = clock.zone()
    data: dict[str, Any] = {
        "version": str(box.version),
        **text_data("title", texts.title),
        **text_data("question", texts.question),
        **text_data("answerer", texts.answerer),
        "opens_on": first_day(box.opens_at, zone) if box.opens_at else None,
        "closes_on": last_day(box.closes_at, zone) if box.closes_at else None,
        "answer_days": box.answer_days,
        "answer_due_on": box.answer_due_on,
        "read_before": box.read_before,
        "supports_shown": box.supports_shown,
        "quartiers": list(texts.quartiers),
        **corners_of(box.area),
    }
    form = box_form(BoxForm, site_languages(), quartiers_within_contract(box.contract_id), data)
    status = submit(
        form,
        lambda: operations.describe_box(actor(), box.id, settings_of(form), version=form.version.number),
    )
    if status is None:
        return back_to(slug, _("C’est enregistré."))
    page = render_template("ideas/desk/settings.html", box=box, form=form, languages_to=site_languages())
    return page, status


@blueprint.post("/<slug>/publier")
@policy("idea.group")
def publish(slug: str) -> AnyResponse:
    """Show a box to everybody."""
    box = box_at_desk(slug)
    version = number_in(request.form.get("version")) or 0
    press(
        lambda: operations.publish_box(actor(), box.id, version=version),
        lambda _done: _("Tout le monde voit cette boîte à idées."),
    )
    return redirect(url_for("ideas_desk.show", slug=slug), 303)


@blueprint.route("/<slug>/retirer", methods=["GET", "POST"])
@policy("idea.group")
@keeps_form
def withdraw(slug: str) -> Answer:
    """Ask first, then take a box off the site."""
    box = box_at_desk(slug)
    form = VersionForm(data={"version": str(box.version)})
    status = submit(form, lambda: operations.withdraw_box(actor(), box.id, version=form.version.number))
    if status is None:
        return back_to(slug, _("Cette boîte à idées n’est plus sur le site."))
    stands = STANDS if box.choice_opened_at is not None else None
    return render_template("ideas/desk/withdraw.html", box=box, form=form, stands=stands), status
