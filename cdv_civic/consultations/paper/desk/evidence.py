"""Photos and scans of sheets, for whoever reads all words."""

from flask import Response, abort
from sqlalchemy import select

from cdv_civic.consultations.paper.desk.blueprint import blueprint, consultation_at_desk
from cdv_civic.consultations.paper.models import ConsultationEvidence
from cdv_civic.consultations.paper.operations.sheets import READS
from cdv_civic.core.db import db
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.uploads.serving import answer_with
from cdv_civic.core.uploads.stored_files import DOCUMENT, StoredFile


@blueprint.get("/preuves/<int:evidence_id>")
@policy("consultation.words")
def evidence_file(slug: str, evidence_id: int) -> Response:
    """A photo or a scan of a sheet; no cache keeps it."""
    consultation = consultation_at_desk(slug, READS)
    row = db.session.execute(
        select(StoredFile)
        .join(ConsultationEvidence, ConsultationEvidence.file_id == StoredFile.id)
        .where(
            ConsultationEvidence.id == evidence_id, ConsultationEvidence.consultation_id == consultation.id
        )
    ).scalar()
    if row is None:
        abort(404)
    size = "grande" if row.kind == "photo" else DOCUMENT
    return answer_with(row, size, f"feuille-{evidence_id}.pdf")
