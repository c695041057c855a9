"""The staff’s pages of services that help in other languages: the list, the form, off the page and back on it."""

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import press, submit
from cdv_civic.core.forms.texts import text_data
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import site_languages
from cdv_civic.core.localized import texts_in_all
from cdv_civic.core.policy.decisions import reach_of
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor, desk_blueprint
from cdv_civic.language_help import operations, queries, wording
from cdv_civic.language_help.forms import service_form
from cdv_civic.language_help.operations import ACTION

blueprint = desk_blueprint("language_help_desk", __name__, "/langues")


def _contract(
    slug: str = "", contract_id: int | None = None
) -> tuple[queries.HelpContract, list[queries.HelpContract]]:
    """The contract that the page is about, else the first; and all that there are. 404 where there is none."""
    found = queries.contracts_with_help(reach_of(actor(), ACTION))
    for each in found:
        if each.slug == slug or each.id == contract_id:
            return each, found
    if not found or contract_id is not None:
        abort(404)
    return found[0], found


@blueprint.get("")
@policy("language_help.edit")
def table() -> str:
    """The services of one contract (`?contrat=`), with those that were taken off the page."""
    contract, contracts = _contract(request.args.get("contrat", ""))
    reach = reach_of(actor(), ACTION)
    places = {each.code: each for each in queries.served_places(contract, reach, retired=True)}
    return render_template(
        "language_help/table.html",
        contract=contract,
        contracts=contracts,
        kinds=wording.KINDS,
        # Of a service elsewhere in the contract another team says what it is.
        rows=[
            (each, places[each.served])
            for each in queries.desk_services(contract.id)
            if each.served in places
        ],
    )


@blueprint.route("/nouveau", methods=["GET", "POST"])
@policy("language_help.edit")
@keeps_form
def add() -> Answer:
    """The form of a new service of one contract (`?contrat=`)."""
    contract, _all = _contract(request.args.get("contrat", ""))
    places = queries.served_places(contract, reach_of(actor(), ACTION))
    form = service_form(site_languages(), places, {})
    status = submit(
        form,
        lambda: operations.add_service(
            actor(), contract.id, form.draft(), client_key=form.client_key.data or ""
        ),
    )
    if status is None:
        return _to_table(contract, _("C’est publié. Les habitantes et les habitants le lisent maintenant."))
    page = render_template(
        "language_help/edit.html", contract=contract, form=form, service=None, languages_to=site_languages()
    )
    return page, status


@blueprint.route("/<int:help_id>", methods=["GET", "POST"])
@policy("language_help.edit")
@keeps_form
def change(help_id: int) -> Answer:
    """The form of a service that is there."""
    service, contract = _service(help_id)
    what, hours = texts_in_all(service.what_id, service.hours_id)
    form = service_form(
        site_languages(),
        queries.served_places(contract, reach_of(actor(), ACTION)),
        {
            "version": str(service.version),
            "kind": service.kind,
            "served": service.served,
            "service": service.service,
            "spoken": list(service.spoken),
            "place": service.place or "",
            "phone": service.phone or "",
            **text_data("what", what),
            **text_data("hours", hours),
        },
    )
    status = submit(
        form,
        lambda: operations.change_service(actor(), help_id, form.draft(), version=form.version.number),
    )
    if status is None:
        return _to_table(
            contract, _("C’est enregistré. Les habitantes et les habitants le lisent maintenant.")
        )
    page = render_template(
        "language_help/edit.html",
        contract=contract,
        form=form,
        service=service,
        languages_to=site_languages(),
    )
    return page, status


@blueprint.post("/<int:help_id>/retirer")
@policy("language_help.edit")
def withdraw(help_id: int) -> AnyResponse:
    """Take a service off the public page."""
    _service_row, contract = _service(help_id)
    press(
        lambda: operations.withdraw_service(actor(), help_id),
        lambda _done: _("Le service n’est plus sur la page. Vous pouvez le remettre."),
    )
    return redirect(url_for("language_help_desk.table", contrat=contract.slug), 303)


@blueprint.post("/<int:help_id>/remettre")
@policy("language_help.edit")
def put_back(help_id: int) -> AnyResponse:
    """Show a service again."""
    _service_row, contract = _service(help_id)
    press(
        lambda: operations.put_back_service(actor(), help_id),
        lambda _done: _("Le service est de nouveau sur la page."),
    )
    return redirect(url_for("language_help_desk.table", contrat=contract.slug), 303)


def _service(help_id: int) -> tuple[queries.DeskService, queries.HelpContract]:
    service = queries.desk_service(help_id)
    if service is None:
        abort(404)
    operations.require_edit(actor(), help_id)
    return service, _contract(contract_id=service.contract_id)[0]


def _to_table(contract: queries.HelpContract, said: str) -> AnyResponse:
    flash(said, "success")
    return redirect(url_for("language_help_desk.table", contrat=contract.slug), 303)
