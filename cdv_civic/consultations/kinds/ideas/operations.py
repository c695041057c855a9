"""Say in which box a step of a consultation takes ideas."""

from contextlib import suppress
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from cdv_civic.consultations.idea_models import ConsultationIdeaStep
from cdv_civic.consultations.operations.editing.holding import editing
from cdv_civic.consultations.operations.editing.steps import step_of
from cdv_civic.consultations.operations.idea_links import let_box_go
from cdv_civic.core.errors import DomainError, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.idempotency import read_key
from cdv_civic.core.policy.model import Actor
from cdv_civic.ideas.operations.boxes import BoxSettings, Keeper, make_within
from cdv_civic.ideas.operations.holding import give_to_consultation

KIND: Final = "ideas"
_ATTEMPTS: Final = 4


def choose_box(actor: Actor, consultation_id: int, step_id: int, box_id: int, *, version: int) -> None:
    """Take the ideas of a step in a box of the same keeper that nobody else has seen; the box of before goes back to
    its keeper. Raises as `holding.editing` does, `NotFound`, and `DomainError` with the field `box`.
    """
    _put(actor, consultation_id, step_id, version, box_id=box_id)


def prepare_box(
    actor: Actor, consultation_id: int, step_id: int, settings: BoxSettings, *, client_key: str, version: int
) -> None:
    """The same with a new box, which its settings describe. Raises `DomainError` with the fields of the form too."""
    key = read_key(client_key)
    for _attempt in range(_ATTEMPTS - 1):
        with suppress(IntegrityError):  # another box took its name
            return _put(actor, consultation_id, step_id, version, new=(settings, key))
    return _put(actor, consultation_id, step_id, version, new=(settings, key))


def _put(
    actor: Actor,
    consultation_id: int,
    step_id: int,
    version: int,
    *,
    box_id: int | None = None,
    new: tuple[BoxSettings, str] | None = None,
) -> None:
    with editing(actor, consultation_id, version=version, asks=True) as (session, row):
        step = step_of(session, row, step_id)
        if step.kind != KIND:
            raise NotFound(_l("Cette étape n’existe pas."))
        if new is not None:
            keeper = Keeper(row.contract_id, row.body_id, row.commune_id)
            box_id, _slug = make_within(session, actor, keeper, *new)
        now = session.execute(
            select(ConsultationIdeaStep.box_id).where(ConsultationIdeaStep.step_id == step_id)
        ).scalar()
        if box_id is None or box_id == now:
            return
        let_box_go(session, step_id=step_id)
        box = give_to_consultation(session, actor, box_id)
        if (box.contract_id, box.body_id, box.commune_id) != (row.contract_id, row.body_id, row.commune_id):
            raise DomainError(_l("Choisissez une réponse de la liste."), field="box")
        session.add(
            ConsultationIdeaStep(
                step_id=step_id, consultation_id=row.id, box_id=box.id, contract_id=row.contract_id
            )
        )
        session.flush()
