"""Say how a body is, how to reach it and how to join it."""

from collections.abc import Mapping

from cdv_civic.bodies.models import BodyLife
from cdv_civic.bodies.operations.locking import locked_body
from cdv_civic.bodies.operations.texts import LONGEST_TEXT
from cdv_civic.bodies.rules import STATES
from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.errors import ChangedMeanwhile, DomainError
from cdv_civic.core.forgotten_texts import forget_text
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.localized import put_text, said_in
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.territory.cache_tags import contract_tag


def describe_body(
    actor: Actor,
    body_id: int,
    *,
    version: int,
    state: str | None,
    contact: Mapping[str, str],
    joining: Mapping[str, str],
) -> None:
    """Say how a body is, how to reach and to join it; empty texts take away what stood there.

    `version` is that of the form (0: nothing was said yet). Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    if state is not None and state not in STATES:
        raise DomainError(_l("Choisissez une réponse de la liste."), field="state")
    with transaction() as session:
        body, contract = locked_body(session, actor, "body.edit", body_id)
        raise_tags(session, contract_tag(contract))
        life = session.get(BodyLife, body_id, populate_existing=True)
        if (life.version if life else 0) != version:
            raise ChangedMeanwhile
        before = life.state if life else None
        if life is None:
            life = BodyLife(body_id=body_id, state=None, contact_id=None, joining_id=None, version=0)
            session.add(life)
        old = (life.contact_id, life.joining_id)
        for name, texts in (("contact", contact), ("joining", joining)):
            column, owner = f"{name}_id", TextOwner("body_life", body_id, name, body.contract_id)
            old_id = getattr(life, column)
            setattr(life, column, put_text(session, old_id, texts, name, LONGEST_TEXT, owner, actor))
        life.state = state
        life.version += 1
        session.flush()
        for text_id, kept in zip(old, (life.contact_id, life.joining_id), strict=True):
            if kept is None:
                forget_text(session, text_id)
        record(
            session,
            actor,
            "body.edit",
            "body",
            body_id,
            scope=contract,
            before={"state": before},
            after={"state": state, "contact": said_in(contact), "joining": said_in(joining)},
        )
