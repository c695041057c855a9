"""Funds: envelopes and rounds, projects with their money and states, opinions and commissions; what triggers promise."""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"

#: What stays of a project, and of a round, once it is frozen.
_CONTENT = (
    *(
        "round_id",
        "fund_id",
        "number",
        "personal",
        "title",
        "summary",
        "words",
        "for_whom",
        "place",
        "when_text",
    ),
    *(
        "purposes",
        "axis_id",
        "in_programme",
        "transport",
        "counterpart",
        "carrier_kind",
        "carrier_name",
        "body_id",
    ),
    *("asked_cents", "own_cents", "cost_cents", "frozen_at"),
)
_RULES = ("fund_id", "year", "rules", "opinion_asked", "personal", "frozen_at")
_FROZEN_PROJECT = "EXISTS (SELECT 1 FROM fund_project WHERE id = {row}.project_id AND frozen_at IS NOT NULL)"
#: Of a new mark: its member noted as linked to the project, or one of those who carry it.
_NOTED = (
    "EXISTS (SELECT 1 FROM fund_jury_conflict WHERE fund_jury_conflict.member_id = m.id"
    " AND fund_jury_conflict.project_id = p.id)"
)
_CARRIES = (
    "m.account_id = p.author_id OR m.body_id = p.body_id"
    " OR EXISTS (SELECT 1 FROM fund_project_co_carrier WHERE fund_project_co_carrier.project_id = p.id"
    " AND fund_project_co_carrier.account_id = m.account_id)"
)
_LINKED = (
    "EXISTS (SELECT 1 FROM fund_jury_item AS i JOIN fund_project AS p ON p.id = i.project_id"
    " JOIN fund_jury_member AS m ON m.id = NEW.member_id WHERE i.id = NEW.item_id AND ({noted} OR {carries}))"
)
_CLOSED_ITEM = (
    "EXISTS (SELECT 1 FROM fund_jury_item JOIN fund_jury_meeting ON fund_jury_meeting.id = fund_jury_item.meeting_id"
    " WHERE fund_jury_item.id = {row}.item_id AND fund_jury_meeting.closed_at IS NOT NULL)"
)
_CLOSED = "EXISTS (SELECT 1 FROM fund_jury_meeting WHERE id = {row}.meeting_id AND closed_at IS NOT NULL)"


def _differ(columns):
    """The condition that one of the columns of a row changes."""
    if op.get_bind().dialect.name == "sqlite":
        return " OR ".join(f"OLD.{each} IS NOT NEW.{each}" for each in columns)
    # JSON has no equality of its own there.
    return " OR ".join(
        f"CAST(OLD.{each} AS text) IS DISTINCT FROM CAST(NEW.{each} AS text)" for each in columns
    )


def _refusals():
    """Name, event, table, and the condition under which it is refused."""
    yield "round_frozen", "UPDATE", "fund_round", f"OLD.frozen_at IS NOT NULL AND ({_differ(_RULES)})"
    yield "project_frozen", "UPDATE", "fund_project", f"OLD.frozen_at IS NOT NULL AND ({_differ(_CONTENT)})"
    for table, columns in (
        ("fund_project_cost", ("project_id", "position", "label", "cents")),
        ("fund_project_co_funder", ("project_id", "position", "name", "asked_cents")),
    ):
        name = table.removeprefix("fund_")
        yield f"{name}_added", "INSERT", table, _FROZEN_PROJECT.format(row="NEW")
        yield f"{name}_removed", "DELETE", table, _FROZEN_PROJECT.format(row="OLD")
        changed = f"{_FROZEN_PROJECT.format(row='OLD')} AND ({_differ(columns)})"
        yield f"{name}_changed", "UPDATE", table, changed
    frozen = (
        "NOT EXISTS (SELECT 1 FROM fund_project JOIN fund_round ON fund_round.id = fund_project.round_id{join}"
        " WHERE {where} AND fund_project.frozen_at IS NOT NULL AND fund_round.frozen_at IS NOT NULL)"
    )
    on_opinion = frozen.format(join="", where="fund_project.id = NEW.project_id")
    yield "opinion_once_frozen", "INSERT", "fund_project_opinion", on_opinion
    item = " JOIN fund_jury_item ON fund_jury_item.project_id = fund_project.id"
    on_mark = frozen.format(join=item, where="fund_jury_item.id = NEW.item_id")
    yield "mark_once_frozen", "INSERT", "fund_jury_mark", on_mark
    linked = _LINKED.format(noted=_NOTED, carries=_CARRIES)
    yield "mark_of_one_aside", "INSERT", "fund_jury_mark", linked
    yield "mark_changed_by_one_aside", "UPDATE", "fund_jury_mark", linked
    # Whoever declares a link takes their mark back first.
    on_open_meetings = (
        "EXISTS (SELECT 1 FROM fund_jury_mark JOIN fund_jury_item ON fund_jury_item.id = fund_jury_mark.item_id"
        " JOIN fund_jury_meeting ON fund_jury_meeting.id = fund_jury_item.meeting_id"
        " WHERE fund_jury_meeting.closed_at IS NULL AND fund_jury_item.project_id = NEW.project_id"
        " AND fund_jury_mark.member_id = NEW.member_id)"
    )
    yield "conflict_over_a_mark", "INSERT", "fund_jury_conflict", on_open_meetings
    for event, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")):
        yield f"mark_once_closed_{event.lower()}", event, "fund_jury_mark", _CLOSED_ITEM.format(row=row)
    for event, row in (("INSERT", "NEW"), ("DELETE", "OLD")):
        yield f"presence_once_closed_{event.lower()}", event, "fund_jury_presence", _CLOSED.format(row=row)
    no_opinion = (
        "NEW.state IN ('selected', 'not-selected') AND OLD.state <> NEW.state"
        " AND EXISTS (SELECT 1 FROM fund_round WHERE id = NEW.round_id AND opinion_asked)"
        " AND NOT EXISTS (SELECT 1 FROM fund_project_opinion WHERE project_id = NEW.id)"
    )
    yield "decided_with_opinion", "UPDATE", "fund_project", no_opinion
    yield "item_of_closed_meeting", "UPDATE", "fund_jury_item", _CLOSED.format(row="OLD")
    yield "item_after_closing", "INSERT", "fund_jury_item", _CLOSED.format(row="NEW")
    # It goes with its project, once that one is forgotten.
    stands = "EXISTS (SELECT 1 FROM fund_project WHERE id = OLD.project_id)"
    yield "item_once_closed", "DELETE", "fund_jury_item", f"{_CLOSED.format(row='OLD')} AND {stands}"


