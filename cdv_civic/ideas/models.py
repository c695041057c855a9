"""Tables of ideas: the box, the ideas in it, who supports them, points for and against, groups and objections."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.core.db import Model
from cdv_civic.ideas.rules.boxes import SUPPORTS_SHOWN
from cdv_civic.ideas.rules.ideas import PLACE_KINDS, SIDES
from cdv_civic.participation.rules.channels import CHANNELS
from cdv_civic.participation.rules.themes import SENSITIVE, THEMES
from cdv_civic.territory.models import link, one_of

_SENSITIVE = ", ".join(f"'{theme}'" for theme in SENSITIVE)


class IdeaBox(Model):
    """Where ideas are put: open all year, or from one moment to another."""

    __tablename__ = "idea_box"
    __table_args__ = (
        one_of("supports_shown", SUPPORTS_SHOWN),
        CheckConstraint("body_id IS NULL OR commune_id IS NULL", name="one_keeper"),
        CheckConstraint("closes_at > opens_at", name="closes_after_it_opens"),
        CheckConstraint("supports_shown <> 'apres' OR closes_at IS NOT NULL", name="shown_once_closed"),
        CheckConstraint("answer_days > 0", name="answer_days"),
        CheckConstraint("answer_days IS NULL OR answer_due_on IS NULL", name="one_promise"),
        CheckConstraint("published_at IS NULL OR answerer_id IS NOT NULL", name="published_complete"),
        CheckConstraint("withdrawn_at IS NULL OR published_at IS NOT NULL", name="withdrawn_once_published"),
        CheckConstraint("choice_opened_at IS NULL OR published_at IS NOT NULL", name="choice_once_published"),
        CheckConstraint(
            "(south IS NULL) = (north IS NULL) AND (south IS NULL) = (west IS NULL)"
            " AND (south IS NULL) = (east IS NULL)",
            name="whole_area",
        ),
        CheckConstraint("south < north AND west < east", name="area"),
        # A box of a consultation is never open all year by mistake.
        CheckConstraint(
            "NOT by_consultation OR published_at IS NULL OR withdrawn_at IS NOT NULL"
            " OR (opens_at IS NOT NULL AND closes_at IS NOT NULL)",
            name="calendar_of_its_consultation",
        ),
        # What keeps it open to everybody all year: a consultation alone asks who takes part, and an age.
        CheckConstraint(
            "by_consultation OR (NOT account_asked AND least_age = 0)", name="asked_by_its_consultation"
        ),
        CheckConstraint("least_age >= 0", name="least_age"),
        Index("ix_idea_box_contract", "contract_id", "published_at"),
        # What joins one to consultations names its contract too.
        Index("ix_idea_box_of_contract", "id", "contract_id", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Unique over all contracts of the site, hyphenated: its name in addresses. Never changes.
    slug: Mapped[str] = mapped_column(unique=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    #: Who keeps it and moderates: a body, a commune, or (neither) the team of the contract. A body is retired, never
    #: deleted: what people put into its box stays, and so do its moderators.
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"), index=True)
    commune_id: Mapped[int | None] = mapped_column(ForeignKey("commune.id"), index=True)
    title_id: Mapped[int] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: Who answers, in words.
    answerer_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: When: so many days after each idea, or all on one day; None: no day is promised.
    answer_days: Mapped[int | None]
    answer_due_on: Mapped[date | None]
    #: UTC; None on either side: no end there. `closes_at` is not included.
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    #: Whether a step of a consultation takes its ideas here: that says when it opens and closes, and who sees it.
    by_consultation: Mapped[bool] = mapped_column(default=False)
    #: What its consultation asks of whoever puts an idea, supports one or makes a point (`participation.speaking`): to
    #: sign in, and an age in years (0: any).
    account_asked: Mapped[bool] = mapped_column(default=False)
    least_age: Mapped[int] = mapped_column(default=0)
    #: Whether ideas wait for a moderator before others read them.
    read_before: Mapped[bool]
    #: See `rules.boxes.SupportsShown`.
    supports_shown: Mapped[str]
    #: Where points on the map may lie, in degrees; None: places are said in words.
    south: Mapped[float | None]
    west: Mapped[float | None]
    north: Mapped[float | None]
    east: Mapped[float | None]
    published_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    #: When residents began to choose among the groups: from then on no idea moves.
    choice_opened_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    #: The random name of the form that made it: sent twice, it is one box.
    client_key: Mapped[str] = mapped_column(unique=True)
    #: Raised by each change.
    version: Mapped[int]


#: The quartiers that it is for; none: all of the contract, the commune or the body.
idea_box_quartier = link("idea_box_quartier", "idea_box", "quartier")


class Idea(Model):
    """One idea. What is public of it is told by the state of its case; of the person as little as can be."""

    __tablename__ = "idea"
    __table_args__ = (
        one_of("theme", THEMES),
        one_of("channel", CHANNELS),
        one_of("place_kind", PLACE_KINDS),
        CheckConstraint("contact_kind IN ('email', 'phone')", name="contact_kind"),
        CheckConstraint("(contact IS NULL) = (contact_kind IS NULL)", name="contact_of_a_kind"),
        CheckConstraint("relayed = (consent_id IS NOT NULL)", name="relayed_with_consent"),
        CheckConstraint("NOT minor OR signed IS NULL", name="minors_are_not_named"),
        CheckConstraint(
            "(coalesce(place_kind, '') = 'point') = (lat IS NOT NULL) AND (lat IS NULL) = (lon IS NULL)",
            name="point",
        ),
        CheckConstraint("(coalesce(place_kind, '') = 'repere') = (landmark IS NOT NULL)", name="landmark"),
        CheckConstraint("place_kind <> 'quartier' OR quartier_id IS NOT NULL", name="whole_quartier"),
        # Nobody is found at home by what they said of violence or drugs.
        CheckConstraint(
            f"theme NOT IN ({_SENSITIVE}) OR place_kind IS NULL OR place_kind = 'quartier'",
            name="no_place_where_sensitive",
        ),
        CheckConstraint(
            "(answer_id IS NULL) = (answered_at IS NULL) AND (answer_id IS NULL) = (answered_by IS NULL)",
            name="answered_in_words",
        ),
        CheckConstraint(
            "(taken_back_at IS NOT NULL) = (title = '') AND (taken_back_at IS NOT NULL) = (words = '')"
            " AND (taken_back_at IS NOT NULL) = (same_words IS NULL)",
            name="words_until_taken_back",
        ),
        CheckConstraint("supports >= 0", name="supports"),
        UniqueConstraint("id", "box_id"),
        # The same words are one idea, however often they are sent.
        UniqueConstraint("box_id", "same_words"),
        Index("ix_idea_newest", "box_id", "id"),
        Index("ix_idea_supported", "box_id", "supports", "id"),
        # What waits for an answer, of however many that have one.
        Index(
            "ix_idea_unanswered",
            "box_id",
            "received_on",
            sqlite_where=text("answered_at IS NULL AND taken_back_at IS NULL"),
            postgresql_where=text("answered_at IS NULL AND taken_back_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    box_id: Mapped[int] = mapped_column(ForeignKey("idea_box.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("moderated_text.id"), unique=True)
    #: As they were written, in any language. Never in logs, never in the audit trail.
    title: Mapped[str]
    words: Mapped[str]
    lang: Mapped[str | None]
    #: Their stems, for the search of the box and for what looks alike: `core.stemming.search_document`.
    search_text: Mapped[str]
    #: SHA-256 of title and words, folded; None once they are taken back.
    same_words: Mapped[str | None]
    theme: Mapped[str]
    quartier_id: Mapped[int | None] = mapped_column(ForeignKey("quartier.id"), index=True)
    #: See `rules.ideas.PlaceKind`; None: no place was given.
    place_kind: Mapped[str | None]
    #: To about 100 metres.
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    landmark: Mapped[str | None]
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    #: A first name that everybody reads, as the person wished; None: none.
    signed: Mapped[str | None]
    channel: Mapped[str]
    received_on: Mapped[date]
    received_at: Mapped[datetime]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    #: Who wrote it down for somebody else.
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    relayed: Mapped[bool]
    consent_id: Mapped[int | None] = mapped_column(ForeignKey("consent.id"), unique=True)
    #: Where the person hears of it. Never in logs.
    contact_kind: Mapped[str | None]
    contact: Mapped[str | None]
    #: The language in which the person is told what becomes of it.
    contact_language: Mapped[str]
    minor: Mapped[bool]
    #: SHA-256 of the form's own random name and its words: sent twice, it is one row.
    client_key: Mapped[str] = mapped_column(unique=True)
    #: HMAC of the receipt that the person keeps.
    receipt_hash: Mapped[str] = mapped_column(unique=True)
    #: How many people everybody reads that support it, in steps of the threshold, and when they were last counted. A
    #: job counts, so that a support moves no page.
    supports: Mapped[int]
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: Who answered, as people read it.
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    #: When its author took it back: its words, its photo and the contact are gone.
    taken_back_at: Mapped[datetime | None]
    #: Raised by each change.
    version: Mapped[int]


class IdeaSupport(Model):
    """Somebody supports an idea: an account, or a browser where nobody signed in."""

    __tablename__ = "idea_support"
    __table_args__ = (
        CheckConstraint("(account_id IS NULL) <> (browser_hash IS NULL)", name="of_one"),
        UniqueConstraint("idea_id", "account_id"),
        UniqueConstraint("idea_id", "browser_hash"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    #: HMAC of the mark that this browser keeps for this box alone.
    browser_hash: Mapped[str | None]
    #: The day alone: nobody needs to know more.
    supported_on: Mapped[date]


class IdeaPoint(Model):
    """One point for an idea, or against it. Nobody answers a point: there is no thread."""

    __tablename__ = "idea_point"
    __table_args__ = (
        one_of("side", SIDES),
        CheckConstraint(
            "(taken_back_at IS NOT NULL) = (words = '') AND (taken_back_at IS NOT NULL) = (same_words IS NULL)",
            name="words_until_taken_back",
        ),
        UniqueConstraint("idea_id", "same_words"),
        Index("ix_idea_point_idea", "idea_id", "side", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("moderated_text.id"), unique=True)
    side: Mapped[str]
    words: Mapped[str]
    lang: Mapped[str | None]
    same_words: Mapped[str | None]
    received_at: Mapped[datetime]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    contact_language: Mapped[str]
    minor: Mapped[bool]
    client_key: Mapped[str] = mapped_column(unique=True)
    receipt_hash: Mapped[str] = mapped_column(unique=True)
    taken_back_at: Mapped[datetime | None]
    version: Mapped[int]


class IdeaGroup(Model):
    """Ideas that say the same, under one title. A group that went into another one is kept, and leads there."""

    __tablename__ = "idea_group"
    __table_args__ = (
        CheckConstraint("merged_into_id <> id", name="not_into_itself"),
        CheckConstraint("NOT retained OR merged_into_id IS NULL", name="retained_stands"),
        UniqueConstraint("id", "box_id"),
        ForeignKeyConstraint(
            ["merged_into_id", "box_id"],
            ["idea_group.id", "idea_group.box_id"],
            name="fk_idea_group_merged_into",
        ),
        Index("ix_idea_group_order", "box_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    box_id: Mapped[int] = mapped_column(ForeignKey("idea_box.id"))
    position: Mapped[int]
    title_id: Mapped[int] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    words_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: Whether residents choose among it and others.
    retained: Mapped[bool]
    merged_into_id: Mapped[int | None] = mapped_column(index=True)
    created_at: Mapped[datetime]
    #: The random name of the form that made it: sent twice, it is one group.
    client_key: Mapped[str] = mapped_column(unique=True)
    #: Raised by each change.
    version: Mapped[int]


class IdeaPlacing(Model):
    """An idea stands in a group, since when, and until when where it was moved. Rows are only ever added and ended."""

    __tablename__ = "idea_placing"
    __table_args__ = (
        ForeignKeyConstraint(["idea_id", "box_id"], ["idea.id", "idea.box_id"], name="fk_idea_placing_idea"),
        ForeignKeyConstraint(
            ["group_id", "box_id"], ["idea_group.id", "idea_group.box_id"], name="fk_idea_placing_group"
        ),
        CheckConstraint("ended_at >= placed_at", name="ended_after_it_began"),
        # In one group at a time.
        Index(
            "ix_idea_placing_now",
            "idea_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_idea_placing_group", "group_id", "ended_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: That of both: an idea never stands in a group of another box.
    box_id: Mapped[int]
    idea_id: Mapped[int]
    group_id: Mapped[int]
    placed_at: Mapped[datetime]
    placed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    ended_at: Mapped[datetime | None]


class IdeaObjection(Model):
    """An author says that their idea went to the wrong group: once, and the organiser answers."""

    __tablename__ = "idea_objection"
    __table_args__ = (
        CheckConstraint(
            "(answer_id IS NULL) = (answered_at IS NULL) AND (answer_id IS NULL) = (moved IS NULL)",
            name="answered_in_words",
        ),
        Index("ix_idea_objection_open", "answered_at", "idea_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id"), unique=True)
    #: The group that it objects to.
    group_id: Mapped[int] = mapped_column(ForeignKey("idea_group.id"), index=True)
    words: Mapped[str]
    lang: Mapped[str | None]
    received_at: Mapped[datetime]
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: Whether the idea was moved.
    moved: Mapped[bool | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    #: Raised by each change.
    version: Mapped[int]
