"""Public pages are made once and served many times, and are never stale after a publication.

A page is kept in memory, compressed, under its path and the parameters that its view declares to read
(`core.policy.policy`), with the numbers of the cache tags that it shows (`core.db.CacheTag`, raised in the transaction
that publishes) and the moment until which it is right (`core.web.validity`). Each request for it asks the database for
the numbers of the tags that it had last time, in one statement; of a page that is not known, for those of all. Browsers
and proxies may keep it too but must ask each time (`no-cache` with an ETag): an unchanged page costs them 304 and no
body.

Public pages are the same for everybody, staff included: they touch no session and set no cookie. A page whose view
looked into the session is never kept, here or elsewhere.
"""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable
from datetime import datetime
from functools import partial
from threading import Lock
from typing import Any, Final, NamedTuple, TypeVar

from flask import Flask, Request, Response, current_app, g, request
from flask.globals import request_ctx
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

from cdv_civic.core import clock
from cdv_civic.core.availability import reason_unavailable
from cdv_civic.core.db import SITE, TagName
from cdv_civic.core.policy.guard import policy_of
from cdv_civic.core.policy.table import PUBLIC
from cdv_civic.core.settings import Settings
from cdv_civic.core.web.validity import Making, TagNumbers, Validity, making, read_numbers

MAX_BYTES: Final = 64 * 1024 * 1024
MAX_PAGE_BYTES: Final = 2 * 1024 * 1024
#: Characters of an address and its parameters beyond which nobody comes a second time.
LONGEST_KEY: Final = 500
#: What a page takes beside its body: the key (at most 4 bytes a character), the entry.
ENTRY_BYTES: Final = 1024
#: What each of its tags takes.
TAG_BYTES: Final = 256
SMALLEST_TO_COMPRESS: Final = 500
COMPRESSION_LEVEL: Final = 6
COMPRESSIBLE: Final = (
    "text/",
    "application/atom+xml",
    "application/json",
    "application/xml",
    "application/manifest+json",
    "image/svg+xml",
)


Kept = TypeVar("Kept")


class CachedPage(NamedTuple):
    """A finished page: its body compressed with gzip."""

    body: bytes
    etag: str
    content_type: str

    @classmethod
    def of(cls, text: bytes, content_type: str) -> "CachedPage":
        """What is kept of a page's text."""
        etag = hashlib.sha256(text).hexdigest()[:24]
        return cls(gzip.compress(text, COMPRESSION_LEVEL, mtime=0), etag, content_type)


class KeptPage(NamedTuple):
    """A page, and when it may be shown."""

    page: CachedPage
    validity: Validity


class KeptPart(NamedTuple):
    """A part of pages, and when it may be shown."""

    part: Any
    validity: Validity


def _bytes_of(key: tuple[object, ...], kept_page: KeptPage) -> int:
    tags = TAG_BYTES * len(kept_page.validity.numbers)
    return len(kept_page.page.body) + 4 * len(repr(key)) + ENTRY_BYTES + tags


class PageKey(NamedTuple):
    """What tells a kept page from others."""

    root: str
    path: str
    #: Name and value of the declared parameters, in the order of the declaration.
    parameters: tuple[tuple[str, str], ...]

    @property
    def too_long(self) -> bool:
        """Whether the page is not worth keeping: somebody made its address up."""
        return len(self.root) + len(self.path) + sum(map(len, sum(self.parameters, ()))) > LONGEST_KEY


