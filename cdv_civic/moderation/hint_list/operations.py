"""Add words to the list that a territory asks to look at, take them off it, and put them back."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from cdv_civic.core import clock
from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import DomainError, Forbidden, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.decisions import FORBIDDEN, reach_of
from cdv_civic.core.policy.model import Actor
from cdv_civic.moderation.hint_list.rules import MOST_LISTED, NewWord
from cdv_civic.moderation.models import HintPattern
from cdv_civic.territory.models import Contract
from cdv_civic.territory.scopes import contracts_touched

ACTION: Final = "charter.edit"


@dataclass(frozen=True)
class AddedWords:
    """How many words are new on the list, and how many stood on it."""

    new: int
    known: int


def add_words(actor: Actor, contract_id: int, words: Sequence[NewWord]) -> AddedWords:
    """Add words to the list of a contract; one that was taken off is put back. Adding them again changes nothing.

    Raises `NotFound`, `Forbidden`, and `DomainError` where a language would have more than `MOST_LISTED`.
    """
    with transaction() as session:
        slug, there = _locked(session, actor, contract_id)
        known = {(each.lang, each.folded): each for each in there}
        fresh = [each for each in words if (each.lang, each.folded) not in known]
        said = {(each.lang, each.folded) for each in words}
        back = [each for key, each in known.items() if key in said and not each.looked_for]
        _check_room(there, [*fresh, *back])
        _set_retired(session, [each.id for each in back], None)
        if fresh:
            session.execute(
                insert(HintPattern).execution_options(render_nulls=True),
                [
                    {
                        "contract_id": contract_id,
                        "lang": each.lang,
                        "words": each.words,
                        "folded": each.folded,
                        "retired_at": None,
                        "created_by": actor.actor_id,
                    }
                    for each in fresh
                ],
            )
        new = len(fresh) + len(back)
        _record(session, actor, slug, "added", new)
        return AddedWords(new, len(words) - new)


def take_off(actor: Actor, contract_id: int, ids: Collection[int]) -> int:
    """Look for some words no more; how many were looked for. What they have found stays counted.

    Raises `NotFound`, `Forbidden`.
    """
    with transaction() as session:
        slug, there = _locked(session, actor, contract_id)
        chosen = [each.id for each in there if each.id in ids and each.looked_for]
        _set_retired(session, chosen, clock.now())
        _record(session, actor, slug, "taken_off", len(chosen))
        return len(chosen)


def put_back(actor: Actor, contract_id: int, ids: Collection[int]) -> int:
    """Look for some words again; how many were not looked for. Raises `NotFound`, `Forbidden`, `DomainError`."""
    with transaction() as session:
        slug, there = _locked(session, actor, contract_id)
        chosen = [each for each in there if each.id in ids and not each.looked_for]
        _check_room(there, chosen)
        _set_retired(session, [each.id for each in chosen], None)
        _record(session, actor, slug, "added", len(chosen))
        return len(chosen)


class _Listed(NamedTuple):
    """A word of a list, looked for or not."""

    id: int
    lang: str
    folded: str
    looked_for: bool


def _locked(session: Session, actor: Actor, contract_id: int) -> tuple[str, list[_Listed]]:
    """The contract, locked so that two people change its list one after the other, and all words of it; 2 statements.

    Whoever acts anywhere in the contract may: its bodies share the list, and a word of it removes nothing.
    """
    row = session.execute(
        select(Contract.slug, contracts_touched(reach_of(actor, ACTION)).label("touched"))
        .where(Contract.id == contract_id)
        .with_for_update(key_share=True, of=Contract)
    ).one_or_none()
    if row is None:
        raise NotFound(_l("Ce contrat n’existe pas."))
    if not row.touched:
        raise Forbidden(FORBIDDEN)
    rows = session.execute(
        select(
            HintPattern.id,
            HintPattern.lang,
            HintPattern.folded,
            HintPattern.retired_at.is_(None).label("now"),
        ).where(HintPattern.contract_id == contract_id)
    )
    return row.slug, [_Listed(*each) for each in rows]


def _check_room(there: Sequence[_Listed], more: Sequence[_Listed | NewWord]) -> None:
    counts = Counter(each.lang for each in there if each.looked_for)
    counts.update(each.lang for each in more)
    if more and max(counts[each.lang] for each in more) > MOST_LISTED:
        raise DomainError(
            _l(
                "Une liste a %(most)s mots au plus par langue. Retirez d’abord ceux qui ne servent pas.",
                most=MOST_LISTED,
            ),
            field="words",
        )


def _set_retired(session: Session, ids: Sequence[int], at: datetime | None) -> None:
    if ids:
        session.execute(
            update(HintPattern)
            .where(HintPattern.id.in_(ids))
            .values(retired_at=at)
            .execution_options(synchronize_session=False)
        )


def _record(session: Session, actor: Actor, slug: str, what: str, count: int) -> None:
    """How many, not which: a word may be somebody's name."""
    if count:
        record(session, actor, ACTION, "hint_pattern", None, scope=slug, after={what: count})
