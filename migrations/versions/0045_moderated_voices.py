"""Published words of residents have a case with the moderators, as all that everybody reads."""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"


def upgrade():
    with op.batch_alter_table("voice") as batch_op:
        batch_op.add_column(sa.Column("case_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_voice_case_id"), "moderated_text", ["case_id"], ["id"])
        batch_op.create_unique_constraint(op.f("uq_voice_case_id"), ["case_id"])
    _open_cases()
    with op.batch_alter_table("voice") as batch_op:
        batch_op.create_check_constraint(
            op.f("ck_voice_public_under_moderation"), "published_at IS NULL OR case_id IS NOT NULL"
        )


def _open_cases():
    """A case for each word that is public: it was read before, and can be reported from now on."""
    moment = sa.DateTime(timezone=True)
    body = sa.table("body", sa.column("id"), sa.column("contract_id"))
    voice = sa.table(
        "voice",
        *(
            sa.column(name)
            for name in ("id", "body_id", "theme", "minor", "author_id", "public_words", "case_id")
        ),
        sa.column("received_at", moment),
        sa.column("published_at", moment),
    )
    case = sa.table(
        "moderated_text",
        *(
            sa.column(name)
            for name in ("id", "kind", "contract_id", "body_id", "state", "sensitive", "minor", "author_id")
        ),
        *(sa.column(name, moment) for name in ("received_at", "due_at", "published_at")),
        sa.column("shown_words"),
        sa.column("version"),
    )
    connection = op.get_bind()
    public = connection.execute(
        sa.select(voice, body.c.contract_id)
        .join(body, body.c.id == voice.c.body_id)
        .where(voice.c.published_at.is_not(None))
        .order_by(voice.c.id)
    ).all()
    sensitive = ("violences", "drogues", "femmes", "enfants", "conflit_logement")
    for row in public:
        case_id = connection.execute(
            sa.insert(case)
            .values(
                kind="voice",
                contract_id=row.contract_id,
                body_id=row.body_id,
                state="publie",
                sensitive=row.theme in sensitive,
                minor=bool(row.minor),
                author_id=row.author_id,
                received_at=row.received_at,
                due_at=row.received_at + timedelta(hours=72),
                published_at=row.published_at,
                shown_words=row.public_words,
                version=1,
            )
            .returning(case.c.id)
        ).scalar_one()
        connection.execute(sa.update(voice).where(voice.c.id == row.id).values(case_id=case_id))


def downgrade():
    with op.batch_alter_table("voice") as batch_op:
        batch_op.drop_constraint(op.f("ck_voice_public_under_moderation"), type_="check")
        batch_op.drop_constraint(op.f("uq_voice_case_id"), type_="unique")
        batch_op.drop_constraint(op.f("fk_voice_case_id"), type_="foreignkey")
        batch_op.drop_column("case_id")
    # No other text has a case yet.
    for table in ("appeal", "report", "hint", "decision"):
        op.execute(f"DELETE FROM moderation_{table}")
    op.execute("DELETE FROM moderated_text")
