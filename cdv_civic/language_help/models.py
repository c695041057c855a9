"""The table of the services that help in other languages."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.core.db import Model
from cdv_civic.language_help.rules import LONGEST_PHONE, LONGEST_PLACE, LONGEST_SERVICE, HelpKind
from cdv_civic.territory.models import one_of


class LanguageHelp(Model):
    """A service that helps in some languages, for a whole contract, one commune or one quartier."""

    __tablename__ = "language_help"
    __table_args__ = (
        one_of("kind", HelpKind),
        CheckConstraint("commune_id IS NULL OR quartier_id IS NULL", name="for_one_place"),
        CheckConstraint("place IS NOT NULL OR phone IS NOT NULL", name="can_be_reached"),
        CheckConstraint(f"length(service) BETWEEN 1 AND {LONGEST_SERVICE}", name="service"),
        CheckConstraint(f"length(place) <= {LONGEST_PLACE}", name="place"),
        CheckConstraint(f"length(phone) <= {LONGEST_PHONE}", name="phone"),
        # A commune that it serves is one of its contract.
        ForeignKeyConstraint(
            ["commune_id", "contract_id"], ["contract_commune.commune_id", "contract_commune.contract_id"]
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    #: Whom it serves; both None: the whole contract.
    commune_id: Mapped[int | None] = mapped_column(index=True)
    quartier_id: Mapped[int | None] = mapped_column(ForeignKey("quartier.id"), index=True)
    #: Random: what makes a form sent twice act once.
    client_key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    #: The name of a service or a place, never of a person.
    service: Mapped[str]
    #: What is done there for whoever comes.
    what_id: Mapped[int] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: Tags of the languages spoken there (`core.i18n.spoken`).
    spoken: Mapped[list[str]] = mapped_column(JSON)
    #: A postal address.
    place: Mapped[str | None]
    hours_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: Digits in groups, as people read them.
    phone: Mapped[str | None]
    #: The day somebody said last that all this is right.
    checked_on: Mapped[date]
    #: Taken off the public page, where it can be put back.
    withdrawn_at: Mapped[datetime | None]
    #: Raised by each change: two people at the same form do not overwrite each other.
    version: Mapped[int]
