"""Give somebody a seat, correct what is written of them, call a substitute, end a seat."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.accounts.emails import fold_email
from cdv_civic.accounts.locking import lock_accounts
from cdv_civic.accounts.roles import end_role
from cdv_civic.core import clock, ledger
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.errors import Conflict, DomainError, Refusals
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.idempotency import made_before
from cdv_civic.core.policy.model import Actor
from cdv_civic.seats.models import Seat
from cdv_civic.seats.operations.locking import (
    NOT_YET,
    holds_role_of,
    lock_residents_body,
    locked_seat,
    record_seat,
)
from cdv_civic.seats.operations.proposals import ALL_TAKEN, all_taken
from cdv_civic.seats.rules import (
    COLLEGES,
    ENDINGS,
    GENDERS,
    LOCAL_ACTORS,
    RESIDENTS,
    WAYS,
    namesake_in,
    numbered_key,
    person_key,
)
from cdv_civic.territory.cache_tags import contract_tag

LONGEST_NAME: Final = 80
LONGEST_CONTACT: Final = 254


NOT_IN_THE_LIST: Final = _l("Choisissez une réponse de la liste.")


@dataclass(frozen=True)
class Member:
    """Somebody as the desk writes them down. See `models.Seat`."""

    college: str
    way: str
    first_name: str
    starts_on: date
    last_name: str = ""
    represents: str = ""
    email: str = ""
    phone: str = ""
    gender: str | None = None
    minor: bool = False
    hidden: bool = False
    #: The person agreed to be named in full.
    name_public: bool = False
    ends_on: date | None = None
    substitute: bool = False


def check_phone(typed: str) -> None:
    """Raise `DomainError` where what was typed is too short to be a telephone number; nothing is fine."""
    if typed and sum(character.isdigit() for character in typed) < 6:
        raise DomainError(_l("Ce numéro de téléphone n’est pas complet."), field="phone")


def _checked(member: Member) -> dict[str, Any]:
    """The columns of a seat; raises `DomainError` beside a field."""
    texts = {
        name: " ".join(getattr(member, name).split())
        for name in ("first_name", "last_name", "represents", "email", "phone")
    }
    with Refusals() as refused:
        for name, text in texts.items():
            most = LONGEST_CONTACT if name in ("email", "represents") else LONGEST_NAME
            if len(text) > most:
                refused.add(
                    DomainError(
                        _l("Ce texte est trop long : %(most)s caractères au plus.", most=most), field=name
                    )
                )
        if texts["email"]:
            texts["email"] = refused.unless(fold_email, texts["email"]) or ""
        refused.unless(check_phone, texts["phone"])
        if not texts["first_name"]:
            refused.add(DomainError(_l("Écrivez le prénom."), field="first_name"))
        if member.ends_on is not None and member.ends_on < member.starts_on:
            refused.add(
                DomainError(_l("La fin vient après le début : corrigez une des deux dates."), field="ends_on")
            )
        for field, value, known in (
            ("college", member.college, COLLEGES),
            ("way", member.way, WAYS),
            ("gender", member.gender or GENDERS[0], GENDERS),
        ):
            if value not in known:
                refused.add(DomainError(NOT_IN_THE_LIST, field=field))
    if member.college != LOCAL_ACTORS:
        texts["represents"] = ""
    return {
        **texts,
        "college": member.college,
        "way": member.way,
        "gender": member.gender if member.college == RESIDENTS else None,
        "minor": member.minor,
        "hidden": member.hidden,
        "starts_on": member.starts_on,
        "ends_on": member.ends_on,
        "person_key": person_key(texts["first_name"], texts["last_name"], texts["email"], texts["phone"]),
    }


def _twice() -> Conflict:
    return Conflict(
        _l("Cette personne a déjà une de ces places. Vérifiez la liste avant de l’ajouter."),
        field="first_name",
    )


def _consent(member: Member, before: date | None) -> date | None:
    """The day on which the person agreed; a minor's name is never public."""
    return (before or clock.today()) if member.name_public and not member.minor else None


def _next_rank(session: Session, body_id: int, college: str) -> int:
    highest = session.execute(
        select(func.max(Seat.rank)).where(
            Seat.body_id == body_id, Seat.college == college, Seat.ended_on.is_(None)
        )
    ).scalar()
    return (highest or 0) + 1