class PageStore:
    """The latest pages, the least used ones dropped beyond `MAX_BYTES` of bodies and keys."""

    def __init__(self) -> None:
        self.pages: OrderedDict[tuple[object, ...], KeptPage] = OrderedDict()
        self.bytes_kept = 0
        self._lock = Lock()
        #: The highest number of each tag that was read: what is kept goes on while the database does not answer.
        self._last_numbers: dict[TagName, int] = {}
        #: Parts of pages, see `kept`, and all tags that any of them ever showed.
        self.parts: dict[Hashable, KeptPart] = {}
        self.tags_of_parts: frozenset[TagName] = frozenset({SITE})

    def numbers(self, tags: Collection[TagName] | None) -> tuple[TagNumbers, Exception | None]:
        """The numbers of some tags, or of all, 1 statement; where the database does not answer, the last that it gave,
        and its error.
        """
        try:
            read = read_numbers(tags)
        except Exception as error:
            if reason_unavailable(error) is None:
                raise
            return TagNumbers(self._last_numbers, whole=True), error
        with self._lock:
            for tag, number in read:
                if number > self._last_numbers.get(tag, -1):
                    self._last_numbers[tag] = number
        return read, None

    def get(self, key: tuple[object, ...]) -> KeptPage | None:
        """What is kept under `key`, right or not."""
        with self._lock:
            found = self.pages.get(key)
            if found is not None:
                self.pages.move_to_end(key)
            return found

    def clear(self) -> None:
        """Forget all pages."""
        with self._lock:
            self.pages.clear()
            self.parts.clear()
            self.tags_of_parts = frozenset({SITE})
            self._last_numbers.clear()
            self.bytes_kept = 0

    def put_part(self, name: Hashable, part: KeptPart) -> None:
        """Keep a part of pages."""
        with self._lock:
            self.parts[name] = part
            self.tags_of_parts |= part.validity.numbers.keys()

    def drop(self, key: tuple[object, ...]) -> None:
        """Forget a page: its next request asks for the numbers of all tags."""
        with self._lock:
            old = self.pages.pop(key, None)
            self.bytes_kept -= _bytes_of(key, old) if old else 0

    def put(self, key: tuple[object, ...], page: KeptPage) -> None:
        """Keep a page, and drop the least used ones where there are too many."""
        with self._lock:
            old = self.pages.pop(key, None)
            self.bytes_kept += _bytes_of(key, page) - (_bytes_of(key, old) if old else 0)
            self.pages[key] = page
            while self.bytes_kept > MAX_BYTES:
                self.bytes_kept -= _bytes_of(*self.pages.popitem(last=False))


View = TypeVar("View", bound=Callable[..., Any])


def never_kept(view: View) -> View:
    """Declare that a public page is made anew each time, and that the cache asks the database nothing for it."""
    view.__dict__["never_kept"] = True
    return view


def kept(name: Hashable, make: Callable[[], Kept]) -> Kept:
    """What `make` gives, kept in memory as long as it is right.

    For what many pages share and is small: the directory of quartiers, the words of the glossary. `make` says what it
    shows and until when (`core.web.validity`), and must not depend on anything but that and `name`; a page that holds
    the part shows it too. Costs one statement where the page cache has not asked for the numbers already.
    """
    store = _store()
    known = store.parts.get(name)
    numbers = _numbers_for(known.validity.numbers if known else None)
    if known is not None and known.validity.holds(numbers, clock.now()):
        _holds(known.validity.numbers, known.validity.until)
        part: Kept = known.part
        return part
    with making(numbers) as made:
        fresh = make()
    validity = made.validity()
    if validity is None:
        store.parts.pop(name, None)
    else:
        store.put_part(name, KeptPart(fresh, validity))
    _holds(made.tags, made.until)
    return fresh


def _store() -> PageStore:
    store: PageStore = current_app.extensions["page_store"]
    return store


def tags_of_parts() -> frozenset[TagName]:
    """What all that is `kept` shows: of these a page that is not kept itself, being for one person, asks the numbers.

    There may be ten thousand tags, and a page at the desk shows few.
    """
    return _store().tags_of_parts


def _holds(tags: Collection[TagName], until: datetime) -> None:
    outer: Making | None = g.get("making")
    if outer is not None:
        outer.holds_part(tags, until)


def _numbers_for(tags: Collection[TagName] | None) -> TagNumbers:
    """Numbers that were read within this request, and know all of `tags` (None: all there are)."""
    read: TagNumbers | None = g.get("tag_numbers")
    if read is None or not read.know(tags):
        g.tag_numbers = read = read_numbers(None)
    return read


def _answer(page: CachedPage) -> Response:
    accepts_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    response = Response(page.body if accepts_gzip else gzip.decompress(page.body))
    response.headers["Content-Type"] = page.content_type
    if accepts_gzip:
        response.headers["Content-Encoding"] = "gzip"
    _finish(response, page.etag)
    return response


def _finish(response: Response, etag: str) -> None:
    response.set_etag(etag, weak=True)
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers["Vary"] = "Accept-Encoding"
    if (
        "If-None-Match" in request.headers
    ):  # nothing else asks on a condition that a page without a date can meet
        response.make_conditional(request)


