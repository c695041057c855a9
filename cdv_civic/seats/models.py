"""Tables of seats: how many a body has, and who sits."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.core.db import Model
from cdv_civic.seats.rules import COLLEGES, ENDINGS, GENDERS, WAYS
from cdv_civic.territory.models import one_of


class CollegeSeats(Model):
    """How many seats a collège of a body has; no row: nobody has said, and that is fine."""

    __tablename__ = "college_seats"
    __table_args__ = (one_of("college", COLLEGES), CheckConstraint("number >= 0", name="number"))

    body_id: Mapped[int] = mapped_column(ForeignKey("body.id", ondelete="CASCADE"), primary_key=True)
    college: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]


def _one_open(name: str, who: str) -> Index:
    return Index(
        name,
        "body_id",
        "college",
        who,
        unique=True,
        sqlite_where=text("ended_on IS NULL"),
        postgresql_where=text("ended_on IS NULL"),
    )


class Seat(Model):
    """Somebody who sits in a body, or waits on its list of substitutes. Public pages see its `public_name` only."""

    __tablename__ = "seat"
    __table_args__ = (
        one_of("college", COLLEGES),
        one_of("way", WAYS),
        one_of("gender", GENDERS),
        one_of("ending", ENDINGS),
        CheckConstraint("ends_on >= starts_on", name="ends_after_it_starts"),
        CheckConstraint("(ended_on IS NULL) = (ending IS NULL)", name="ended_with_a_reason"),
        CheckConstraint("substitute OR rank IS NULL", name="rank_of_a_substitute"),
        # Who has not said yes holds nothing yet.
        CheckConstraint(
            "NOT pending OR (account_id IS NULL AND ended_on IS NULL AND agreed_on IS NULL)",
            name="pending_holds_nothing",
        ),
        # One open seat, or place on the list, for a person in a collège.
        _one_open("uq_seat_account_open", "account_id"),
        _one_open("uq_seat_person_open", "person_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id", ondelete="CASCADE"), index=True)
    #: Random: what makes a form sent twice act once.
    client_key: Mapped[str] = mapped_column(unique=True)
    college: Mapped[str]
    way: Mapped[str]
    #: Waits for a seat; `rank` says who is called first.
    substitute: Mapped[bool]
    #: Proposed after a draw, and the person has not answered: counted and shown nowhere but at the desk.
    pending: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: Day on which somebody who was proposed said yes.
    agreed_on: Mapped[date | None]
    rank: Mapped[int | None]
    #: Empty once the person was forgotten.
    first_name: Mapped[str]
    last_name: Mapped[str]
    #: The association or place that the person speaks for; empty for residents.
    represents: Mapped[str]
    #: For the desk only. Never in logs.
    email: Mapped[str]
    phone: Mapped[str]
    #: See `rules.person_key`.
    person_key: Mapped[str | None]
    #: For the count of women and men only, shown of nobody; None: not asked.
    gender: Mapped[str | None]
    minor: Mapped[bool]
    #: The person wants no name at all on public pages.
    hidden: Mapped[bool]
    #: Day on which the person agreed to be named in full.
    name_public_on: Mapped[date | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    #: The role of member that came with the seat, and ends with it.
    role_grant_id: Mapped[int | None] = mapped_column(ForeignKey("role_grant.id", ondelete="SET NULL"))
    starts_on: Mapped[date]
    #: Last day of the mandate, as planned.
    ends_on: Mapped[date | None]
    #: Day on which it truly ended, and why.
    ended_on: Mapped[date | None]
    ending: Mapped[str | None]
    #: Raised by each change.
    version: Mapped[int]
    created_at: Mapped[datetime]
