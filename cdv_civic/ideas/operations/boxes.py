"""A box of ideas is made, described, shown to everybody, withdrawn."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.core import clock, ledger
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import DomainError, NotFound, Refusals
from cdv_civic.core.forgotten_texts import forget_text
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.idempotency import read_key
from cdv_civic.core.localized import put_text
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.text_folding import fold
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.ideas.models import IdeaBox, idea_box_quartier
from cdv_civic.ideas.operations.locking import kept_box, raise_box_tags, record_of_box, refuse_hiding
from cdv_civic.ideas.rules import boxes as rules
from cdv_civic.ideas.rules.boxes import SupportsShown
from cdv_civic.ideas.rules.ideas import Area
from cdv_civic.ideas.scopes import ACTION, touched_box
from cdv_civic.participation.rules.phases import BadPhases, closing, opening
from cdv_civic.territory.models import Body, ContractCommune, Quartier

#: The line of the ledger.
WITHDRAWN: Final = "idea_box.withdrawn"
_ATTEMPTS: Final = 4


@dataclass(frozen=True)
class Keeper:
    """Who keeps a box: a body, a commune, or (neither) the team of the contract."""

    contract_id: int
    body_id: int | None = None
    commune_id: int | None = None


@dataclass(frozen=True)
class BoxSettings:
    """How a box is; texts are by language tag, days in the territory's zone."""

    title: Mapping[str, str]
    question: Mapping[str, str]
    answerer: Mapping[str, str]
    answer_days: int | None = None
    answer_due_on: date | None = None
    #: The first and the last day; None: no end there.
    opens_on: date | None = None
    closes_on: date | None = None
    read_before: bool = True
    supports_shown: str = SupportsShown.IN_STEPS.value
    area: Area | None = None
    quartiers: Sequence[int] = ()


def make_box(actor: Actor, keeper: Keeper, settings: BoxSettings, *, client_key: str) -> str:
    """A box that nobody else sees yet; its slug. The same `client_key` again makes no other.

    Raises `NotFound`, `Forbidden`, `DomainError` with the fields of the form.
    """
    key = read_key(client_key)
    for _attempt in range(_ATTEMPTS - 1):
        with suppress(IntegrityError):  # the same form came twice at once, or another box took its name
            return _make(actor, keeper, settings, key)
    return _make(actor, keeper, settings, key)


def _make(actor: Actor, keeper: Keeper, settings: BoxSettings, key: str) -> str:
    with transaction() as session:
        return make_within(session, actor, keeper, settings, key)[1]


def make_within(
    session: Session, actor: Actor, keeper: Keeper, settings: BoxSettings, key: str
) -> tuple[int, str]:
    """As `make_box`, within the caller's transaction, `key` being read already: the id of the box, and its slug.

    Raises `IntegrityError` too, where another box takes its name meanwhile.
    """
    require(actor, ACTION, touched_box(session, keeper))
    known = session.execute(select(IdeaBox.id, IdeaBox.slug).where(IdeaBox.client_key == key)).first()
    if known is not None:
        return known.id, known.slug
    _check_keeper(session, keeper)
    box_id = reserve_ids(session, IdeaBox)[0]
    title = settings.title.get(SOURCE_LANGUAGE, "")
    wanted = rules.slug_of(fold(title))
    taken = set(session.execute(select(IdeaBox.slug).where(IdeaBox.slug.startswith(wanted))).scalars())
    box = IdeaBox(
        id=box_id,
        slug=rules.free_slug(wanted, taken),
        contract_id=keeper.contract_id,
        body_id=keeper.body_id,
        commune_id=keeper.commune_id,
        published_at=None,
        withdrawn_at=None,
        choice_opened_at=None,
        by_consultation=False,
        created_at=clock.now(),
        created_by=actor.actor_id,
        client_key=key,
        version=1,
    )
    _write(session, actor, box, settings)
    session.add(box)
    session.flush()
    _set_quartiers(session, box, settings.quartiers)
    record_of_box(session, actor, box, {"made": True})
    return box_id, box.slug


def _check_keeper(session: Session, keeper: Keeper) -> None:
    """Raise `NotFound` where the body or the commune is none of the contract."""
    if keeper.body_id is not None:
        found = select(Body.id).where(
            Body.id == keeper.body_id, Body.contract_id == keeper.contract_id, Body.retired_at.is_(None)
        )
    elif keeper.commune_id is not None:
        found = select(ContractCommune.commune_id).where(
            ContractCommune.commune_id == keeper.commune_id,
            ContractCommune.contract_id == keeper.contract_id,
        )
    else:
        return
    if session.execute(found).first() is None:
        raise NotFound(_l("Choisissez une réponse de la liste."))


def describe_box(actor: Actor, box_id: int, settings: BoxSettings, *, version: int) -> None:
    """Say anew how a box is. Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`."""
    with transaction() as session:
        box = kept_box(session, actor, box_id, version)
        before = box.answerer_id
        _write(session, actor, box, settings)
        box.version += 1
        session.flush()
        if box.answerer_id is None:
            forget_text(session, before)
        _set_quartiers(session, box, settings.quartiers)
        raise_box_tags(session, box)
        record_of_box(session, actor, box, {"described": True})


