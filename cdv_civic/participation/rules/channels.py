"""The one vocabulary of channels: how words, an answer or a ballot came in. Channels are equal, and counted apart."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Channel(StrEnum):
    """How something came in, as rows keep it."""

    ONLINE = "en_ligne"
    PAPER = "papier"
    TELEPHONE = "telephone"
    STREET = "rue"
    MEETING = "reunion"
    #: Several people with one voice: a class, a council of children.
    GROUP = "groupe"
    # Noted apart by whoever was there, and counted with one of those above.
    PERMANENCE = "permanence"
    DOOR = "porte_a_porte"
    HOME = "domicile"
    MARKET = "marche"
    SCHOOL_GATE = "ecole"


_COUNTED_AS: Final[Mapping[Channel, Channel]] = MappingProxyType(
    {
        Channel.PERMANENCE: Channel.MEETING,
        Channel.DOOR: Channel.STREET,
        Channel.HOME: Channel.STREET,
        Channel.MARKET: Channel.STREET,
        Channel.SCHOOL_GATE: Channel.STREET,
    }
)
#: What counts are published by, and rules name.
COUNTED: Final = tuple(channel for channel in Channel if channel not in _COUNTED_AS)
#: The codes of all, as a CHECK of a table lists them.
CHANNELS: Final = tuple(channel.value for channel in Channel)


def counted_as(channel: Channel) -> Channel:
    """The channel of `COUNTED` that one is counted with."""
    return _COUNTED_AS.get(channel, channel)
