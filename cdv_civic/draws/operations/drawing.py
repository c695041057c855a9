"""The seed, the result, and the seats that follow."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from cdv_civic.core import clock
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.errors import Conflict, DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.stemming import stem
from cdv_civic.core.text_folding import fold
from cdv_civic.draws.algorithm import Result, draw
from cdv_civic.draws.models import DrawCandidate, DrawList
from cdv_civic.draws.operations.locking import locked_draw, mark_changed, people_of, record_draw
from cdv_civic.draws.rules import normal_seed, parse, seed_is_long_enough
from cdv_civic.seats.operations.members import Member, open_seat
from cdv_civic.seats.operations.proposals import free_seats, take_back
from cdv_civic.seats.rules import DRAWN, MAN, WOMAN, namesake_in
from cdv_civic.territory.cache_tags import contract_tag


def seed_draw(actor: Actor, draw_id: int, typed: str) -> Result:
    """Type in the seed, once: the first wins. The result is public from that moment.

    Raises `NotFound`, `Forbidden`, `Conflict` where somebody was faster, `DomainError`.
    """
    seed = normal_seed(typed)
    with transaction() as session:
        found, contract = locked_draw(session, actor, draw_id)
        raise_tags(session, contract_tag(contract))
        if found.published_at is None or found.seed_day is None:
            raise Conflict(_l("Publiez d’abord la liste."))
        if found.seed is not None:
            raise Conflict(
                _l(
                    "Les numéros au hasard sont déjà écrits : %(seed)s. Le tirage est fait, il ne change plus.",
                    seed=found.seed,
                ),
                field="seed",
            )
        if clock.today() < found.seed_day:
            raise DomainError(_l("Ce jour n’est pas encore venu."), field="seed")
        if not seed_is_long_enough(seed):
            raise DomainError(_l("C’est trop court : il faut au moins 6 chiffres ou lettres."), field="seed")
        published = session.execute(
            select(DrawList).where(DrawList.draw_id == draw_id).order_by(DrawList.number.desc()).limit(1)
        ).scalar_one()
        result = draw(parse(published.text), published.sha256, seed)
        found.seed, found.seeded_at, found.result = seed, clock.now(), result.as_data()
        mark_changed(session, found)
        record_draw(session, actor, contract, found, "drawn", seed=seed, sha256=published.sha256)
        return result


#: Stems of the words that the form suggests for women and for men, by language.
GENDER_WORDS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "fr": {WOMAN: ("femme",), MAN: ("homme",)},
    "en": {WOMAN: ("woman", "women"), MAN: ("man", "men")},
    "ar": {WOMAN: ("نساء", "امراه"), MAN: ("رجال", "رجل")},
}
_GENDERS: Final = {
    each: gender for words in GENDER_WORDS.values() for gender, stems in words.items() for each in stems
}


def _gender(person: DrawCandidate) -> str | None:
    """Woman or man, where a category said so."""
    said = {_GENDERS.get(stem(word)) for value in person.profile for word in fold(value).split()}
    return next((gender for gender in (WOMAN, MAN) if gender in said), None)


@dataclass(frozen=True)
class Proposed:
    """What `propose_seats` did: people asked to take a seat, to wait on the list, and left out as already there."""

    seats: int
    substitutes: int
    known: int
    #: Of those who are known, for the desk to look at: a namesake may be somebody else.
    known_names: tuple[str, ...] = ()


def _key_prefix(draw_id: int) -> str:
    return f"tirage-au-sort-{draw_id}-"


def propose_seats(actor: Actor, draw_id: int) -> Proposed:
    """Propose seats to those who were drawn, and places on the list to the substitutes in their order.

    Nobody sits, or is named anywhere, before they said yes (`seats.operations.proposals`). No more seats are
    proposed than are free: who comes after goes to the list, before the substitutes. Who sits there already is left
    out. Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    with transaction() as session:
        found, contract = locked_draw(session, actor, draw_id, action="seat.edit")
        if found.result is None:
            raise Conflict(_l("Le tirage n’est pas encore fait."))
        if found.seated_at is not None:
            raise Conflict(_l("Les sièges de ce tirage sont déjà proposés."))
        result = Result.from_data(found.result)
        people = {person.label: person for person in people_of(session, draw_id)}
        free = free_seats(session, found.body_id, found.college)
        given = {True: 0, False: 0}
        known = 0
        names: list[str] = []
        for label in (*result.seats, *result.substitutes):
            person = people[label]
            if not person.first_name:
                known += 1
                continue
            waits = label in result.substitutes or (free is not None and given[False] >= free)
            try:
                open_seat(
                    actor,
                    found.body_id,
                    Member(
                        college=found.college,
                        way=DRAWN,
                        first_name=person.first_name,
                        last_name=person.last_name,
                        email=person.email,
                        phone=person.phone,
                        gender=_gender(person),
                        starts_on=clock.today(),
                        substitute=waits,
                    ),
                    client_key=f"{_key_prefix(draw_id)}{label}",
                    pending=True,
                    namesake=namesake_in(person.person_key),
                )
                given[waits] += 1
            except Conflict:
                known += 1
                names.append(f"{person.first_name} {person.last_name}".strip())
        found.seated_at = clock.now()
        mark_changed(session, found)
        record_draw(session, actor, contract, found, "seated", added=sum(given.values()))
        return Proposed(given[False], given[True], known, tuple(names))


def take_back_proposals(actor: Actor, draw_id: int) -> int:
    """Undo `propose_seats` for all who have not answered; how many. The seats can be proposed again.

    Raises `NotFound`, `Forbidden`, `Conflict` where the names of the draw are erased.
    """
    with transaction() as session:
        found, contract = locked_draw(session, actor, draw_id, action="seat.edit")
        if found.result is None or found.seated_at is None:
            return 0
        drawn = Result.from_data(found.result)
        named = {person.label for person in people_of(session, draw_id) if person.first_name}
        if not named >= {*drawn.seats, *drawn.substitutes}:
            raise Conflict(_l("Les noms de ce tirage sont effacés : notez la réponse de chaque personne."))
        taken = take_back(session, _key_prefix(draw_id))
        found.seated_at = None
        mark_changed(session, found)
        record_draw(session, actor, contract, found, "unseated", taken=taken)
        return taken
