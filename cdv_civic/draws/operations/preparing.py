"""A draw that only the desk sees: what is drawn, from whom."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from cdv_civic.core import clock, ledger
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict, DomainError, Refusals
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.idempotency import made_before
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.text_folding import fold
from cdv_civic.draws.models import Draw, DrawCandidate
from cdv_civic.draws.operations.locking import (
    locked_draw,
    mark_changed,
    people_of,
    person_of,
    record_draw,
    require_open,
)
from cdv_civic.draws.persons import NewCandidate
from cdv_civic.draws.rules import MOST_CANDIDATES, MOST_CATEGORIES, MOST_SEATS, Category, plain
from cdv_civic.seats.operations.locking import lock_residents_body
from cdv_civic.seats.operations.members import NOT_IN_THE_LIST
from cdv_civic.seats.rules import COLLEGES, namesake_in

LONGEST_TITLE: Final = 120


@dataclass(frozen=True)
class DrawPlan:
    """What is drawn: how many, and by which quotas."""

    title: str
    college: str
    seats: int
    substitutes: int
    categories: tuple[Category, ...] = ()


def _check_plan(plan: DrawPlan) -> DrawPlan:
    title = plain(plan.title)
    with Refusals() as refused:
        if not title:
            refused.add(DomainError(_l("Donnez un titre au tirage."), field="title"))
        if len(title) > LONGEST_TITLE:
            refused.add(
                DomainError(
                    _l("Ce texte est trop long : %(most)s caractères au plus.", most=LONGEST_TITLE),
                    field="title",
                )
            )
        if plan.college not in COLLEGES:
            refused.add(DomainError(NOT_IN_THE_LIST, field="college"))
        if not 1 <= plan.seats <= MOST_SEATS:
            refused.add(DomainError(_l("Écrivez un nombre de 1 à %(most)s.", most=MOST_SEATS), field="seats"))
        if not 0 <= plan.substitutes <= MOST_SEATS:
            refused.add(
                DomainError(_l("Écrivez un nombre de 0 à %(most)s.", most=MOST_SEATS), field="substitutes")
            )
        if len(plan.categories) > MOST_CATEGORIES:
            refused.add(DomainError(_l("Gardez %(most)s critères au plus.", most=MOST_CATEGORIES)))
        _check_categories(plan, refused)
    return DrawPlan(title, plan.college, plan.seats, plan.substitutes, plan.categories)


def _check_categories(plan: DrawPlan, refused: Refusals) -> None:
    names = [fold(category.name) for category in plan.categories]
    for place, category in enumerate(plan.categories, 1):
        if names.index(names[place - 1]) != place - 1:
            refused.add(
                DomainError(_l("Deux critères ont le même nom : changez-en un."), field=f"name_{place}")
            )
        least = sum(value.least for value in category.values)
        if least > plan.seats:
            refused.add(
                DomainError(
                    _l(
                        "Ce critère demande au moins %(least)s personnes, pour %(seats)s sièges : baissez un nombre.",
                        least=least,
                        seats=plan.seats,
                    ),
                    field=f"values_{place}",
                )
            )
        if sum(plan.seats if value.most is None else value.most for value in category.values) < plan.seats:
            refused.add(
                DomainError(
                    _l("Avec ces nombres, tous les sièges ne peuvent pas être occupés : montez-en un."),
                    field=f"values_{place}",
                )
            )


def prepare_draw(actor: Actor, body_id: int, plan: DrawPlan, *, client_key: str) -> int:
    """A new draw, seen by the desk only; its id. The same `client_key` again prepares nothing more.

    Raises `NotFound`, `Forbidden`, `DomainError`.
    """
    with transaction() as session:
        contract = lock_residents_body(session, actor, "draw.run", body_id)
        known = made_before(session, Draw, key=(Draw.client_key, client_key), owner=(Draw.body_id, body_id))
        if known is not None:
            return known.id
        plan = _check_plan(plan)
        found = Draw(
            body_id=body_id,
            client_key=client_key,
            title=plan.title,
            college=plan.college,
            seats=plan.seats,
            substitutes=plan.substitutes,
            categories=[each.as_data() for each in plan.categories],
            seed_rule="",
            seed_day=None,
            created_at=clock.now(),
            changed_at=clock.now(),
            published_at=None,
            seed=None,
            seeded_at=None,
            result=None,
            seated_at=None,
            erased_at=None,
            version=0,
        )
        session.add(found)
        session.flush()
        record_draw(session, actor, contract, found, "prepared")
        return found.id


def change_draw(actor: Actor, draw_id: int, plan: DrawPlan, *, version: int) -> None:
    """Change what is drawn, as long as nothing is published; those on the list must still fit the categories.

    Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    with transaction() as session:
        found, contract = locked_draw(session, actor, draw_id, version)
        require_open(found)
        plan = _check_plan(plan)
        for person in people_of(session, draw_id):
            if len(person.profile) != len(plan.categories):
                raise DomainError(
                    _l(
                        "Des personnes sont déjà sur la liste : les critères ne peuvent plus être ajoutés ni enlevés. "
                        "Enlevez d’abord ces personnes."
                    )
                )
            for place, (said, category) in enumerate(
                zip(person.profile, plan.categories, strict=True), start=1
            ):
                if said not in {value.name for value in category.values}:
                    raise DomainError(
                        _l("Une personne de la liste a « %(value)s » : gardez cette ligne.", value=said),
                        field=f"values_{place}",
                    )
        found.title, found.college = plan.title, plan.college
        found.seats, found.substitutes = plan.seats, plan.substitutes
        found.categories = [each.as_data() for each in plan.categories]
        mark_changed(session, found)
        record_draw(session, actor, contract, found, "changed")


