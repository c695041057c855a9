"""What somebody who has signed in finds of moderation: what was decided about their texts, and their reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, Flask, abort, flash, g, redirect, render_template, url_for

from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import actor
from cdv_civic.moderation.appeals.operations.contesting import NewAppeal, contest
from cdv_civic.moderation.appeals.public_forms import AppealForm
from cdv_civic.moderation.appeals.queries import (
    DecidedText,
    contested_by_account,
    has_decisions,
    own_decisions,
)
from cdv_civic.moderation.reports.queries import FollowedReport, own_reports
from cdv_civic.my_space.first_page import AccountPart, Reader, Side, register_account_part
from cdv_civic.my_space.views import keep_nothing

blueprint = Blueprint("own_moderation", __name__, url_prefix="/<lang>")
blueprint.after_request(keep_nothing)

#: Rows on the page, and on the first page of the account.
MOST: Final = 100
FEW: Final = 3


@dataclass(frozen=True)
class OwnModeration:
    """What the first page of an account shows."""

    decisions: Sequence[DecidedText]
    reports: Sequence[FollowedReport]


def draw_part(reader: Reader) -> str | None:
    """The decisions and reports of last; nothing for whoever has none. 2 statements, and one for each kind of text."""
    shown = OwnModeration(
        own_decisions(reader.account_id, reader.language, FEW),
        own_reports(reader.account_id, reader.language, FEW),
    )
    if not shown.decisions and not shown.reports:
        return None
    return render_template("moderation/own_part.html", shown=shown)


def _account_id() -> int:
    account_id = actor().actor_id
    if account_id is None:
        abort(404)
    return account_id


@blueprint.get("/moi/moderation")
@policy("account.self")
def index() -> str:
    """What was decided about one’s texts, and one’s reports; 2 statements, and one for each kind of text."""
    return render_template(
        "moderation/own_list.html",
        decisions=own_decisions(_account_id(), g.language.tag, MOST),
        reports=own_reports(_account_id(), g.language.tag, MOST),
    )


@blueprint.route("/moi/moderation/contester/<int:decision_id>", methods=["GET", "POST"])
@policy("account.self")
@keeps_form
def appeal(decision_id: int) -> Any:
    """Contest a decision about one’s own text, or one that left a text that one reported."""
    decided = contested_by_account(_account_id(), decision_id, g.language.tag)
    if decided is None:
        abort(404)
    form = AppealForm()
    status = submit(
        form,
        lambda: contest(
            actor(),
            NewAppeal(decision_id, form.words.data or "", form.client_key.data or "", g.language.tag),
        ),
    )
    if status is None:
        flash(_("C’est reçu. Une autre personne vous répondra ici."), "success")
        return redirect(url_for("own_moderation.index"), 303)
    return render_template("moderation/appeals/own.html", form=form, decided=decided, action=""), status


PART: Final = AccountPart("moderation", Side.AFTER_NEWS, draw_part, has_decisions)


def register(app: Flask) -> None:
    """The pages, and their part of the first page of an account."""
    app.register_blueprint(blueprint)
    register_account_part(app, PART)
