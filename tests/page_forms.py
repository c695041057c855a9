"""Forms of pages, as browsers send them."""

from html.parser import HTMLParser


class PageForm(HTMLParser):
    """The last form of a page that has a field `having`, as a browser would send it."""

    def __init__(self, page: str, having: str) -> None:
        super().__init__()
        self._having = having
        self.sent: list[tuple[str, str]] = []
        self._here: list[tuple[str, str]] | None = None
        self._text: str | None = None
        self._select: str | None = None
        self._words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._here = None if "action" in given else []
        elif self._here is None:
            return
        elif tag == "input" and given.get("name") and given.get("type") not in ("file", "submit"):
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                self._here.append((given["name"], given.get("value", "y")))
        elif tag == "textarea":
            self._text, self._words = given["name"], ""
        elif tag == "select":
            self._select = given["name"]
        elif tag == "option" and self._select and "selected" in given:
            self._here.append((self._select, given.get("value", "")))

    def handle_data(self, data: str) -> None:
        self._words += data

    def handle_endtag(self, tag: str) -> None:
        if self._here is None:
            return
        if tag == "textarea" and self._text:
            # A browser drops the line break after the tag.
            self._here.append((self._text, self._words.removeprefix("\r\n").removeprefix("\n")))
            self._text = None
        elif tag == "select":
            self._select = None
        elif tag == "form":
            if self._having in dict(self._here):
                self.sent = self._here
            self._here = None

    def filled(self, typed: dict[str, str]) -> dict[str, list[str]]:
        """What the form sends, with other values in some of its fields."""
        found: dict[str, list[str]] = {}
        for name, value in self.sent:
            found.setdefault(name, []).append(value)
        return found | {name: [value] for name, value in typed.items()}
