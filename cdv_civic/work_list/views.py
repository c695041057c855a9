"""« À faire », the first page of the desk, and how often a mail reminds of it."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from cdv_civic.core.db import db
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web import navigation
from cdv_civic.core.web.desk import Answer, actor, desk_blueprint
from cdv_civic.work_list import queries
from cdv_civic.work_list.forms import ReminderForm
from cdv_civic.work_list.operations import choose_period, mail_address
from cdv_civic.work_list.rules import Period, works

blueprint = desk_blueprint("work_list", __name__, "")


@blueprint.get("")
@policy("account.self", reads=("tout",))
def show() -> Answer:
    """What waits for the person, the most urgent first; 2 statements of its own.

    Whoever works here reads it, whatever their role; whoever holds none is led to their own space.
    """
    who = actor()
    if not works(who):
        return redirect(navigation.url("my_space"))
    return render_template(
        "work_list/show.html",
        work=queries.work_list(who, whole=request.args.get("tout") == "1"),
        period=queries.period_of(current_user.actor_id),
        mails=current_settings().mails,
    )


@blueprint.route("/rappels", methods=["GET", "POST"])
@policy("work.read")
def reminders() -> Answer:
    """How often a mail sums one's work up."""
    account_id: int = current_user.actor_id
    form = ReminderForm(data={"period": queries.period_of(account_id).value})
    status = submit(form, lambda: choose_period(actor(), Period(form.period.data)))
    if status is None:
        flash(_("C’est enregistré."), "success")
        return redirect(url_for("work_list.show"), 303)
    page = render_template(
        "work_list/reminders.html",
        form=form,
        mails=current_settings().mails,
        has_address=mail_address(db.session(), account_id) is not None,
    )
    return page, status
