"""What a request may hold: how much each route takes, and no character that nobody types.

    @blueprint.post("/engagements/<int:commitment_id>/avancement")
    @policy("progress.publish")
    @takes(megabytes_of_files=60)
    def publish_progress(commitment_id: int) -> Answer: ...

A route takes `MOST_TEXT` bytes unless it declares more. More than that is refused (413) before anything is read
where the request says its length, and at the byte too many where it does not. Files go to the disk; the text beside
them is counted apart, for text is what stays in memory and comes back with a refused form.

Control characters are taken out of all that a request holds, invisibly: no keyboard types them, PostgreSQL refuses
NUL, and a name with one of them looks like another's; overrides of direction too, which show a text as another one to
who has to read it before it is published. An address with one of them is no page.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from io import RawIOBase
from itertools import chain
from tempfile import SpooledTemporaryFile
from time import monotonic
from typing import IO, Any, Final, TypeVar, cast
from urllib.parse import quote_from_bytes

from flask import Flask, Request, Response, abort, current_app, request
from flask.globals import request_ctx
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.exceptions import ClientDisconnected, HTTPException, RequestEntityTooLarge
from werkzeug.utils import cached_property

from cdv_civic.core import clock
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.web.error_pages import problem_page

#: Bytes of text that a request may hold.
MOST_TEXT: Final = 256 * 1024
#: Bytes that any request may hold: a proxy in front takes as much and no more (docs/running.md).
LARGEST_BODY: Final = 60 * 1024 * 1024
#: Fields of a form, and files beside them.
MOST_FIELDS: Final = 5000
MOST_PARTS: Final = 1000
MOST_FILES: Final = 12
#: Bytes of a file that wait in memory before it goes to the disk.
_FILE_IN_MEMORY: Final = 64 * 1024
#: What may wait in the parser's memory between two reads of a body with files (its buffer, headers of parts).
_SLACK: Final = 256 * 1024
_PIECE: Final = 64 * 1024
#: For how long the rest of a refused body is read and dropped, so that the browser gets to see the answer.
LINGER_SECONDS: Final = 2.0

#: NUL and its kind, except tab and line breaks; half characters (surrogates) that no encoding can write; U+202D and
#: U+202E. The other marks of direction stay: Arabic beside French needs them.
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e\ud800-\udfff]")
_ASCII: Final = "".join(chr(code) for code in range(0x21, 0x7F))

_NOTHING: Final = ImmutableMultiDict[str, str]()

View = TypeVar("View", bound=Callable[..., Any])


def takes(*, megabytes_of_files: int = 0, megabytes_of_text: float = 0) -> Callable[[View], View]:
    """Declare that a view takes more than the default: files (in a multipart body), or a long text that is pasted."""
    files = megabytes_of_files * 1024 * 1024
    text = max(MOST_TEXT, int(megabytes_of_text * 1024 * 1024))
    if max(files, text) > LARGEST_BODY:
        raise ValueError("no proxy in front lets so much pass: see LARGEST_BODY")

    def declare(view: View) -> View:
        view.__dict__["takes"] = (files, text)
        return view

    return declare


def taken_by(app: Flask, endpoint: str | None) -> tuple[int, int]:
    """How many bytes of files, and of text, a route takes."""
    declared: tuple[int, int] = getattr(app.view_functions.get(endpoint or ""), "takes", (0, MOST_TEXT))
    return declared


def came_in_at() -> datetime:
    """The moment at which the request at hand came in: by it what closes at an hour counts what was sent before."""
    moment: datetime = request_ctx.request.came_in_at  # type: ignore[attr-defined]
    return moment


def clean(text: str) -> str:
    """The text without control characters; tabs and line breaks stay."""
    return _CONTROL.sub("", text)


def _clean_values(values: MultiDict[str, str]) -> MultiDict[str, str]:
    """The same values where nothing is to be taken out (nearly always), else cleaned ones."""
    if not any(_CONTROL.search(text) for pair in values.items(multi=True) for text in pair):
        return values
    return type(values)([(clean(name), clean(value)) for name, value in values.items(multi=True)])


class FilesTooLarge(RequestEntityTooLarge):
    """It is the files of a request that are too large, or too many."""


class _Part(SpooledTemporaryFile[bytes]):
    """A file of a form on its way in, which tells how much of the body it is."""

    def __init__(self, body: "_Body") -> None:
        super().__init__(max_size=_FILE_IN_MEMORY, mode="w+b")
        self._body = body

    def write(self, content: Any) -> int:
        """Write, and count."""
        self._body.in_files += len(content)
        return super().write(content)


class _Body(RawIOBase):
    """A request's body: whole or not at all, and no more of it in memory than the route takes."""

    def __init__(self, stream: IO[bytes], length: int | None, text: int) -> None:
        super().__init__()
        self._stream, self._length, self._text = stream, length, text
        self._read = 0
        self.in_files = 0
        self.files = 0

    def readable(self) -> bool:
        """True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read into `buffer`; raises 400 for a body cut short, 413 for one that is too large."""
        try:
            content = self._stream.read(len(buffer))
        except HTTPException:
            raise
        except Exception as error:  # what the server says of a connection that broke, or of a bad chunk
            raise ClientDisconnected from error
        if not content and self._length is not None and self._read < self._length:
            raise ClientDisconnected  # half a form is none
        self._read += len(content)
        if self._read - self.in_files > self._text + _SLACK:
            raise RequestEntityTooLarge
        buffer[: len(content)] = content
        return len(content)


