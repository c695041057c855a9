"""A form that publishes something new carries what its page showed as published (`core.published_before`)."""

from collections.abc import Callable, Iterable

from wtforms import HiddenField

from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.published_before import LastSeen, Published, PublishedBefore


class SeenForm(StaffForm):
    """What stood there as the page of something new was opened; its template writes `form.seen`."""

    seen = HiddenField()

    def note_seen(self, published: Callable[[], Iterable[Published]]) -> None:
        """Note what stands there, where the page is opened now."""
        if not self.is_submitted():
            self.seen.data = str(LastSeen(max((each.id for each in published()), default=0)))

    def last_seen(self) -> LastSeen:
        """What the page showed."""
        return LastSeen.read(self.seen.data)

    def told(self) -> bool:
        """Whether the act was refused for what somebody else published; sent once more, the form goes through."""
        if not isinstance(self.refusal, PublishedBefore):
            return False
        self.seen.data = str(self.refusal.seen)
        return True
