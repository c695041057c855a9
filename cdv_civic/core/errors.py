"""Errors of the domain: raised by operations, mapped in one place to a status and a sentence."""

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

from flask_babel.speaklater import LazyString

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l

Value = TypeVar("Value")


class DomainError(Exception):
    """An act that cannot be done; `sentence` says to the person what happened and what to do."""

    status = 422

    def __init__(self, sentence: LazyString | str, *, field: str | None = None) -> None:
        super().__init__(str(type(self).__name__))
        self.sentence = sentence
        #: The form field that the sentence belongs to, where there is one.
        self.field = field

    @property
    def refusals(self) -> Sequence["DomainError"]:
        """All that was found wrong, each with its own field."""
        return (self,)


class SeveralRefusals(DomainError):
    """Several fields are wrong; it speaks for the first of them where only one is asked about."""

    def __init__(self, refusals: Sequence[DomainError]) -> None:
        super().__init__(refusals[0].sentence, field=refusals[0].field)
        self._refusals = tuple(refusals)

    @property
    def refusals(self) -> Sequence[DomainError]:
        """All that was found wrong, each with its own field."""
        return self._refusals


class Refusals:
    """Gathers what is wrong with what somebody typed, so that all of it is said at once.

        with Refusals() as refused:
            if not title:
                refused.add(DomainError(_l("Donnez un titre."), field="title"))
            number = refused.unless(read_number, typed)      # None where it was refused

    What was gathered, and a refusal that is raised inside, is raised at the end: alone as it is, else together as
    `SeveralRefusals`. Only what was typed is gathered (status 422): all else is raised at once.
    """

    def __init__(self) -> None:
        self._found: list[DomainError] = []

    def add(self, refused: DomainError) -> None:
        """Remember something that is wrong, and go on."""
        self._found += refused.refusals

    def unless(self, reader: Callable[..., Value], *arguments: Any, **more: Any) -> Value | None:
        """What a reader gives, or None where it refuses; then its refusal is remembered."""
        try:
            return reader(*arguments, **more)
        except DomainError as refused:
            if refused.status != DomainError.status:
                raise
            self.add(refused)
            return None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, DomainError) and error.status == DomainError.status:
            if not self._found:
                return
            self.add(error)
        elif error is not None:
            return
        if len(self._found) > 1:
            raise SeveralRefusals(self._found) from None
        if self._found:
            raise self._found[0]


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


class ChangedMeanwhile(Conflict):
    """Somebody else changed what a form shows since it was opened: its version is not the one that is stored."""

    def __init__(self) -> None:
        super().__init__(
            _l(
                "Une autre personne a changé la même chose pendant que vous écriviez. Vos mots sont encore là\u00a0: "
                "relisez, puis enregistrez de nouveau."
            )
        )
