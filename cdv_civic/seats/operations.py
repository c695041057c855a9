"""What the desk does with seats: give one, correct it, call a substitute, end it, say how many there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.accounts.emails import fold_email
from cdv_civic.accounts.invitations import waits
from cdv_civic.accounts.models import Account, RoleGrant
from cdv_civic.accounts.operations import new_account
from cdv_civic.accounts.roles import end_role, grant_role
from cdv_civic.bodies.operations.locking import CHANGED, hold_body
from cdv_civic.core import clock, ledger
from cdv_civic.core.audit import record
from cdv_civic.core.db import raise_publication_number, transaction
from cdv_civic.core.errors import Conflict, DomainError, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.decisions import may_grant
from cdv_civic.core.policy.model import Actor, Role, Scope, ScopeKind
from cdv_civic.core.settings import current_settings
from cdv_civic.seats.models import CollegeSeats, Seat
from cdv_civic.seats.rules import (
    COLLEGES,
    ENDINGS,
    FORMER_KEPT,
    GENDERS,
    LOCAL_ACTORS,
    MOST_SEATS,
    RESIDENTS,
    WAYS,
    person_key,
)
from cdv_civic.territory.scopes import extent_of
from cdv_civic.territory.vocabulary import RESIDENTS_BODY_KINDS

LONGEST_NAME: Final = 80
LONGEST_CONTACT: Final = 254
SHORTEST_UID: Final = 16
FROM_THE_LIST: Final = _l("Choisissez une réponse de la liste.")
NOT_YET: Final = _l("Cette personne n’a pas encore dit oui. Notez d’abord sa réponse.")
GONE: Final = _l("Ce siège n’existe pas.")


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


def hold(session: Session, actor: Actor, action: str, body_id: int) -> str:
    """Lock a body for an act; the slug of its contract. Raises `NotFound`, `Forbidden`, `DomainError`.

    Only bodies where residents are heard have members on this site.
    """
    body, contract = hold_body(session, actor, action, body_id)
    if body.kind not in RESIDENTS_BODY_KINDS:
        raise DomainError(_l("Ce site dit à quoi sert ce groupe. Ses membres ne sont pas publics."))
    return contract


def _checked(member: Member) -> dict[str, Any]:
    """The columns of a seat; raises `DomainError` beside a field."""
    for field, value, known in (
        ("college", member.college, COLLEGES),
        ("way", member.way, WAYS),
        ("gender", member.gender or GENDERS[0], GENDERS),
    ):
        if value not in known:
            raise DomainError(FROM_THE_LIST, field=field)
    texts = {
        name: " ".join(getattr(member, name).split())
        for name in ("first_name", "last_name", "represents", "email", "phone")
    }
    if not texts["first_name"]:
        raise DomainError(_l("Écrivez le prénom."), field="first_name")
    for name, text in texts.items():
        most = LONGEST_CONTACT if name in ("email", "represents") else LONGEST_NAME
        if len(text) > most:
            raise DomainError(_l("Ce texte est trop long : %(most)s signes au plus.", most=most), field=name)
    if texts["email"]:
        texts["email"] = fold_email(texts["email"])
    if texts["phone"] and sum(sign.isdigit() for sign in texts["phone"]) < 6:
        raise DomainError(_l("Ce numéro de téléphone n’est pas complet."), field="phone")
    if member.ends_on is not None and member.ends_on < member.starts_on:
        raise DomainError(_l("La fin vient après le début : corrigez une des deux dates."), field="ends_on")
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
        _l("Cette personne est déjà dans ce collège. Vérifiez la liste avant de l’ajouter."),
        field="first_name",
    )


def _consent(member: Member, before: date | None) -> date | None:
    """The day on which the person agreed; a minor's name is never public."""
    return (before or clock.today()) if member.name_public and not member.minor else None


def _next_rank(session: Session, body_id: int, college: str) -> int:
    ranks = session.execute(
        select(Seat.rank).where(
            Seat.body_id == body_id,
            Seat.college == college,
            Seat.ended_on.is_(None),
            Seat.rank.is_not(None),
        )
    ).scalars()
    return max((rank for rank in ranks if rank is not None), default=0) + 1


