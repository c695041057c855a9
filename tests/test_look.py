"""What templates may ask of the style sheet, the icons and the browser."""

import re
from collections.abc import Iterable

from cdv_civic.core.settings import ROOT
from cdv_civic.territory import vocabulary
from cdv_civic.territory.vocabulary import CodedTerm

#: The source of each template, by its path under templates/.
TEMPLATES = {
    str(path.relative_to(ROOT / "templates")): path.read_text()
    for path in sorted((ROOT / "templates").rglob("*.html"))
}
ICONS = {
    line.strip()
    for line in (ROOT / "static/src/icons.txt").read_text().splitlines()
    if line.strip() and not line.startswith("#")
}
ASKED_ICON = re.compile(r"\bicon(?:_name)?(?:\(|=)\"([a-z0-9-]+)\"")
#: What the content security policy refuses.
REFUSED = {
    "an inline style": re.compile(r"<[^>]*\sstyle="),
    "an inline handler": re.compile(r"<[^>]*\son[a-z]+="),
    "an inline style sheet or script": re.compile(r"<style|<script(?![^>]*\ssrc=)"),
    "something from another host": re.compile(r"(?:src|action)=\"(?:https?:)?//"),
}
#: Mail programs know no other styles; the page that shows a mail has a policy of its own.
ALLOWED = {("notices/mail.html", "an inline style")}
PHYSICAL = re.compile(
    r"[{;\s](?:(?:margin|padding|border|inset)-(?:left|right)[a-z-]*|left|right|float)\s*:"
    r"|text-align:\s*(?:left|right)"
)


def refused(template: str) -> list[str]:
    """What the policy refuses in the source of a template."""
    text = re.sub(r"\{#.*?#\}", "", template, flags=re.S)
    return [what for what, pattern in REFUSED.items() if pattern.search(text)]


def unknown_icons(templates: Iterable[str]) -> set[str]:
    """The icons that templates ask for and the sprite lacks."""
    return {name for text in templates for name in ASKED_ICON.findall(text)} - ICONS


def test_no_template_holds_what_the_content_security_policy_refuses() -> None:
    found = [(name, what) for name, text in TEMPLATES.items() for what in refused(text)]
    assert sorted(set(found) - ALLOWED) == []
    assert set(found) >= ALLOWED, "an exception that nothing needs"


def test_the_check_sees_each_thing_that_the_policy_refuses() -> None:
    assert refused('<p style="color: red">') == ["an inline style"]
    assert refused('<p onclick="go()">') == ["an inline handler"]
    assert refused("<script>go()</script>") == ["an inline style sheet or script"]
    assert refused('<img src="//example.org/a.png">') == ["something from another host"]
    assert refused('{# <p style="color: red"> #}<script src="/static/app.js">') == []


def test_templates_ask_only_for_icons_of_the_sprite() -> None:
    assert unknown_icons(TEMPLATES.values()) == set()


def test_the_check_sees_an_icon_that_the_sprite_lacks() -> None:
    assert unknown_icons(['{{ icon("no-such-icon") }}', '{{ icon("check") }}']) == {"no-such-icon"}


def test_every_icon_of_the_sprite_is_drawn_somewhere() -> None:
    files = [*(ROOT / "cdv_civic").rglob("*.py"), *(ROOT / "templates").rglob("*.html")]
    drawn = {name for file in files for name in re.findall(r"[\"']([a-z0-9-]+)[\"']", file.read_text())}
    assert ICONS - drawn == set()


def test_every_word_of_the_vocabulary_has_its_icon_in_the_sprite() -> None:
    tables = [table for table in vars(vocabulary).values() if isinstance(table, dict)]
    icons = {word.icon for table in tables for word in table.values() if isinstance(word, CodedTerm)}
    assert icons
    assert icons <= ICONS


def test_style_sheets_know_no_left_and_no_right() -> None:
    sheets = sorted((ROOT / "static/src/css").rglob("*.css"))
    assert sheets
    found = {
        sheet.name: PHYSICAL.findall(re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.S))
        for sheet in sheets
    }
    assert {name: physical for name, physical in found.items() if physical} == {}
