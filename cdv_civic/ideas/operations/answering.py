"""Whoever keeps a box answers an idea: everybody reads it, and its author is told."""

from collections.abc import Mapping

from sqlalchemy import select

from cdv_civic.core import clock, pasted_text
from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.errors import ChangedMeanwhile, DomainError, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.localized import put_text
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.ideas.cache_tags import box_tag
from cdv_civic.ideas.letters import tell_of_answer
from cdv_civic.ideas.models import Idea
from cdv_civic.ideas.operations.checking import too_long
from cdv_civic.ideas.operations.locking import NO_IDEA, held_idea, kept_box
from cdv_civic.ideas.rules.boxes import LONGEST_ANSWERER
from cdv_civic.ideas.rules.ideas import LONGEST_ANSWER
from cdv_civic.ideas.scopes import ACTION, contract_slug


def answer_idea(
    actor: Actor, idea_id: int, texts: Mapping[str, str], *, answered_by: str, version: int
) -> None:
    """Answer an idea, in each language typed; answered again, the new words stand in place of the old.

    Its author is told once. Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    by = pasted_text.one_line(answered_by)
    if not by:
        raise DomainError(_l("Dites qui répond\u00a0: un groupe ou un organisme."), field="answered_by")
    if len(by) > LONGEST_ANSWERER:
        raise DomainError(too_long(LONGEST_ANSWERER).sentence, field="answered_by")
    with transaction() as session:
        box_id = session.execute(select(Idea.box_id).where(Idea.id == idea_id)).scalar()
        if box_id is None:
            raise NotFound(NO_IDEA)
        box = kept_box(session, actor, box_id)
        idea = held_idea(session, idea_id)
        if idea.version != version or idea.taken_back_at is not None:
            raise ChangedMeanwhile
        owner = TextOwner("idea", idea.id, "answer", box.contract_id)
        first = idea.answer_id is None
        text_id = put_text(session, idea.answer_id, texts, "answer", LONGEST_ANSWER, owner, actor)
        if text_id is None:
            raise DomainError(_l("Écrivez votre réponse en français."), field="answer_fr")
        idea.answer_id, idea.answered_by = text_id, by
        idea.answered_at = idea.answered_at or clock.now()
        idea.version += 1
        raise_tags(session, box_tag(box.id))
        if first:
            tell_of_answer(session, idea)
        record(
            session,
            actor,
            ACTION,
            "idea",
            idea.id,
            scope=contract_slug(session, box.contract_id),
            after={"answered": True},
        )
