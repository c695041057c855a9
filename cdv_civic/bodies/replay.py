"""Lines of the ledger about what bodies publish: what was taken back or hidden does not come back."""

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.bodies.models import BodyPublication, PublicationFile
from cdv_civic.bodies.operations.texts import LONGEST_TEXT
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.ledger import LedgerLine, mark, register_kind
from cdv_civic.core.localized import put_text
from cdv_civic.core.settings import current_settings
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.notices.letters import written_in
from cdv_civic.territory.models import Body


def _reasons() -> dict[str, str]:
    """The reason that readers see, in the languages of the site: the one of then is not in the backup."""
    settings = current_settings()
    said = {}
    for tag in settings.languages:
        with written_in(tag):
            said[tag] = _("Cette publication a été retirée. Le site n’a pas gardé la raison.")
    return said


def _withdraw(session: Session, line: LedgerLine) -> bool:
    row = session.execute(
        select(BodyPublication)
        .where(BodyPublication.id == line.id, BodyPublication.withdrawn_at.is_(None))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar()
    if row is None or mark(row.published_at) != line.born:
        return False
    contract_id = session.get_one(Body, row.body_id).contract_id
    owner = TextOwner("body_publication", row.id, "withdrawn_reason", contract_id)
    row.withdrawn_reason_id = put_text(session, None, _reasons(), "reason", LONGEST_TEXT, owner, None)
    row.withdrawn_at = line.at
    row.version += 1
    return True


def _hide_file(session: Session, line: LedgerLine) -> bool:
    found = session.execute(
        select(PublicationFile, BodyPublication.published_at)
        .join(BodyPublication, BodyPublication.id == PublicationFile.publication_id)
        .where(PublicationFile.id == line.id, PublicationFile.hidden_at.is_(None))
        .with_for_update(of=PublicationFile, key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None or mark(found[1]) != line.born:
        return False
    found[0].hidden_at = line.at
    return True


def register(app: Flask) -> None:
    """Say how each line is done again."""
    register_kind(app, "publication.withdrawn", _withdraw)
    register_kind(app, "publication_file.hidden", _hide_file)
