"""How those who organise something are spoken of."""

from cdv_civic.core.i18n.catalogue import _
from cdv_civic.territory.queries.organisers import OrganiserChoice


def organiser_label(each: OrganiserChoice) -> str:
    """Somebody who can organise, in a list."""
    if each.body_id is not None:
        return str(each.name)
    if each.commune_id is not None:
        return _("La ville\u00a0: %(name)s", name=each.name)
    return _("L’équipe du contrat")
