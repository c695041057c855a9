"""The desk: the rounds of a fund, from their calendar to the day on which they are closed for good."""

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.core import clock
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import press, submit, submit_for
from cdv_civic.core.forms.texts import text_data
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import site_languages
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor, number_in
from cdv_civic.fund.desk.blueprint import back_to_round, blueprint, fund_at_desk, round_here
from cdv_civic.fund.desk.forms import NewRoundForm, RoundForm, round_form, round_settings_of
from cdv_civic.fund.desk.operations import rounds as operations
from cdv_civic.fund.desk.queries import title_of_round
from cdv_civic.fund.desk.rule_form import RulesForm, rules_data, rules_of
from cdv_civic.fund.rule_words import rule_sentences, undefined_names
from cdv_civic.fund.rules.calendars import CalendarDay
from cdv_civic.fund.timeline import calendar_steps


@blueprint.route("/<slug>/appels/nouveau", methods=["GET", "POST"])
@policy("fund.edit")
@keeps_form
def begin_round(slug: str) -> Answer:
    """A new round, with the rules of the fund."""
    fund = fund_at_desk(slug)
    form = round_form(NewRoundForm, site_languages(), {"year": clock.today().year})
    status, round_slug = submit_for(
        form,
        lambda: operations.make_round(
            actor(), fund.id, round_settings_of(form), client_key=form.client_key.data or ""
        ),
    )
    if round_slug is not None:
        return back_to_round(
            slug, round_slug, _("C’est enregistré. Personne d’autre que l’équipe ne le voit encore.")
        )
    page = render_template(
        "fund/desk/round_settings.html", fund=fund, round=None, form=form, languages_to=site_languages()
    )
    return page, status


@blueprint.get("/<slug>/appels/<round_slug>")
@policy("fund.edit")
def show_round(slug: str, round_slug: str) -> str:
    """A round: its calendar, its rules, what is missing before it opens. 2 statements."""
    fund, found = round_here(slug, round_slug)
    return render_template(
        "fund/desk/show_round.html",
        fund=fund,
        round=found,
        rules=rule_sentences(found.rules),
        missing=undefined_names(found.rules),
        steps=calendar_steps(found.calendar, clock.today()),
    )


@blueprint.route("/<slug>/appels/<round_slug>/reglages", methods=["GET", "POST"])
@policy("fund.edit")
@keeps_form
def round_settings(slug: str, round_slug: str) -> Answer:
    """The title and the calendar of a round."""
    fund, found = round_here(slug, round_slug)
    data: dict[str, Any] = {
        "version": str(found.version),
        **text_data("title", title_of_round(found.id)),
        "year": found.year,
        **{each.value: getattr(found.calendar, each.value) for each in CalendarDay},
    }
    form = round_form(RoundForm, site_languages(), data)
    status = submit(
        form,
        lambda: operations.describe_round(
            actor(), found.id, round_settings_of(form), version=form.version.number
        ),
    )
    if status is None:
        return back_to_round(slug, round_slug, _("C’est enregistré."))
    page = render_template(
        "fund/desk/round_settings.html", fund=fund, round=found, form=form, languages_to=site_languages()
    )
    return page, status


@blueprint.route("/<slug>/appels/<round_slug>/regles", methods=["GET", "POST"])
@policy("fund.edit")
@keeps_form
def round_rules(slug: str, round_slug: str) -> Answer:
    """The rules of a round; once they are frozen they are read here, with why."""
    fund, found = round_here(slug, round_slug)
    form = RulesForm(data={"version": str(found.version), **rules_data(found.rules)})
    status = submit(
        form,
        lambda: operations.set_round_rules(actor(), found.id, rules_of(form), version=form.version.number),
    )
    if status is None:
        return back_to_round(slug, round_slug, _("Les règles de cet appel sont enregistrées."))
    page = render_template(
        "fund/desk/rules.html", fund=fund, round=found, form=form, rules=rule_sentences(found.rules)
    )
    return page, status


@blueprint.post("/<slug>/appels/<round_slug>/ouvrir")
@policy("fund.edit")
def open_round(slug: str, round_slug: str) -> AnyResponse:
    """Show a round to everybody."""
    _fund, found = round_here(slug, round_slug)
    version = number_in(request.form.get("version")) or 0
    press(
        lambda: operations.open_round(actor(), found.id, version=version),
        lambda _done: _("L’appel à projets est public."),
    )
    return redirect(url_for("funds_desk.show_round", slug=slug, round_slug=round_slug), 303)


@blueprint.route("/<slug>/appels/<round_slug>/fermer", methods=["GET", "POST"])
@policy("fund.edit")
@keeps_form
def close_round(slug: str, round_slug: str) -> Answer:
    """Ask first, then close a round for good."""
    fund, found = round_here(slug, round_slug)
    form = VersionForm(data={"version": str(found.version)})
    status = submit(form, lambda: operations.close_round(actor(), found.id, version=form.version.number))
    if status is None:
        return back_to_round(slug, round_slug, _("L’appel à projets est fermé pour de bon."))
    return render_template("fund/desk/close_round.html", fund=fund, round=found, form=form), status
