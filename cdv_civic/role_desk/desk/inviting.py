"""Inviting somebody to a role: the role first, what it is for, then who; and the invitation once more."""

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import press, submit
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import current_language, site_languages
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web.desk import actor
from cdv_civic.role_desk.choosing import choice_of
from cdv_civic.role_desk.desk.blueprint import back_to_account, blueprint, choosing_page
from cdv_civic.role_desk.forms import FreeInvitationForm, invitation_form
from cdv_civic.role_desk.operations import invitations
from cdv_civic.role_desk.role_dates import span


@blueprint.route("/comptes/inviter", methods=["GET", "POST"])
@policy("role.grant")
@keeps_form
def invite() -> AnyResponse:
    """Somebody new, or of whom one only knows the address: a role, what it is for, then who."""
    choice = choice_of(actor(), request.args)
    scope = choice.scope
    if scope is None:
        return choosing_page(choice, None)
    form = invitation_form(choice.role, site_languages())

    def act() -> None:
        starts_at, ends_at = span(form.starts_on.data, form.ends_on.data)
        invitations.invite(
            actor(),
            email=form.email.data or "",
            name=form.name.data or "",
            organisation_name=form.organisation_name.data or "",
            role=choice.role,
            scope=scope,
            starts_at=starts_at,
            ends_at=ends_at,
            language=form.language.data,
            with_password=isinstance(form, FreeInvitationForm) and form.way.data == "password",
        )

    status = submit(form, act)
    if status is None:
        flash(_("Le message part à l’adresse %(email)s.", email=form.email.data), "success")
        return redirect(url_for("role_desk.table"), 303)
    page = render_template("role_desk/invite.html", form=form, choice=choice, mails=current_settings().mails)
    return make_response(page, status)


@blueprint.post("/comptes/<int:account_id>/inviter")
@policy("account.manage")
def invite_again(account_id: int) -> AnyResponse:
    """Another letter for somebody who has not come yet, in the language of the desk."""
    press(
        lambda: invitations.invite_again(actor(), account_id, current_language().tag),
        lambda _done: _("L’invitation part de nouveau."),
    )
    return back_to_account(account_id)
