"""Why a subsidy is not published, said to the desk."""

from collections.abc import Mapping
from typing import Final

from flask_babel.speaklater import LazyString

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.fund.subsidies.rules import SubsidyFault

FAULTS: Final[Mapping[SubsidyFault, LazyString]] = {
    SubsidyFault.NO_PAYER: _l("Le fonds ne dit pas qui paie."),
    SubsidyFault.NO_PAYER_SIRET: _l("Il manque le numéro SIRET de qui paie, dans les réglages du fonds."),
    SubsidyFault.NO_NAME: _l("Il manque le nom de qui a reçu l’argent."),
    SubsidyFault.NO_SIRET: _l("Il manque le numéro SIRET de qui a reçu l’argent."),
    SubsidyFault.BAD_RNA: _l("Le numéro d’association (RNA) ne va pas."),
}
#: Those that the page of the project puts right.
OF_THE_PROJECT: Final = frozenset({SubsidyFault.NO_SIRET, SubsidyFault.BAD_RNA})
