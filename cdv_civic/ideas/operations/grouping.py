"""Ideas are grouped by whoever keeps the box: nothing is lost, whatever is split, merged or moved."""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from cdv_civic.core import clock
from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.errors import ChangedMeanwhile, Conflict, DomainError, NotFound
from cdv_civic.core.forgotten_texts import forget_text
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.idempotency import made_before, new_key
from cdv_civic.core.localized import put_text
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.ideas.cache_tags import box_tag
from cdv_civic.ideas.letters import tell_of_group
from cdv_civic.ideas.models import Idea, IdeaBox, IdeaGroup, IdeaPlacing
from cdv_civic.ideas.operations.locking import kept_box
from cdv_civic.ideas.rules.grouping import LONGEST_TITLE, LONGEST_WORDS, MOST_AT_ONCE, MOST_GROUPS
from cdv_civic.ideas.scopes import ACTION, contract_slug
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.queries.public import is_public

_NO_GROUP: Final = _l("Ce groupe n’existe plus. Rechargez la page.")
_NO_TITLE: Final = _l("Donnez un titre au groupe, en français.")


class ChoiceOpen(Conflict):
    """Residents choose among the groups: nothing moves any more."""

    def __init__(self) -> None:
        super().__init__(_l("Le choix entre les groupes est ouvert\u00a0: les groupes ne changent plus."))


def _box(session: Session, actor: Actor, box_id: int) -> IdeaBox:
    """The box, locked, for whoever keeps it, while its groups may change."""
    box = kept_box(session, actor, box_id)
    if box.choice_opened_at is not None:
        raise ChoiceOpen
    raise_tags(session, box_tag(box_id))
    return box


def _group(session: Session, box_id: int, group_id: int) -> IdeaGroup:
    """A group of a box that stands for itself, locked; raises `NotFound`."""
    group: IdeaGroup | None = session.execute(
        select(IdeaGroup)
        .where(IdeaGroup.id == group_id, IdeaGroup.box_id == box_id, IdeaGroup.merged_into_id.is_(None))
        .with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    ).scalar()
    if group is None:
        raise NotFound(_NO_GROUP)
    return group


def make_group(
    actor: Actor,
    box_id: int,
    title: Mapping[str, str],
    words: Mapping[str, str],
    idea_ids: Sequence[int] = (),
    *,
    client_key: str,
) -> int:
    """A new group with some ideas in it, in each language typed; its id. Authors are told.

    The same `client_key` again makes no other. Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    with transaction() as session:
        box = _box(session, actor, box_id)
        known = made_before(
            session, IdeaGroup, key=(IdeaGroup.client_key, client_key), owner=(IdeaGroup.box_id, box_id)
        )
        if known is not None:
            return known.id
        group_id = _make(session, actor, box, title, words, client_key)
        placed = _place_many(session, actor, box, group_id, idea_ids)
        _record(session, actor, box, group_id, {"made": True, "ideas": placed})
    return group_id


def _make(
    session: Session,
    actor: Actor,
    box: IdeaBox,
    title: Mapping[str, str],
    words: Mapping[str, str],
    client_key: str,
) -> int:
    """A new group, without ideas, within the caller's transaction, the box locked; its id. Raises `DomainError`."""
    there = session.execute(select(func.count(IdeaGroup.id)).where(IdeaGroup.box_id == box.id)).scalar_one()
    if there >= MOST_GROUPS:
        raise DomainError(_l("Il y a déjà %(most)s groupes\u00a0: réunissez-en d’abord.", most=MOST_GROUPS))
    group_id = reserve_ids(session, IdeaGroup)[0]
    title_id = put_text(
        session,
        None,
        title,
        "title",
        LONGEST_TITLE,
        TextOwner("idea_group", group_id, "title", box.contract_id),
        actor,
    )
    if title_id is None:
        raise DomainError(_NO_TITLE, field="title_fr")
    words_id = put_text(
        session,
        None,
        words,
        "words",
        LONGEST_WORDS,
        TextOwner("idea_group", group_id, "words", box.contract_id),
        actor,
    )
    session.add(
        IdeaGroup(
            id=group_id,
            box_id=box.id,
            position=there,
            title_id=title_id,
            words_id=words_id,
            retained=False,
            merged_into_id=None,
            created_at=clock.now(),
            client_key=client_key,
            version=1,
        )
    )
    session.flush()
    return group_id


