"""What bodies say of projects, in words."""

from collections.abc import Mapping
from typing import Final

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.fund.rules.opinions import OpinionStance
from cdv_civic.territory.vocabulary import CodedTerm

STANCES: Final[Mapping[str, CodedTerm]] = {
    stance.value: CodedTerm(stance.value, label, icon)
    for stance, label, icon in (
        (OpinionStance.FOR, _l("Avis favorable"), "thumb-up"),
        (OpinionStance.FOR_IF, _l("Avis favorable, à une condition"), "scale"),
        (OpinionStance.AGAINST, _l("Avis défavorable"), "thumb-down"),
    )
}