def _compressible(response: Response) -> bool:
    return response.content_type is not None and response.content_type.startswith(COMPRESSIBLE)


_SESSION: Final = "cdv_civic.session"


class Sessions(SecureCookieSessionInterface):
    """Flask's sessions, where one can see whether a view looked into its own: asking the session would be a look.

    Signed with SHA-256 in place of Flask's SHA-1.
    """

    digest_method = staticmethod(hashlib.sha256)

    def __init__(self) -> None:
        self._serializer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """As Flask's, made once: each request asks for it."""
        if self._serializer is None:
            self._serializer = super().get_signing_serializer(app)
        return self._serializer

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """As Flask's."""
        opened = super().open_session(app, request)
        request.environ[_SESSION] = opened
        return opened


def _is_public(app: Flask) -> bool:
    return request.endpoint is not None and policy_of(app, request.endpoint) == PUBLIC


def _is_personal(response: Response) -> bool:
    opened: SecureCookieSession | None = request.environ.get(_SESSION)
    return (opened is not None and opened.accessed) or "Set-Cookie" in response.headers


def _may_be_kept(method: str, view: Callable[..., object] | None) -> bool:
    return (
        method in ("GET", "HEAD")
        and getattr(view, "policy", None) == PUBLIC
        and not getattr(view, "never_kept", False)
    )


def _is_whole_text(response: Response) -> bool:
    """Whether this is a page in full, which may be kept or compressed."""
    return (
        not response.direct_passthrough
        and response.status_code == 200
        and "Content-Encoding" not in response.headers
        and _compressible(response)
        and request.method != "HEAD"
    )


def _remember(store: PageStore, page: CachedPage) -> None:
    key: PageKey | None = g.get("page_key")
    made: Making | None = g.get("making")
    if key is None or made is None:
        return
    validity = made.validity()
    if validity is None:
        store.drop(key)
    else:
        store.put(key, KeptPage(page, validity))


def _keep(app: Flask, store: PageStore, response: Response) -> Response:
    if not _is_whole_text(response):
        return response
    body = response.get_data()
    public = _is_public(app)
    if public and _is_personal(response):
        response.headers.setdefault("Cache-Control", "private, no-cache")
    elif public and request.method == "GET" and "Cache-Control" not in response.headers:
        page = CachedPage.of(body, response.content_type or "")
        if len(body) <= MAX_PAGE_BYTES:
            _remember(store, page)
        return _with_headers_of(response, _answer(page))
    if len(body) >= SMALLEST_TO_COMPRESS and "gzip" in request.headers.get("Accept-Encoding", ""):
        response.set_data(gzip.compress(body, COMPRESSION_LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        response.headers.add("Vary", "Accept-Encoding")
    return response


def register(app: Flask, *, enabled: bool) -> None:
    """Serve public pages from memory where they are known; compress all text."""
    store = PageStore()
    app.extensions["page_store"] = store
    app.session_interface = Sessions()
    settings: Settings = app.extensions["settings"]
    base_url = settings.base_url

    @app.before_request
    def serve_kept_page() -> Response | None:
        asked = request_ctx.request  # read often: behind one proxy fewer
        g.page_key = g.making = g.tag_numbers = None
        view = app.view_functions.get(asked.endpoint or "")
        if not (enabled and _may_be_kept(asked.method, view)):
            return None
        key = PageKey(
            # Where BASE_URL is set no page depends on the name that the browser called the site by. The folder that
            # the server says the site lies in stands in all links of a page.
            (base_url or f"{asked.scheme}://{asked.host}") + asked.script_root,
            asked.path,
            tuple(asked.args.items(multi=True)),
        )
        if key.too_long:
            return None
        known = store.get(key)
        numbers, down = store.numbers(known.validity.numbers if known is not None else None)
        if known is not None and known.validity.holds(numbers, clock.now()):
            return _answer(known.page)
        if down is not None:
            raise down
        g.page_key, g.tag_numbers, g.making = key, numbers, Making(numbers)
        return None

    app.after_request(partial(_keep, app, store))


def _with_headers_of(made: Response, answer: Response) -> Response:
    for name, value in made.headers:
        if name not in answer.headers and name.lower() not in ("content-length",):
            answer.headers[name] = value
    return answer