def discard_draw(actor: Actor, draw_id: int) -> None:
    """Throw a draw away with all names on it, as long as nothing is published. Raises as `change_draw`."""
    with transaction() as session:
        found, contract = locked_draw(session, actor, draw_id)
        require_open(found)
        record_draw(session, actor, contract, found, "discarded")
        ledger.note(session, "draw.discarded", found.id, born=found.created_at)
        session.delete(found)


@dataclass(frozen=True)
class Added:
    """What became of some candidates."""

    added: int
    #: Who stood on the list already.
    known: int


def add_candidates(actor: Actor, draw_id: int, people: Sequence[NewCandidate], *, many: bool = True) -> Added:
    """Put people on the list, each with a random number; who stands on it already (`persons`) is left out.

    With `many` off that is a `Conflict` instead. Raises `NotFound`, `Forbidden`, `DomainError`.
    """
    again = Conflict(_l("Cette personne est déjà sur la liste."), field="first_name")
    try:
        with transaction() as session:
            found, contract = locked_draw(session, actor, draw_id)
            require_open(found)
            there = session.execute(
                select(DrawCandidate).where(DrawCandidate.draw_id == draw_id)
            ).scalars().all()  # fmt: skip
            labels = {row.label for row in there}
            # Keys that were stored when a contact alone was a person say nothing any more: they are made anew.
            keys = {row.person_key for row in there} | {
                NewCandidate(
                    row.first_name,
                    row.last_name,
                    row.email,
                    row.phone,
                    namesake=namesake_in(row.person_key),
                ).key
                for row in there
            }
            added = 0
            categories = [Category.from_data(each) for each in found.categories]
            for person in people:
                key = _checked_key(person, categories)
                if key in keys:
                    if not many:
                        raise again
                    continue
                if len(labels) >= MOST_CANDIDATES:
                    raise DomainError(_l("La liste est pleine : %(most)s personnes.", most=MOST_CANDIDATES))
                keys.add(key)
                labels.add(label := _free_label(labels))
                session.add(
                    DrawCandidate(
                        draw_id=draw_id,
                        label=label,
                        first_name=person.first_name,
                        last_name=person.last_name,
                        email=person.email,
                        phone=person.phone,
                        person_key=key,
                        profile=list(person.profile),
                        withdrawn_at=None,
                    )
                )
                added += 1
            mark_changed(session, found)
            record_draw(session, actor, contract, found, "candidates", added=added)
            return Added(added, len(people) - added)
    except IntegrityError:
        raise again from None


def _checked_key(person: NewCandidate, categories: Sequence[Category]) -> str:
    if person.key is None:
        raise DomainError(
            _l("Écrivez aussi un nom ou un contact : sans cela, une personne pourrait compter deux fois."),
            field="last_name",
        )
    known = [{value.name for value in category.values} for category in categories]
    if len(known) != len(person.profile) or not all(
        said in values for said, values in zip(person.profile, known, strict=True)
    ):
        raise DomainError(NOT_IN_THE_LIST)
    return person.key


def _free_label(taken: set[str]) -> str:
    while (label := str(10_000 + secrets.randbelow(90_000))) in taken:
        pass
    return label


def remove_candidate(actor: Actor, draw_id: int, candidate_id: int) -> None:
    """Take somebody off the list before it is published. Raises `NotFound`, `Forbidden`, `Conflict`."""
    with transaction() as session:
        found, contract = locked_draw(session, actor, draw_id)
        require_open(found)
        person = person_of(session, draw_id, candidate_id)
        ledger.note(session, "candidate.removed", person.id, born=person.label)
        session.delete(person)
        mark_changed(session, found)
        record_draw(session, actor, contract, found, "candidate removed")
