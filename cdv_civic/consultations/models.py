"""Tables of consultations: what is asked, of whom, until when; and what was answered, in as few words as can be."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.consultations.rules.calendar import POWERS
from cdv_civic.consultations.rules.evidence import EVIDENCE, PROOFS_ASKED
from cdv_civic.consultations.rules.questions import QUESTION_KINDS, SPEAKERS
from cdv_civic.core.db import Model
from cdv_civic.participation.rules.channels import CHANNELS
from cdv_civic.territory.models import link, one_of


class Consultation(Model):
    """A consultation: who asks, what it can change, until when, and when the answer comes."""

    __tablename__ = "consultation"
    __table_args__ = (
        one_of("power", POWERS),
        one_of("proof", PROOFS_ASKED),
        CheckConstraint("body_id IS NULL OR commune_id IS NULL", name="one_organiser"),
        CheckConstraint("closes_at > opens_at", name="closes_after_it_opens"),
        CheckConstraint("paper_until >= closes_at", name="paper_after_it_closes"),
        CheckConstraint("age_to_answer >= 0", name="age_to_answer"),
        CheckConstraint("age_for_name >= age_to_answer", name="age_for_name"),
        CheckConstraint("age_for_photo >= age_to_answer", name="age_for_photo"),
        CheckConstraint(
            "published_at IS NULL OR (power IS NOT NULL AND proof IS NOT NULL AND opens_at IS NOT NULL"
            " AND closes_at IS NOT NULL AND answer_due_on IS NOT NULL AND age_to_answer IS NOT NULL"
            " AND age_for_name IS NOT NULL AND age_for_photo IS NOT NULL AND negotiable_id IS NOT NULL"
            " AND settled_id IS NOT NULL AND decider_id IS NOT NULL AND readers_id IS NOT NULL)",
            name="published_complete",
        ),
        CheckConstraint("frozen_at IS NULL OR published_at IS NOT NULL", name="frozen_once_published"),
        CheckConstraint("answered_at IS NULL OR frozen_at IS NOT NULL", name="answered_once_frozen"),
        CheckConstraint("archived_at IS NULL OR answered_at IS NOT NULL", name="archived_once_answered"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason_id IS NULL)", name="withdrawn_with_a_reason"
        ),
        CheckConstraint("(counted_at IS NULL) = (counted IS NULL)", name="counted_at_a_moment"),
        CheckConstraint("wave_of_id IS NULL OR wave IS NOT NULL", name="wave_with_a_name"),
        Index("ix_consultation_open", "contract_id", "published_at", "closes_at"),
        # What joins one to boxes of ideas names its contract too.
        Index("ix_consultation_of_contract", "id", "contract_id", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Unique over all contracts of the site, hyphenated: its name in addresses and commands. Never changes.
    slug: Mapped[str] = mapped_column(unique=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    #: The organiser: a body, a commune, or (neither) the team of the contract.
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"), index=True)
    commune_id: Mapped[int | None] = mapped_column(ForeignKey("commune.id"), index=True)
    title_id: Mapped[int] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: What it is about and why it is asked, in plain words.
    purpose_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: What answers can do: see `rules.calendar.Power`. None, as what follows: not said yet.
    power: Mapped[str | None]
    #: What can change, what is settled already, who decides.
    negotiable_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    settled_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    decider_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: Who reads what is written in words, and moderates.
    readers_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: What is done where two options come out equal and a choice decides: said before.
    ties_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: « Parents d’élèves »; None: everybody.
    audience_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: UTC. `closes_at` is not included; sheets of paper are entered until `paper_until`.
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    paper_until: Mapped[datetime | None]
    #: The day on which residents have the answer.
    answer_due_on: Mapped[date | None]
    #: What is asked of whoever answers on the site: see `rules.evidence.ProofAsked`.
    proof: Mapped[str | None]
    #: Years: to answer; to be named by one's first name; to send a photo.
    age_to_answer: Mapped[int | None]
    age_for_name: Mapped[int | None]
    age_for_photo: Mapped[int | None]
    #: Tags of the languages in which it is asked, French among them.
    languages: Mapped[list[str]]
    #: Whether a screen shows one question, or all of a step.
    one_question_a_screen: Mapped[bool]
    #: Whether sheets of paper are entered twice and compared.
    entered_twice: Mapped[bool]
    #: Whether rows, not only tables, are open data.
    open_rows: Mapped[bool]
    #: The wave before this one, whose results stand beside; and the name of this one: « 2027 ».
    wave_of_id: Mapped[int | None] = mapped_column(ForeignKey("consultation.id"), index=True)
    wave: Mapped[str | None]
    #: The organiser said that there is nobody in particular to reach (`ConsultationPublic`); None: not said.
    reaches_nobody: Mapped[bool | None]
    #: The random name of the form that made it: sent twice, it is one consultation. None: it was made otherwise.
    client_key: Mapped[str | None] = mapped_column(unique=True)
    #: How many answers the public page says, in steps of the threshold, as of when. By a job, once an hour at most.
    counted: Mapped[int | None]
    counted_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    published_at: Mapped[datetime | None]
    #: When nothing more was taken in and the tables were built.
    frozen_at: Mapped[datetime | None]
    #: When its restitution was published.
    answered_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: When answers lost what joins them to accounts, cards and contacts.
    unlinked_at: Mapped[datetime | None]
    #: Raised by each change: two people at the same form do not overwrite each other.
    version: Mapped[int]


#: The quartiers whose residents are asked.
consultation_quartier = link("consultation_quartier", "consultation", "quartier")


class ConsultationStep(Model):
    """A step: some questions of one kind, one after the other."""

    __tablename__ = "consultation_step"
    __table_args__ = (
        CheckConstraint("kind <> ''", name="kind"),
        UniqueConstraint("id", "consultation_id"),
        Index("ix_consultation_step_order", "consultation_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    position: Mapped[int]
    #: The name of a registered `engine.kinds.StepKind`: no CHECK lists them, so that one more is one folder more.
    kind: Mapped[str]
    title_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    intro_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: Of statements: whether residents may add sentences, and whether groups of opinions are looked for.
    takes_sentences: Mapped[bool] = mapped_column(default=False)
    opinion_groups: Mapped[bool] = mapped_column(default=False)


class ConsultationQuestion(Model):
    """A question. Its id is stable: conditions point to the options of an earlier one, whatever is moved between."""

    __tablename__ = "consultation_question"
    __table_args__ = (
        ForeignKeyConstraint(
            ["step_id", "consultation_id"],
            ["consultation_step.id", "consultation_step.consultation_id"],
            name="fk_consultation_question_step",
            ondelete="CASCADE",
        ),
        one_of("kind", QUESTION_KINDS),
        CheckConstraint("least >= 0", name="least"),
        CheckConstraint("most >= 1 AND (least IS NULL OR most >= least)", name="most"),
        CheckConstraint("highest > lowest", name="highest"),
        CheckConstraint("NOT may_publish OR kind IN ('short', 'long')", name="publishes_words"),
        UniqueConstraint("id", "consultation_id"),
        UniqueConstraint("id", "may_publish"),
        Index("ix_consultation_question_order", "consultation_id", "step_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int]
    step_id: Mapped[int]
    position: Mapped[int]
    #: See `rules.questions.QuestionKind`.
    kind: Mapped[str]
    text_id: Mapped[int] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    hint_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: The same question in simple French (« facile à lire »), shown beside the original.
    easy_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    required: Mapped[bool]
    #: Of choices, points or ranks: how many at least and at most; for words, characters. None: the kind’s own.
    least: Mapped[int | None]
    most: Mapped[int | None]
    #: Of a number.
    lowest: Mapped[int | None]
    highest: Mapped[int | None]
    #: The first numbers of the classes by which a number is published, decided before it opens.
    classes: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    #: Of a sentence that a resident added: since when it is asked; since when moderation keeps it from being shown.
    asked_from: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]
    #: Of words: whether the form said that chosen texts may be published without a name.
    may_publish: Mapped[bool] = mapped_column(default=False)


class ConsultationOption(Model):
    """One of the answers that a question offers."""

    __tablename__ = "consultation_option"
    __table_args__ = (
        UniqueConstraint("id", "question_id"),
        CheckConstraint("axis_id IS NULL OR commitment_id IS NULL", name="of_one_thing"),
        CheckConstraint("(picture_id IS NULL) = (picture_words_id IS NULL)", name="picture_in_words"),
        Index("ix_consultation_option_order", "question_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("consultation_question.id", ondelete="CASCADE"))
    position: Mapped[int]
    text_id: Mapped[int] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: What the picture shows, for whoever does not see it.
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    picture_words_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: The part of the contract that it stands for; its text is that of when it was taken from there.
    axis_id: Mapped[int | None] = mapped_column(ForeignKey("axis.id"), index=True)
    commitment_id: Mapped[int | None] = mapped_column(ForeignKey("commitment.id"), index=True)
    #: The wave in which it came up: « apparu en 2027 ». Staff made it from what people wrote; nobody could choose it.
    came_up_in: Mapped[str | None]


class ConsultationCondition(Model):
    """A question is asked of those alone who chose this option of an earlier one. An option that one looks at stays."""

    __tablename__ = "consultation_condition"

    question_id: Mapped[int] = mapped_column(
        ForeignKey("consultation_question.id", ondelete="CASCADE"), primary_key=True
    )
    option_id: Mapped[int] = mapped_column(ForeignKey("consultation_option.id"), index=True)


class ConsultationAnswer(Model):
    """One answer: of a person, of a group with one voice, or of a table of a workshop."""

    __tablename__ = "consultation_answer"
    __table_args__ = (
        one_of("speaker", SPEAKERS),
        one_of("channel", CHANNELS),
        one_of("evidence", EVIDENCE),
        CheckConstraint("(speaker = 'person') = (people IS NULL)", name="groups_have_a_size"),
        CheckConstraint("people >= 1", name="people"),
        CheckConstraint("relayed = (consent_id IS NOT NULL)", name="relayed_with_consent"),
        CheckConstraint("sheet_number >= 1", name="sheet_number"),
        UniqueConstraint("id", "consultation_id"),
        # One answer for each account, person (see `person_hash`) and sheet of paper.
        UniqueConstraint("consultation_id", "account_id"),
        UniqueConstraint("consultation_id", "person_hash"),
        UniqueConstraint("consultation_id", "sheet_number"),
        # What counts are read from, without the rows.
        Index("ix_consultation_answer_counts", "consultation_id", "speaker", "channel", "evidence", "people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    speaker: Mapped[str]
    #: How many people a group or a table was.
    people: Mapped[int | None]
    channel: Mapped[str]
    #: How it was known who answered: see `rules.evidence.Evidence`.
    evidence: Mapped[str]
    #: Where they live, as they said; None: not asked, or elsewhere.
    quartier_id: Mapped[int | None] = mapped_column(ForeignKey("quartier.id"), index=True)
    #: None: without an account, erased since, or after the retention.
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    #: HMAC, for this consultation alone, of what tells a person apart who has no account.
    person_hash: Mapped[str | None]
    #: Who typed it in for somebody else; None also once that person changed it with their receipt.
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    relayed: Mapped[bool]
    consent_id: Mapped[int | None] = mapped_column(ForeignKey("consent.id"), unique=True)
    #: The number printed on the sheet of paper.
    sheet_number: Mapped[int | None]
    #: The day, no hour: no log tells whose it was.
    received_on: Mapped[date]
    #: SHA-256 of the form’s own random name: sent twice, it is one row.
    client_key: Mapped[str] = mapped_column(unique=True)
    #: HMAC of the receipt by which it is changed until the end; None: nobody got one.
    receipt_hash: Mapped[str | None] = mapped_column(unique=True)
    #: Raised by each change.
    version: Mapped[int]


class ConsultationChoice(Model):
    """An option that an answer holds; with its rank or its points where the question asks for these."""

    __tablename__ = "consultation_choice"
    __table_args__ = (
        ForeignKeyConstraint(
            ["answer_id", "consultation_id"],
            ["consultation_answer.id", "consultation_answer.consultation_id"],
            name="fk_consultation_choice_answer",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["question_id", "consultation_id"],
            ["consultation_question.id", "consultation_question.consultation_id"],
            name="fk_consultation_choice_question",
        ),
        ForeignKeyConstraint(
            ["option_id", "question_id"],
            ["consultation_option.id", "consultation_option.question_id"],
            name="fk_consultation_choice_option",
        ),
        CheckConstraint("number >= 1", name="number"),
        # All counts of a consultation, without a join.
        Index("ix_consultation_choice_counts", "consultation_id", "question_id", "option_id", "number"),
        Index("ix_consultation_choice_option", "option_id", "question_id"),
        {"sqlite_with_rowid": False},
    )

    answer_id: Mapped[int] = mapped_column(primary_key=True)
    option_id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int]
    consultation_id: Mapped[int]
    #: The rank (1: first) or the points.
    number: Mapped[int | None]


class ConsultationNumber(Model):
    """A number that an answer holds."""

    __tablename__ = "consultation_number"
    __table_args__ = (
        ForeignKeyConstraint(
            ["answer_id", "consultation_id"],
            ["consultation_answer.id", "consultation_answer.consultation_id"],
            name="fk_consultation_number_answer",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["question_id", "consultation_id"],
            ["consultation_question.id", "consultation_question.consultation_id"],
            name="fk_consultation_number_question",
        ),
        Index("ix_consultation_number_counts", "consultation_id", "question_id", "value"),
        {"sqlite_with_rowid": False},
    )

    answer_id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int]
    value: Mapped[int]


class ConsultationWords(Model):
    """What somebody wrote, for the organiser alone, but where it was chosen to be published (`ConsultationVerbatim`).

    Never in logs, never in the audit trail.
    """

    __tablename__ = "consultation_words"
    __table_args__ = (
        ForeignKeyConstraint(
            ["answer_id", "consultation_id"],
            ["consultation_answer.id", "consultation_answer.consultation_id"],
            name="fk_consultation_words_answer",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["question_id", "consultation_id"],
            ["consultation_question.id", "consultation_question.consultation_id"],
            name="fk_consultation_words_question",
        ),
        UniqueConstraint("answer_id", "question_id"),
        UniqueConstraint("id", "question_id"),
        Index("ix_consultation_words_question", "consultation_id", "question_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    answer_id: Mapped[int]
    question_id: Mapped[int]
    consultation_id: Mapped[int]
    words: Mapped[str]
    #: The language of the form they were written in, for whoever has to read them.
    lang: Mapped[str]


class ConsultationCross(Model):
    """Two questions whose answers are published together, chosen before the tables are built."""

    __tablename__ = "consultation_cross"
    __table_args__ = (
        ForeignKeyConstraint(
            ["row_question_id", "consultation_id"],
            ["consultation_question.id", "consultation_question.consultation_id"],
            name="fk_consultation_cross_row",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["column_question_id", "consultation_id"],
            ["consultation_question.id", "consultation_question.consultation_id"],
            name="fk_consultation_cross_column",
            ondelete="CASCADE",
        ),
        CheckConstraint("row_question_id <> column_question_id", name="two_questions"),
        # Each question stands in one crossed table at most: two of them could be solved for each other.
        UniqueConstraint("column_question_id"),
        {"sqlite_with_rowid": False},
    )

    row_question_id: Mapped[int] = mapped_column(primary_key=True)
    column_question_id: Mapped[int]
    consultation_id: Mapped[int] = mapped_column(index=True)
