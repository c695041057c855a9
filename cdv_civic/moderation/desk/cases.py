"""One text at the desk: its page, its photo, and a form for each act."""

from flask import Response, abort, current_app, flash, redirect, render_template, request

from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.errors import Conflict
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import Language, current_language, site_languages
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.uploads.serving import open_file
from cdv_civic.core.uploads.stored_files import PHOTO_SIZES, StoredFile
from cdv_civic.core.web.desk import Answer, actor, number_in, numbers_in
from cdv_civic.moderation.desk.blueprint import DeskPlace, blueprint, body_at_desk, staff_at_desk
from cdv_civic.moderation.desk.hint_presentation import hinted_text
from cdv_civic.moderation.forms import decide_form, other_text_in, part_in, reasons_in
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.operations import deciding
from cdv_civic.moderation.operations.locking import CHOSEN, OF_A_BODY, OF_STAFF, OWN, action_on
from cdv_civic.moderation.queries.cases import (
    Case,
    case_at_desk,
    others_to_merge_into,
    place_of_case,
    principles_for,
)
from cdv_civic.moderation.queries.queue import next_waiting
from cdv_civic.moderation.queries.statements import decisions_of
from cdv_civic.moderation.rules.decisions import RESTRICTIONS, ModerationAct
from cdv_civic.moderation.wording import ACTS, DONE, FOLLOWS, LAWS, REPORT_REASONS, SOURCES, STATES

#: Each act by its word in addresses.
_ACTS = {
    "publier": ModerationAct.PUBLISH,
    "laisser": ModerationAct.KEEP,
    "reformuler": ModerationAct.ASK_TO_REWORD,
    "masquer": ModerationAct.HIDE,
    "masquer-une-partie": ModerationAct.HIDE_PART,
    "regrouper": ModerationAct.MERGE,
    "remontrer": ModerationAct.SHOW_AGAIN,
}
_WORDS = {act: word for word, act in _ACTS.items()}
#: The same form as of any part, with the photo chosen.
_HIDE_PHOTO = "masquer-la-photo"
#: Acts that the next page offers to undo.
_UNDONE_BY = RESTRICTIONS


@blueprint.get("/moderation/textes/<int:text_id>")
@policy("appeal.decide")
def find(text_id: int) -> Answer:
    """The case of a text, from the public page on which it stands (`act_in_place`)."""
    found = place_of_case(text_id)
    if found is None:
        abort(404)
    contract_id, body_id = found
    place = staff_at_desk(contract_id) if body_id is None else body_at_desk(body_id)
    return redirect(place.url("one", text_id=text_id), 303)


@blueprint.get("/instances/<int:body_id>/moderation/<int:text_id>")
@policy(OF_A_BODY)
def one(body_id: int, text_id: int) -> str:
    """A text of a body: all that is known of it, and what can be done."""
    return _case_page(body_at_desk(body_id), text_id)


@blueprint.get("/moderation/contrats/<int:contract_id>/<int:text_id>")
@policy(OF_STAFF)
def staff_one(contract_id: int, text_id: int) -> str:
    """The same of a text that no body reads."""
    return _case_page(staff_at_desk(contract_id), text_id)


@blueprint.route("/instances/<int:body_id>/moderation/<int:text_id>/<act>", methods=["GET", "POST"])
@policy(OF_A_BODY)
@keeps_form
def decide(body_id: int, text_id: int, act: str) -> Answer:
    """The form of one act on a text of a body, with its reasons."""
    return _decide(body_at_desk(body_id), text_id, act)


@blueprint.route("/moderation/contrats/<int:contract_id>/<int:text_id>/<act>", methods=["GET", "POST"])
@policy(OF_STAFF)
@keeps_form
def staff_decide(contract_id: int, text_id: int, act: str) -> Answer:
    """The same of a text that no body reads."""
    return _decide(staff_at_desk(contract_id), text_id, act)


@blueprint.get("/instances/<int:body_id>/moderation/<int:text_id>/photo/<size>")
@policy(OF_A_BODY)
def photo(body_id: int, text_id: int, size: str) -> Response:
    """The photo that came with a text, before anybody else sees it."""
    return _photo(body_at_desk(body_id), text_id, size)


@blueprint.get("/moderation/contrats/<int:contract_id>/<int:text_id>/photo/<size>")
@policy(OF_STAFF)
def staff_photo(contract_id: int, text_id: int, size: str) -> Response:
    """The same of a text that no body reads."""
    return _photo(staff_at_desk(contract_id), text_id, size)


def _case(place: DeskPlace, text_id: int) -> Case:
    """The case of a page, of that place and for whoever may moderate it; 404 or `Forbidden` otherwise."""
    case = case_at_desk(text_id, actor().actor_id, current_language().tag)
    if case is None or case.body_id != place.body_id or case.contract_id != place.place.contract_id:
        abort(404)
    if place.body_id is None:  # the body of the page was asked about already
        require(actor(), *action_on(db.session(), db.session.get_one(ModeratedText, text_id)))
    return case


