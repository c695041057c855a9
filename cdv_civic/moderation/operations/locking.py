"""What all verbs of moderators share: lock the case that is acted on, and check that they may act on it."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.core.errors import ChangedMeanwhile, Forbidden, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.decisions import may, require
from cdv_civic.core.policy.model import Actor, Location, Touched
from cdv_civic.moderation.kinds import choosers_of
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.rules.decisions import may_decide
from cdv_civic.territory.models import Contract
from cdv_civic.territory.scopes import in_contract, touched_body

#: Of texts that are read by the moderators of a body, and by staff.
OF_A_BODY: Final = "text.moderate"
OF_STAFF: Final = "text.moderate_for_staff"
UNKNOWN: Final = _l("Ce texte n’existe pas.")
OWN: Final = _l("C’est votre propre texte\u00a0: une autre personne le lit et décide.")
CHOSEN: Final = _l("Vous avez choisi ce texte\u00a0: une autre personne le lit et décide.")


def action_on(session: Session, text: ModeratedText) -> tuple[str, Touched]:
    """What whoever moderates a text must be allowed to do, and on what; 2 statements at most."""
    if text.body_id is not None:
        return OF_A_BODY, touched_body(session, text.body_id)
    if text.commune_id is not None:
        place = Location(communes=frozenset({text.commune_id}))
        return OF_STAFF, Touched(contract=text.contract_id, places=(place,))
    return OF_STAFF, in_contract(text.contract_id)


def lock_texts(session: Session, text_ids: Sequence[int]) -> dict[int, ModeratedText]:
    """Cases by their ids, their rows locked in the order of ids; 1 statement."""
    found = session.execute(
        select(ModeratedText)
        .where(ModeratedText.id.in_(sorted(set(text_ids))))
        .order_by(ModeratedText.id)
        .with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    ).scalars()
    return {text.id: text for text in found}


def locked_text(
    session: Session, actor: Actor, text_id: int, version: int | None, *others: int
) -> ModeratedText:
    """The case, its row locked (with those of `others`), for whoever may decide on it; `version` is that of the page.

    Raises `NotFound`, `Forbidden`, `Conflict`.
    """
    text = lock_texts(session, (text_id, *others)).get(text_id)
    if text is None:
        raise NotFound(UNKNOWN)
    require(actor, *action_on(session, text))
    if not may_decide(actor.actor_id, author_id=text.author_id):
        raise Forbidden(OWN)
    if actor.actor_id in choosers_of(session, {text.id: text.kind}).values():
        raise Forbidden(CHOSEN)
    if version is not None and text.version != version:
        raise ChangedMeanwhile
    return text


def texts_to_decide(session: Session, actor: Actor, text_ids: Sequence[int]) -> list[ModeratedText]:
    """Those of some cases on which somebody may decide, their rows locked; the others are left out."""
    allowed: dict[tuple[int | None, int | None, int], bool] = {}
    found = []
    texts = lock_texts(session, text_ids)
    choosers = choosers_of(session, {text.id: text.kind for text in texts.values()})
    for text in texts.values():
        place = (text.body_id, text.commune_id, text.contract_id)
        if place not in allowed:
            allowed[place] = may(actor, *action_on(session, text))
        chosen_by = choosers.get(text.id)
        if allowed[place] and may_decide(actor.actor_id, author_id=text.author_id, barred=[chosen_by]):
            found.append(text)
    return found


def contract_of(session: Session, text: ModeratedText) -> str:
    """The slug of a text's contract, for the audit trail; 1 statement."""
    slug: str = session.execute(select(Contract.slug).where(Contract.id == text.contract_id)).scalar_one()
    return slug
