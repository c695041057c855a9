"""What stands in a module gives the mutants that one would make by hand."""

from pathlib import Path

import pytest

from tests.mutants import mapping
from tests.mutants.generating import mutants_of
from tests.mutants.running import ROOT, files_of


def changes(folder: Path, body: str) -> list[str]:
    (folder / "module.py").write_text(f"def act(a, b):\n    {body}\n")
    return [mutant.name.partition(": ")[2] for mutant in mutants_of(folder, "module.py")]


@pytest.mark.parametrize(
    ("body", "made"),
    [
        ("return a < b", ["a < b -> a <= b"]),
        (
            "return a is not None and b",
            ["a is not None and b -> a is not None or b", "a is not None -> a is None"],
        ),
        ("return not a", ["not a -> a"]),
        ("return a - 7", ["a - 7 -> a + 7", "7 -> 8"]),
        ("return f(True)", ["True -> False"]),
        ("return s.get(a, b, populate_existing=True)", []),
        ("a.name = b", ["a.name = b -> pass"]),
        ("f(a)", ["f(a) -> pass"]),
        ("a.count += 1", ["a.count += 1 -> pass", "1 -> 2"]),
        ("a.version += 1", ["a.version += 1 -> pass"]),
        ("if a: f(b)", ["a -> not a", "f(b) -> pass"]),
        ("return q.where(a, b)", ["q.where(a, b) -> q.where(b)", "q.where(a, b) -> q.where(a)"]),
        ("return f(1) + f(1)", ["f(1) + f(1) -> f(1) - f(1)", "1 -> 2", "1 -> 2 #2"]),
        ("return _l('a %(n)s', n=1)", []),
        ("_log.error('gone %s', a - 1)", []),
        ("app.logger.info(a)", []),
        ("return f'{a + 1}'", []),
    ],
)
def test_mutants_of_a_line(tmp_path: Path, body: str, made: list[str]) -> None:
    assert changes(tmp_path, body) == made


def test_a_mutant_is_its_module_but_for_one_place(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("class A:\n    def é(self):\n        return 'é' * 2, 3 < 4  # why\n")
    found = {mutant.name: mutant.source.decode() for mutant in mutants_of(tmp_path, "module.py")}
    assert (
        found["module.py A.é: 3 < 4 -> 3 <= 4"].splitlines()[-1] == "        return 'é' * 2, (3 <= 4)  # why"
    )


def test_all_mutants_are_python_with_a_name_of_their_own_and_tests() -> None:
    paths = mapping.modules()
    assert len(paths) > 80
    names: set[str] = set()
    for path in paths[::50]:
        assert files_of(mapping.which_tests(path)), path
        for mutant in mutants_of(ROOT, path):
            compile(mutant.source, path, "exec")
            assert mutant.name not in names
            names.add(mutant.name)
    assert len(names) > 40


def test_what_is_noted_for_a_restore_is_asked_of_the_tests_of_backups_too() -> None:
    path = "cdv_civic/my_space/operations.py"
    noted = mapping.which_tests(path, "ledger.note(session, 'account.email', actor_id) -> pass")
    assert set(noted) - set(mapping.which_tests(path, "actor_id -> pass")) == {"tests/backup"}
    assert noted[-1] == "tests/my_space", "the whole feature comes last"
