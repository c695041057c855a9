"""The list that everybody can read before the seed is known, and who withdraws from it."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.core import clock, ledger
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.errors import Conflict, DomainError, Refusals
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.model import Actor
from cdv_civic.draws.algorithm import TooHard, settle
from cdv_civic.draws.models import Draw, DrawCandidate, DrawList
from cdv_civic.draws.operations.locking import (
    locked_draw,
    mark_changed,
    people_of,
    person_of,
    record_draw,
    require_open,
)
from cdv_civic.draws.rules import Candidate, Category, PublishedList, canonical, fingerprint, plain
from cdv_civic.territory.cache_tags import contract_tag
from cdv_civic.territory.models import Body

LONGEST_RULE: Final = 300


def list_of(
    body: str, found: Draw, candidates: Iterable[Candidate], *, number: int, seed_rule: str, seed_day: date
) -> PublishedList:
    """The list as it is, or would be, published."""
    return PublishedList(
        plain(body),
        found.title,
        found.college,
        found.seats,
        found.substitutes,
        number,
        seed_rule,
        seed_day,
        tuple(Category.from_data(each) for each in found.categories),
        tuple(candidates),
    )


def add_list(session: Session, found: Draw, seed_rule: str, seed_day: date | None) -> str:
    """Add the next list; its hash. Raises `DomainError`."""
    seed_rule = plain(seed_rule)
    with Refusals() as refused:
        if not seed_rule:
            refused.add(
                DomainError(
                    _l("Dites d’où viendront les numéros au hasard, pour que tout le monde puisse vérifier."),
                    field="seed_rule",
                )
            )
        if len(seed_rule) > LONGEST_RULE:
            refused.add(
                DomainError(
                    _l("Ce texte est trop long : %(most)s caractères au plus.", most=LONGEST_RULE),
                    field="seed_rule",
                )
            )
        if seed_day is None or seed_day <= clock.today():
            raise DomainError(
                _l(
                    "Ce jour doit venir après aujourd’hui : "
                    "personne ne doit connaître les numéros tirés avant la liste."
                ),
                field="seed_day",
            )
        if seed_day > clock.today() + timedelta(days=366):
            raise DomainError(_l("Choisissez un jour dans l’année qui vient."), field="seed_day")
    people = people_of(session, found.id)
    if not people:
        raise DomainError(_l("Il n’y a encore personne sur la liste."))
    before = session.execute(
        select(DrawList.number).where(DrawList.draw_id == found.id).order_by(DrawList.number.desc()).limit(1)
    ).scalar()
    number = (before or 0) + 1
    body = session.execute(select(Body.name).where(Body.id == found.body_id)).scalar_one()
    published = list_of(
        body,
        found,
        [Candidate(each.label, tuple(each.profile)) for each in people],
        number=number,
        seed_rule=seed_rule,
        seed_day=seed_day,
    )
    try:
        settle(published)
    except TooHard:
        raise DomainError(
            _l(
                "Ces critères se croisent trop pour un calcul que tout le monde peut refaire. "
                "Enlevez un critère, ou une valeur."
            )
        ) from None
    text = canonical(published)
    session.add(
        DrawList(
            draw_id=found.id,
            number=number,
            text=text,
            sha256=fingerprint(text),
            published_at=clock.now(),
        )
    )
    found.seed_rule, found.seed_day = seed_rule, seed_day
    found.published_at = found.published_at or clock.now()
    mark_changed(session, found)
    return fingerprint(text)


def publish_list(actor: Actor, draw_id: int, *, seed_rule: str, seed_day: date | None, version: int) -> str:
    """Publish the list, its hash and the rule of the seed, of a day to come; the hash. From now on it is frozen.

    Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    with transaction() as session:
        found, contract = locked_draw(session, actor, draw_id, version)
        raise_tags(session, contract_tag(contract))
        require_open(found)
        sha256 = add_list(session, found, seed_rule, seed_day)
        record_draw(session, actor, contract, found, "published", sha256=sha256)
        return sha256


def withdraw_candidate(
    actor: Actor, draw_id: int, candidate_id: int, *, seed_rule: str, seed_day: date | None, version: int
) -> str:
    """Take somebody off a published list, before the seed: a new list is published, and its hash given.

    The day of the seed must still be to come, so a draw whose day has passed gets a new one: otherwise a withdrawal
    could choose among known results. Name and contact are erased at once. Raises as `publish_list`.
    """
    with transaction() as session:
        found, contract = locked_draw(session, actor, draw_id, version)
        raise_tags(session, contract_tag(contract))
        if found.published_at is None or found.seed is not None:
            raise Conflict(_l("Le tirage est fait : la liste ne change plus."))
        person = person_of(session, draw_id, candidate_id)
        person.withdrawn_at = clock.now()
        forget(person)
        session.flush()
        sha256 = add_list(session, found, seed_rule, seed_day)
        ledger.note(
            session,
            "candidate.withdrawn",
            person.id,
            born=person.label,
            code=seed_day.isoformat() if seed_day else "",
        )
        record_draw(session, actor, contract, found, "withdrawn", sha256=sha256)
        return sha256


def forget(person: DrawCandidate) -> None:
    """Erase who somebody on a list is; the number stays."""
    person.first_name = person.last_name = person.email = person.phone = ""
    person.person_key = None