def open_seat(actor: Actor, body_id: int, member: Member, *, uid: str, pending: bool = False) -> int:
    """Give a seat, or a place on the list of substitutes; its id. The same `uid` again gives nothing more.

    `pending`: it is only proposed, and waits for the person's answer (`seats.proposals`).

    Raises `NotFound`, `Forbidden`, `DomainError`, `Conflict` where the person sits there already.
    """
    try:
        with transaction(publishes=True) as session:
            contract = hold(session, actor, "seat.edit", body_id)
            known = session.execute(select(Seat.id, Seat.body_id).where(Seat.uid == uid)).first()
            if known is not None and known.body_id == body_id:
                return int(known.id)
            if known is not None or len(uid) < SHORTEST_UID:
                raise Conflict(CHANGED)
            columns = _checked(member)
            refuse_twice(session, body_id, member.college, columns["person_key"])
            seat = Seat(
                body_id=body_id,
                uid=uid,
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
            note_seat(session, actor, contract, seat, "proposed" if pending else "opened")
            return seat.id
    except IntegrityError:
        raise _twice() from None


def refuse_twice(session: Session, body_id: int, college: str, key: str | None, but: int = 0) -> None:
    """Raise `Conflict` where an open seat of the collège has this key. The unique index keeps the promise."""
    if key is None:
        return
    there = select(Seat.id).where(
        Seat.body_id == body_id,
        Seat.college == college,
        Seat.person_key == key,
        Seat.ended_on.is_(None),
        Seat.id != but,
    )
    if session.execute(there).first() is not None:
        raise _twice()


def note_seat(session: Session, actor: Actor, contract: str, seat: Seat, act: str, **more: object) -> None:
    """Write an act on a seat into the audit trail: by number, never by name."""
    record(
        session,
        actor,
        "seat.edit",
        "body",
        seat.body_id,
        scope=contract,
        after={"seat": seat.id, "act": act, "college": seat.college, **more},
    )


def held_seat(session: Session, actor: Actor, seat_id: int, version: int | None) -> tuple[Seat, str]:
    """Lock an open seat for an act; the seat, and the slug of its contract. `version`: as the desk last saw it.

    Raises `NotFound`, `Forbidden`, `Conflict`.
    """
    body_id = session.execute(select(Seat.body_id).where(Seat.id == seat_id)).scalar()
    if body_id is None:
        raise NotFound(GONE)
    contract = hold(session, actor, "seat.edit", body_id)
    seat = session.execute(
        select(Seat).where(Seat.id == seat_id).with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    ).scalar()
    if seat is None:
        raise NotFound(GONE)
    if version is not None and seat.version != version:
        raise Conflict(CHANGED)
    if seat.ended_on is not None:
        raise Conflict(_l("Ce siège est déjà terminé."))
    return seat, contract


def _hold_role(session: Session, seat_id: int) -> None:
    """Lock the role that came with a seat before the seat itself, as whoever erases an account does."""
    of_seat = select(Seat.role_grant_id).where(Seat.id == seat_id).scalar_subquery()
    session.execute(
        select(RoleGrant.id).where(RoleGrant.id == of_seat).with_for_update(key_share=True)
    ).scalar()


def change_seat(actor: Actor, seat_id: int, member: Member, *, version: int) -> None:
    """Correct what is written of a member. Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`."""
    try:
        with transaction(publishes=True) as session:
            seat, contract = held_seat(session, actor, seat_id, version)
            columns = _checked(member)
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
            session.flush()
            note_seat(session, actor, contract, seat, "changed")
    except IntegrityError:
        raise _twice() from None


def end_seat(actor: Actor, seat_id: int, ending: str, *, version: int) -> None:
    """End a seat today. Contact and gender are erased at once, and the role that came with the seat ends.

    Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    if ending not in ENDINGS:
        raise DomainError(FROM_THE_LIST, field="ending")
    with transaction(publishes=True) as session:
        _hold_role(session, seat_id)
        seat, contract = held_seat(session, actor, seat_id, version)
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
        note_seat(session, actor, contract, seat, "ended", ending=ending)


def call_substitute(actor: Actor, seat_id: int) -> None:
    """Give a seat to the first substitute of a collège, from today. Raises `Conflict` where it is another's turn."""
    with transaction(publishes=True) as session:
        seat, contract = held_seat(session, actor, seat_id, None)
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
        seat.substitute, seat.rank = False, None
        seat.starts_on = clock.today()
        if seat.ends_on is not None and seat.ends_on < seat.starts_on:
            seat.ends_on = None
        seat.version += 1
        session.flush()
        note_seat(session, actor, contract, seat, "called")


def set_numbers(actor: Actor, body_id: int, numbers: Mapping[str, int | None]) -> None:
    """Say how many seats each collège has; None: not said. Raises `NotFound`, `Forbidden`, `DomainError`."""
    for college, number in numbers.items():
        if college not in COLLEGES or (number is not None and not 0 <= number <= MOST_SEATS):
            raise DomainError(
                _l("Écrivez un nombre de 0 à %(most)s, ou laissez vide.", most=MOST_SEATS),
                field=f"number_{college}",
            )
    with transaction(publishes=True) as session:
        contract = hold(session, actor, "seat.edit", body_id)
        for college, number in numbers.items():
            row = session.get(CollegeSeats, (body_id, college), populate_existing=True)
            if number is None:
                if row is not None:
                    session.delete(row)
            elif row is None:
                session.add(CollegeSeats(body_id=body_id, college=college, number=number))
            else:
                row.number = number
        record(session, actor, "seat.edit", "body", body_id, scope=contract, after={"numbers": dict(numbers)})


def link_account(actor: Actor, seat_id: int, email: str, *, version: int) -> bool:
    """Tie a seat to the account of an address, made now where there is none: the answer is the same for both.

    With it comes the role of member, where the actor may give it: whether it was. Raises `BadEmail`, `Conflict`
    where the account sits in the collège already, `NotFound`, `Forbidden`.
    """
    folded = fold_email(email)
    taken = Conflict(_l("Ce compte a déjà un siège dans ce collège."), field="email")
    try:
        with transaction() as session:
            _hold_role(session, seat_id)
            account = session.execute(
                select(Account).where(Account.email == folded).with_for_update(key_share=True)
            ).scalar()
            seat, contract = held_seat(session, actor, seat_id, version)
            if seat.pending:
                raise Conflict(NOT_YET)
            if account is None:
                account = new_account(session, email=folded, name=seat.first_name, minor=seat.minor)
            _leave_account(session, actor, seat)
            seat.account_id = account.id
            seat.version += 1
            session.flush()
            granted = account.disabled_at is None and _give_role(session, actor, seat)
            note_seat(session, actor, contract, seat, "linked")
            return granted
    except IntegrityError:
        raise taken from None


def _leave_account(session: Session, actor: Actor, seat: Seat) -> None:
    if seat.role_grant_id is not None:
        end_role(actor, seat.role_grant_id)
    seat.account_id = seat.role_grant_id = None
    session.flush()


def _give_role(session: Session, actor: Actor, seat: Seat) -> bool:
    scope = Scope(ScopeKind.BODY, seat.body_id)
    if seat.account_id is None or not may_grant(actor, Role.MEMBER, extent_of(session, scope)):
        return False
    held = session.execute(
        select(RoleGrant.id).where(
            RoleGrant.account_id == seat.account_id,
            RoleGrant.role == Role.MEMBER.value,
            RoleGrant.body_id == seat.body_id,
            or_(RoleGrant.ends_at.is_(None), waits(clock.now())),
        )
    ).first()
    if held is None:
        seat.role_grant_id = grant_role(actor, seat.account_id, Role.MEMBER, scope).id
        session.flush()
    return True


#: What is left of somebody who was forgotten: the seat, held by « une habitante ou un habitant ».
FORGOTTEN: Final[Mapping[str, Any]] = {
    "first_name": "",
    "last_name": "",
    "represents": "",
    "email": "",
    "phone": "",
    "person_key": None,
    "gender": None,
    "name_public_on": None,
    "account_id": None,
    "hidden": True,
}


def forget_former() -> int:
    """Erase the names of those whose seat ended `FORMER_KEPT` ago, and proposals that nobody answered; how many."""
    limit = clock.today() - FORMER_KEPT
    settings = current_settings()
    waited = clock.now() - timedelta(days=settings.draw_kept_days)
    with transaction() as session:
        gone = session.execute(
            update(Seat)
            .where(Seat.ended_on <= limit, Seat.first_name != "")
            .values(**FORGOTTEN)
            .returning(Seat.id, Seat.created_at)
            .execution_options(synchronize_session=False)
        ).all()
        unanswered = forget_proposals(session, Seat.created_at < waited)
        ledger.note_many(session, "seat.forgotten", [(row.id, row.created_at) for row in gone])
    return len(gone) + unanswered


def forget_proposals(session: Session, which: ColumnElement[bool]) -> int:
    """Delete proposals that wait for an answer, within the caller's transaction; how many."""
    gone = session.execute(
        delete(Seat)
        .where(Seat.pending, which)
        .returning(Seat.id, Seat.created_at)
        .execution_options(synchronize_session=False)
    ).all()
    ledger.note_many(session, "seat.declined", [(row.id, row.created_at) for row in gone])
    return len(gone)


def forget_account(session: Session, account_id: int) -> None:
    """Take an erased account's person out of their seats, in the caller's transaction; the seats stay."""
    session.execute(update(Seat).where(Seat.account_id == account_id).values(**FORGOTTEN))
    raise_publication_number(session)