def open_seat(
    actor: Actor, body_id: int, member: Member, *, client_key: str, pending: bool = False, namesake: int = 1
) -> int:
    """Give a seat, or a place on the list of substitutes; its id. The same `client_key` again gives nothing more.

    `pending`: it is only proposed, and waits for the person's answer (see `proposals`). `namesake`: 2 for somebody who
    is known to be another person than one of that name who may sit there, and so on.

    Raises `NotFound`, `Forbidden`, `DomainError`, `Conflict` where the person sits there already.
    """
    try:
        with transaction() as session:
            contract = lock_residents_body(session, actor, "seat.edit", body_id)
            raise_tags(session, contract_tag(contract))
            known = made_before(
                session, Seat, key=(Seat.client_key, client_key), owner=(Seat.body_id, body_id)
            )
            if known is not None:
                return known.id
            columns = _checked(member)
            columns["person_key"] = numbered_key(columns["person_key"], namesake)
            refuse_twice(session, body_id, member.college, columns["person_key"])
            seat = Seat(
                body_id=body_id,
                client_key=client_key,
                substitute=member.substitute,
                pending=pending,
                agreed_on=None,
                rank=_next_rank(session, body_id, member.college) if member.substitute else None,
                name_public_on=_consent(member, None),
                account_id=None,
                role_grant_id=None,
                ended_on=None,
                ending=None,
                version=0,
                created_at=clock.now(),
                **columns,
            )
            session.add(seat)
            session.flush()
            record_seat(session, actor, contract, seat, "proposed" if pending else "opened")
            return seat.id
    except IntegrityError:
        raise _twice() from None


def refuse_twice(session: Session, body_id: int, college: str, key: str | None, but: int = 0) -> None:
    """Raise `Conflict` where an open seat of the collège has this key. The unique index keeps the promise."""
    if key is None:
        return
    there = select(Seat.person_key, Seat.first_name, Seat.last_name, Seat.email, Seat.phone).where(
        Seat.body_id == body_id, Seat.college == college, Seat.ended_on.is_(None), Seat.id != but
    )
    for seat in session.execute(there):
        # Keys that were stored before a contact alone was no person any more say nothing here.
        anew = person_key(seat.first_name, seat.last_name, seat.email, seat.phone)
        if key in (seat.person_key, numbered_key(anew, namesake_in(seat.person_key))):
            raise _twice()


def change_seat(actor: Actor, seat_id: int, member: Member, *, version: int) -> None:
    """Correct what is written of a member. Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`."""
    try:
        with transaction() as session:
            seat, contract = locked_seat(session, actor, seat_id, version)
            raise_tags(session, contract_tag(contract))
            columns = _checked(member)
            columns["person_key"] = numbered_key(columns["person_key"], namesake_in(seat.person_key))
            refuse_twice(session, seat.body_id, member.college, columns["person_key"], but=seat.id)
            if member.substitute and (not seat.substitute or seat.college != member.college):
                seat.rank = _next_rank(session, seat.body_id, member.college)
            elif not member.substitute:
                seat.rank = None
            seat.substitute = member.substitute
            agreed = _consent(member, seat.name_public_on)
            for less, code in (
                (seat.name_public_on is not None and agreed is None, "consent"),
                (member.hidden and not seat.hidden, "hidden"),
                (member.minor and not seat.minor, "minor"),
            ):
                if less:
                    ledger.note(session, "seat.name", seat.id, born=seat.created_at, code=code)
            seat.name_public_on = agreed
            for name, value in columns.items():
                setattr(seat, name, value)
            seat.version += 1
            record_seat(session, actor, contract, seat, "changed")
    except IntegrityError:
        raise _twice() from None


def end_seat(actor: Actor, seat_id: int, ending: str, *, version: int) -> None:
    """End a seat today. Contact and gender are erased at once, and the role that came with the seat ends.

    Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    if ending not in ENDINGS:
        raise DomainError(NOT_IN_THE_LIST, field="ending")
    with transaction() as session:
        lock_accounts(session, holds_role_of(seat_id))
        seat, contract = locked_seat(session, actor, seat_id, version)
        raise_tags(session, contract_tag(contract))
        if seat.pending:
            raise Conflict(NOT_YET)
        seat.ended_on, seat.ending = clock.today(), ending
        ledger.note(session, "seat.ended", seat.id, born=seat.created_at, code=ending)
        seat.rank = None
        seat.email = seat.phone = ""
        seat.gender = seat.person_key = None
        seat.version += 1
        session.flush()
        if seat.role_grant_id is not None:
            end_role(actor, seat.role_grant_id)
        record_seat(session, actor, contract, seat, "ended", ending=ending)


def call_substitute(actor: Actor, seat_id: int) -> None:
    """Give a seat to the first substitute of a collège, from today.

    Raises `Conflict` where it is another's turn, or all seats are taken.
    """
    with transaction() as session:
        seat, contract = locked_seat(session, actor, seat_id, None)
        raise_tags(session, contract_tag(contract))
        first = session.execute(
            select(Seat.id)
            .where(
                Seat.body_id == seat.body_id,
                Seat.college == seat.college,
                Seat.substitute,
                ~Seat.pending,
                Seat.ended_on.is_(None),
            )
            .order_by(Seat.rank, Seat.id)
            .limit(1)
        ).scalar()
        if first != seat.id:
            raise Conflict(
                _l(
                    "La liste a changé : une autre personne est maintenant la première. Regardez-la de nouveau."
                )
            )
        if all_taken(session, seat.body_id, seat.college):
            raise Conflict(ALL_TAKEN)
        seat.substitute, seat.rank = False, None
        seat.starts_on = clock.today()
        if seat.ends_on is not None and seat.ends_on < seat.starts_on:
            seat.ends_on = None
        seat.version += 1
        record_seat(session, actor, contract, seat, "called")
