"""How one hears of what one follows, in words."""

from collections.abc import Mapping
from typing import Any, Final

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.notices.follows.rules import NewsChannel, Rhythm

CHANNEL_WORDS: Final[Mapping[str, Any]] = {
    NewsChannel.EMAIL: _l("par e-mail"),
    NewsChannel.SMS: _l("par SMS"),
    NewsChannel.NONE: _l("sur le site seulement"),
}
RHYTHM_WORDS: Final[Mapping[str, Any]] = {
    Rhythm.DAILY: _l("chaque jour"),
    Rhythm.WEEKLY: _l("chaque semaine"),
}
