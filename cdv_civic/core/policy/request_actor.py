"""Who acts in the request at hand, as far as somebody asked.

Public pages must not depend on the session: what happens after every answer (the log of refusals, the headers of shared
devices) looks here, and looks nobody up.
"""

from typing import Final

from flask import g

from cdv_civic.core.policy.model import Actor

_KEY: Final = "request_actor"


def note_actor(actor: Actor | None) -> None:
    """Say who was found to act; None: nobody, any more."""
    setattr(g, _KEY, actor)


def known_actor() -> Actor | None:
    """Who was found to act in this request; None where nobody was, or nobody asked."""
    actor: Actor | None = g.get(_KEY)
    return actor
