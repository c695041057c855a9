"""The blueprint of the desk of cards, and the keys of the sheets that its browser prints."""

from typing import Final

from flask import session

from cdv_civic.cards.operations.batches import Printing
from cdv_civic.core.web.desk import desk_blueprint

blueprint = desk_blueprint("cards_desk", __name__, "/cartes")

#: Name in the session of the keys of sheets that this browser prints, by batch; the oldest are let go.
_KEYS: Final = "card_sheets"
_MOST_KEYS: Final = 5


def keep_key(printing: Printing) -> None:
    """The browser alone holds what opens the sheet."""
    keys = dict(session.get(_KEYS, {}))
    keys[str(printing.batch_id)] = printing.key
    session[_KEYS] = dict(sorted(keys.items(), key=lambda pair: int(pair[0]))[-_MOST_KEYS:])


def key_of_sheet(batch_id: int) -> str | None:
    """What opens the sheet of a batch; None in any other browser."""
    key: str | None = session.get(_KEYS, {}).get(str(batch_id))
    return key


def kept_keys() -> dict[str, str]:
    """The keys that this browser holds, by the id of the batch as text."""
    return dict(session.get(_KEYS, {}))


def forget_key(batch_id: int) -> None:
    """Let go of the key of a sheet that was printed."""
    keys = kept_keys()
    keys.pop(str(batch_id), None)
    session[_KEYS] = keys
