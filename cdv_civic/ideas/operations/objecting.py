"""An author says that their idea went to the wrong group, and the organiser answers."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import select

from cdv_civic.core import clock, pasted_text
from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.errors import ChangedMeanwhile, Conflict, DomainError, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.localized import put_text
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.ideas.cache_tags import box_tag
from cdv_civic.ideas.letters import tell_of_objection
from cdv_civic.ideas.models import Idea, IdeaObjection, IdeaPlacing
from cdv_civic.ideas.operations.checking import too_long
from cdv_civic.ideas.operations.grouping import place
from cdv_civic.ideas.operations.locking import NO_IDEA, held_box, held_idea, kept_box
from cdv_civic.ideas.rules.grouping import (
    LONGEST_ANSWER,
    LONGEST_OBJECTION,
    WhyNotObject,
    why_not_object,
)
from cdv_civic.ideas.scopes import ACTION, contract_slug
from cdv_civic.participation.receipts import receipt_hash

WHY_NOT: Final = {
    WhyNotObject.NOT_GROUPED: _l("Votre idée n’est pas encore dans un groupe."),
    WhyNotObject.DONE: _l("Vous avez déjà dit que ce groupe ne va pas. Vous lirez la réponse ici."),
    WhyNotObject.CHOICE_OPEN: _l(
        "Le choix entre les groupes est ouvert\u00a0: les idées ne bougent plus. "
        "Votre idée reste écrite avec vos mots, et vous pouvez choisir comme tout le monde."
    ),
}
ANSWERED: Final = _l("Cette personne a déjà sa réponse.")


class AnsweredAlready(Conflict):
    """Somebody has answered the objection: its author has read that, and gets no other answer."""

    def __init__(self) -> None:
        super().__init__(ANSWERED)


class TooLate(Conflict):
    """An objection cannot be made (any more); `why` says what stands against it."""

    def __init__(self, why: WhyNotObject) -> None:
        super().__init__(WHY_NOT[why])
        self.why = why


def object_to_group(code: str, words: str) -> None:
    """Say, by the receipt of one's idea, that its group is not the right one. Once, and until residents choose.

    The box is held first, so that the choice opens before or after, never meanwhile. Raises `NotFound`, `TooLate`,
    `DomainError`.
    """
    said = pasted_text.free_text(words)
    if not said:
        raise DomainError(_l("Dites en une phrase pourquoi ce groupe ne va pas."), field="words")
    if len(said) > LONGEST_OBJECTION:
        raise DomainError(too_long(LONGEST_OBJECTION).sentence, field="words")
    with transaction() as session:
        found = session.execute(
            select(Idea.id, Idea.box_id).where(
                Idea.receipt_hash == receipt_hash(code), Idea.taken_back_at.is_(None)
            )
        ).first()
        if found is None:
            raise NotFound(NO_IDEA)
        box = held_box(session, found.box_id, shared=True)
        idea = held_idea(session, found.id)
        group_id = session.execute(
            select(IdeaPlacing.group_id).where(IdeaPlacing.idea_id == idea.id, IdeaPlacing.ended_at.is_(None))
        ).scalar()
        before = session.execute(select(IdeaObjection.words).where(IdeaObjection.idea_id == idea.id)).scalar()
        if before == said:
            return  # the same form, sent twice
        why = why_not_object(
            grouped=group_id is not None,
            objected=before is not None,
            choice_opened_at=box.choice_opened_at,
            now=clock.now(),
        )
        if why is not None or group_id is None:
            raise TooLate(why or WhyNotObject.NOT_GROUPED)
        session.add(
            IdeaObjection(
                idea_id=idea.id,
                group_id=group_id,
                words=said,
                lang=idea.lang,
                received_at=clock.now(),
                answer_id=None,
                moved=None,
                answered_at=None,
                answered_by=None,
                version=1,
            )
        )


def answer_objection(
    actor: Actor, objection_id: int, answer: Mapping[str, str], *, to_group: int | None, version: int
) -> None:
    """Answer an objection, in each language typed: the idea is moved (`to_group`), or stays, and why.

    Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    with transaction() as session:
        found = session.execute(
            select(Idea.id, Idea.box_id)
            .join(IdeaObjection, IdeaObjection.idea_id == Idea.id)
            .where(IdeaObjection.id == objection_id)
        ).first()
        if found is None:
            raise NotFound(NO_IDEA)
        box = kept_box(session, actor, found.box_id)
        idea = held_idea(session, found.id)
        objection: IdeaObjection = session.execute(
            select(IdeaObjection).where(IdeaObjection.id == objection_id).with_for_update(key_share=True),
            execution_options={"populate_existing": True},
        ).scalar_one()
        if objection.answered_at is not None:
            raise AnsweredAlready
        if objection.version != version:
            raise ChangedMeanwhile
        owner = TextOwner("idea_objection", objection.id, "answer", box.contract_id)
        text_id = put_text(session, None, answer, "answer", LONGEST_ANSWER, owner, actor)
        if text_id is None:
            raise DomainError(_l("Dites à la personne ce que vous décidez, et pourquoi."), field="answer_fr")
        moved = to_group is not None and place(session, actor, box, idea, to_group)
        objection.answer_id, objection.moved = text_id, moved
        objection.answered_at, objection.answered_by = clock.now(), actor.actor_id
        objection.version += 1
        raise_tags(session, box_tag(box.id))
        tell_of_objection(session, idea, moved=moved)
        record(
            session,
            actor,
            ACTION,
            "idea_objection",
            objection.id,
            scope=contract_slug(session, box.contract_id),
            after={"moved": moved},
        )
