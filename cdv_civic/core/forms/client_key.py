"""The field that makes a form sent twice act once: see `core.idempotency`."""

from collections.abc import Sequence
from typing import Any, Final

from werkzeug.datastructures import FileStorage
from wtforms import HiddenField

from cdv_civic.core.idempotency import FILES, bound_key, files_hash, is_key, new_key, stored_key

#: The protection of a form is a new one each time the form is shown; files are said after the rest.
_NOT_SAID: Final = frozenset({"csrf_token", FILES})


class ClientKeyField(HiddenField):
    """A new key for a form that is shown first, the same one for a form that is shown again.

    `data` is the key bound to all that the form says: somebody who goes back, changes an answer and sends again does
    something else, and is not told that it was done before. So do other files. Where nobody knows whether a form with
    files was done, the page that offers to send it again cannot keep them and says what they were (`FILES`). Fields
    that were left empty do not count, for that page leaves them out.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default=new_key, **kwargs)
        self._sent: str | None = None

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        """Take what was sent, and bind it."""
        super().process(formdata, *args, **kwargs)
        if formdata is not None and self._sent is not None and is_key(self._sent):
            items = list(formdata.items(multi=True))
            said = [
                part
                for name, value in items
                if isinstance(value, str) and value and name not in _NOT_SAID
                for part in (name, value)
            ]
            files = files_hash((name, value) for name, value in items if isinstance(value, FileStorage))
            files = files or formdata.get(FILES) or ""
            if files:
                said += [FILES, files]
            self.data = stored_key(bound_key(*said))

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take what was sent: a form without its key gets no new one, which would let it act twice."""
        self._sent = self.data = str(valuelist[0]) if valuelist else ""

    def _value(self) -> str:
        """The key by itself, for the form that is shown again."""
        return str(self.data or "") if self._sent is None else self._sent
