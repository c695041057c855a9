"""The desk: all funds within reach, a new one, how one is, its rules, its money, whether everybody sees it."""

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.core import clock
from cdv_civic.core.errors import DomainError
from cdv_civic.core.forms.fields import listed
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import press, submit, submit_for
from cdv_civic.core.forms.texts import text_data
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import current_language, site_languages
from cdv_civic.core.policy.decisions import reach_of
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.policy.model import Reach
from cdv_civic.core.web.desk import Answer, actor, number_in
from cdv_civic.fund.desk.blueprint import back_to, blueprint, fund_at_desk
from cdv_civic.fund.desk.forms import (
    EnvelopeForm,
    FundForm,
    NewEnvelopeForm,
    NewFundForm,
    fund_form,
    fund_settings_of,
)
from cdv_civic.fund.desk.operations import envelopes as money
from cdv_civic.fund.desk.operations import funds as operations
from cdv_civic.fund.desk.operations.envelopes import NewEnvelope
from cdv_civic.fund.desk.operations.funds import FundPlace
from cdv_civic.fund.desk.queries import (
    Choices,
    FundChoices,
    choices_in,
    funds_at_desk,
    quartiers_of,
    rounds_at_desk,
    texts_of_fund,
)
from cdv_civic.fund.desk.rule_form import RulesForm, rules_data, rules_of
from cdv_civic.fund.desk.typed import read_cents, typed_cents
from cdv_civic.fund.project_words import ENVELOPE_SCOPES
from cdv_civic.fund.public.queries.funds import FundFacts
from cdv_civic.fund.public.queries.money import EnvelopeFacts, envelopes_of
from cdv_civic.fund.rule_words import rule_sentences, undefined_names
from cdv_civic.fund.rules.templates import TEMPLATES, EnvelopeScope, FundKind
from cdv_civic.fund.scopes import EDIT
from cdv_civic.territory.queries.organisers import OrganiserChoice, contracts_of, organisers_of
from cdv_civic.territory.wording import organiser_label

#: What stands for no organisation in a list of owners.
_NOBODY = ("", _l("À la ville, ou à toute l’équipe du contrat"))


@blueprint.get("")
@policy("fund.edit")
def index() -> str:
    """The funds within reach; 2 statements."""
    return render_template(
        "fund/desk/index.html", funds=funds_at_desk(reach_of(actor(), EDIT), current_language().tag)
    )


def _keepers(contract_id: int, reach: Reach, owners: Choices) -> list[OrganiserChoice]:
    """For which commune, or the whole contract, somebody makes a fund: within their reach, or, acting for an
    organisation alone, any."""
    own = [each for each in organisers_of(contract_id, reach) if each.body_id is None]
    if own or not owners:
        return own
    everywhere = organisers_of(contract_id, Reach(everywhere=True))
    return [each for each in everywhere if each.body_id is None]


def _owners(
    choices: FundChoices, reach: Reach, contract_id: int, commune_id: int | None
) -> list[tuple[Any, Any]]:
    """The organisations that somebody may give a fund to: all, for whoever acts for its place; else their own."""
    if reach.everywhere or contract_id in reach.contracts or commune_id in reach.communes:
        return [_NOBODY, *choices.organisations]
    return [each for each in choices.organisations if each[0] in reach.organisations]


