"""Another role for somebody who has an account, and the end of one."""

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.core.errors import Forbidden
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import site_languages
from cdv_civic.core.policy.decisions import FORBIDDEN
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web.desk import actor
from cdv_civic.role_desk.choosing import choice_of
from cdv_civic.role_desk.desk.blueprint import account_at_desk, back_to_account, blueprint, choosing_page
from cdv_civic.role_desk.forms import LetterForm, RoleForm, in_languages
from cdv_civic.role_desk.operations import roles
from cdv_civic.role_desk.queries import accounts as queries
from cdv_civic.role_desk.role_dates import span
from cdv_civic.role_desk.wording import words_of


@blueprint.route("/comptes/<int:account_id>/role", methods=["GET", "POST"])
@policy("role.grant")
@keeps_form
def give(account_id: int) -> AnyResponse:
    """Another role for somebody: a role, what it is for, then from when until when."""
    account = account_at_desk(account_id)
    choice = choice_of(actor(), request.args)
    scope = choice.scope
    if scope is None:
        return choosing_page(choice, account)
    form = in_languages(RoleForm(), site_languages())

    def act() -> None:
        starts_at, ends_at = span(form.starts_on.data, form.ends_on.data)
        roles.give_role(
            actor(),
            account_id,
            choice.role,
            scope,
            starts_at=starts_at,
            ends_at=ends_at,
            language=form.language.data,
        )

    status = submit(form, act)
    if status is None:
        return back_to_account(
            account_id, _("Le rôle est donné : %(role)s, %(scope)s.", role=choice.label, scope=choice.name)
        )
    page = render_template(
        "role_desk/give.html", form=form, choice=choice, account=account, mails=current_settings().mails
    )
    return make_response(page, status)


@blueprint.route("/comptes/<int:account_id>/roles/<int:grant_id>/fin", methods=["GET", "POST"])
@policy("role.grant")
@keeps_form
def end(account_id: int, grant_id: int) -> AnyResponse:
    """Is this role to end? Then it does."""
    account = account_at_desk(account_id)
    role = next((role for role in account.roles if role.id == grant_id), None)
    if role is None or not role.may_end:
        raise Forbidden(FORBIDDEN)
    form = in_languages(LetterForm(), site_languages())
    status = submit(form, lambda: roles.end_role(actor(), account_id, grant_id, form.language.data))
    if status is None:
        said = words_of(role)
        flash(_("Ce rôle est fini : %(role)s, %(scope)s.", role=said.label, scope=said.scope), "success")
        still = queries.account(actor(), account_id)
        return redirect(
            url_for("role_desk.show", account_id=account_id) if still else url_for("role_desk.table"), 303
        )
    page = render_template(
        "role_desk/end_role.html", form=form, account=account, role=role, mails=current_settings().mails
    )
    return make_response(page, status)
