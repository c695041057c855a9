"""What a consultation says of itself: what it can change, who decides, until when, how it is proved; whom it asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from cdv_civic.consultations.models import Consultation, consultation_quartier
from cdv_civic.consultations.operations.editing.holding import (
    LONGEST_LINE,
    LONGEST_TEXT,
    LONGEST_TITLE,
    Texts,
    editing,
    put_field,
)
from cdv_civic.consultations.organiser_models import ConsultationPublic
from cdv_civic.consultations.rules.checklist import OLDEST
from cdv_civic.consultations.scopes import contract_slug
from cdv_civic.core.db import raise_tags
from cdv_civic.core.errors import DomainError, Refusals
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.drafts.operations import forget_sent
from cdv_civic.drafts.rules import SentDraft
from cdv_civic.participation.rules.channels import CHANNELS
from cdv_civic.territory.cache_tags import contract_tag
from cdv_civic.territory.models import Quartier, quartier_commune

#: The texts of the form, and how long they may be.
TEXTS: Final[Mapping[str, int]] = {
    "title": LONGEST_TITLE,
    "purpose": LONGEST_TEXT,
    "negotiable": LONGEST_TEXT,
    "settled": LONGEST_TEXT,
    "decider": LONGEST_TEXT,
    "readers": LONGEST_TEXT,
    "ties": LONGEST_TEXT,
    "audience": LONGEST_LINE,
}
MOST_PUBLICS: Final = 12
LONGEST_WAVE: Final = 40


@dataclass(frozen=True)
class ConsultationSettings:
    """What the form says. Moments are aware; None: not said yet."""

    texts: Mapping[str, Texts]
    power: str | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    paper_until: datetime | None = None
    answer_due_on: date | None = None
    proof: str | None = None
    age_to_answer: int | None = None
    age_for_name: int | None = None
    age_for_photo: int | None = None
    languages: Sequence[str] = (SOURCE_LANGUAGE,)
    one_question_a_screen: bool = True
    wave_of_id: int | None = None
    wave: str | None = None


def change_settings(
    actor: Actor,
    consultation_id: int,
    new: ConsultationSettings,
    *,
    version: int,
    sent: SentDraft | None = None,
) -> None:
    """Say all this, while nobody has answered. Raises as `holding.editing` does, and `DomainError` with its fields."""
    with editing(actor, consultation_id, version=version, asks=True) as (session, row):
        with Refusals() as refused:
            for field, longest in TEXTS.items():
                refused.unless(
                    put_field,
                    session,
                    actor,
                    row,
                    field,
                    new.texts.get(field, {}),
                    longest=longest,
                    contract_id=row.contract_id,
                    must=_l("Donnez un titre en français.") if field == "title" else None,
                )
            for wrong in _wrong(session, row, new):
                refused.add(wrong)
        row.power, row.proof = new.power, new.proof
        row.opens_at, row.closes_at, row.paper_until = new.opens_at, new.closes_at, new.paper_until
        row.answer_due_on = new.answer_due_on
        row.age_to_answer = new.age_to_answer
        row.age_for_name, row.age_for_photo = new.age_for_name, new.age_for_photo
        row.languages = [SOURCE_LANGUAGE, *(tag for tag in new.languages if tag != SOURCE_LANGUAGE)]
        row.one_question_a_screen = new.one_question_a_screen
        row.wave_of_id, row.wave = new.wave_of_id, (new.wave or "").strip() or None
        forget_sent(session, actor, sent)


def _wrong(session: Session, row: Consultation, new: ConsultationSettings) -> list[DomainError]:
    found = []
    if new.opens_at and new.closes_at and new.closes_at <= new.opens_at:
        found.append(DomainError(_l("La consultation ferme après avoir ouvert."), field="closes_day"))
    if new.paper_until and (new.closes_at is None or new.paper_until < new.closes_at):
        found.append(DomainError(_l("Le papier arrive encore après la fermeture."), field="paper_day"))
    least = new.age_to_answer or 0
    ages = {"age_to_answer": least, "age_for_name": new.age_for_name, "age_for_photo": new.age_for_photo}
    for field, age in ages.items():
        if age is not None and not 0 <= age <= OLDEST:
            found.append(DomainError(_l("Écrivez un âge en années, par exemple 15."), field=field))
        elif age is not None and age < least:
            found.append(
                DomainError(_l("Cet âge ne peut pas être plus bas que celui pour répondre."), field=field)
            )
    wave = (new.wave or "").strip()
    if len(wave) > LONGEST_WAVE:
        found.append(long_wave())
    if new.wave_of_id is not None:
        earlier = session.get(Consultation, new.wave_of_id)
        if earlier is None or earlier.contract_id != row.contract_id or earlier.id >= row.id:
            found.append(DomainError(_l("Choisissez une réponse de la liste."), field="wave_of"))
        if not wave:
            found.append(DomainError(_l("Donnez un nom à cette vague, par exemple 2027."), field="wave"))
    return found


def long_wave() -> DomainError:
    """What is said of a wave whose name is too long."""
    return DomainError(
        _l("C’est trop long. Gardez %(most)s caractères au plus.", most=LONGEST_WAVE), field="wave"
    )


def choose_quartiers(
    actor: Actor, consultation_id: int, quartier_ids: Sequence[int], *, version: int
) -> None:
    """Whose residents are asked, in the order of the form; of the contract, and of the commune that asks."""
    with editing(actor, consultation_id, version=version, asks=True) as (session, row):
        if not quartier_ids:
            raise DomainError(_l("Choisissez au moins un quartier."), field="quartiers")
        allowed = set(session.execute(quartiers_offered(row)).scalars())
        if not set(quartier_ids) <= allowed:
            raise DomainError(_l("Choisissez une réponse de la liste."), field="quartiers")
        links = consultation_quartier
        session.execute(delete(links).where(links.c.consultation_id == row.id))
        session.execute(
            insert(links),
            [
                {"consultation_id": row.id, "quartier_id": each, "position": position}
                for position, each in enumerate(dict.fromkeys(quartier_ids))
            ],
        )
        if row.published_at is not None:
            raise_tags(session, contract_tag(contract_slug(session, row.contract_id)))


def quartiers_offered(row: Consultation):  # type: ignore[no-untyped-def]
    """A statement of the ids of the quartiers that a consultation can ask: its contract’s, its commune’s."""
    statement = select(Quartier.id).where(Quartier.contract_id == row.contract_id)
    if row.commune_id is not None:
        here = select(quartier_commune.c.quartier_id).where(quartier_commune.c.commune_id == row.commune_id)
        statement = statement.where(Quartier.id.in_(here))
    return statement


@dataclass(frozen=True)
class NewPublic:
    """People to reach, and the way to them. `id`: of the row that stands there."""

    name: Texts
    channel: str
    id: int | None = None
    #: What its fields are called.
    field: str = "name"


def name_publics(
    actor: Actor,
    consultation_id: int,
    publics: Sequence[NewPublic],
    *,
    nobody: bool,
    version: int,
) -> None:
    """Whom the organiser wants to reach, and how; or nobody in particular. In the order of the form."""
    with editing(actor, consultation_id, version=version, asks=True) as (session, row):
        if not publics and not nobody:
            raise DomainError(
                _l("Nommez au moins un public, ou cochez «\u00a0Personne en particulier\u00a0»."),
                field="nobody",
            )
        rows = session.execute(
            select(ConsultationPublic).where(ConsultationPublic.consultation_id == row.id)
        ).scalars()
        known = {each.id: each for each in rows}
        with Refusals() as refused:
            for position, each in enumerate(publics[:MOST_PUBLICS]):
                public = known.pop(each.id, None) if each.id is not None else None
                if public is None:
                    public = ConsultationPublic(
                        id=reserve_ids(session, ConsultationPublic)[0],
                        consultation_id=row.id,
                        name_id=None,
                        reached=None,
                    )
                if each.channel not in CHANNELS:
                    refused.add(
                        DomainError(_l("Dites comment joindre ces personnes."), field=f"channel_{each.field}")
                    )
                    continue
                refused.unless(_fill_public, session, actor, row, public, each)
                public.position, public.channel = position, each.channel
                session.add(public)
        for gone in known.values():
            session.delete(gone)
        row.reaches_nobody = nobody and not publics
        session.flush()


def _fill_public(
    session: Session, actor: Actor, row: Consultation, public: ConsultationPublic, new: NewPublic
) -> None:
    try:
        put_field(
            session,
            actor,
            public,
            "name",
            new.name,
            longest=LONGEST_LINE,
            contract_id=row.contract_id,
            must=_l("Dites de qui il s’agit, par exemple «\u00a0Parents d’élèves\u00a0»."),
        )
    except DomainError as refused:
        for each in refused.refusals:
            each.field = f"{new.field}_{(each.field or '_').rpartition('_')[2]}"
        raise
