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
STYLES = {
    str(path.relative_to(ROOT / "static/src/css")): path.read_text()
    for path in sorted((ROOT / "static/src/css").rglob("*.css"))
}
#: What may write a class: templates, scripts, and code that gives templates a word of one (« state-realise »).
WRITERS = "\n".join(
    path.read_text()
    for folder, kind in (("templates", "*.html"), ("static/src/js", "*.js"), ("cdv_civic", "*.py"))
    for path in sorted((ROOT / folder).rglob(kind))
)
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


def unsided(template: str) -> list[str]:
    """The quotations whose lines have a direction of their own, so that « auto » finds no words to follow."""
    quoted = re.findall(r'<blockquote[^\n]*?dir="auto".*?</blockquote>', template, flags=re.S)
    return [each for each in quoted if each.count("dir=") > 1]


def test_the_bar_of_a_quotation_stands_where_its_words_begin() -> None:
    assert [name for name, text in TEMPLATES.items() if unsided(text)] == []


def test_the_check_sees_a_quotation_that_its_lines_leave_without_a_side() -> None:
    assert unsided('<blockquote dir="auto" lang="ar"><p dir="auto">…</p></blockquote>')
    assert unsided('<blockquote dir="auto"><p>…</p></blockquote><p dir="auto">…</p>') == []


def nameless_rows(template: str) -> list[str]:
    """The tables of the desk whose rows have no cell that names them: on a phone, the title of a card."""
    tables = re.findall(r"\{% call\(row\) (desk_table\(.*?)\{% endcall %\}", template, flags=re.S)
    return [each.splitlines()[0] for each in tables if '<th scope="row"' not in each]


def test_each_row_of_the_desk_has_a_name() -> None:
    shown = {name: text for name, text in TEMPLATES.items() if name != "components/table.html"}
    assert {name: found for name, text in shown.items() if (found := nameless_rows(text))} == {}


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


def test_every_field_to_look_for_something_reads_as_what_is_typed() -> None:
    """« 12 rue Cachin, Orly » on a page in Arabic is not shown as « rue Cachin, Orly 12 »."""
    fields = [
        field for text in TEMPLATES.values() for field in re.findall(r'<input type="search"[^>]*', text)
    ]
    assert fields
    assert [field for field in fields if 'dir="auto"' not in field] == []


def test_the_chosen_one_of_several_buttons_looks_otherwise() -> None:
    """A filter that is on, the contract that is asked about: `aria-current` is said to those who do not see, and drawn."""
    marked = [name for name, text in TEMPLATES.items() if re.search(r'class="button button-quiet"[^>]*\baria-current=', text)]  # fmt: skip
    assert marked
    assert re.search(r"\.button-quiet\[aria-current\][^{]*\{[^}]*background", STYLES["base.css"])


def test_templates_of_consultations_say_a_colon_as_each_language_does() -> None:
    """French has a space before it, Arabic and English have none."""
    written = {name for name, text in TEMPLATES.items() if name.startswith("consultations/") and re.search(r"(?:\}\}|</bdi>|</strong>)[ \u00a0]: ", text)}  # fmt: skip
    assert written == set()


def test_style_sheets_know_no_left_and_no_right() -> None:
    sheets = sorted((ROOT / "static/src/css").rglob("*.css"))
    assert sheets
    found = {
        sheet.name: PHYSICAL.findall(re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.S))
        for sheet in sheets
    }
    assert {name: physical for name, physical in found.items() if physical} == {}


def classes_styled(style: str) -> set[str]:
    """The classes that the selectors of a style sheet name."""
    selectors = re.sub(r"\{[^{}]*\}", " ", re.sub(r"/\*.*?\*/", "", style, flags=re.S))
    return set(re.findall(r"\.(-?[A-Za-z_][\w-]*)", selectors))


def classes_written(source: str) -> set[str]:
    """The words of all texts in quotes, among which are all classes that something may write."""
    quoted = re.findall(r"\"([^\"\n]*)\"|'([^'\n]*)'|`([^`]*)`", source)
    return {word for texts in quoted for text in texts for word in re.split(r"[^\w-]+", text)}


def test_every_class_of_the_style_sheets_is_written_somewhere() -> None:
    """A class made of a word and a code (`state-realise`, `pictures-at-1`) is written as far as its last dash."""
    written = classes_written(WRITERS)
    idle = {
        (name, each)
        for name, style in STYLES.items()
        for each in classes_styled(style) - written
        if not any(
            each.startswith(word) for word in written if len(word) > 4 and word.endswith(("-", "-x", "-y"))
        )
    }
    assert idle == set()


def test_the_check_sees_a_class_that_nothing_writes() -> None:
    assert classes_styled(
        ".a > b:is(.c, .d-1)::before { color: red; } /* .e */ @media print { .f { top: .5em } }"
    ) == {
        "a",
        "c",
        "d-1",
        "f",
    }
    assert {"a", "d-", "card"} <= classes_written("""<p class="a d-{{ n }}{{ ' card' if n }}">""")
