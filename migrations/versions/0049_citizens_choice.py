"""Ideas of a consultation, the choice of residents among groups of ideas, and the parts of the contract born of it."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"

_THEMES = "'emancipation', 'ecologie', 'tranquillite', 'emploi', 'sante', 'habitat'"
_TREES = "'territoire', 'communes', 'annexe', 'partenaires'"


def _allow(trees):
    with op.batch_alter_table("axis") as batch_op:
        batch_op.drop_constraint(op.f("ck_axis_tree"), type_="check")
        batch_op.create_check_constraint(op.f("ck_axis_tree"), f"tree IN ({trees})")


def upgrade():
    _allow(f"{_TREES}, 'habitants'")
    with op.batch_alter_table("idea_box") as batch_op:
        batch_op.add_column(
            sa.Column("by_consultation", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    # The rows that are there have their value: who adds one says so from here on.
    with op.batch_alter_table("idea_box") as batch_op:
        batch_op.alter_column("by_consultation", server_default=None)
        batch_op.create_check_constraint(
            op.f("ck_idea_box_calendar_of_its_consultation"),
            "NOT by_consultation OR published_at IS NULL OR withdrawn_at IS NOT NULL"
            " OR (opens_at IS NOT NULL AND closes_at IS NOT NULL)",
        )
    op.create_index("ix_idea_box_of_contract", "idea_box", ["id", "contract_id"], unique=True)
    op.create_index("ix_consultation_of_contract", "consultation", ["id", "contract_id"], unique=True)
    op.create_table(
        "consultation_idea_step",
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("box_id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["step_id", "consultation_id"],
            ["consultation_step.id", "consultation_step.consultation_id"],
            name="fk_consultation_idea_step_step",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id", "contract_id"],
            ["consultation.id", "consultation.contract_id"],
            name="fk_consultation_idea_step_consultation",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["box_id", "contract_id"],
            ["idea_box.id", "idea_box.contract_id"],
            name="fk_consultation_idea_step_box",
        ),
        sa.PrimaryKeyConstraint("step_id", name=op.f("pk_consultation_idea_step")),
        sa.UniqueConstraint("box_id", name=op.f("uq_consultation_idea_step_box_id")),
    )
    op.create_index(
        op.f("ix_consultation_idea_step_consultation_id"), "consultation_idea_step", ["consultation_id"]
    )
    op.create_table(
        "consultation_idea_choice",
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("box_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id", "contract_id"],
            ["consultation.id", "consultation.contract_id"],
            name="fk_consultation_idea_choice_consultation",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id", "consultation_id"],
            ["consultation_question.id", "consultation_question.consultation_id"],
            name="fk_consultation_idea_choice_question",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["box_id", "contract_id"],
            ["idea_box.id", "idea_box.contract_id"],
            name="fk_consultation_idea_choice_box",
        ),
        sa.PrimaryKeyConstraint("consultation_id", name=op.f("pk_consultation_idea_choice")),
        sa.UniqueConstraint("box_id", name=op.f("uq_consultation_idea_choice_box_id")),
        sa.UniqueConstraint(
            "question_id", "box_id", name=op.f("uq_consultation_idea_choice_question_id_box_id")
        ),
    )
    op.create_table(
        "consultation_idea_option",
        sa.Column("option_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("box_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["option_id", "question_id"],
            ["consultation_option.id", "consultation_option.question_id"],
            name="fk_consultation_idea_option_option",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id", "box_id"],
            ["consultation_idea_choice.question_id", "consultation_idea_choice.box_id"],
            name="fk_consultation_idea_option_choice",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["group_id", "box_id"],
            ["idea_group.id", "idea_group.box_id"],
            name="fk_consultation_idea_option_group",
        ),
        sa.PrimaryKeyConstraint("option_id", name=op.f("pk_consultation_idea_option")),
        sa.UniqueConstraint("group_id", name=op.f("uq_consultation_idea_option_group_id")),
    )
    op.create_index(
        "ix_consultation_idea_option_question", "consultation_idea_option", ["question_id", "box_id"]
    )
    op.create_table(
        "consultation_idea_axis",
        sa.Column("axis_id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("box_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(group_id IS NULL) = (box_id IS NULL)", name=op.f("ck_consultation_idea_axis_group_of_a_box")
        ),
        sa.ForeignKeyConstraint(["axis_id"], ["axis.id"], name=op.f("fk_consultation_idea_axis_axis_id")),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation_idea_choice.consultation_id"],
            name=op.f("fk_consultation_idea_axis_consultation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["group_id", "box_id"],
            ["idea_group.id", "idea_group.box_id"],
            name="fk_consultation_idea_axis_group",
        ),
        sa.PrimaryKeyConstraint("axis_id", name=op.f("pk_consultation_idea_axis")),
        sa.UniqueConstraint("group_id", name=op.f("uq_consultation_idea_axis_group_id")),
    )
    op.create_index(
        "ix_consultation_idea_axis_consultation", "consultation_idea_axis", ["consultation_id", "group_id"]
    )
    op.create_index(
        "ix_consultation_idea_axis_root",
        "consultation_idea_axis",
        ["consultation_id"],
        unique=True,
        sqlite_where=sa.text("group_id IS NULL"),
        postgresql_where=sa.text("group_id IS NULL"),
    )


def downgrade():
    for table in (
        "consultation_idea_axis",
        "consultation_idea_option",
        "consultation_idea_choice",
        "consultation_idea_step",
    ):
        op.drop_table(table)
    # What ran before knows no step of ideas, and no tree that residents chose.
    op.execute(
        "DELETE FROM translation WHERE text_id IN (SELECT id FROM localized_text WHERE owner_kind ="
        " 'consultation_step' AND owner_id IN (SELECT id FROM consultation_step WHERE kind = 'ideas'))"
    )
    op.execute("UPDATE consultation_step SET title_id = NULL, intro_id = NULL WHERE kind = 'ideas'")
    op.execute(
        "DELETE FROM localized_text WHERE owner_kind = 'consultation_step'"
        " AND owner_id IN (SELECT id FROM consultation_step WHERE kind = 'ideas')"
    )
    op.execute("DELETE FROM consultation_step WHERE kind = 'ideas'")
    born = "(SELECT id FROM axis WHERE tree = 'habitants')"
    op.execute(f"DELETE FROM commitment_axis WHERE axis_id IN {born}")
    op.execute(f"UPDATE indicator SET axis_id = NULL WHERE axis_id IN {born}")
    op.execute(f"UPDATE consultation_option SET axis_id = NULL WHERE axis_id IN {born}")
    notes = f"owner_kind = 'axis_origin' AND owner_id IN {born}"
    titles = f"owner_kind = 'axis' AND owner_id IN {born}"
    op.execute(
        f"DELETE FROM translation WHERE text_id IN (SELECT id FROM localized_text WHERE ({notes}) OR ({titles}))"
    )
    op.execute(f"DELETE FROM axis_origin WHERE axis_id IN {born}")
    op.execute(f"DELETE FROM localized_text WHERE {notes}")
    op.execute("CREATE TEMPORARY TABLE gone_titles AS SELECT title_id FROM axis WHERE tree = 'habitants'")
    op.execute("UPDATE axis SET parent_id = NULL WHERE tree = 'habitants'")
    op.execute("DELETE FROM axis WHERE tree = 'habitants'")
    op.execute("DELETE FROM localized_text WHERE id IN (SELECT title_id FROM gone_titles)")
    op.execute("DROP TABLE gone_titles")
    op.drop_index("ix_consultation_of_contract", "consultation")
    op.drop_index("ix_idea_box_of_contract", "idea_box")
    with op.batch_alter_table("idea_box") as batch_op:
        batch_op.drop_constraint(op.f("ck_idea_box_calendar_of_its_consultation"), type_="check")
        batch_op.drop_column("by_consultation")
    _allow(_TREES)
    if op.get_context().dialect.name == "sqlite":
        _give_back_the_check()


def _give_back_the_check():
    """Making the table anew made the CHECK of a column that of the table: an older revision drops the column with it."""
    with op.batch_alter_table("axis") as batch_op:
        batch_op.drop_constraint(op.f("ck_axis_suggested_theme"), type_="check")
    op.execute("ALTER TABLE axis RENAME COLUMN suggested_theme TO suggested_before")
    op.execute(
        "ALTER TABLE axis ADD COLUMN suggested_theme TEXT"
        f" CONSTRAINT ck_axis_suggested_theme CHECK (suggested_theme IN ({_THEMES}))"
    )
    op.execute("UPDATE axis SET suggested_theme = suggested_before")
    op.execute("ALTER TABLE axis DROP COLUMN suggested_before")