@blueprint.route("/nouveau", methods=["GET", "POST"])
@policy("fund.edit")
@keeps_form
def begin() -> Answer:
    """A new fund, in one contract (`?contrat=`)."""
    reach = reach_of(actor(), EDIT)
    contracts = contracts_of(reach)
    asked = request.args.get("contrat", "")
    contract = next((each for each in contracts if each.slug == asked), contracts[0] if contracts else None)
    choices = choices_in(contract.id) if contract else FundChoices([], [], [])
    own = [each for each in choices.organisations if each[0] in reach.organisations]
    keepers = _keepers(contract.id, reach, own) if contract else []
    of_places = bool(contract) and any(
        each.commune_id in reach.communes for each in keepers if each.commune_id is not None
    )
    owners = (
        [_NOBODY, *choices.organisations]
        if contract is not None and (of_places or reach.everywhere or contract.id in reach.contracts)
        else own
    )
    form = fund_form(
        NewFundForm,
        site_languages(),
        choices,
        {},
        owners=owners,
        keepers=[(each.value, organiser_label(each)) for each in keepers],
    )

    def act() -> str:
        chosen = next((each for each in keepers if each.value == form.keeper.data), None)
        if contract is None or chosen is None:
            raise DomainError(_l("Choisissez une réponse de la liste."), field="keeper")
        settings = fund_settings_of(form)
        return operations.make_fund(
            actor(),
            FundPlace(contract.id, chosen.commune_id, settings.owner_id),
            settings,
            kind=FundKind(form.kind.data) if form.kind.data else None,
            client_key=form.client_key.data or "",
        )

    status, slug = submit_for(form, act)
    if slug is not None:
        return back_to(slug, _("C’est enregistré. Personne d’autre que l’équipe ne le voit encore."))
    page = render_template(
        "fund/desk/begin.html",
        form=form,
        contract=contract,
        contracts=contracts,
        keepers=keepers,
        languages_to=site_languages(),
    )
    return page, status


@blueprint.get("/<slug>")
@policy("fund.edit")
def show(slug: str) -> str:
    """A fund: its rules, its money, its rounds. 4 statements."""
    fund = fund_at_desk(slug)
    return render_template(
        "fund/desk/show.html",
        fund=fund,
        rules=rule_sentences(fund.rules),
        missing=undefined_names(fund.rules),
        envelopes=envelopes_of([fund.id]),
        scopes=ENVELOPE_SCOPES,
        rounds=rounds_at_desk(fund.id, current_language().tag),
    )


@blueprint.route("/<slug>/reglages", methods=["GET", "POST"])
@policy("fund.edit")
@keeps_form
def settings(slug: str) -> Answer:
    """How a fund is."""
    fund = fund_at_desk(slug)
    texts = texts_of_fund(fund.id)
    choices = choices_in(fund.contract_id)
    data: dict[str, Any] = {
        "version": str(fund.version),
        **text_data("name", texts.name),
        **text_data("words", texts.words),
        **text_data("help", texts.help),
        **text_data("elsewhere", texts.elsewhere),
        "owner": str(fund.owner_id or ""),
        "part_of": fund.part_of,
        "payer": fund.payer,
        "payer_siret": fund.payer_siret or "",
        "funders": texts.funders,
        "quartiers": texts.quartiers,
        "bodies": texts.bodies,
    }
    reach = reach_of(actor(), EDIT)
    owners = _owners(choices, reach, fund.contract_id, fund.commune_id)
    form = fund_form(FundForm, site_languages(), choices, data, owners=owners)
    status = submit(
        form,
        lambda: operations.describe_fund(
            actor(), fund.id, fund_settings_of(form), version=form.version.number
        ),
    )
    if status is None:
        return back_to(slug, _("C’est enregistré."))
    page = render_template("fund/desk/settings.html", fund=fund, form=form, languages_to=site_languages())
    return page, status


@blueprint.route("/<slug>/regles", methods=["GET", "POST"])
@policy("fund.edit")
@keeps_form
def rules(slug: str) -> Answer:
    """The rules that the next round begins with."""
    fund = fund_at_desk(slug)
    form = RulesForm(data={"version": str(fund.version), **rules_data(fund.rules)})
    status = submit(
        form,
        lambda: operations.set_fund_rules(actor(), fund.id, rules_of(form), version=form.version.number),
    )
    if status is None:
        return back_to(slug, _("Les règles sont enregistrées. Les appels déjà préparés gardent les leurs."))
    return render_template("fund/desk/rules.html", fund=fund, round=None, form=form), status