def _add(row, sign):
    return (
        f"UPDATE fund_envelope SET reserved_cents = reserved_cents {sign} ({row}.granted_cents - {row}.returned_cents)"
        f" WHERE id = {row}.envelope_id; "
    )


def _sums():
    """Name, event, and what keeps the sum of an envelope."""
    yield "envelope_of_new", "INSERT", _add("NEW", "+")
    yield "envelope_of_old", "DELETE", _add("OLD", "-")
    yield "envelope_of_changed", "UPDATE", _add("OLD", "-") + _add("NEW", "+")


def _make_triggers():
    if op.get_bind().dialect.name == "sqlite":
        for name, event, table, condition in _refusals():
            op.execute(
                f"CREATE TRIGGER fund_{name} BEFORE {event} ON {table} WHEN {condition}"
                f" BEGIN SELECT RAISE(ABORT, 'fund_{name}'); END"
            )
        for name, event, sums in _sums():
            columns = " OF granted_cents, returned_cents, envelope_id" if event == "UPDATE" else ""
            op.execute(f"CREATE TRIGGER fund_{name} AFTER {event}{columns} ON fund_project BEGIN {sums}END")
        return
    for name, event, table, condition in _refusals():
        row = "OLD" if event == "DELETE" else "NEW"
        op.execute(
            f"CREATE FUNCTION fund_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF {condition} THEN RAISE EXCEPTION 'fund_{name}' USING ERRCODE = 'check_violation'; END IF;"
            f" RETURN {row}; END $$"
        )
        op.execute(
            f"CREATE TRIGGER fund_{name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION fund_{name}()"
        )
    for name, event, sums in _sums():
        columns = " OF granted_cents, returned_cents, envelope_id" if event == "UPDATE" else ""
        op.execute(
            f"CREATE FUNCTION fund_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {sums}RETURN NULL; END $$"
        )
        op.execute(
            f"CREATE TRIGGER fund_{name} AFTER {event}{columns} ON fund_project"
            f" FOR EACH ROW EXECUTE FUNCTION fund_{name}()"
        )


def _let_agree_to(*acts):
    """What somebody may agree to that a relais writes for them."""
    named = ", ".join(f"'{each}'" for each in acts)
    with op.batch_alter_table("consent") as batch_op:
        batch_op.drop_constraint(op.f("ck_consent_act"), type_="check")
        batch_op.create_check_constraint(op.f("ck_consent_act"), f"act IN ({named})")


