"""The desk: meetings of a commission, their agenda, who is there, links, invitation."""

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.core import clock
from cdv_civic.core.forms.fields import listed
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import press, submit, submit_for
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor, number_in
from cdv_civic.fund.juries.desk.blueprint import (
    back_to_fund,
    back_to_meeting,
    blueprint,
    book_at_desk,
    fund_at_desk,
    item_at_desk,
    meeting_at_desk,
)
from cdv_civic.fund.juries.forms import JuryLinkForm, JuryMeetingForm, PresenceForm
from cdv_civic.fund.juries.operations import agenda, linking
from cdv_civic.fund.juries.operations import meetings as operations
from cdv_civic.fund.juries.operations.linking import NotedLink
from cdv_civic.fund.juries.queries.funds import commission_of
from cdv_civic.fund.juries.queries.meetings import waiting_for
from cdv_civic.fund.juries.wording import LINKS, METHODS, OUTCOMES, SIDES
from cdv_civic.fund.project_words import ENVELOPE_SCOPES
from cdv_civic.fund.rules.juries import JuryMethod


@blueprint.route("/fonds/<int:fund_id>/reunions/nouvelle", methods=["GET", "POST"])
@policy("fund.edit")
@keeps_form
def new_meeting(fund_id: int) -> Answer:
    """The form of a meeting; the projects that wait come on its agenda by themselves."""
    fund = fund_at_desk(fund_id)
    rounds = commission_of(fund, current_language().tag).rounds
    decided = [each for each in rounds if each.decides]
    first = next((each for each in decided if each.waiting), decided[0] if decided else None)
    form = JuryMeetingForm(
        data={
            "version": "0",
            "round": str(first.id) if first else "",
            "quorum": first.rules.jury.quorum if first else None,
            "method": JuryMethod.HANDS.value,
        }
    )
    form.round.choices = listed((each.id, each.title.text) for each in decided)
    status, made = submit_for(
        form,
        lambda: operations.make_meeting(
            actor(),
            number_in(form.round.data) or 0,
            form.settings(),
            client_key=form.client_key.data or "",
        ),
    )
    if made is not None:
        return back_to_meeting(
            made, _("La réunion est prête. Les projets qui attendent sont à l’ordre du jour.")
        )
    page = render_template(
        "fund/juries/new_meeting.html",
        fund=fund,
        form=form,
        rounds=rounds,
        decided=decided,
        vote_decides=operations.VOTE_DECIDES,
    )
    return page, status


@blueprint.get("/reunions/<int:meeting_id>")
@policy("fund.edit")
def meeting(meeting_id: int) -> str:
    """A meeting: what is to do, the agenda, who is there, the money that is left; 8 statements."""
    book = book_at_desk(meeting_id)
    return render_template(
        "fund/juries/meeting.html",
        book=book,
        meeting=book.meeting,
        waiting=0 if book.meeting.closed else waiting_for(book.meeting),
        links=LINKS,
        methods=METHODS,
        outcomes=OUTCOMES,
        scopes=ENVELOPE_SCOPES,
        today=clock.today(),
    )


@blueprint.route("/reunions/<int:meeting_id>/modifier", methods=["GET", "POST"])
@policy("fund.edit")
@keeps_form
def change_meeting(meeting_id: int) -> Answer:
    """The form of a meeting that is not closed."""
    shown = meeting_at_desk(meeting_id)
    starts_at = shown.starts_at.astimezone(clock.zone())
    form = JuryMeetingForm(
        data={
            "version": str(shown.version),
            "round": str(shown.round_id),
            "day": starts_at.date(),
            "hour": starts_at.time(),
            "place": shown.place,
            "method": shown.method,
            "quorum": shown.quorum,
        }
    )
    del form.round
    status = submit(
        form,
        lambda: operations.change_meeting(actor(), meeting_id, form.settings(), version=form.version.number),
    )
    if status is None:
        return back_to_meeting(meeting_id, _("C’est enregistré."))
    return render_template("fund/juries/change_meeting.html", meeting=shown, form=form), status


@blueprint.route("/reunions/<int:meeting_id>/annuler", methods=["GET", "POST"])
@policy("fund.edit")
@keeps_form
def cancel_meeting(meeting_id: int) -> Answer:
    """Ask first, then take a meeting away."""
    shown = meeting_at_desk(meeting_id)
    form = VersionForm(data={"version": str(shown.version)})
    status = submit(form, lambda: operations.cancel_meeting(actor(), meeting_id, version=form.version.number))
    if status is None:
        return back_to_fund(shown.fund_id, _("La réunion est annulée. Ses projets attendent la prochaine."))
    return render_template("fund/juries/cancel_meeting.html", meeting=shown, form=form), status


