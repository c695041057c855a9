"""The answer to a consultation for everybody, and the one tap after it."""

from flask import Blueprint, abort, g, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.accounts import limits
from cdv_civic.consultations.cache_tags import consultation_tag
from cdv_civic.consultations.restitution import once
from cdv_civic.consultations.restitution.forms import HeardForm
from cdv_civic.consultations.restitution.operations import say_heard
from cdv_civic.consultations.restitution.queries import PublishedReply, heard_counts, reply_of
from cdv_civic.consultations.restitution.rules import Heard, published_heard
from cdv_civic.consultations.restitution.wording import HEARD_WORDS
from cdv_civic.core import clock
from cdv_civic.core.forms.protection import open_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web.validity import shows_only
from cdv_civic.participation.cache_tags import links_tag
from cdv_civic.participation.linked import shown_links
from cdv_civic.participation.rules.links import Thing, ThingKind
from cdv_civic.participation.views import private_answer
from cdv_civic.territory.cache_tags import contract_tag

blueprint = Blueprint("restitution", __name__, url_prefix="/<lang>")


def _reply(slug: str) -> PublishedReply:
    found = reply_of(slug, g.language.tag)
    if found is None:
        abort(404)
    return found


@blueprint.get("/consultations/<slug>/reponse")
@policy("public")
def show(slug: str) -> str:
    """The letter. Who feels heard is said as of yesterday: nobody sees one tap arrive. 6 statements."""
    reply = _reply(slug)
    thing = Thing(ThingKind.CONSULTATION, reply.consultation_id)
    shows_only(contract_tag(reply.contract), consultation_tag(reply.consultation_id), links_tag(thing))
    counts = heard_counts(reply.consultation_id, before=clock.today())
    return render_template(
        "consultations/restitution/show.html",
        reply=reply,
        links=shown_links(thing, g.language.tag),
        heard=published_heard(counts, current_settings().small_count),
        choices=HEARD_WORDS,
    )


@blueprint.post("/consultations/<slug>/reponse/entendu")
@policy("consultation.answer")
@open_form
def heard(slug: str) -> AnyResponse:
    """One tap, without a name: the page that thanks for it."""
    reply = _reply(slug)
    form = HeardForm()
    if once.tapped_before(slug):
        return private_answer(_thanks(slug, again=True))

    def act() -> None:
        limits.count_open_form()
        say_heard(slug, Heard(form.heard.data))

    status = submit(form, act)
    if status is not None:
        return private_answer(
            render_template(
                "consultations/restitution/heard.html", reply=reply, form=form, choices=HEARD_WORDS
            ),
            status,
        )
    answer = private_answer(_thanks(slug, again=False))
    once.remember(answer, slug)
    return answer


def _thanks(slug: str, *, again: bool) -> str:
    return render_template(
        "consultations/restitution/thanks.html",
        again=again,
        back_url=url_for("restitution.show", slug=slug),
    )