def describe_group(
    actor: Actor,
    box_id: int,
    group_id: int,
    title: Mapping[str, str],
    words: Mapping[str, str],
    *,
    retained: bool,
    version: int,
) -> None:
    """Say what a group is called and says, and whether residents choose among it and others.

    Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    with transaction() as session:
        box = _box(session, actor, box_id)
        group = _group(session, box_id, group_id)
        if group.version != version:
            raise ChangedMeanwhile
        owner = TextOwner("idea_group", group_id, "title", box.contract_id)
        if put_text(session, group.title_id, title, "title", LONGEST_TITLE, owner, actor) is None:
            raise DomainError(_NO_TITLE, field="title_fr")
        before = group.words_id
        owner = TextOwner("idea_group", group_id, "words", box.contract_id)
        group.words_id = put_text(session, before, words, "words", LONGEST_WORDS, owner, actor)
        group.retained = retained
        group.version += 1
        session.flush()
        if group.words_id is None:
            forget_text(session, before)
        _record(session, actor, box, group_id, {"retained": retained})


def place(session: Session, actor: Actor, box: IdeaBox, idea: Idea, group_id: int) -> bool:
    """Put one idea into a group, within the caller's transaction, the box locked; whether it moved.

    Raises `NotFound`, `ChoiceOpen`.
    """
    if box.choice_opened_at is not None:
        raise ChoiceOpen
    _group(session, box.id, group_id)
    return _place_many(session, actor, box, group_id, [idea.id]) == 1


def place_ideas(actor: Actor, box_id: int, group_id: int, idea_ids: Sequence[int]) -> int:
    """Put ideas into a group, out of whichever they stood in; how many moved. Authors are told.

    Ideas of other boxes, and those that not everybody reads, are left out. Raises `NotFound`, `Forbidden`, `Conflict`.
    """
    with transaction() as session:
        box = _box(session, actor, box_id)
        _group(session, box_id, group_id)
        moved = _place_many(session, actor, box, group_id, idea_ids)
        _record(session, actor, box, group_id, {"ideas": moved})
    return moved


def _place_many(session: Session, actor: Actor, box: IdeaBox, group_id: int, idea_ids: Sequence[int]) -> int:
    ids = sorted(set(idea_ids))[:MOST_AT_ONCE]
    ideas = list(
        session.execute(
            select(Idea)
            .join(ModeratedText, ModeratedText.id == Idea.case_id)
            .where(
                Idea.id.in_(ids),
                Idea.box_id == box.id,
                is_public(),
            )
            .order_by(Idea.id)
            .with_for_update(of=Idea, key_share=True),
            execution_options={"populate_existing": True},
        ).scalars()
    )
    here = set(
        session.execute(
            select(IdeaPlacing.idea_id).where(
                IdeaPlacing.group_id == group_id,
                IdeaPlacing.ended_at.is_(None),
                IdeaPlacing.idea_id.in_(ids),
            )
        ).scalars()
    )
    moving = [idea for idea in ideas if idea.id not in here]
    if not moving:
        return 0
    _move(session, actor, box, [idea.id for idea in moving], group_id)
    for idea in moving:
        tell_of_group(session, idea)
    return len(moving)


def _move(session: Session, actor: Actor, box: IdeaBox, idea_ids: Sequence[int], group_id: int) -> None:
    """Let ideas stand in a group from now on, and in no other."""
    now = clock.now()
    _end(session, idea_ids)
    session.add_all(
        IdeaPlacing(
            box_id=box.id,
            idea_id=idea_id,
            group_id=group_id,
            placed_at=now,
            placed_by=actor.actor_id,
            ended_at=None,
        )
        for idea_id in idea_ids
    )
    session.flush()


def _end(session: Session, idea_ids: Sequence[int]) -> None:
    session.execute(
        update(IdeaPlacing)
        .where(IdeaPlacing.idea_id.in_(idea_ids), IdeaPlacing.ended_at.is_(None))
        .values(ended_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def take_out(actor: Actor, box_id: int, idea_ids: Sequence[int]) -> int:
    """Take ideas out of whichever group they stand in; how many. Raises `NotFound`, `Forbidden`, `Conflict`."""
    with transaction() as session:
        box = _box(session, actor, box_id)
        standing = list(
            session.execute(
                select(IdeaPlacing.idea_id).where(
                    IdeaPlacing.box_id == box_id,
                    IdeaPlacing.ended_at.is_(None),
                    IdeaPlacing.idea_id.in_(sorted(set(idea_ids))[:MOST_AT_ONCE]),
                )
            ).scalars()
        )
        _end(session, standing)
        _record(session, actor, box, None, {"taken_out": len(standing)})
    return len(standing)


def split_group(
    actor: Actor, box_id: int, group_id: int, idea_ids: Sequence[int], title: Mapping[str, str]
) -> int:
    """Put some ideas of a group into a new one, in one act; the new group's id. Their authors are told once.

    What stood in the group is not lost, and the first group keeps the rest: who wants all under another title changes
    the title. An objection that waits is still answered. Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    with transaction() as session:
        box = _box(session, actor, box_id)
        _group(session, box_id, group_id)
        here = session.execute(
            select(IdeaPlacing.idea_id)
            .join(Idea, Idea.id == IdeaPlacing.idea_id)
            .join(ModeratedText, ModeratedText.id == Idea.case_id)
            .where(IdeaPlacing.group_id == group_id, IdeaPlacing.ended_at.is_(None), is_public())
        ).scalars()
        standing = set(here)
        chosen = sorted(standing & set(idea_ids))[:MOST_AT_ONCE]
        if not chosen:
            raise DomainError(_l("Choisissez des idées de ce groupe."), field="ideas")
        if len(chosen) == len(standing):
            raise DomainError(
                _l("Laissez au moins une idée dans ce groupe. Pour l’appeler autrement, changez son titre."),
                field="ideas",
            )
        new_id = _make(session, actor, box, title, {}, new_key())
        moved = _place_many(session, actor, box, new_id, chosen)
        _record(session, actor, box, new_id, {"split_from": group_id, "ideas": moved})
    return new_id


