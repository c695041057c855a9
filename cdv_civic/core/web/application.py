"""Addresses of our own pages, each built once: a list of twenty cards asks for sixty of them."""

import re
from collections.abc import Callable
from typing import Any, Final

from flask import Flask, g, has_request_context, request
from flask.templating import Environment
from werkzeug.routing import IntegerConverter, Map, UnicodeConverter

from cdv_civic.core.registry import NamedOnce

MOST_KEPT: Final = 20_000
#: Characters of an address beyond which it is built each time: what somebody typed into it comes once.
LONGEST_KEPT: Final = 300
LARGEST_ID: Final = 2**31 - 1
#: What a secret is made of: letters, digits, `-`, `_`, and the dot before a signature.
_SECRET: Final = re.compile(r"[A-Za-z0-9_.-]*")


class _Id(IntegerConverter):
    """An id in an address: no larger than the databases count, so that a longer number is no page and no error."""

    def __init__(self, url_map: Map, max: int = LARGEST_ID) -> None:  # noqa: A002  (Werkzeug's name)
        super().__init__(url_map, max=max)


class _Token(UnicodeConverter):
    """A secret of a link that was sent. What follows it came with the sentence: no list names all of that.

    French puts a no-break space before », programs that write Arabic add marks of direction that nobody sees.
    """

    def to_python(self, value: str) -> str:
        """The secret alone."""
        found = _SECRET.match(value)
        return found.group().rstrip(".") if found else ""


class Application(Flask):
    """Flask, which remembers the addresses it has built."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.url_map.converters["int"] = _Id
        self.url_map.converters["token"] = _Token
        self.addresses: dict[tuple[object, ...], str] = {}

    def create_jinja_environment(self) -> Environment:
        """Flask's, in which no feature replaces another's word unseen."""
        environment = super().create_jinja_environment()
        environment.globals = NamedOnce("template globals", environment.globals)
        environment.filters = NamedOnce("template filters", environment.filters)
        return environment

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself: nothing of ours is asynchronous, and Flask asks for each hook of each answer."""
        return func

    def url_for(
        self,
        endpoint: str,
        *,
        _anchor: str | None = None,
        _method: str | None = None,
        _scheme: str | None = None,
        _external: bool | None = None,
        **values: Any,
    ) -> str:
        """As Flask's. An address depends on nothing but the endpoint, its values and the page's language."""
        # Only plain values: True and 1 are one key but two addresses.
        plain = all(type(value) is str or type(value) is int for value in values.values())
        special = _anchor or _method or _scheme or _external or endpoint.startswith(".")
        if special or not plain or not has_request_context():
            return super().url_for(
                endpoint, _anchor=_anchor, _method=_method, _scheme=_scheme, _external=_external, **values
            )
        language = g.get("language")
        key = (endpoint, language and language.tag, request.script_root, *values.items())
        address = self.addresses.get(key)
        if address is None:
            address = super().url_for(endpoint, **values)
            if len(address) <= LONGEST_KEPT:
                if len(self.addresses) >= MOST_KEPT:
                    self.addresses.clear()
                self.addresses[key] = address
        return address
