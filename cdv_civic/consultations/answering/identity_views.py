"""To a service of identity and back, for consultations that ask each person for one answer (FranceConnect).

Of the person nothing is asked but the pairwise `sub` of the scope `openid`, and nothing is kept but a keyed hash of it
for one consultation, in a cookie of an hour and then with the answer. No account is opened.
"""

import dataclasses
from typing import Final

from flask import Blueprint, abort, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.consultations.answering import persons
from cdv_civic.consultations.answering.queries import AskedConsultation, asked_consultation
from cdv_civic.consultations.rules.calendar import ANSWER
from cdv_civic.consultations.rules.evidence import ProofAsked
from cdv_civic.core import clock
from cdv_civic.core.concurrency import ConcurrencyLimit
from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import keep_nothing
from cdv_civic.core.web.error_pages import say_when
from cdv_civic.sign_in.oidc import client
from cdv_civic.sign_in.oidc.client import Audience, AuthorizationRequest

blueprint = Blueprint("consultation_identity", __name__, url_prefix="/<lang>/consultations")
keep_nothing(blueprint)

_KEPT: Final = "consultation_identity"
_MOST_REQUESTS: Final = 4
_ANSWERS: Final = ("code", "state", "iss", "error")
#: Each answer makes us ask the service: see `sign_in.oidc.views`.
_exchange: Final = ConcurrencyLimit(at_once=2, waiting=1, timeout=5)


def there_is_a_service() -> bool:
    """Whether this site can ask who a person is."""
    return client.provider_for(Audience.RESIDENTS) is not None


def _asked(slug: str) -> AskedConsultation:
    """A consultation that is open and asks for this proof; 404 for any other."""
    asked = asked_consultation(slug, current_language().tag)
    if asked is None or asked.proof is not ProofAsked.FRANCE_CONNECT or not there_is_a_service():
        abort(404)
    return asked


@blueprint.get("/<slug>/identite")
@policy("consultation.answer")
def start(slug: str) -> AnyResponse:
    """On to the service; somebody who was led here by another site sees the page with the button first."""
    asked = _asked(slug)
    answer = url_for("consultation_answer.answer", slug=slug)
    led = request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site")
    if led or not asked.calendar.allows(ANSWER, clock.now()):
        return redirect(answer)
    try:
        url, begun = client.begin(
            Audience.RESIDENTS,
            current_language().tag,
            slug,
            returns_to=client.return_address("consultation_identity.back"),
        )
    except DomainError as refused:
        return _problem(slug, refused)
    session[_KEPT] = [*session.get(_KEPT, []), dataclasses.astuple(begun)][-_MOST_REQUESTS:]
    return redirect(url)


@blueprint.get("/identite/retour")
@policy("public", reads=_ANSWERS)
def back() -> AnyResponse:
    """Back from the service: the same person as before, or another one? Then on to the questions."""
    slug = ""
    try:
        kept = [AuthorizationRequest(*each) for each in session.get(_KEPT, [])]
        begun = client.request_of(kept, request.args.get("state", ""))
        slug = begun.back
        if begun.language != current_language().tag:
            # The service knows one address only: on in the language in which the person reads.
            said = {name: request.args.get(name) for name in _ANSWERS}
            return redirect(url_for(".back", lang=begun.language, **said))  # type: ignore[arg-type]
        session[_KEPT] = [dataclasses.astuple(each) for each in kept if each != begun]
        asked = _asked(slug)
        with _exchange.slot():
            person = client.finish(begun, request.args)
    except DomainError as refused:
        return _problem(slug, refused)
    response = redirect(url_for("consultation_answer.answer", slug=slug), 303)
    persons.keep(response, asked.id, persons.person_hash(asked.id, f"{person.issuer} {person.subject}"))
    return response


def _problem(slug: str, refused: DomainError) -> AnyResponse:
    page = render_template(
        "consultations/answering/identity_problem.html",
        sentence=refused.sentence,
        again=url_for("consultation_answer.answer", slug=slug) if slug else None,
    )
    say_when(refused)
    return make_response(page, refused.status)
