"""Lines of the ledger about results that were published: they are what they were, and are not counted again."""

import json

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.paper.operations.entering import keep_single_entries
from cdv_civic.consultations.paper.operations.sheets import held_by
from cdv_civic.consultations.results.models import ConsultationPublication
from cdv_civic.consultations.results.operations.closing import PUBLISHED, newest_version
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.ledger import LedgerLine, mark, register_kind
from cdv_civic.notices.letters import written_in


def _publish(session: Session, line: LedgerLine) -> bool:
    """Put a version back as everybody has read it, without exact counts: answers that came after the backup are lost,
    and what is left of them would tell of those who are missing.
    """
    row = session.execute(
        select(Consultation)
        .where(Consultation.id == line.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar()
    if row is None or row.published_at is None or mark(row.published_at) != line.born:
        return False
    said, newest = json.loads(line.code), newest_version(session, row.id)
    if newest is not None and newest.version >= said["version"]:
        return False
    # As the closing did: nobody types them a second time any more.
    keep_single_entries(session, held_by(session, row), differing=True)
    session.add(
        ConsultationPublication(
            consultation_id=row.id,
            version=said["version"],
            published_at=line.at,
            content=said["content"],
            outcome=said["outcome"],
            note=_reason() if said["version"] > 1 else None,
        )
    )
    row.frozen_at = row.frozen_at or line.at
    row.version += 1
    return True


def _reason() -> str:
    """In place of the note of staff, which is not in the ledger."""
    with written_in(SOURCE_LANGUAGE):
        return _("Ces résultats ont été corrigés. Le site n’a pas gardé la raison.")


def register(app: Flask) -> None:
    """Say how each line is done again."""
    register_kind(app, PUBLISHED, _publish)
