"""What reviews wait for, in words."""

from collections.abc import Mapping
from typing import Final

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.fund.rules.reviews import ReviewStage
from cdv_civic.territory.vocabulary import CodedTerm

STAGES: Final[Mapping[ReviewStage, CodedTerm]] = {
    stage: CodedTerm(stage.value, label, icon)
    for stage, label, icon in (
        (ReviewStage.TO_READ, _l("À lire"), "mail"),
        (ReviewStage.LATE, _l("En retard"), "alert-triangle"),
        (ReviewStage.ASKED, _l("À compléter"), "pencil"),
        (ReviewStage.AWAITED, _l("Attendus"), "clock"),
        (ReviewStage.STOPPED, _l("Arrêtés après le versement"), "circle-x"),
        (ReviewStage.TAKEN, _l("Terminés"), "circle-check"),
    )
}
