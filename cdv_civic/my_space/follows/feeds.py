"""Feeds of news (Atom, RFC 4287)."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid5
from xml.etree.ElementTree import Element, SubElement, tostring

from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.localized import Words
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web.assets import site_name
from cdv_civic.notices.follows.kinds import Address, NewsEvent, Target

_NAMESPACE: Final = "http://www.w3.org/2005/Atom"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
#: When a feed without an entry was changed last.
_NEVER: Final = datetime(2024, 1, 1, tzinfo=UTC)
#: What XML 1.0 has no way to write (2.2, Char).
_UNWRITABLE: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def feed_id(site: str, kind: str, target_id: int, language: str) -> UUID:
    """What a feed is known by, whatever the site and the page are called: `site` is the identifier of the site.

    In each language it is another feed.
    """
    return uuid5(UUID(site), f"{kind}:{target_id}:{language}")


def feed(
    target: Target,
    events: Sequence[NewsEvent],
    language: str,
    *,
    known_by: UUID,
    own_url: str,
    others: Sequence[tuple[str, str]],
    url_of: Callable[[Address], str],
) -> bytes:
    """A feed in one language; `own_url` is its own address, `others` those in other languages, by tag.

    `known_by` is its `feed_id`, from which those of its entries follow: one that is read again is known.
    """
    whole = Element("feed", {"xmlns": _NAMESPACE, _LANG: language})
    _say(whole, "id", known_by.urn)
    _say(whole, "title", _("%(name)s : les nouvelles", name=target.name.text))
    _say(whole, "updated", _moment(events[0].at if events else _NEVER))
    SubElement(whole, "link", {"rel": "self", "type": "application/atom+xml", "href": own_url})
    _link(whole, "text/html", language, url_of(target.page))
    for tag, url in others:
        _link(whole, "application/atom+xml", tag, url)
    _say(SubElement(whole, "author"), "name", site_name(current_settings()))
    for event in events:
        entry = SubElement(whole, "entry")
        _say(entry, "id", uuid5(known_by, event.key).urn)
        _say(entry, "title", event.title, language)
        _say(entry, "updated", _moment(event.at))
        _link(entry, "text/html", language, url_of(event.page))
        _say(entry, "summary", event.said)
        if event.sentence is not None:
            _say(entry, "content", event.sentence, language)
    content: bytes = tostring(whole, encoding="utf-8", xml_declaration=True)
    return content


def _say(above: Element, name: str, said: str | Words, language: str = "") -> None:
    element = SubElement(above, name)
    if isinstance(said, Words) and not said.translated and said.language != language:
        element.set(_LANG, said.language)
    element.text = _UNWRITABLE.sub("", str(said))


def _link(above: Element, kind: str, language: str, url: str) -> None:
    SubElement(above, "link", {"rel": "alternate", "type": kind, "hreflang": language, "href": url})


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
