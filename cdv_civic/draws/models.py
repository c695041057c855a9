"""Tables of draws of lots: what is drawn, from whom, and what was published before the seed was known."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.core.db import Model
from cdv_civic.seats.rules import COLLEGES
from cdv_civic.territory.models import one_of


class Draw(Model):
    """A draw of lots for a collège of a body. Published, it changes no more but by a withdrawal and its seed."""

    __tablename__ = "draw"
    __table_args__ = (
        one_of("college", COLLEGES),
        CheckConstraint("seats > 0", name="seats"),
        CheckConstraint("substitutes >= 0", name="substitutes"),
        CheckConstraint("(seed IS NULL) = (seeded_at IS NULL)", name="seed_with_its_moment"),
        CheckConstraint("seed IS NULL OR published_at IS NOT NULL", name="published_before_the_seed"),
        CheckConstraint(
            "published_at IS NULL OR (seed_rule <> '' AND seed_day IS NOT NULL)", name="published_with_a_rule"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id", ondelete="CASCADE"), index=True)
    #: Random: what makes a form sent twice act once.
    client_key: Mapped[str] = mapped_column(unique=True)
    #: French, as it stands in the published list.
    title: Mapped[str]
    college: Mapped[str]
    seats: Mapped[int]
    substitutes: Mapped[int]
    #: `rules.Category.as_data()` of each, in the order in which they count.
    categories: Mapped[list[Any]] = mapped_column(JSON)
    #: Where the seed comes from, in words, and the day on which it is known.
    seed_rule: Mapped[str]
    seed_day: Mapped[date | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    #: Of the first list.
    published_at: Mapped[datetime | None]
    #: Normalised: see `rules.normal_seed`.
    seed: Mapped[str | None]
    seeded_at: Mapped[datetime | None]
    #: `algorithm.Result.as_data()`: what anybody finds again from the list and the seed.
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    #: When those drawn were given seats at the desk.
    seated_at: Mapped[datetime | None]
    #: When the names of those who were not drawn were erased.
    erased_at: Mapped[datetime | None]
    #: Raised by each change.
    version: Mapped[int]


class DrawList(Model):
    """A list as it was published: rows are only ever added, the latest counts."""

    __tablename__ = "draw_list"
    __table_args__ = (UniqueConstraint("draw_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draw_id: Mapped[int] = mapped_column(ForeignKey("draw.id", ondelete="CASCADE"))
    #: 1, then one more for each withdrawal.
    number: Mapped[int]
    #: See `rules.canonical`; UTF-8.
    text: Mapped[str]
    sha256: Mapped[str]
    published_at: Mapped[datetime]


class DrawCandidate(Model):
    """Somebody who may be drawn. Public pages know the label and the profile, never the name."""

    __tablename__ = "draw_candidate"
    __table_args__ = (UniqueConstraint("draw_id", "label"), UniqueConstraint("draw_id", "person_key"))

    id: Mapped[int] = mapped_column(primary_key=True)
    draw_id: Mapped[int] = mapped_column(ForeignKey("draw.id", ondelete="CASCADE"))
    #: Five random digits.
    label: Mapped[str]
    #: Names and contact are for the desk, and empty once the person was forgotten.
    first_name: Mapped[str]
    last_name: Mapped[str]
    email: Mapped[str]
    phone: Mapped[str]
    #: Keeps one person from standing on the list twice; None once forgotten.
    person_key: Mapped[str | None]
    #: A value for each category, in their order.
    profile: Mapped[list[str]]
    withdrawn_at: Mapped[datetime | None]
