"""« Qui peut faire quoi » says what the permission table says."""

import pytest
from flask import Flask

from cdv_civic.core.policy.model import Role, ScopeKind
from cdv_civic.core.policy.table import ACTIONS, ROLES
from cdv_civic.role_desk.permission_table import THEMES, markdown, rights, role_lines
from cdv_civic.role_desk.wording import KINDS, MEANINGS

pytestmark = pytest.mark.one_database


def test_every_action_stands_in_the_table_under_a_theme_of_its_own(app: Flask) -> None:
    found = rights()
    assert sum(len(lines) for _theme, lines in found) == len(ACTIONS)
    named = [theme for theme, _lines in found]
    assert str(THEMES[-1][0]) not in named, (
        "an action that no theme names: say where it belongs in role_desk/permission_table.py"
    )


def test_a_line_names_the_roles_that_may(app: Flask) -> None:
    said = {line.words: line.roles for _theme, lines in rights() for line in lines}
    for action in ACTIONS.values():
        names = {str(ROLES[role].label) for role in action.roles}
        if Role.PERSON in action.roles:
            names = {str(ROLES[Role.PERSON].label)}
        assert set(said[str(action.words)]) == ({"Tout le monde, sans compte"} if action.anybody else names)


def test_what_anybody_may_do_asks_for_no_role_and_no_other_action_leaves_it_out() -> None:
    assert {name for name, action in ACTIONS.items() if action.anybody} == {
        "project.put",
        "voice.say",
        "receipt.follow",
        "consultation.answer",
        "comment.put",
        "idea.put",
        "text.report",
    }
    assert all(action.anybody != bool(action.roles) for action in ACTIONS.values())


def test_every_role_and_kind_has_its_words() -> None:
    assert set(MEANINGS) == {role for role, words in ROLES.items() if words.scopes}
    assert set(KINDS) == set(ScopeKind)
    assert len(role_lines()) == len(MEANINGS)


def test_the_command_prints_it_as_markdown(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["policy", "table"])
    assert result.exit_code == 0
    assert result.output == markdown()
    assert "| Ouvrir et fermer des comptes | Administration du site |" in result.output
    rows = [line for line in result.output.splitlines() if line.startswith("| ")]
    assert all(line.count("|") in (3, 4) for line in rows)