def merge_groups(actor: Actor, box_id: int, group_id: int, into_id: int, *, version: int) -> int:
    """Put all ideas of a group into another one, which then stands for both; how many moved. The first one is kept,
    without ideas, and leads to the other. Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    if group_id == into_id:
        raise DomainError(_l("Choisissez un autre groupe."), field="into")
    with transaction() as session:
        box = _box(session, actor, box_id)
        first, second = sorted((group_id, into_id))
        groups = {each: _group(session, box_id, each) for each in (first, second)}
        group = groups[group_id]
        if group.version != version:
            raise ChangedMeanwhile
        moved = 0
        while ids := _standing_in(session, group_id):
            done = _place_many(session, actor, box, into_id, ids)
            moved += done
            if not done:
                # Hidden since, or taken back: they go along, and nobody is told.
                _move(session, actor, box, ids, into_id)
        group.merged_into_id, group.retained = into_id, False
        group.version += 1
        _record(session, actor, box, group_id, {"merged_into": into_id, "ideas": moved})
    return moved


def _standing_in(session: Session, group_id: int) -> list[int]:
    return list(
        session.execute(
            select(IdeaPlacing.idea_id)
            .where(IdeaPlacing.group_id == group_id, IdeaPlacing.ended_at.is_(None))
            .order_by(IdeaPlacing.idea_id)
            .limit(MOST_AT_ONCE)
        ).scalars()
    )


def _record(
    session: Session, actor: Actor, box: IdeaBox, group_id: int | None, after: dict[str, object]
) -> None:
    kind, number = ("idea_group", group_id) if group_id is not None else ("idea_box", box.id)
    record(session, actor, ACTION, kind, number, scope=contract_slug(session, box.contract_id), after=after)