@blueprint.post("/reunions/<int:meeting_id>/projets")
@policy("fund.edit")
def add_projects(meeting_id: int) -> AnyResponse:
    """Put the projects that wait on the agenda."""
    meeting_at_desk(meeting_id)
    press(
        lambda: agenda.add_waiting(actor(), meeting_id),
        lambda added: ngettext(
            "%(num)s projet ajouté à l’ordre du jour.", "%(num)s projets ajoutés à l’ordre du jour.", added
        ),
    )
    return back_to_meeting(meeting_id)


@blueprint.post("/reunions/<int:meeting_id>/projets/<int:item_id>/<direction>")
@policy("fund.edit")
def move_item(meeting_id: int, item_id: int, direction: str) -> AnyResponse:
    """Hear a project earlier or later, or at another meeting."""
    item_at_desk(meeting_id, item_id)
    if direction not in ("monter", "descendre", "retirer"):
        abort(404)
    if direction == "retirer":
        press(
            lambda: agenda.remove_item(actor(), item_id),
            lambda _done: _("Ce projet n’est plus à l’ordre du jour. Il attend une autre réunion."),
        )
    else:
        press(
            lambda: agenda.move_item(actor(), item_id, up=direction == "monter"),
            lambda _done: _("L’ordre de passage est changé."),
        )
    return redirect(f"{url_for('juries_desk.meeting', meeting_id=meeting_id)}#projet-{item_id}", 303)


@blueprint.route("/reunions/<int:meeting_id>/presences", methods=["GET", "POST"])
@policy("fund.edit")
@keeps_form
def presences(meeting_id: int) -> Answer:
    """Who is there."""
    book = book_at_desk(meeting_id)
    data: dict[str, Any] = {"version": str(book.meeting.version), "members": sorted(book.present)}
    form = PresenceForm(data=data)
    form.members.flags.one_of_several = True  # none of them is an answer too
    form.members.choices = [
        (each.id, f"{each.name or _('une habitante ou un habitant')} · {each.represents or SIDES[each.side]}")
        for each in book.members
    ]
    status = submit(
        form,
        lambda: agenda.set_presences(
            actor(), meeting_id, form.members.data or (), version=form.version.number
        ),
    )
    if status is None:
        return back_to_meeting(meeting_id, _("C’est enregistré."))
    return render_template("fund/juries/presences.html", meeting=book.meeting, form=form), status


def link_said(noted: NotedLink) -> str:
    """What went with a link, in words."""
    said = [_("C’est noté\u00a0: cette personne ne prend pas part au choix de ce projet.")]
    if noted.mark_removed:
        said.append(_("La note qu’elle avait donnée est effacée."))
    if noted.decision_removed:
        said.append(_("La décision entrée comptait cette personne\u00a0: entrez-la de nouveau."))
    return " ".join(said)


@blueprint.route("/reunions/<int:meeting_id>/projets/<int:item_id>/lien", methods=["GET", "POST"])
@policy("fund.edit")
@keeps_form
def note_link(meeting_id: int, item_id: int) -> Answer:
    """Note that a member is linked to a project."""
    book, item = item_at_desk(meeting_id, item_id)
    aside = {each.id for each, _kind in book.aside(item)}
    form = JuryLinkForm()
    form.member.choices = listed((each.id, each.name) for each in book.members if each.id not in aside)
    status, noted = submit_for(
        form, lambda: linking.declare_link(actor(), item_id, number_in(form.member.data) or 0)
    )
    if noted is not None:
        return back_to_meeting(meeting_id, link_said(noted))
    return render_template("fund/juries/note_link.html", meeting=book.meeting, item=item, form=form), status


@blueprint.post("/reunions/<int:meeting_id>/projets/<int:item_id>/lien/retirer")
@policy("fund.edit")
def take_link_back(meeting_id: int, item_id: int) -> AnyResponse:
    """A link was noted by mistake."""
    item_at_desk(meeting_id, item_id)
    member_id = number_in(request.form.get("member")) or 0
    press(
        lambda: linking.take_link_back(actor(), item_id, member_id),
        lambda _done: _("Le lien est retiré\u00a0: cette personne prend part au choix de ce projet."),
    )
    return back_to_meeting(meeting_id)


@blueprint.get("/reunions/<int:meeting_id>/invitation")
@policy("fund.edit")
def invitation(meeting_id: int) -> str:
    """The invitation with the agenda, to print."""
    book = book_at_desk(meeting_id)
    return render_template(
        "fund/juries/invitation.html",
        book=book,
        meeting=book.meeting,
        methods=METHODS,
        back=url_for("juries_desk.meeting", meeting_id=meeting_id),
        for_pdf=False,
    )
