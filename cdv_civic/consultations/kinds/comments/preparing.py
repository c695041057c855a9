"""What an organiser sets of a step of comments: what is commented, in which order, the embargo."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.commitments.models import Commitment, Indicator, commitment_indicator
from cdv_civic.commitments.queries.indicators import NOT_SHOWN
from cdv_civic.consultations.kinds.comments.models import CommentedThing, CommentStep
from cdv_civic.consultations.kinds.comments.operations import EMBARGO_LINE, step_settings
from cdv_civic.consultations.kinds.comments.queries.steps import KIND
from cdv_civic.consultations.kinds.comments.rules import (
    LONGEST_TITLE,
    MOST_OTHERS,
    SubjectKind,
    latest_embargo,
)
from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.operations.editing.building import next_position
from cdv_civic.consultations.operations.editing.holding import editing, put_field
from cdv_civic.consultations.operations.editing.steps import step_of
from cdv_civic.consultations.rules.editing import moved
from cdv_civic.core import clock, ledger
from cdv_civic.core.errors import DomainError, NotFound, Refusals
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.localized import said_in
from cdv_civic.core.policy.model import Actor

Texts = Mapping[str, str]
_NO_THING = _l("Ce passage n’est plus ici.")


@dataclass(frozen=True)
class CommentSettings:
    """What is set of a step."""

    #: The title of the document, by language; empty where nothing but commitments and figures is commented.
    title: Texts
    read_before: bool = True
    sensitive: bool = False
    #: UTC.
    embargo_until: datetime | None = None


@contextmanager
def changed_step(
    actor: Actor, consultation_id: int, step_id: int, version: int | None
) -> Iterator[tuple[Session, Consultation, CommentStep]]:
    """A step that nobody has commented yet, and what is set of it. Raises as `editing` does, and `NotFound`."""
    with editing(actor, consultation_id, version=version, asks=True) as (session, row):
        step = step_of(session, row, step_id)
        if step.kind != KIND:
            raise NotFound(_l("Cette étape n’existe pas."))
        yield session, row, settings_of(session, row, step_id)


def settings_of(session: Session, row: Consultation, step_id: int) -> CommentStep:
    """What is set of a step, which gets a row for it; the caller holds the consultation. 2 statements at most."""
    found = step_settings(session, step_id)
    if found is None:
        found = CommentStep(
            step_id=step_id,
            consultation_id=row.id,
            title_id=None,
            embargo_until=None,
            read_before=True,
            sensitive=False,
        )
        session.add(found)
        session.flush()
    return found


def set_step(
    actor: Actor, consultation_id: int, step_id: int, settings: CommentSettings, *, version: int | None = None
) -> None:
    """Set a step. Raises as `holding.editing` does, and `DomainError`."""
    with changed_step(actor, consultation_id, step_id, version) as (session, row, step):
        with Refusals() as refused:
            refused.unless(_check_embargo, row, settings.embargo_until)
            if settings.embargo_until is not None and not said_in(settings.title):
                refused.add(
                    DomainError(
                        _l("Un embargo porte sur un document\u00a0: donnez-lui un titre."),
                        field=f"title_{SOURCE_LANGUAGE}",
                    )
                )
            if settings.embargo_until is not None and count_there(session, step_id, passage=False):
                refused.add(
                    DomainError(
                        _l(
                            "Un embargo porte sur un document\u00a0: mettez les engagements et les chiffres dans une "
                            "autre étape."
                        ),
                        field="embargo_day",
                    )
                )
            if not said_in(settings.title) and count_there(session, step_id, passage=True):
                refused.add(DomainError(_l("Donnez le titre du document."), field=f"title_{SOURCE_LANGUAGE}"))
        before, step.embargo_until = step.embargo_until, None
        session.flush()
        put_title(session, actor, row, step, settings.title)
        step.embargo_until = until = settings.embargo_until
        if until is not None and (before is None or until > before):
            # A restore that forgot it would show the document too early.
            ledger.note(session, EMBARGO_LINE, step.id, born=row.created_at, code=until.isoformat())
        step.read_before = settings.read_before or settings.sensitive
        step.sensitive = settings.sensitive


def put_title(
    session: Session, actor: Actor | None, row: Consultation, step: CommentStep, texts: Texts
) -> None:
    """Write the title of the document; the caller holds the consultation. Raises `DomainError`."""
    put_field(session, actor, step, "title", texts, longest=LONGEST_TITLE, contract_id=row.contract_id)


def _check_embargo(row: Consultation, until: datetime | None) -> None:
    if until is None:
        return
    now = clock.now()
    if until <= now:
        raise DomainError(_l("Ce moment est déjà passé."), field="embargo_day")
    if until > latest_embargo(now):
        raise DomainError(_l("Un embargo dure un an au plus."), field="embargo_day")
    if row.closes_at is not None and until >= row.closes_at:
        raise DomainError(
            _l("L’embargo doit finir avant la fermeture\u00a0: tout le monde doit pouvoir commenter."),
            field="embargo_day",
        )


def end_embargo(actor: Actor, consultation_id: int, step_id: int, *, version: int | None = None) -> None:
    """Let everybody read and comment the document from now on, also once it was commented. Raises as `editing` does,
    and `NotFound`.
    """
    trace: dict[str, object] = {}
    with editing(actor, consultation_id, version=version, trace=trace) as (session, row):
        step = step_settings(session, step_id)
        if step is None or step.consultation_id != row.id:
            raise NotFound(_l("Cette étape n’existe pas."))
        now = clock.now()
        if step.embargo_until is None or step.embargo_until <= now:
            raise DomainError(_l("Il n’y a plus d’embargo."))
        trace["embargo_ended"] = step_id
        step.embargo_until = now


def count_there(session: Session, step_id: int, *, passage: bool) -> int:
    """How many passages a step has, or how many other things; 1 statement."""
    is_passage = CommentedThing.kind == SubjectKind.PASSAGE.value
    statement = select(func.count(CommentedThing.id)).where(
        CommentedThing.step_id == step_id, is_passage if passage else ~is_passage
    )
    return session.execute(statement).scalar_one()


def add_subject(
    actor: Actor,
    consultation_id: int,
    step_id: int,
    commitment_id: int,
    indicator_id: int | None = None,
    *,
    version: int | None = None,
) -> None:
    """One more commitment to comment, or a figure of it. Raises as `editing` does, `NotFound` and `DomainError`."""
    with changed_step(actor, consultation_id, step_id, version) as (session, row, step):
        if step.embargo_until is not None:
            raise DomainError(
                _l(
                    "Cette étape a un document sous embargo\u00a0: ajoutez une autre étape pour les engagements et les "
                    "chiffres."
                )
            )
        if count_there(session, step_id, passage=False) >= MOST_OTHERS:
            raise DomainError(_l("Une étape a %(most)s engagements et chiffres au plus.", most=MOST_OTHERS))
        public = select(Commitment.id).where(
            Commitment.id == commitment_id,
            Commitment.contract_id == row.contract_id,
            Commitment.retired_at.is_(None),
        )
        if indicator_id is not None:
            links = commitment_indicator
            public = (
                public.join(links, links.c.commitment_id == Commitment.id)
                .join(Indicator, Indicator.id == links.c.indicator_id)
                .where(
                    Indicator.id == indicator_id,
                    Indicator.retired_at.is_(None),
                    Indicator.family != NOT_SHOWN,
                )
            )
        if session.execute(public).scalar() is None:
            raise NotFound(_l("Cet engagement n’est pas, ou n’est plus, dans ce contrat."))
        kind = SubjectKind.COMMITMENT if indicator_id is None else SubjectKind.FIGURE
        same = select(CommentedThing.id).where(
            CommentedThing.step_id == step_id,
            CommentedThing.kind == kind.value,
            CommentedThing.indicator_id == indicator_id
            if indicator_id is not None
            else CommentedThing.commitment_id == commitment_id,
        )
        if session.execute(same).scalar() is not None:
            raise DomainError(_l("C’est déjà dans cette étape."))
        session.add(
            CommentedThing(
                consultation_id=row.id,
                contract_id=row.contract_id,
                step_id=step_id,
                position=next_position(session, CommentedThing, CommentedThing.step_id == step_id),
                kind=kind.value,
                commitment_id=commitment_id,
                indicator_id=indicator_id,
                text_id=None,
            )
        )


def things_in_order(session: Session, step_id: int) -> list[CommentedThing]:
    """All things of a step, in their order; 1 statement."""
    return list(
        session.execute(
            select(CommentedThing)
            .where(CommentedThing.step_id == step_id)
            .order_by(CommentedThing.position, CommentedThing.id),
            execution_options={"populate_existing": True},
        ).scalars()
    )


def put_in_order(things: Sequence[CommentedThing]) -> None:
    """Place all things of a step as they follow each other."""
    for position, thing in enumerate(things):
        thing.position = position


def thing_among(things: Sequence[CommentedThing], thing_id: int, *, passage: bool = False) -> CommentedThing:
    """One of the things of a step, a passage where that is asked; raises `NotFound`."""
    for thing in things:
        if thing.id == thing_id and (not passage or thing.kind == SubjectKind.PASSAGE.value):
            return thing
    raise NotFound(_NO_THING)


def move_thing(actor: Actor, consultation_id: int, step_id: int, thing_id: int, *, up: bool) -> None:
    """Something one place up or down. Raises as `editing` does, and `NotFound`."""
    with changed_step(actor, consultation_id, step_id, None) as (session, _row, _settings):
        things = {each.id: each for each in things_in_order(session, step_id)}
        thing_among(list(things.values()), thing_id)
        put_in_order([things[each] for each in moved(list(things), thing_id, up=up)])


def remove_thing(
    actor: Actor, consultation_id: int, step_id: int, thing_id: int, *, version: int | None = None
) -> None:
    """Something that is commented no more. Raises as `editing` does, and `NotFound`."""
    with changed_step(actor, consultation_id, step_id, version) as (session, _row, _settings):
        session.delete(thing_among(things_in_order(session, step_id), thing_id))
