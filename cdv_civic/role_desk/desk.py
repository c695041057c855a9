"""The desk of accounts and roles: who holds which, giving one (the role first, then what it is for), ending it."""

from collections.abc import Callable
from typing import Final

from flask import (
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.accounts.operations import close_account
from cdv_civic.core.errors import DomainError, Forbidden
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import current_language, site_languages
from cdv_civic.core.paging import read_cursor, write_key
from cdv_civic.core.policy.decisions import FORBIDDEN
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web.desk import actor
from cdv_civic.role_desk import permission_table
from cdv_civic.role_desk.blueprint import blueprint
from cdv_civic.role_desk.choosing import RoleChoice, choice_of
from cdv_civic.role_desk.forms import FreeInvitationForm, LetterForm, RoleForm, in_languages, invitation_form
from cdv_civic.role_desk.operations import invitations, roles
from cdv_civic.role_desk.queries import accounts as queries
from cdv_civic.role_desk.queries.accounts import AccountDetail
from cdv_civic.role_desk.role_dates import span
from cdv_civic.role_desk.wording import words_of
from cdv_civic.sign_in.oidc.operations import unlink_identities

LONGEST_SEARCH: Final = 100


def _typed() -> str:
    return " ".join(request.args.get("q", "").split())[:LONGEST_SEARCH]


@blueprint.get("/comptes")
@policy("role.grant")
def table() -> str:
    """The accounts whose roles one may know of; `?q=` looks for some."""
    typed = _typed()
    place = read_cursor(request.args.get("apres"), request.args.get("avant"), parts=1)
    page = queries.accounts(actor(), typed, place)

    def turn(**where: str) -> str:
        return url_for("role_desk.table", q=typed or None, **where)  # type: ignore[arg-type]

    return render_template(
        "role_desk/accounts.html",
        rows=page.rows,
        q=typed,
        mails=current_settings().mails,
        manages=queries.manages(actor()),
        previous_url=turn(avant=write_key(page.previous_key)) if page.previous_key else None,
        next_url=turn(apres=write_key(page.next_key)) if page.next_key else None,
    )


def _account(account_id: int) -> AccountDetail:
    """The account of a page. Who looks after some accounts learns nothing of others, not even whether they are."""
    account = queries.account(actor(), account_id)
    if account is None and not queries.manages(actor()):
        raise Forbidden(FORBIDDEN)
    if account is None:
        abort(404)
    return account


@blueprint.get("/comptes/<int:account_id>")
@policy("role.grant")
def show(account_id: int) -> str:
    """One account: its roles, and what can be done with it."""
    return render_template(
        "role_desk/account.html",
        account=_account(account_id),
        manages=queries.manages(actor()),
        mails=current_settings().mails,
    )


@blueprint.route("/comptes/inviter", methods=["GET", "POST"])
@policy("role.grant")
@keeps_form
def invite() -> AnyResponse:
    """Somebody new, or of whom one only knows the address: a role, what it is for, then who."""
    choice = choice_of(actor(), request.args)
    scope = choice.scope
    if scope is None:
        return _choosing(choice, None)
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


@blueprint.route("/comptes/<int:account_id>/role", methods=["GET", "POST"])
@policy("role.grant")
@keeps_form
def give(account_id: int) -> AnyResponse:
    """Another role for somebody: a role, what it is for, then from when until when."""
    account = _account(account_id)
    choice = choice_of(actor(), request.args)
    scope = choice.scope
    if scope is None:
        return _choosing(choice, account)
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
        flash(_("Le rôle est donné : %(role)s, %(scope)s.", role=choice.label, scope=choice.name), "success")
        return redirect(url_for("role_desk.show", account_id=account_id), 303)
    page = render_template(
        "role_desk/give.html", form=form, choice=choice, account=account, mails=current_settings().mails
    )
    return make_response(page, status)


def _choosing(choice: RoleChoice, account: AccountDetail | None) -> AnyResponse:
    """The steps before the form: plain links, so that each can be taken back. A form sent without them does nothing."""
    page = render_template("role_desk/choose_role.html", choice=choice, account=account)
    return make_response(page, 422 if request.method == "POST" else 200)


@blueprint.route("/comptes/<int:account_id>/roles/<int:grant_id>/fin", methods=["GET", "POST"])
@policy("role.grant")
@keeps_form
def end(account_id: int, grant_id: int) -> AnyResponse:
    """Is this role to end? Then it does."""
    account = _account(account_id)
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


@blueprint.post("/comptes/<int:account_id>/inviter")
@policy("account.manage")
def invite_again(account_id: int) -> AnyResponse:
    """Another letter for somebody who has not come yet, in the language of the desk."""
    return _done(
        account_id,
        lambda: invitations.invite_again(actor(), account_id, current_language().tag),
        _("L’invitation part de nouveau."),
    )


@blueprint.post("/comptes/<int:account_id>/fermer")
@policy("account.manage")
def close(account_id: int) -> AnyResponse:
    """Close an account."""
    return _done(account_id, lambda: close_account(actor(), account_id), _("Le compte est fermé."))


@blueprint.post("/comptes/<int:account_id>/identites/defaire")
@policy("account.manage")
def unlink(account_id: int) -> AnyResponse:
    """Forget who somebody is at another service that people sign in with."""
    return _done(
        account_id,
        lambda: unlink_identities(actor(), account_id),
        _("Le lien avec l’autre service est défait."),
    )


def _done(account_id: int, act: Callable[[], object], sentence: str) -> AnyResponse:
    try:
        act()
    except DomainError as refused:
        if refused.status in (403, 404):
            raise
        flash(str(refused.sentence), "error")
    else:
        flash(sentence, "success")
    return redirect(url_for("role_desk.show", account_id=account_id), 303)


@blueprint.get("/droits")
@policy("account.self")
def permissions() -> str:
    """« Qui peut faire quoi »: the permission table in words."""
    return render_template(
        "role_desk/permission_table.html",
        themes=permission_table.rights(),
        roles=permission_table.role_lines(),
    )
