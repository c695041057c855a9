"""Errors of the domain: raised by operations, mapped in one place to a status and a sentence."""

from flask_babel.speaklater import LazyString


class DomainError(Exception):
    """An act that cannot be done; `sentence` says to the person what happened and what to do."""

    status = 422

    def __init__(self, sentence: LazyString | str, *, field: str | None = None) -> None:
        super().__init__(str(type(self).__name__))
        self.sentence = sentence
        #: The form field that the sentence belongs to, where there is one.
        self.field = field


class TryLater(DomainError):
    """Not now; `seconds` says in how long another try may go through."""

    status = 503

    def __init__(self, sentence: LazyString | str, seconds: int) -> None:
        super().__init__(sentence)
        self.seconds = seconds


class NotFound(DomainError):
    """Nothing has this name."""

    status = 404


class Forbidden(DomainError):
    """The actor does not hold the role that this act asks for."""

    status = 403


class Conflict(DomainError):
    """Somebody else changed the same thing in the meantime."""

    status = 409
