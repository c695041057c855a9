"""What somebody typed of an idea, as it is kept; what is wrong with it is said beside its field."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.core import pasted_text
from cdv_civic.core.errors import DomainError, Refusals
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.ideas.models import IdeaBox
from cdv_civic.ideas.rules import ideas as rules
from cdv_civic.ideas.rules.ideas import Area, PlaceKind
from cdv_civic.participation.rules.themes import SENSITIVE
from cdv_civic.territory.models import Commune, ContractCommune
from cdv_civic.territory.queries.directory import directory


def too_long(most: int) -> DomainError:
    """The refusal of a text of more than `most` characters, beside no field yet."""
    return DomainError(_l("Ce texte est trop long\u00a0: %(most)s caractères au plus.", most=most))


def checked_words(refused: Refusals, title: str, words: str) -> tuple[str, str]:
    """Title and words as they are kept; what is wrong with them is remembered in `refused`."""
    plain, text = pasted_text.one_line(title), pasted_text.free_text(words)
    if not plain:
        refused.add(DomainError(_l("Donnez un titre à votre idée."), field="title"))
    if len(plain) > rules.LONGEST_TITLE:
        refused.add(DomainError(too_long(rules.LONGEST_TITLE).sentence, field="title"))
    if not text:
        refused.add(DomainError(_l("Dites votre idée en quelques mots."), field="words"))
    if len(text) > rules.LONGEST_WORDS:
        refused.add(DomainError(too_long(rules.LONGEST_WORDS).sentence, field="words"))
    return plain, text


def checked_place(
    refused: Refusals, theme: str, kind: str, *, point: str, landmark: str
) -> tuple[tuple[float, float] | None, str | None]:
    """The point, or the landmark, of an idea as they are kept, one or neither; what is wrong with them is remembered in
    `refused`. `kind`: see `rules.ideas.PlaceKind`; empty: none.
    """
    if kind and kind != PlaceKind.WHOLE_QUARTIER and theme in SENSITIVE:
        refused.add(
            DomainError(
                _l(
                    "Pour ce sujet, ne donnez pas d’endroit précis\u00a0: une personne pourrait être reconnue. "
                    "Choisissez «\u00a0tout le quartier\u00a0»."
                ),
                field="place_kind",
            )
        )
        return None, None
    if kind == PlaceKind.POINT:
        read = rules.read_point(point)
        if read is None:
            refused.add(
                DomainError(
                    _l("Ce point n’est pas lisible. Exemple\u00a0: 48.62, 2.43. Ou dites l’endroit en mots."),
                    field="point",
                )
            )
        return read, None
    if kind == PlaceKind.LANDMARK:
        said = pasted_text.one_line(landmark)
        if not said:
            refused.add(DomainError(_l("Dites où, en quelques mots."), field="landmark"))
        if len(said) > rules.LONGEST_LANDMARK:
            refused.add(DomainError(too_long(rules.LONGEST_LANDMARK).sentence, field="landmark"))
        return None, said
    return None, None


def refuse_elsewhere(
    session: Session, box: IdeaBox, point: tuple[float, float] | None, landmark: str | None
) -> None:
    """Raise `DomainError` where the place lies in another town, with what to do."""
    area = (
        Area(box.south, box.west, box.north, box.east)
        if box.south is not None and box.west is not None and box.north is not None and box.east is not None
        else None
    )
    if point is not None and (area is None or not area.holds(*point)):
        raise DomainError(
            _l(
                "Ce point est en dehors des quartiers de cette boîte à idées. "
                "Changez le point, ou choisissez «\u00a0tout le quartier\u00a0»."
            ),
            field="point",
        )
    named = directory().towns_in(landmark) if landmark else ()
    if not named:
        return
    own = set(
        session.execute(
            select(Commune.slug)
            .join(ContractCommune, ContractCommune.commune_id == Commune.id)
            .where(ContractCommune.contract_id == box.contract_id)
        ).scalars()
    )
    away = rules.elsewhere([town.slug for town in named], own)
    if away:
        town = next(each.name for each in named if each.slug == away[0])
        raise DomainError(
            _l(
                "Cet endroit est à %(town)s, une autre ville. Dites un endroit d’ici, "
                "ou proposez l’idée sur la page de l’autre ville.",
                town=town,
            ),
            field="landmark",
        )
