"""What templates may ask of the style sheet, the icons and the browser."""

import re

import pytest

from cdv_civic.core.settings import ROOT
from cdv_civic.territory import vocabulary
from cdv_civic.territory.vocabulary import Word

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
ICONS = {
    line.strip()
    for line in (ROOT / "static/src/icons.txt").read_text().splitlines()
    if line.strip() and not line.startswith("#")
}
PHYSICAL = re.compile(
    r"[{;\s](?:(?:margin|padding|border|inset)-(?:left|right)[a-z-]*|left|right|float)\s*:"
    r"|text-align:\s*(?:left|right)"
)


def _name(path):
    return str(path.relative_to(ROOT / "templates"))


@pytest.mark.parametrize("template", TEMPLATES, ids=_name)
def test_a_template_holds_nothing_that_the_content_security_policy_refuses(template):
    text = re.sub(r"\{#.*?#\}", "", template.read_text(), flags=re.S)
    # Mail programs know no other styles; the page that shows a mail has a policy of its own.
    if _name(template) != "notices/mail.html":
        assert not re.search(r"<[^>]*\sstyle=", text), "an inline style"
    assert not re.search(r"<[^>]*\son[a-z]+=", text), "an inline handler"
    assert not re.search(r"<style|<script(?![^>]*\ssrc=)", text), "an inline style sheet or script"
    assert not re.search(r"(?:src|action)=\"(?:https?:)?//", text), "something from another host"


def test_templates_ask_only_for_icons_of_the_sprite():
    asked = [
        (name, _name(template))
        for template in TEMPLATES
        for name in re.findall(r"\bicon(?:_name)?(?:\(|=)\"([a-z0-9-]+)\"", template.read_text())
    ]
    assert len(asked) > 100
    assert [each for each in asked if each[0] not in ICONS] == []


def test_every_word_of_the_vocabulary_has_its_icon_in_the_sprite():
    tables = [table for table in vars(vocabulary).values() if isinstance(table, dict)]
    icons = {word.icon for table in tables for word in table.values() if isinstance(word, Word)}
    assert icons
    assert icons <= ICONS


def test_style_sheets_know_no_left_and_no_right():
    sheets = sorted((ROOT / "static/src/css").rglob("*.css"))
    assert sheets
    for sheet in sheets:
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.S)
        physical = PHYSICAL.findall(text)
        assert physical == [], sheet.name
