"""What most pages of the desk begin with: the commitment of the address, and the languages of the site."""

from dataclasses import replace

from cdv_civic.commitments.queries.desk_commitment import DeskCommitment, desk_commitment
from cdv_civic.core.errors import NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language, current_language, site_languages
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.policy.decisions import may, reach_of, require
from cdv_civic.core.web.desk import actor


def commitment_for(action: str, commitment_id: int, *languages: str) -> DeskCommitment:
    """The commitment, if the current user may do `action` on it (in `languages`).

    5 statements. Raises `NotFound` or `Forbidden`.
    """
    found = desk_commitment(actor(), commitment_id, current_language().tag, *languages)
    if found is None:
        raise NotFound(_l("Cet engagement n’existe pas."))
    require(actor(), action, found.touched)
    return found


def other_languages() -> tuple[Language, ...]:
    """The languages of the site that a text can be translated into."""
    return tuple(each for each in site_languages() if each.tag != SOURCE_LANGUAGE)


def languages_of_role() -> tuple[Language, ...]:
    """The languages that the current user may translate some commitment into."""
    reach = reach_of(actor(), "commitment.translate")
    acts_somewhere = replace(reach, languages=frozenset()).anywhere
    return tuple(each for each in other_languages() if acts_somewhere or each.tag in reach.languages)


def languages_into(commitment: DeskCommitment) -> tuple[Language, ...]:
    """The languages that the current user may translate this commitment into."""
    return tuple(
        each
        for each in other_languages()
        if may(
            actor(),
            "commitment.translate",
            replace(commitment.touched, languages=frozenset({each.tag})),
        )
    )