@blueprint.post("/<slug>/publier")
@policy("fund.edit")
def publish(slug: str) -> AnyResponse:
    """Show a fund to everybody."""
    fund = fund_at_desk(slug)
    version = number_in(request.form.get("version")) or 0
    press(
        lambda: operations.publish_fund(actor(), fund.id, version=version),
        lambda _done: _("Tout le monde voit ce fonds."),
    )
    return redirect(url_for("funds_desk.show", slug=slug), 303)


@blueprint.route("/<slug>/retirer", methods=["GET", "POST"])
@policy("fund.edit")
@keeps_form
def withdraw(slug: str) -> Answer:
    """Ask first, then take a fund off the site."""
    fund = fund_at_desk(slug)
    form = VersionForm(data={"version": str(fund.version)})
    status = submit(form, lambda: operations.withdraw_fund(actor(), fund.id, version=form.version.number))
    if status is None:
        return back_to(slug, _("Ce fonds n’est plus sur le site."))
    return render_template("fund/desk/withdraw.html", fund=fund, form=form), status


@blueprint.route("/<slug>/enveloppes/nouvelle", methods=["GET", "POST"])
@policy("fund.edit")
@keeps_form
def add_envelope(slug: str) -> Answer:
    """Money for a year."""
    fund = fund_at_desk(slug)
    proposed = TEMPLATES[FundKind(fund.kind)].envelopes if fund.kind else (EnvelopeScope.WHOLE,)
    form = NewEnvelopeForm(data={"year": clock.today().year, "scope": proposed[0].value})
    form.quartier.choices = listed([("", _l("Aucun")), *quartiers_of(fund.id)])
    status = submit(
        form,
        lambda: money.make_envelope(
            actor(),
            fund.id,
            NewEnvelope(
                form.year.data or 0,
                EnvelopeScope(form.scope.data),
                read_cents(form.amount.data or ""),
                number_in(form.quartier.data),
            ),
            client_key=form.client_key.data or "",
        ),
    )
    if status is None:
        return back_to(slug, _("L’enveloppe est ajoutée."))
    return render_template("fund/desk/envelope.html", fund=fund, form=form, envelope=None), status


def _envelope(fund: FundFacts, envelope_id: int) -> EnvelopeFacts:
    found = next((each for each in envelopes_of([fund.id]) if each.id == envelope_id), None)
    if found is None:
        abort(404)
    return found


@blueprint.route("/<slug>/enveloppes/<int:envelope_id>", methods=["GET", "POST"])
@policy("fund.edit")
@keeps_form
def envelope(slug: str, envelope_id: int) -> Answer:
    """How much an envelope holds."""
    fund = fund_at_desk(slug)
    row = _envelope(fund, envelope_id)
    form = EnvelopeForm(data={"version": str(row.version), "amount": typed_cents(row.cents)})
    status = submit(
        form,
        lambda: money.change_envelope(
            actor(), row.id, read_cents(form.amount.data or ""), version=form.version.number
        ),
    )
    if status is None:
        return back_to(slug, _("Le montant est enregistré."))
    return render_template(
        "fund/desk/envelope.html", fund=fund, form=form, envelope=row, scopes=ENVELOPE_SCOPES
    ), status


@blueprint.route("/<slug>/enveloppes/<int:envelope_id>/effacer", methods=["GET", "POST"])
@policy("fund.edit")
@keeps_form
def delete_envelope(slug: str, envelope_id: int) -> Answer:
    """Ask first, then take away an envelope that no project counts on."""
    fund = fund_at_desk(slug)
    row = _envelope(fund, envelope_id)
    form = VersionForm(data={"version": str(row.version)})
    status = submit(form, lambda: money.delete_envelope(actor(), row.id, version=form.version.number))
    if status is None:
        return back_to(slug, _("L’enveloppe est effacée."))
    return render_template(
        "fund/desk/delete_envelope.html", fund=fund, form=form, envelope=row, scopes=ENVELOPE_SCOPES
    ), status