class BoundedRequest(Request):
    """A request of which no more is read than its route takes, and without control characters."""

    def __init__(self, environ: Mapping[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(cast(Any, environ), *args, **kwargs)
        #: Before its body is read, which takes minutes where a phone sends photos.
        self.came_in_at = clock.now()
        if not self.query_string.isascii():
            # Written as browsers write it: everything after us counts on that.
            self.query_string = quote_from_bytes(self.query_string, safe=_ASCII).encode()
            self.environ["QUERY_STRING"] = self.query_string.decode()

    @cached_property
    def stream(self) -> IO[bytes]:
        """The body, bounded (see `_Body`)."""
        _files, text = taken_by(current_app, self.endpoint)
        return cast(IO[bytes], _Body(super().stream, self.content_length, text))

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        body = cast(_Body, self.stream)
        body.files += 1
        if body.files > MOST_FILES:
            raise FilesTooLarge
        return cast(IO[bytes], _Part(body))

    def _load_form_data(self) -> None:
        if "form" in self.__dict__:
            return
        # Werkzeug counts the parts of a multipart body alone.
        plain = self.mimetype == "application/x-www-form-urlencoded"
        if plain and self.get_data().count(b"&") >= MOST_FIELDS:
            raise RequestEntityTooLarge
        super()._load_form_data()
        self.__dict__["form"] = _clean_values(self.form)
        for file in chain.from_iterable(self.files.listvalues()):
            if file.filename:
                file.filename = clean(file.filename)

    @cached_property
    def args(self) -> MultiDict[str, str]:
        """The query, cleaned."""
        if not self.query_string:
            return _NOTHING
        return _clean_values(super().args)

    @cached_property
    def cookies(self) -> ImmutableMultiDict[str, str]:
        """The cookies, cleaned."""
        if "HTTP_COOKIE" not in self.environ:
            return _NOTHING
        return cast("ImmutableMultiDict[str, str]", _clean_values(super().cookies))


_SMALLER_FILES: Final = _l(
    "Revenez à la page d’avant et choisissez %(most)s fichiers au plus, de moins de 10 Mo chacun. Relisez chaque "
    "réponse : votre navigateur n’a peut-être pas tout gardé.",
    most=MOST_FILES,
)


def _drop_the_rest(environ: Mapping[str, Any]) -> None:
    """Read what still comes of a refused body, for a moment: a connection closed on a browser that still sends
    takes our answer with it."""
    connection = environ.get("gunicorn.socket")
    if connection is None:
        return
    until, dropped = monotonic() + LINGER_SECONDS, 0
    with suppress(Exception):  # whatever happens to this connection, it is over
        while dropped < LARGEST_BODY and (left := until - monotonic()) > 0:
            connection.settimeout(left)
            piece = environ["wsgi.input"].read(_PIECE)
            if not piece:
                break
            dropped += len(piece)


def register(app: Flask) -> None:
    """Bound every request, and refuse what is larger than its route takes before anything else looks at it."""
    app.request_class = BoundedRequest
    app.config.update(MAX_CONTENT_LENGTH=MOST_TEXT, MAX_FORM_MEMORY_SIZE=MOST_TEXT, MAX_FORM_PARTS=MOST_PARTS)

    @app.before_request
    def measure() -> None:
        asked = request_ctx.request
        if _CONTROL.search(asked.path):
            abort(404)
        length = asked.content_length
        if asked.method in ("GET", "HEAD") and length is None:
            return  # no body: what is read without a length is bounded by the defaults all the same
        files, text = taken_by(app, asked.endpoint)
        # Files count only where the body can hold some.
        holds_files = files > 0 and asked.mimetype == "multipart/form-data"
        most = files + text if holds_files else text
        asked.max_content_length, asked.max_form_memory_size = most, text
        if asked.endpoint is not None and (length or 0) > most:
            raise FilesTooLarge if holds_files else RequestEntityTooLarge

    @app.errorhandler(RequestEntityTooLarge)
    def too_large(error: RequestEntityTooLarge) -> Response:
        answer = app.make_response(
            problem_page(413, _SMALLER_FILES if isinstance(error, FilesTooLarge) else None)
        )
        answer.call_on_close(partial(_drop_the_rest, request.environ))
        return answer
