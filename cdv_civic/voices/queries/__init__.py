"""What pages read of what residents say."""

from cdv_civic.voices.queries.counts import counts_by_year, entered_today
from cdv_civic.voices.queries.desk import (
    Filters,
    VoiceDossier,
    VoiceLine,
    desk_page,
    key_of,
    organisations_of,
    photo_of,
    totals,
    voice_dossier,
)
from cdv_civic.voices.queries.listening import (
    Listening,
    VoiceOptions,
    listening_body,
    listens,
    options_of,
    quartiers_heard,
    relais_bodies,
)
from cdv_civic.voices.queries.organisations import (
    Reply,
    TransmittedVoice,
    last_reply,
    transmitted_one,
    transmitted_page,
    transmitted_waiting,
)
from cdv_civic.voices.queries.public import FollowedVoice, PublicVoice, by_receipt, latest, published_page

__all__ = [
    "Filters",
    "FollowedVoice",
    "Listening",
    "PublicVoice",
    "Reply",
    "TransmittedVoice",
    "VoiceDossier",
    "VoiceLine",
    "VoiceOptions",
    "by_receipt",
    "counts_by_year",
    "desk_page",
    "entered_today",
    "key_of",
    "last_reply",
    "latest",
    "listening_body",
    "listens",
    "options_of",
    "organisations_of",
    "photo_of",
    "published_page",
    "quartiers_heard",
    "relais_bodies",
    "totals",
    "transmitted_one",
    "transmitted_page",
    "transmitted_waiting",
    "voice_dossier",
]
