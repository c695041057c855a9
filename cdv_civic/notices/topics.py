"""What messages are about. One that nobody asked for just now names its topic, and who reads it may refuse the topic.

An answer to what somebody just asked for (a link, a code) has no topic: it cannot be refused. Features register theirs
at start.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Flask

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.registry import Registry

#: In place of a topic's name, where somebody refuses all that can be refused.
ALL: Final = "all"


@dataclass(frozen=True)
class Topic:
    """What a kind of messages is about, in words."""

    #: Short, in small letters: it stands in addresses and rows.
    name: str
    #: What comes, as those who read it say it: « Le rappel d’une rencontre ».
    label: Any
    #: Who gets it: whoever may do this action. Others are not asked whether they want it.
    action: str = "account.self"
    #: Whether only accounts get it that may do `action`: asked again as a message leaves, for it may have waited.
    of_role: bool = False
    #: Whether an address may refuse it. What is about somebody's own access may not be refused.
    refusable: bool = True
    #: Whether accounts alone get it, at their address: it does not leave for one that is no open account's any more.
    for_accounts: bool = False


#: What happens to somebody's own account: they must learn of it.
ACCOUNT: Final = Topic(
    "account",
    _l("Ce qui change pour votre compte, vos rôles et votre carte"),
    refusable=False,
)
#: What those who look after the site must learn.
WATCH: Final = Topic(
    "watch",
    _l("Les alertes et le repère du journal"),
    action="notice.manage",
    refusable=False,
)

_TOPICS: Final = Registry[Topic]("notice_topics")


def register_topic(app: Flask, topic: Topic) -> None:
    """Declare what a feature writes about; raises `RegisteredTwice`, and `ValueError` for a name that is taken."""
    if topic.name == ALL or not topic.name.isascii() or not topic.name.islower() or not topic.name.isalpha():
        raise ValueError(f"not a name for a topic: {topic.name!r}")
    _TOPICS.add(app, topic.name, topic)


def topics() -> Sequence[Topic]:
    """All topics, in the order in which the features were registered."""
    return tuple(_TOPICS.entries().values())


def topic_named(name: str) -> Topic | None:
    """The topic of a name; None where no feature has it (any more)."""
    return _TOPICS.entries().get(name)


def require_registered(topic: Topic | None) -> None:
    """Raise `ValueError` for a topic that nobody registered: no page could say what it is."""
    if topic is not None and topic_named(topic.name) is not topic:
        raise ValueError(f"not a registered topic: {topic.name}")