def _write(session: Session, actor: Actor, box: IdeaBox, settings: BoxSettings) -> None:
    """Put settings into a row; raises `DomainError` with the fields of the form."""
    zone = clock.zone()
    opens_at = None if settings.opens_on is None else opening(settings.opens_on, zone)
    closes_at = None if settings.closes_on is None else closing(settings.closes_on, zone)
    if box.by_consultation:
        # One calendar: see `holding.follow_consultation`.
        opens_at, closes_at = box.opens_at, box.closes_at
    with Refusals() as refused:
        try:
            rules.box_phases(opens_at, closes_at)
        except BadPhases:
            refused.add(
                DomainError(
                    _l("La boîte se ferme avant de s’ouvrir\u00a0: changez un des deux jours."),
                    field="closes_on",
                )
            )
        if settings.supports_shown not in rules.SUPPORTS_SHOWN:
            refused.add(DomainError(_l("Choisissez une réponse de la liste."), field="supports_shown"))
        if settings.supports_shown == SupportsShown.AFTER_CLOSING and closes_at is None:
            refused.add(
                DomainError(
                    _l("Donnez un dernier jour\u00a0: sans lui, les soutiens ne seraient jamais montrés."),
                    field="closes_on",
                )
            )
        if settings.answer_days is not None and not 1 <= settings.answer_days <= rules.MOST_ANSWER_DAYS:
            refused.add(
                DomainError(
                    _l(
                        "Écrivez un nombre de jours entre 1 et %(most)s, ou rien.",
                        most=rules.MOST_ANSWER_DAYS,
                    ),
                    field="answer_days",
                )
            )
        if settings.answer_days is not None and settings.answer_due_on is not None:
            refused.add(
                DomainError(
                    _l("Promettez un nombre de jours ou une date, pas les deux."), field="answer_due_on"
                )
            )
        for field, texts, longest, missing in (
            ("title", settings.title, rules.LONGEST_TITLE, _l("Donnez un titre en français.")),
            (
                "question",
                settings.question,
                rules.LONGEST_QUESTION,
                _l("Écrivez en français ce que vous demandez."),
            ),
            ("answerer", settings.answerer, rules.LONGEST_ANSWERER, None),
        ):
            owner = TextOwner("idea_box", box.id, field, box.contract_id)
            text_id = refused.unless(
                put_text, session, getattr(box, f"{field}_id"), texts, field, longest, owner, actor
            )
            if missing is not None and not texts.get(SOURCE_LANGUAGE, "").strip():
                refused.add(DomainError(missing, field=f"{field}_{SOURCE_LANGUAGE}"))
            setattr(box, f"{field}_id", text_id)
        if box.published_at is not None and box.answerer_id is None:
            refused.add(DomainError(_NO_ANSWERER, field=f"answerer_{SOURCE_LANGUAGE}"))
    box.answer_days, box.answer_due_on = settings.answer_days, settings.answer_due_on
    box.opens_at, box.closes_at = opens_at, closes_at
    box.read_before, box.supports_shown = settings.read_before, settings.supports_shown
    area = settings.area
    box.south, box.west, box.north, box.east = (
        (area.south, area.west, area.north, area.east) if area else (None, None, None, None)
    )


_NO_ANSWERER: Final = _l("Dites qui répond aux idées\u00a0: sans cela, personne ne sait à qui il parle.")


def _set_quartiers(session: Session, box: IdeaBox, quartiers: Sequence[int]) -> None:
    wanted = sorted(set(quartiers))
    known = set(
        session.execute(
            select(Quartier.id).where(Quartier.id.in_(wanted), Quartier.contract_id == box.contract_id)
        ).scalars()
    )
    if known != set(wanted):
        raise DomainError(_l("Choisissez une réponse de la liste."), field="quartiers")
    session.execute(delete(idea_box_quartier).where(idea_box_quartier.c.idea_box_id == box.id))
    if wanted:
        session.execute(
            insert(idea_box_quartier),
            [{"idea_box_id": box.id, "quartier_id": each, "position": 0} for each in wanted],
        )


def publish_box(actor: Actor, box_id: int, *, version: int) -> None:
    """Show a box to everybody; one that was withdrawn is shown again. Raises `NotFound`, `Forbidden`, `Conflict`,
    `DomainError`."""
    with transaction() as session:
        box = kept_box(session, actor, box_id, version)
        _refuse_followed(box)
        if box.answerer_id is None:
            raise DomainError(_NO_ANSWERER)
        box.published_at = box.published_at or clock.now()
        box.withdrawn_at = None
        box.version += 1
        raise_box_tags(session, box)
        record_of_box(session, actor, box, {"public": True})


def withdraw_box(actor: Actor, box_id: int, *, version: int) -> None:
    """Take a box off the site, with all that lies in it; receipts still lead to each idea. Not while residents choose
    among its groups, nor once they have. Raises `NotFound`, `Forbidden`, `ChoiceStands`, `Conflict`."""
    with transaction() as session:
        box = kept_box(session, actor, box_id, version)
        _refuse_followed(box)
        refuse_hiding(box)
        if box.published_at is not None:
            box.withdrawn_at = clock.now()
            ledger.note(session, WITHDRAWN, box.id, born=box.created_at)
        box.version += 1
        raise_box_tags(session, box)
        record_of_box(session, actor, box, {"public": False})


def _refuse_followed(box: IdeaBox) -> None:
    if box.by_consultation:
        raise DomainError(
            _l(
                "Cette boîte à idées est celle d’une consultation\u00a0: elle se montre et se retire avec elle."
            )
        )