def upgrade():
    _let_agree_to("answer", "idea", "project", "words")
    op.create_table(
        "fund",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("name_id", sa.Integer(), nullable=False),
        sa.Column("words_id", sa.Integer(), nullable=False),
        sa.Column("help_id", sa.Integer(), nullable=True),
        sa.Column("elsewhere_id", sa.Integer(), nullable=True),
        sa.Column("part_of", sa.Text(), nullable=False),
        sa.Column("payer", sa.Text(), nullable=False),
        sa.Column("payer_siret", sa.Text(), nullable=True),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("client_key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('fpcc', 'mixed-jury', 'small-grants', 'participatory-budget', 'personal-grant', 'landlord')",
            name=op.f("ck_fund_kind"),
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_fund_version")),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR published_at IS NOT NULL", name=op.f("ck_fund_withdrawn_once_published")
        ),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_fund_commune_id")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_fund_contract_id")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["account.id"], name=op.f("fk_fund_created_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["elsewhere_id"], ["localized_text.id"], name=op.f("fk_fund_elsewhere_id")),
        sa.ForeignKeyConstraint(["help_id"], ["localized_text.id"], name=op.f("fk_fund_help_id")),
        sa.ForeignKeyConstraint(["name_id"], ["localized_text.id"], name=op.f("fk_fund_name_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name=op.f("fk_fund_owner_id")),
        sa.ForeignKeyConstraint(["words_id"], ["localized_text.id"], name=op.f("fk_fund_words_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund")),
        sa.UniqueConstraint("client_key", name=op.f("uq_fund_client_key")),
        sa.UniqueConstraint("elsewhere_id", name=op.f("uq_fund_elsewhere_id")),
        sa.UniqueConstraint("help_id", name=op.f("uq_fund_help_id")),
        sa.UniqueConstraint("name_id", name=op.f("uq_fund_name_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_fund_slug")),
        sa.UniqueConstraint("words_id", name=op.f("uq_fund_words_id")),
    )
    op.create_index(op.f("ix_fund_commune_id"), "fund", ["commune_id"], unique=False)
    op.create_index("ix_fund_contract", "fund", ["contract_id", "published_at"], unique=False)
    op.create_index(op.f("ix_fund_created_by"), "fund", ["created_by"], unique=False)
    op.create_index(op.f("ix_fund_owner_id"), "fund", ["owner_id"], unique=False)
    op.create_table(
        "fund_body",
        sa.Column("fund_id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["body_id"], ["body.id"], name=op.f("fk_fund_body_body_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["fund_id"], ["fund.id"], name=op.f("fk_fund_body_fund_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("fund_id", "body_id", name=op.f("pk_fund_body")),
    )
    op.create_index(op.f("ix_fund_body_body_id"), "fund_body", ["body_id"], unique=False)
    op.create_table(
        "fund_envelope",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fund_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("quartier_id", sa.Integer(), nullable=True),
        sa.Column("cents", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reserved_cents", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("client_key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(scope = 'quartier') = (quartier_id IS NOT NULL)", name=op.f("ck_fund_envelope_of_a_quartier")
        ),
        sa.CheckConstraint("scope IN ('whole', 'quartier', 'youth')", name=op.f("ck_fund_envelope_scope")),
        sa.CheckConstraint("cents > 0", name=op.f("ck_fund_envelope_cents")),
        sa.CheckConstraint(
            "reserved_cents >= 0 AND reserved_cents <= cents", name=op.f("ck_fund_envelope_never_overspent")
        ),
        sa.CheckConstraint("year BETWEEN 2014 AND 2099", name=op.f("ck_fund_envelope_year")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_fund_envelope_fund_id")),
        sa.ForeignKeyConstraint(["quartier_id"], ["quartier.id"], name=op.f("fk_fund_envelope_quartier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_envelope")),
        sa.UniqueConstraint("client_key", name=op.f("uq_fund_envelope_client_key")),
        sa.UniqueConstraint(
            "fund_id",
            "year",
            "scope",
            "quartier_id",
            name=op.f("uq_fund_envelope_fund_id_year_scope_quartier_id"),
        ),
        sa.UniqueConstraint("id", "fund_id", name=op.f("uq_fund_envelope_id_fund_id")),
    )
    op.create_index(op.f("ix_fund_envelope_quartier_id"), "fund_envelope", ["quartier_id"], unique=False)
    op.create_index(
        "ix_fund_envelope_whole",
        "fund_envelope",
        ["fund_id", "year", "scope"],
        unique=True,
        sqlite_where=sa.text("quartier_id IS NULL"),
        postgresql_where=sa.text("quartier_id IS NULL"),
    )
    op.create_table(
        "fund_funder",
        sa.Column("fund_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["fund_id"], ["fund.id"], name=op.f("fk_fund_funder_fund_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_fund_funder_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("fund_id", "organisation_id", name=op.f("pk_fund_funder")),
    )
    op.create_index(op.f("ix_fund_funder_organisation_id"), "fund_funder", ["organisation_id"], unique=False)
    op.create_table(
        "fund_jury_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fund_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("represents", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("body_id", sa.Integer(), nullable=True),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("client_key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "side IN ('resident', 'council', 'association', 'commune', 'agglomeration', 'state', 'landlord', 'other')",
            name=op.f("ck_fund_jury_member_side"),
        ),
        sa.CheckConstraint("left_on >= since_on", name=op.f("ck_fund_jury_member_left_after_coming")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_fund_jury_member_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_fund_jury_member_body_id")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_fund_jury_member_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_jury_member")),
        sa.UniqueConstraint("client_key", name=op.f("uq_fund_jury_member_client_key")),
        sa.UniqueConstraint("id", "fund_id", name=op.f("uq_fund_jury_member_id_fund_id")),
    )
    op.create_index(
        "ix_fund_jury_member_account",
        "fund_jury_member",
        ["fund_id", "account_id"],
        unique=True,
        sqlite_where=sa.text("left_on IS NULL AND account_id IS NOT NULL"),
        postgresql_where=sa.text("left_on IS NULL AND account_id IS NOT NULL"),
    )
    op.create_index(op.f("ix_fund_jury_member_account_id"), "fund_jury_member", ["account_id"], unique=False)
    op.create_index(op.f("ix_fund_jury_member_body_id"), "fund_jury_member", ["body_id"], unique=False)
    op.create_table(
        "fund_quartier",
        sa.Column("fund_id", sa.Integer(), nullable=False),
        sa.Column("quartier_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["fund_id"], ["fund.id"], name=op.f("fk_fund_quartier_fund_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["quartier_id"], ["quartier.id"], name=op.f("fk_fund_quartier_quartier_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("fund_id", "quartier_id", name=op.f("pk_fund_quartier")),
    )
    op.create_index(op.f("ix_fund_quartier_quartier_id"), "fund_quartier", ["quartier_id"], unique=False)
    op.create_table(
        "fund_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("fund_id", sa.Integer(), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("opinion_asked", sa.Boolean(), nullable=False),
        sa.Column("personal", sa.Boolean(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("instruction_until", sa.Date(), nullable=True),
        sa.Column("opinion_until", sa.Date(), nullable=True),
        sa.Column("choice_on", sa.Date(), nullable=True),
        sa.Column("decision_until", sa.Date(), nullable=True),
        sa.Column("payment_until", sa.Date(), nullable=True),
        sa.Column("review_until", sa.Date(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("client_key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "closed_at IS NULL OR published_at IS NOT NULL", name=op.f("ck_fund_round_closed_once_published")
        ),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_fund_round_closes_after_it_opens")),
        sa.CheckConstraint(
            "frozen_at IS NULL OR published_at IS NOT NULL", name=op.f("ck_fund_round_frozen_once_published")
        ),
        sa.CheckConstraint(
            "published_at IS NULL OR opens_at IS NOT NULL", name=op.f("ck_fund_round_published_with_a_day")
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_fund_round_version")),
        sa.CheckConstraint("year BETWEEN 2014 AND 2099", name=op.f("ck_fund_round_year")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["account.id"], name=op.f("fk_fund_round_created_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_fund_round_fund_id")),
        sa.ForeignKeyConstraint(["title_id"], ["localized_text.id"], name=op.f("fk_fund_round_title_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_round")),
        sa.UniqueConstraint("client_key", name=op.f("uq_fund_round_client_key")),
        sa.UniqueConstraint("id", "fund_id", name=op.f("uq_fund_round_id_fund_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_fund_round_slug")),
        sa.UniqueConstraint("title_id", name=op.f("uq_fund_round_title_id")),
    )
    op.create_index(op.f("ix_fund_round_created_by"), "fund_round", ["created_by"], unique=False)
    op.create_index("ix_fund_round_fund", "fund_round", ["fund_id", "published_at"], unique=False)
    op.create_table(
        "fund_jury_meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fund_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("minutes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("client_key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("method IN ('hands', 'marks')", name=op.f("ck_fund_jury_meeting_method")),
        sa.CheckConstraint(
            "minutes_at IS NULL OR closed_at IS NOT NULL",
            name=op.f("ck_fund_jury_meeting_minutes_once_closed"),
        ),
        sa.CheckConstraint("quorum > 0", name=op.f("ck_fund_jury_meeting_quorum")),
        sa.CheckConstraint("version > 0", name=op.f("ck_fund_jury_meeting_version")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["account.id"], name=op.f("fk_fund_jury_meeting_created_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["round_id", "fund_id"],
            ["fund_round.id", "fund_round.fund_id"],
            name="fk_fund_jury_meeting_round",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_jury_meeting")),
        sa.UniqueConstraint("client_key", name=op.f("uq_fund_jury_meeting_client_key")),
        sa.UniqueConstraint("id", "fund_id", name=op.f("uq_fund_jury_meeting_id_fund_id")),
        sa.UniqueConstraint("id", "round_id", name=op.f("uq_fund_jury_meeting_id_round_id")),
    )
    op.create_index(
        op.f("ix_fund_jury_meeting_created_by"), "fund_jury_meeting", ["created_by"], unique=False
    )
    op.create_index(
        "ix_fund_jury_meeting_round", "fund_jury_meeting", ["round_id", "starts_at"], unique=False
    )
    op.create_table(
        "fund_project",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fund_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("envelope_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("personal", sa.Boolean(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("for_whom", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("when_text", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=True),
        sa.Column("quartier_id", sa.Integer(), nullable=True),
        sa.Column("purposes", sa.JSON(), nullable=False),
        sa.Column("axis_id", sa.Integer(), nullable=True),
        sa.Column("in_programme", sa.Boolean(), nullable=False),
        sa.Column("transport", sa.Boolean(), nullable=False),
        sa.Column("counterpart", sa.Text(), nullable=False),
        sa.Column("age", sa.Integer(), nullable=True),
        sa.Column("carrier_kind", sa.Text(), nullable=True),
        sa.Column("carrier_name", sa.Text(), nullable=False),
        sa.Column("rna", sa.Text(), nullable=True),
        sa.Column("siret", sa.Text(), nullable=True),
        sa.Column("body_id", sa.Integer(), nullable=True),
        sa.Column("signed", sa.Text(), nullable=True),
        sa.Column("contact_name", sa.Text(), nullable=False),
        sa.Column("contact_kind", sa.Text(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("contact_language", sa.Text(), nullable=False),
        sa.Column("minor", sa.Boolean(), nullable=False),
        sa.Column("accompanist", sa.Text(), nullable=False),
        sa.Column("asked_cents", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("own_cents", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cost_cents", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("granted_cents", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("returned_cents", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("decision_reference", sa.Text(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_on", sa.Date(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("return_by", sa.Date(), nullable=True),
        sa.Column("review_due_on", sa.Date(), nullable=True),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("relayed", sa.Boolean(), nullable=False),
        sa.Column("consent_id", sa.Integer(), nullable=True),
        sa.Column("client_key", sa.Text(), nullable=False),
        sa.Column("receipt_hash", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(granted_cents > 0) = (state IN ('closed', 'done', 'notified', 'paid', 'reviewed', 'selected')) OR state = 'abandoned'",
            name=op.f("ck_fund_project_granted_where_selected"),
        ),
        sa.CheckConstraint(
            "NOT personal OR (signed IS NULL AND carrier_name = '' AND photo_id IS NULL)",
            name=op.f("ck_fund_project_persons_are_not_named"),
        ),
        sa.CheckConstraint(
            "carrier_kind IN ('resident', 'residents', 'association', 'school', 'council')",
            name=op.f("ck_fund_project_carrier_kind"),
        ),
        sa.CheckConstraint(
            "channel IN ('en_ligne', 'papier', 'telephone', 'rue', 'reunion', 'groupe', 'permanence', 'porte_a_porte', 'domicile', 'marche', 'ecole')",
            name=op.f("ck_fund_project_channel"),
        ),
        sa.CheckConstraint("contact_kind IN ('email', 'phone')", name=op.f("ck_fund_project_contact_kind")),
        sa.CheckConstraint(
            "state IN ('submitted', 'incomplete', 'admissible', 'inadmissible', 'opinion', 'in-choice', 'selected', 'not-selected', 'notified', 'paid', 'done', 'reviewed', 'closed', 'abandoned')",
            name=op.f("ck_fund_project_state"),
        ),
        sa.CheckConstraint(
            "(contact IS NULL) = (contact_kind IS NULL)", name=op.f("ck_fund_project_contact_of_a_kind")
        ),
        sa.CheckConstraint("NOT minor OR signed IS NULL", name=op.f("ck_fund_project_minors_are_not_named")),
        sa.CheckConstraint("age BETWEEN 10 AND 120", name=op.f("ck_fund_project_age")),
        sa.CheckConstraint(
            "asked_cents <= cost_cents", name=op.f("ck_fund_project_asks_no_more_than_it_costs")
        ),
        sa.CheckConstraint(
            "asked_cents BETWEEN 1 AND 100000000 AND own_cents BETWEEN 0 AND 100000000 AND cost_cents BETWEEN 1 AND 4000000000",
            name=op.f("ck_fund_project_amounts"),
        ),
        sa.CheckConstraint(
            "granted_cents = 0 OR envelope_id IS NOT NULL",
            name=op.f("ck_fund_project_granted_of_an_envelope"),
        ),
        sa.CheckConstraint(
            "granted_cents BETWEEN 0 AND asked_cents",
            name=op.f("ck_fund_project_granted_at_most_what_was_asked"),
        ),
        sa.CheckConstraint(
            "relayed = (consent_id IS NOT NULL)", name=op.f("ck_fund_project_relayed_with_consent")
        ),
        sa.CheckConstraint(
            "returned_cents BETWEEN 0 AND granted_cents", name=op.f("ck_fund_project_returned_of_the_grant")
        ),
        sa.CheckConstraint("version > 0 AND number > 0", name=op.f("ck_fund_project_version")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["account.id"], name=op.f("fk_fund_project_author_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["axis_id"], ["axis.id"], name=op.f("fk_fund_project_axis_id")),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_fund_project_body_id")),
        sa.ForeignKeyConstraint(["consent_id"], ["consent.id"], name=op.f("fk_fund_project_consent_id")),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["account.id"], name=op.f("fk_fund_project_entered_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["envelope_id", "fund_id"],
            ["fund_envelope.id", "fund_envelope.fund_id"],
            name="fk_fund_project_envelope",
        ),
        sa.ForeignKeyConstraint(["photo_id"], ["stored_file.id"], name=op.f("fk_fund_project_photo_id")),
        sa.ForeignKeyConstraint(["quartier_id"], ["quartier.id"], name=op.f("fk_fund_project_quartier_id")),
        sa.ForeignKeyConstraint(
            ["round_id", "fund_id"], ["fund_round.id", "fund_round.fund_id"], name="fk_fund_project_round"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_project")),
        sa.UniqueConstraint("client_key", name=op.f("uq_fund_project_client_key")),
        sa.UniqueConstraint("consent_id", name=op.f("uq_fund_project_consent_id")),
        sa.UniqueConstraint("id", "round_id", name=op.f("uq_fund_project_id_round_id")),
        sa.UniqueConstraint("photo_id", name=op.f("uq_fund_project_photo_id")),
        sa.UniqueConstraint("receipt_hash", name=op.f("uq_fund_project_receipt_hash")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_fund_project_round_id_number")),
    )
    op.create_index(op.f("ix_fund_project_author_id"), "fund_project", ["author_id"], unique=False)
    op.create_index(op.f("ix_fund_project_axis_id"), "fund_project", ["axis_id"], unique=False)
    op.create_index(op.f("ix_fund_project_body_id"), "fund_project", ["body_id"], unique=False)
    op.create_index(op.f("ix_fund_project_entered_by"), "fund_project", ["entered_by"], unique=False)
    op.create_index("ix_fund_project_envelope", "fund_project", ["envelope_id", "state"], unique=False)
    op.create_index(op.f("ix_fund_project_quartier_id"), "fund_project", ["quartier_id"], unique=False)
    op.create_index("ix_fund_project_state", "fund_project", ["round_id", "state", "number"], unique=False)
    op.create_table(
        "fund_round_ballots",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("pabulib", sa.Text(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["fund_round.id"], name="fk_fund_round_ballots_round_id_fund_round"
        ),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_fund_round_ballots")),
    )
    op.create_table(
        "fund_jury_conflict",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('carrier', 'body', 'declared')", name=op.f("ck_fund_jury_conflict_kind")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["fund_jury_member.id"], name=op.f("fk_fund_jury_conflict_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["fund_project.id"],
            name=op.f("fk_fund_jury_conflict_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("member_id", "project_id", name=op.f("pk_fund_jury_conflict")),
    )
    op.create_index(
        op.f("ix_fund_jury_conflict_project_id"), "fund_jury_conflict", ["project_id"], unique=False
    )
    op.create_table(
        "fund_jury_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("heard", sa.Boolean(), nullable=False),
        sa.Column("yes", sa.Integer(), nullable=True),
        sa.Column("no", sa.Integer(), nullable=True),
        sa.Column("taking_part", sa.Integer(), nullable=True),
        sa.Column("aside", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("amount_cents", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("envelope_id", sa.Integer(), nullable=True),
        sa.Column("reason_id", sa.Integer(), nullable=True),
        sa.Column("elsewhere_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(amount_cents IS NULL) = (envelope_id IS NULL)",
            name=op.f("ck_fund_jury_item_amount_of_an_envelope"),
        ),
        sa.CheckConstraint(
            "(coalesce(outcome, '') = 'selected') = (amount_cents IS NOT NULL)",
            name=op.f("ck_fund_jury_item_amount"),
        ),
        sa.CheckConstraint(
            "outcome IN ('selected', 'not-selected', 'no-quorum', 'tie')",
            name=op.f("ck_fund_jury_item_outcome"),
        ),
        sa.CheckConstraint(
            "(outcome IS NULL) = (taking_part IS NULL)",
            name=op.f("ck_fund_jury_item_counted_with_its_outcome"),
        ),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_fund_jury_item_amount_cents")),
        sa.CheckConstraint(
            "yes >= 0 AND no >= 0 AND taking_part >= 0 AND yes + no <= taking_part",
            name=op.f("ck_fund_jury_item_hands"),
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id", "round_id"],
            ["fund_jury_meeting.id", "fund_jury_meeting.round_id"],
            name="fk_fund_jury_item_meeting",
        ),
        sa.ForeignKeyConstraint(
            ["project_id", "round_id"],
            ["fund_project.id", "fund_project.round_id"],
            name="fk_fund_jury_item_project",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["elsewhere_id"], ["localized_text.id"], name=op.f("fk_fund_jury_item_elsewhere_id")
        ),
        sa.ForeignKeyConstraint(
            ["envelope_id"], ["fund_envelope.id"], name=op.f("fk_fund_jury_item_envelope_id")
        ),
        sa.ForeignKeyConstraint(
            ["reason_id"], ["localized_text.id"], name=op.f("fk_fund_jury_item_reason_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_jury_item")),
        sa.UniqueConstraint("meeting_id", "position", name=op.f("uq_fund_jury_item_meeting_id_position")),
        sa.UniqueConstraint("meeting_id", "project_id", name=op.f("uq_fund_jury_item_meeting_id_project_id")),
        sa.UniqueConstraint("elsewhere_id", name=op.f("uq_fund_jury_item_elsewhere_id")),
        sa.UniqueConstraint("reason_id", name=op.f("uq_fund_jury_item_reason_id")),
    )
    op.create_index(op.f("ix_fund_jury_item_envelope_id"), "fund_jury_item", ["envelope_id"], unique=False)
    op.create_index(op.f("ix_fund_jury_item_project_id"), "fund_jury_item", ["project_id"], unique=False)
    op.create_table(
        "fund_jury_presence",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("fund_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id", "fund_id"],
            ["fund_jury_meeting.id", "fund_jury_meeting.fund_id"],
            name="fk_fund_jury_presence_meeting",
        ),
        sa.ForeignKeyConstraint(
            ["member_id", "fund_id"],
            ["fund_jury_member.id", "fund_jury_member.fund_id"],
            name="fk_fund_jury_presence_member",
        ),
        sa.PrimaryKeyConstraint("meeting_id", "member_id", name=op.f("pk_fund_jury_presence")),
    )
    op.create_index(
        op.f("ix_fund_jury_presence_member_id"), "fund_jury_presence", ["member_id"], unique=False
    )
    op.create_table(
        "fund_project_co_carrier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_fund_project_co_carrier_account_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["fund_project.id"],
            name=op.f("fk_fund_project_co_carrier_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_project_co_carrier")),
        sa.UniqueConstraint(
            "project_id", "position", name=op.f("uq_fund_project_co_carrier_project_id_position")
        ),
    )
    op.create_index(
        op.f("ix_fund_project_co_carrier_account_id"), "fund_project_co_carrier", ["account_id"], unique=False
    )
    op.create_table(
        "fund_project_co_funder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("asked_cents", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("granted_cents", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "asked_cents BETWEEN 1 AND 100000000", name=op.f("ck_fund_project_co_funder_asked_cents")
        ),
        sa.CheckConstraint(
            "granted_cents BETWEEN 0 AND asked_cents", name=op.f("ck_fund_project_co_funder_granted_cents")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["fund_project.id"],
            name=op.f("fk_fund_project_co_funder_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_project_co_funder")),
        sa.UniqueConstraint(
            "project_id", "position", name=op.f("uq_fund_project_co_funder_project_id_position")
        ),
    )
    op.create_table(
        "fund_project_cost",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("cents", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("spent_cents", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("cents BETWEEN 1 AND 100000000", name=op.f("ck_fund_project_cost_cents")),
        sa.CheckConstraint(
            "spent_cents BETWEEN 0 AND 100000000", name=op.f("ck_fund_project_cost_spent_cents")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["fund_project.id"],
            name=op.f("fk_fund_project_cost_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_project_cost")),
        sa.UniqueConstraint("project_id", "position", name=op.f("uq_fund_project_cost_project_id_position")),
    )
    op.create_table(
        "fund_project_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('quote', 'proof', 'photo')", name=op.f("ck_fund_project_file_kind")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_fund_project_file_file_id")),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["fund_project.id"],
            name=op.f("fk_fund_project_file_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_project_file")),
        sa.UniqueConstraint("file_id", name=op.f("uq_fund_project_file_file_id")),
        sa.UniqueConstraint(
            "project_id", "kind", "position", name=op.f("uq_fund_project_file_project_id_kind_position")
        ),
    )
    op.create_table(
        "fund_project_opinion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("stance", sa.Text(), nullable=False),
        sa.Column("reasons_id", sa.Integer(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("aside", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("client_key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "stance IN ('for', 'for-if', 'against')", name=op.f("ck_fund_project_opinion_stance")
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_fund_project_opinion_version")),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_fund_project_opinion_body_id")),
        sa.ForeignKeyConstraint(
            ["entered_by"],
            ["account.id"],
            name=op.f("fk_fund_project_opinion_entered_by"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["fund_project.id"],
            name=op.f("fk_fund_project_opinion_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["reasons_id"], ["localized_text.id"], name=op.f("fk_fund_project_opinion_reasons_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_project_opinion")),
        sa.UniqueConstraint("client_key", name=op.f("uq_fund_project_opinion_client_key")),
        sa.UniqueConstraint("project_id", "body_id", name=op.f("uq_fund_project_opinion_project_id_body_id")),
        sa.UniqueConstraint("reasons_id", name=op.f("uq_fund_project_opinion_reasons_id")),
    )
    op.create_index(
        op.f("ix_fund_project_opinion_body_id"), "fund_project_opinion", ["body_id"], unique=False
    )
    op.create_index(
        op.f("ix_fund_project_opinion_entered_by"), "fund_project_opinion", ["entered_by"], unique=False
    )
    op.create_table(
        "fund_project_review",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_on", sa.Date(), nullable=True),
        sa.Column("client_key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(taken_at IS NULL) = (taken_on IS NULL)", name=op.f("ck_fund_project_review_taken_on_a_day")
        ),
        sa.CheckConstraint(
            "(asked = '') = (asked_at IS NULL)", name=op.f("ck_fund_project_review_asked_in_words")
        ),
        sa.CheckConstraint("people BETWEEN 0 AND 100000", name=op.f("ck_fund_project_review_people")),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["fund_project.id"],
            name=op.f("fk_fund_project_review_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_fund_project_review")),
        sa.UniqueConstraint("client_key", name=op.f("uq_fund_project_review_client_key")),
    )
    op.create_table(
        "fund_project_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("reason_id", sa.Integer(), nullable=True),
        sa.Column("elsewhere_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('submitted', 'incomplete', 'admissible', 'inadmissible', 'opinion', 'in-choice', 'selected', 'not-selected', 'notified', 'paid', 'done', 'reviewed', 'closed', 'abandoned')",
            name=op.f("ck_fund_project_step_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('abandoned', 'inadmissible', 'incomplete', 'not-selected') OR reason_id IS NOT NULL",
            name=op.f("ck_fund_project_step_with_a_reason"),
        ),
        sa.CheckConstraint("position > 0", name=op.f("ck_fund_project_step_position")),
        sa.ForeignKeyConstraint(
            ["elsewhere_id"], ["localized_text.id"], name=op.f("fk_fund_project_step_elsewhere_id")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["account.id"], name=op.f("fk_fund_project_step_entered_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["fund_project.id"],
            name=op.f("fk_fund_project_step_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["reason_id"], ["localized_text.id"], name=op.f("fk_fund_project_step_reason_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_project_step")),
        sa.UniqueConstraint("elsewhere_id", name=op.f("uq_fund_project_step_elsewhere_id")),
        sa.UniqueConstraint("project_id", "position", name=op.f("uq_fund_project_step_project_id_position")),
        sa.UniqueConstraint("reason_id", name=op.f("uq_fund_project_step_reason_id")),
    )
    op.create_index(
        op.f("ix_fund_project_step_entered_by"), "fund_project_step", ["entered_by"], unique=False
    )
    op.create_index("ix_fund_project_step_state", "fund_project_step", ["state", "on_day"], unique=False)
    op.create_table(
        "fund_jury_mark",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.Integer(), nullable=False),
        sa.CheckConstraint("mark BETWEEN 0 AND 20", name=op.f("ck_fund_jury_mark_mark")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["fund_jury_item.id"], name=op.f("fk_fund_jury_mark_item_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["fund_jury_member.id"], name=op.f("fk_fund_jury_mark_member_id")
        ),
        sa.PrimaryKeyConstraint("item_id", "member_id", name=op.f("pk_fund_jury_mark")),
    )
    op.create_index(op.f("ix_fund_jury_mark_member_id"), "fund_jury_mark", ["member_id"], unique=False)
    _make_triggers()


def downgrade():
    files = sa.text(
        "SELECT file_id FROM fund_project_file UNION ALL"
        " SELECT photo_id FROM fund_project WHERE photo_id IS NOT NULL"
    )
    gone = [{"id": each} for each in op.get_bind().execute(files).scalars()]
    # A table takes its triggers along; their functions stay behind.

    op.drop_index(op.f("ix_fund_jury_mark_member_id"), table_name="fund_jury_mark")
    op.drop_table("fund_jury_mark")
    op.drop_index("ix_fund_project_step_state", table_name="fund_project_step")
    op.drop_index(op.f("ix_fund_project_step_entered_by"), table_name="fund_project_step")
    op.drop_table("fund_project_step")
    op.drop_table("fund_project_review")
    op.drop_index(op.f("ix_fund_project_opinion_entered_by"), table_name="fund_project_opinion")
    op.drop_index(op.f("ix_fund_project_opinion_body_id"), table_name="fund_project_opinion")
    op.drop_table("fund_project_opinion")
    op.drop_table("fund_project_file")
    op.drop_table("fund_project_cost")
    op.drop_table("fund_project_co_funder")
    op.drop_index(op.f("ix_fund_project_co_carrier_account_id"), table_name="fund_project_co_carrier")
    op.drop_table("fund_project_co_carrier")
    op.drop_index(op.f("ix_fund_jury_presence_member_id"), table_name="fund_jury_presence")
    op.drop_table("fund_jury_presence")
    op.drop_index(op.f("ix_fund_jury_item_project_id"), table_name="fund_jury_item")
    op.drop_index(op.f("ix_fund_jury_item_envelope_id"), table_name="fund_jury_item")
    op.drop_table("fund_jury_item")
    op.drop_index(op.f("ix_fund_jury_conflict_project_id"), table_name="fund_jury_conflict")
    op.drop_table("fund_jury_conflict")
    op.drop_table("fund_round_ballots")
    op.drop_index("ix_fund_project_state", table_name="fund_project")
    op.drop_index(op.f("ix_fund_project_quartier_id"), table_name="fund_project")
    op.drop_index("ix_fund_project_envelope", table_name="fund_project")
    op.drop_index(op.f("ix_fund_project_entered_by"), table_name="fund_project")
    op.drop_index(op.f("ix_fund_project_body_id"), table_name="fund_project")
    op.drop_index(op.f("ix_fund_project_axis_id"), table_name="fund_project")
    op.drop_index(op.f("ix_fund_project_author_id"), table_name="fund_project")
    op.drop_table("fund_project")
    op.drop_index("ix_fund_jury_meeting_round", table_name="fund_jury_meeting")
    op.drop_index(op.f("ix_fund_jury_meeting_created_by"), table_name="fund_jury_meeting")
    op.drop_table("fund_jury_meeting")
    op.drop_index("ix_fund_round_fund", table_name="fund_round")
    op.drop_index(op.f("ix_fund_round_created_by"), table_name="fund_round")
    op.drop_table("fund_round")
    op.drop_index(op.f("ix_fund_quartier_quartier_id"), table_name="fund_quartier")
    op.drop_table("fund_quartier")
    op.drop_index(op.f("ix_fund_jury_member_body_id"), table_name="fund_jury_member")
    op.drop_index(op.f("ix_fund_jury_member_account_id"), table_name="fund_jury_member")
    op.drop_index(
        "ix_fund_jury_member_account",
        table_name="fund_jury_member",
        sqlite_where=sa.text("left_on IS NULL AND account_id IS NOT NULL"),
        postgresql_where=sa.text("left_on IS NULL AND account_id IS NOT NULL"),
    )
    op.drop_table("fund_jury_member")
    op.drop_index(op.f("ix_fund_funder_organisation_id"), table_name="fund_funder")
    op.drop_table("fund_funder")
    op.drop_index(
        "ix_fund_envelope_whole",
        table_name="fund_envelope",
        sqlite_where=sa.text("quartier_id IS NULL"),
        postgresql_where=sa.text("quartier_id IS NULL"),
    )
    op.drop_index(op.f("ix_fund_envelope_quartier_id"), table_name="fund_envelope")
    op.drop_table("fund_envelope")
    op.drop_index(op.f("ix_fund_body_body_id"), table_name="fund_body")
    op.drop_table("fund_body")
    op.drop_index(op.f("ix_fund_owner_id"), table_name="fund")
    op.drop_index(op.f("ix_fund_created_by"), table_name="fund")
    op.drop_index("ix_fund_contract", table_name="fund")
    op.drop_index(op.f("ix_fund_commune_id"), table_name="fund")
    op.drop_table("fund")
    # Nothing names them any more.
    op.execute("DELETE FROM consent WHERE act = 'project'")
    _let_agree_to("answer", "idea", "words")
    if gone:
        op.get_bind().execute(sa.text("DELETE FROM stored_file WHERE id = :id"), gone)
    owners = "('fund', 'fund_round', 'fund_project_step', 'fund_project_opinion', 'fund_jury_item')"
    op.execute(
        "DELETE FROM translation WHERE text_id IN"
        f" (SELECT id FROM localized_text WHERE owner_kind IN {owners})"
    )
    op.execute(f"DELETE FROM localized_text WHERE owner_kind IN {owners}")
    if op.get_bind().dialect.name == "postgresql":
        for name in (*(each[0] for each in _refusals()), *(each[0] for each in _sums())):
            op.execute(f"DROP FUNCTION fund_{name}()")
