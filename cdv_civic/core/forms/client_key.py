"""The field that makes a form sent twice act once: see `core.idempotency`."""

from collections.abc import Sequence
from typing import Any

from wtforms import HiddenField

from cdv_civic.core.idempotency import new_key


class ClientKeyField(HiddenField):
    """A new key for a form that is shown first, the same one for a form that is shown again."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default=new_key, **kwargs)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take what was sent: a form without its key gets no new one, which would let it act twice."""
        self.data = str(valuelist[0]) if valuelist else ""
