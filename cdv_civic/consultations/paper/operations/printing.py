"""Numbers for sheets that are about to be printed."""

from collections.abc import Sequence

from sqlalchemy import func, select

from cdv_civic.consultations.operations.locking import calendar_of, hold_alone
from cdv_civic.consultations.paper.models import ConsultationSheetBatch
from cdv_civic.consultations.paper.operations.sheets import ACTION
from cdv_civic.consultations.paper.rules.numbers import LARGEST, MOST_AT_ONCE
from cdv_civic.consultations.scopes import contract_slug, touched_by_answers
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict, DomainError, Refusals
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.idempotency import bound_key, made_before, read_key, stored_key
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor


def reserve_batch(
    actor: Actor, consultation_id: int, quantity: int, languages: Sequence[str], client_key: str
) -> int:
    """Take the next numbers for some sheets; the id of their batch. Sent twice, it is one batch.

    Whoever reserves has the consultation alone: the second of two at once begins where the first one ends. Raises
    `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    key = stored_key(bound_key(read_key(client_key), consultation_id))
    with transaction() as session:
        row = hold_alone(session, consultation_id)
        require(actor, ACTION, touched_by_answers(session, row))
        batch = ConsultationSheetBatch
        before = made_before(
            session, batch, key=(batch.client_key, key), owner=(batch.consultation_id, consultation_id)
        )
        if before is not None:
            return before.id
        calendar = calendar_of(row)
        if row.published_at is None:
            raise Conflict(
                _l("Publiez d’abord la consultation\u00a0: ce qu’elle demande peut encore changer.")
            )
        if (
            row.withdrawn_at is not None
            or row.frozen_at is not None
            or (calendar.ends_at or clock.now()) < clock.now()
        ):
            raise Conflict(
                _l("La saisie est terminée\u00a0: une feuille imprimée maintenant ne compterait pas.")
            )
        last = session.execute(
            select(func.max(batch.last)).where(batch.consultation_id == consultation_id)
        ).scalar()
        _check(quantity, languages, row.languages, last or 0)
        made = batch(
            consultation_id=consultation_id,
            after=last,
            first=(last or 0) + 1,
            last=(last or 0) + quantity,
            languages=list(languages),
            printed_at=clock.now(),
            printed_by=actor.actor_id,
            client_key=key,
        )
        session.add(made)
        session.flush()
        record(
            session,
            actor,
            ACTION,
            "consultation",
            consultation_id,
            scope=contract_slug(session, row.contract_id),
            after={"sheets": f"{made.first}-{made.last}", "languages": list(languages)},
        )
        return made.id


def _check(quantity: int, languages: Sequence[str], asked_in: Sequence[str], last: int) -> None:
    with Refusals() as refused:
        if not 1 <= quantity <= MOST_AT_ONCE:
            refused.add(
                DomainError(
                    _l("Écrivez un nombre de feuilles entre 1 et %(most)s.", most=MOST_AT_ONCE),
                    field="quantity",
                )
            )
        elif last + quantity > LARGEST:
            refused.add(DomainError(_l("Il ne reste pas assez de numéros."), field="quantity"))
        if not languages or not set(languages) <= set(asked_in):
            refused.add(DomainError(_l("Choisissez une langue de la consultation."), field="languages"))
