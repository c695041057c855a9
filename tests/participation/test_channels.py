"""One vocabulary of channels."""

import pytest
from flask import Flask

from cdv_civic.participation.rules.channels import CHANNELS, COUNTED, Channel, counted_as
from cdv_civic.participation.wording import CHANNEL_WORDS


def test_six_channels_are_counted() -> None:
    assert set(COUNTED) == {
        Channel.ONLINE,
        Channel.PAPER,
        Channel.TELEPHONE,
        Channel.STREET,
        Channel.MEETING,
        Channel.GROUP,
    }


@pytest.mark.parametrize("channel", Channel)
def test_each_channel_is_counted_once(channel: Channel) -> None:
    assert counted_as(channel) in COUNTED
    assert counted_as(counted_as(channel)) is counted_as(channel)


def test_each_channel_has_its_words(app: Flask) -> None:
    assert set(CHANNEL_WORDS) == set(CHANNELS)
    assert len({str(word.label) for word in CHANNEL_WORDS.values()}) == len(CHANNELS)
    assert len({word.icon for word in CHANNEL_WORDS.values()}) == len(CHANNELS), "two ways look like one"
