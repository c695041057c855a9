"""What `make audit` reads in the reports of pip-audit and npm audit."""

from tools.audit import Audit, read_npm_audit, read_pip_audit


def test_a_weakness_of_a_python_package_is_told_with_its_mend() -> None:
    known = {"id": "PYSEC-2026-1", "fix_versions": ["2.1"], "aliases": [], "description": ""}
    packages = [
        {"name": "good", "version": "1.0", "vulns": []},
        {"name": "weak", "version": "2.0", "vulns": [known]},
    ]
    assert read_pip_audit({"dependencies": packages}) == Audit(["weak 2.0: PYSEC-2026-1, mended in 2.1"])


def test_python_packages_without_an_answer_are_told() -> None:
    packages = [{"name": "good", "version": "1.0", "vulns": []}, {"name": "lost", "skip_reason": "not found"}]
    assert read_pip_audit({"dependencies": packages}) == Audit([], "1 of 2 packages: not found")


def test_a_weakness_of_an_npm_package_is_told_with_what_brings_it() -> None:
    weak = {"range": "<2", "severity": "high", "via": [{"title": "Path traversal"}]}
    through = {"range": "*", "severity": "low", "via": ["weak"]}
    assert read_npm_audit({"vulnerabilities": {"weak": weak, "user": through}}) == Audit(
        ["weak <2: high, Path traversal", "user *: low, through weak"]
    )
    assert read_npm_audit({"vulnerabilities": {}}) == Audit([])


def test_a_registry_without_an_answer_is_told() -> None:
    assert read_npm_audit({"message": "405 Method Not Allowed"}) == Audit(unanswered="405 Method Not Allowed")