def _case_page(place: DeskPlace, text_id: int) -> str:
    case = _case(place, text_id)
    return render_template(
        "moderation/case.html",
        place=place,
        case=case,
        hinted=hinted_text(case.said, case.hints) if case.said else None,
        decisions=decisions_of(text_id, current_language().tag),
        next_id=next_waiting(place.texts, actor().actor_id, text_id),
        undo_url=undo_url(place, number_in(request.args.get("fait"))),
        acts=[(ModerationAct(act), ACTS[act], _WORDS[ModerationAct(act)]) for act in _offered(case)],
        **_words(),
    )


def _offered(case: Case) -> list[str]:
    """What the page offers: to leave a text as it is answers a report, and is nothing without one."""
    return [act for act in case.acts if act != ModerationAct.KEEP.value or case.open_reports]


def _words() -> dict[str, object]:
    return {
        "states": STATES,
        "report_reasons": REPORT_REASONS,
        "laws": LAWS,
        "done": DONE,
        "sources": SOURCES,
        "restrictions": RESTRICTIONS,
        "now": clock.now(),
    }


def _languages(case: Case) -> list[Language]:
    """In which the facts can be written: French, and the language that the author chose for this text."""
    authors = case.kind.authors(db.session(), [case.id])
    tag = authors[case.id].language if case.id in authors else SOURCE_LANGUAGE
    return [each for each in site_languages() if each.tag in (SOURCE_LANGUAGE, tag)]


def _decide(place: DeskPlace, text_id: int, word: str) -> Answer:
    act = ModerationAct.HIDE_PART if word == _HIDE_PHOTO else _ACTS.get(word)
    if act is None:
        abort(404)
    case = _case(place, text_id)
    if word == _HIDE_PHOTO and not case.has_photo:
        abort(404)
    here = place.url("one", text_id=text_id)
    if request.method == "GET":
        refusal = deciding.OVERRULED if case.overruled else deciding.NOT_NOW
        why_not = OWN if case.own else CHOSEN if case.chosen else None if act.value in case.acts else refusal
        if why_not is not None:
            flash(str(why_not), "info")
            return redirect(here, 303)
    language = current_language().tag
    form = decide_form(
        act,
        case,
        principles_for(case.contract_id, case.body_id, language) if act in RESTRICTIONS else [],
        others_to_merge_into(case, language) if act is ModerationAct.MERGE else [],
        _languages(case),
        without_photo=word == _HIDE_PHOTO,
    )

    ticked = numbers_in(request.form.getlist("false_alarm")) if form.is_submitted() else None

    def decided() -> int:
        reasons, translations = reasons_in(form)
        return deciding.decide(
            actor(),
            text_id,
            act,
            reasons,
            version=form.version.number,
            **part_in(form),
            other_text=other_text_in(form),
            translations=translations,
            points_to_help=form.points_to_help.data,
            false_alarms=ticked or (),
        )

    status = submit(form, decided)
    if status is not None:
        page = render_template(
            "moderation/decide.html",
            place=place,
            case=case,
            hinted=hinted_text(case.said, case.hints, ticked) if case.said else None,
            form=form,
            # Somebody else was faster: what they decided stands beside what was typed.
            decisions=decisions_of(text_id, language) if status == Conflict.status else (),
            act=ACTS[act],
            follows=FOLLOWS[act],
            **_words(),
        )
        return page, status
    flash(str(DONE[act].label), "success")
    following = next_waiting(place.texts, actor().actor_id, text_id)
    # What was taken from a text is undone in one tap from there.
    undone = text_id if act in _UNDONE_BY else None
    if following is None:
        return redirect(place.url("queue", fait=undone), 303)
    flash(_("Voici le texte suivant."), "info")
    return redirect(place.url("one", text_id=following, fait=undone), 303)


def undo_url(place: DeskPlace, text_id: int | None) -> str | None:
    """The form that undoes what the page before decided, by the `?fait=` that led here; None: nothing can be undone."""
    if text_id is None:
        return None
    case = case_at_desk(text_id, actor().actor_id, current_language().tag)
    if case is None or case.body_id != place.body_id or case.contract_id != place.place.contract_id:
        return None
    undo = next(
        (act for act in (ModerationAct.SHOW_AGAIN, ModerationAct.PUBLISH) if act.value in case.acts), None
    )
    return (
        place.url("decide", text_id=text_id, act=_WORDS[undo]) if undo is not None and not case.own else None
    )


def _photo(place: DeskPlace, text_id: int, size: str) -> Response:
    case = _case(place, text_id)
    photo_id = case.said.photo_id if case.said else None
    row = db.session.get(StoredFile, photo_id) if photo_id is not None else None
    if row is None or size not in PHOTO_SIZES:
        abort(404)
    found = open_file(row, size)
    with found.stream as stream:
        return current_app.response_class(stream.read(), content_type=found.content_type)
