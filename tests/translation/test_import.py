"""What somebody puts in the place of the translations that the site came with."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from cdv_civic.app import create_app
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import SITE, db, transaction
from cdv_civic.core.errors import Forbidden
from cdv_civic.core.i18n.catalogue import gettext as _
from cdv_civic.core.i18n.catalogue import speaking
from cdv_civic.core.i18n.catalogues import catalogues, shipped, sources
from cdv_civic.core.i18n.entries import Entry
from cdv_civic.core.i18n.translation_check import Kind
from cdv_civic.core.policy.model import CommandLine
from cdv_civic.translation.models import CatalogueOverride, CatalogueRevision
from cdv_civic.translation.operations import forget_unsaid, import_translations
from cdv_civic.translation.queries import overrides_in, replacements
from cdv_civic.translation.rules import NotTakenReason
from tests import factories as make
from tests.conftest import Site
from tests.publishing import publications
from tests.races import at_once

SIGN_IN: Final = Entry("Se connecter", None, ("Come in",))


def run(app: Flask, *arguments: object) -> Result:
    return app.test_cli_runner().invoke(args=["translations", *map(str, arguments)])


def po(path: Path, body: str) -> Path:
    path.write_text(body, encoding="utf-8")
    return path


@contextmanager
def all_statements() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "PRAGMA")):
            statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


# --- The operation ---------------------------------------------------------------------------------


def test_a_replacement_is_written_told_and_shown_on_pages_and_in_mails(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    account = make.make_account(role="administrator")
    assert "Sign in" in client.get("/en/connexion").text
    number = publications()
    done = import_translations(account, "en", [SIGN_IN])
    assert (done.written, done.taken_back, done.unchanged, done.refused) == (1, 0, 0, ())
    row = session.execute(select(CatalogueOverride)).scalar_one()
    assert (row.language, row.source, row.plural, row.forms) == ("en", "Se connecter", None, ["Come in"])
    assert row.author_id == account.actor_id
    assert publications() == number + 1
    entry = session.execute(select(AuditEntry).where(AuditEntry.action == "interface.translate")).scalar_one()
    assert entry.after == {"language": "en", "written": 1, "taken_back": 0}
    assert "Come in" in client.get("/en/connexion").text
    with speaking("en"):
        assert _("Se connecter") == "Come in"


def test_the_same_again_changes_nothing_and_the_words_of_the_files_take_it_back(app: Flask) -> None:
    import_translations(CommandLine(), "en", [SIGN_IN])
    number = publications()
    assert import_translations(CommandLine(), "en", [SIGN_IN]).unchanged == 1
    assert publications() == number
    done = import_translations(CommandLine(), "en", [Entry("Se connecter", None, ("Sign in",))])
    assert (done.written, done.taken_back) == (0, 1)
    assert overrides_in("en") == []
    assert catalogues().of("en").text("Se connecter") == "Sign in"
    assert (
        import_translations(CommandLine(), "en", [Entry("Se connecter", None, ("Sign in",))]).unchanged == 1
    )


def test_french_can_be_said_in_other_words_too(app: Flask) -> None:
    import_translations(CommandLine(), "fr", [Entry("Se connecter", None, ("Entrer",))])
    assert _("Se connecter") == "Entrer"
    done = import_translations(CommandLine(), "fr", [Entry("Se connecter", None, ("Se connecter",))])
    assert done.taken_back == 1
    assert _("Se connecter") == "Se connecter"


def test_whoever_is_no_administrator_changes_nothing(app: Flask) -> None:
    for role in ("staff", "moderator"):
        with pytest.raises(Forbidden):
            import_translations(make.make_account(role=role), "en", [SIGN_IN])
    assert overrides_in("en") == []


def test_the_bad_are_refused_and_the_good_are_written(app: Flask) -> None:
    done = import_translations(
        CommandLine(),
        "en",
        [
            Entry("Aller au contenu", None, ("<script>",)),
            SIGN_IN,
            Entry("Se connecter", None, ("Twice",)),
            Entry("Ce que nul ne dit", None, ("x",)),
            Entry("Ce que nul ne dit non plus", "", ("x", "y")),
            Entry("Se déconnecter", None, ("x" * 6000,)),
            Entry("Accueil", None, ("",)),
        ],
    )
    assert (done.written, done.unchanged) == (1, 0), "what nobody translated is neither written nor refused"
    assert [(each.source, each.reason) for each in done.refused] == [
        ("Aller au contenu", None),
        ("Se connecter", NotTakenReason.TWICE),
        ("Ce que nul ne dit", NotTakenReason.UNKNOWN),
        ("Ce que nul ne dit non plus", NotTakenReason.UNKNOWN),
        ("Se déconnecter", NotTakenReason.TOO_LONG),
    ]
    assert [each.kind for each in done.refused[0].problems] == [Kind.TAG]


def test_another_process_says_it_without_a_restart(app: Flask, client: FlaskClient, site: Site) -> None:
    """A second application on the same database stands for a second process."""
    other = create_app(site.settings)
    visitor = other.test_client()
    try:
        for page in ("/en/quartiers", "/en/connexion"):
            assert "Straight to it" not in visitor.get(page).text
        import_translations(CommandLine(), "en", [Entry("Aller au contenu", None, ("Straight to it",))])
        for page in ("/en/connexion", "/en/quartiers"):  # a page of one person, and one that is kept
            assert "Straight to it" in visitor.get(page).text, page
    finally:
        with other.app_context():
            db.engine.dispose()


def test_two_imports_of_one_language_at_once_both_stand(app: Flask) -> None:
    words = [source for source, plural in sources().items() if plural is None and source.isalpha()][:20]

    def write(part: int) -> None:
        import_translations(CommandLine(), "en", [Entry(word, None, ("other",)) for word in words[part::2]])

    assert at_once(app, partial(write, 0), partial(write, 1)) == [None, None]
    assert {entry.source for entry in overrides_in("en")} == set(words)
    assert db.session.execute(select(CatalogueRevision.number)).scalar_one() == 2


def test_what_replaces_is_read_in_one_statement_and_one_more_where_it_changed(app: Flask) -> None:
    import_translations(CommandLine(), "en", [SIGN_IN])
    with all_statements() as statements:
        found = replacements(db.session.connection(), {})
    assert found == {"en": (1, [SIGN_IN])}
    assert len(statements) == 2
    with all_statements() as statements:
        assert replacements(db.session.connection(), {"en": 1}) == {}
    assert len(statements) == 1
    assert replacements(db.session.connection(), {"en": 1, "ar": 4}) == {"ar": (0, [])}


def test_a_page_asks_for_words_after_a_publication_alone(app: Flask, client: FlaskClient) -> None:
    def asked() -> int:
        with all_statements() as statements:
            assert client.get("/en/mentions-legales?sans=cache").status_code == 200
            app.extensions["page_store"].clear()
        return sum("catalogue_" in each for each in statements)

    assert asked() == 1
    assert asked() == 0
    with transaction(publishes=SITE):
        pass
    assert (asked(), asked()) == (1, 0)
    import_translations(CommandLine(), "en", [SIGN_IN])
    assert (asked(), asked()) == (2, 0)


def test_an_account_that_is_gone_leaves_its_words(app: Flask, session: Session) -> None:
    account = make.make_account(role="administrator")
    import_translations(account, "en", [SIGN_IN])
    key = next(iter(CatalogueOverride.__table__.c.author_id.foreign_keys))
    assert key.ondelete == "SET NULL"
    assert session.execute(text("SELECT author_id FROM catalogue_override")).scalar_one() == account.actor_id


# --- The commands ----------------------------------------------------------------------------------

GOOD: Final = """\
msgid ""
msgstr "Language: en\\n"

msgid "Se connecter"
msgstr "Come in"
"""


def test_a_file_is_imported_exported_and_imported_again_without_a_change(app: Flask, tmp_path: Path) -> None:
    result = run(app, "import", po(tmp_path / "en.po", GOOD), "--language", "en")
    assert (result.exit_code, result.stdout) == (0, "en: 1 written, 0 taken back, 0 unchanged, 0 refused\n")
    exported = run(app, "export", "--language", "en")
    assert 'msgid "Se connecter"\nmsgstr "Come in"\n' in exported.stdout
    again = run(app, "import", po(tmp_path / "again.po", exported.stdout), "--language", "en")
    assert again.exit_code == 0, again.output
    unchanged = len(shipped("en").entries)
    assert again.stdout == f"en: 0 written, 0 taken back, {unchanged} unchanged, 0 refused\n"


@pytest.mark.parametrize("tag", ["fr", "ar"])
def test_each_language_is_exported_in_a_form_that_is_imported(app: Flask, tmp_path: Path, tag: str) -> None:
    exported = run(app, "export", "--language", tag)
    result = run(app, "import", po(tmp_path / "x.po", exported.stdout), "--language", tag)
    assert result.exit_code == 0, result.output
    assert "0 written, 0 taken back" in result.stdout


def test_each_refusal_says_which_and_why_on_a_line(app: Flask, tmp_path: Path) -> None:
    body = (
        GOOD
        + '\nmsgid "Accueil"\nmsgstr "https://evil.example"\n\nmsgid "Nul ne dit \\x1b[31m"\nmsgstr "x"\n'
    )
    result = run(app, "import", po(tmp_path / "en.po", body), "--language", "en")
    assert result.exit_code == 1
    assert "1 written" in result.stdout
    lines = result.stderr.splitlines()
    assert lines[0] == "Accueil: « https://evil.example » n’est pas dans la phrase française."
    assert lines[1].endswith(": Le site ne dit pas cette phrase.")
    assert "\x1b" not in result.stderr


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (GOOD.replace("Language: en", "Language: ar"), "it says that it is in 'ar'"),
        ("no file of translations", "not a PO file"),
        ('msgctxt "a"\nmsgid "Se connecter"\nmsgstr "x"\n', "a context"),
        ('msgid "a"\nmsgid_plural "b"\nmsgid_plural "c"\nmsgstr[0] "x"\nmsgstr[1] "y"\n', "more than one plural"),
        ('msgid "a"\nmsgid_plural "b"\nmsgstr[0] "x"\nmsgstr[7] "y"\n', "not a PO file"),
        ('msgid "a"\nmsgid_plural "b"\nmsgstr[' + "9" * 5000 + '] "x"\n', "not a PO file"),
        ("# x\n" * 600_000, "more than 2097152 bytes"),
        ("".join(f'msgid "{each}"\nmsgstr "x"\n\n' for each in range(20_001)), "more than 20000 messages"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_whole(app: Flask, tmp_path: Path, body: str, why: str) -> None:
    result = run(app, "import", po(tmp_path / "en.po", body), "--language", "en")
    assert result.exit_code == 2, result.output
    assert why in result.stderr
    assert overrides_in("en") == []


def test_a_file_that_is_no_utf_8_is_refused(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "en.po"
    path.write_bytes(b'msgid "\xff"\nmsgstr "x"\n')
    assert run(app, "import", path, "--language", "en").exit_code == 2


COUNTED: Final = """\
msgid "%(num)s quartier"
msgid_plural "%(num)s quartiers"
msgstr[0] "%(num)s area"
msgstr[1] "%(num)s areas"
"""


@pytest.mark.parametrize(
    "rule", ["nplurals=999999999; plural=n", "nplurals=2; plural=1/(n-1)", "nplurals=2; plural=n**n", "x"]
)
def test_plural_forms_that_are_not_those_of_the_language_are_refused(
    app: Flask, tmp_path: Path, rule: str
) -> None:
    body = f'msgid ""\nmsgstr "Plural-Forms: {rule};\\n"\n\n{COUNTED}'
    result = run(app, "import", po(tmp_path / "en.po", body), "--language", "en")
    assert result.exit_code == 2
    assert "its plural forms are not 'nplurals=2; plural=(n != 1);'" in result.stderr


def test_a_counted_message_is_imported_with_all_its_forms(app: Flask, tmp_path: Path) -> None:
    body = 'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=n!=1;\\n"\n\n' + COUNTED
    assert run(app, "import", po(tmp_path / "en.po", body), "--language", "en").exit_code == 0
    forms = ("%(num)s area", "%(num)s areas")
    assert overrides_in("en") == [Entry("%(num)s quartier", "%(num)s quartiers", forms)]
    incomplete = body.replace('msgstr[1] "%(num)s areas"', "")
    result = run(app, "import", po(tmp_path / "en.po", incomplete), "--language", "en")
    assert result.stderr == "%(num)s quartier: Forme 2 : La traduction est vide.\n"


def test_what_is_marked_as_uncertain_is_left_out(app: Flask, tmp_path: Path) -> None:
    body = GOOD.replace('msgid "Se', '#, fuzzy\nmsgid "Se')
    assert "0 written" in run(app, "import", po(tmp_path / "en.po", body), "--language", "en").stdout


OBSOLETE: Final = """\
#, fuzzy
#~| msgctxt "menu"
#~| msgid "Autrefois"
#~ msgid ""
#~ "Naguère"
#~ msgstr ""
#~ "Once"

#~ msgid "%(num)s rue"
#~ msgid_plural "%(num)s rues"
#~ msgstr[0] "a"
#~ msgstr[1] "b"
#~ msgstr[2] "c"
"""


@pytest.mark.parametrize("body", [f"{GOOD}\n{OBSOLETE}", f"{OBSOLETE}\n{GOOD}", f"{GOOD}{OBSOLETE}"])
def test_what_programs_keep_of_messages_that_are_gone_is_passed_over(
    app: Flask, tmp_path: Path, body: str
) -> None:
    """As Poedit and msgmerge write it, with what it was before; it refuses nothing and marks nothing."""
    result = run(app, "import", po(tmp_path / "en.po", body), "--language", "en")
    assert result.exit_code == 0, result.output
    assert overrides_in("en") == [SIGN_IN]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_lines_may_end_as_any_system_ends_them(app: Flask, tmp_path: Path, end: str) -> None:
    path = tmp_path / "en.po"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", end).encode())
    result = run(app, "import", path, "--language", "en")
    assert result.exit_code == 0, result.output
    assert overrides_in("en") == [SIGN_IN]


def test_a_language_as_one_country_writes_it_is_that_language(app: Flask, tmp_path: Path) -> None:
    """As Poedit names it, after the settings of the machine."""
    for said in ("en_GB", "en-US", "EN"):
        body = GOOD.replace("Language: en", f"Language: {said}")
        assert run(app, "import", po(tmp_path / "en.po", body), "--language", "en").exit_code == 0, said
    for said in ("en_Dsrt", "en@shaw", "fr_FR", "English", "en_", "_"):
        body = GOOD.replace("Language: en", f"Language: {said}")
        assert run(app, "import", po(tmp_path / "en.po", body), "--language", "en").exit_code == 2, said


def test_a_language_that_the_site_does_not_have_is_refused(app: Flask, tmp_path: Path) -> None:
    path = po(tmp_path / "xx.po", GOOD)
    assert run(app, "import", path, "--language", "xx").exit_code == 2
    assert run(app, "export", "--language", "../en").exit_code == 2


def test_what_the_site_does_not_say_any_more_is_forgotten_when_somebody_asks_for_it(
    app: Flask, session: Session
) -> None:
    import_translations(CommandLine(), "en", [SIGN_IN])
    for language in ("en", "ar"):
        session.execute(
            text(
                "INSERT INTO catalogue_revision (language, number) VALUES (:language, 1)"
                " ON CONFLICT (language) DO NOTHING"
            ),
            {"language": language},
        )
        session.execute(
            text(
                "INSERT INTO catalogue_override (language, source_hash, source, forms, changed_at)"
                " VALUES (:language, 'x', 'Une phrase de la version d’avant', :forms, '2026-11-20 09:00:00+00:00')"
            ),
            {"language": language, "forms": '["A sentence"]'},
        )
    session.commit()
    number = publications()
    result = run(app, "forget", "--language", "en")
    assert (result.exit_code, result.stdout) == (0, "en: 1 without a source forgotten\n")
    session.rollback()
    assert overrides_in("en") == [SIGN_IN], "what it says stays"
    assert len(overrides_in("ar")) == 1, "and so does another language"
    assert publications() == number, "no page said it"
    (line,) = (
        session.execute(select(AuditEntry.after).where(AuditEntry.after["forgotten"].is_not(None)))
        .scalars()
        .all()[-1:]
    )
    assert line == {"language": "en", "forgotten": 1}
    assert run(app, "forget", "--language", "en").stdout == "en: 0 without a source forgotten\n"
    with pytest.raises(Forbidden):
        forget_unsaid(make.make_account(), "ar")


def test_the_check_lists_what_is_not_shown(app: Flask, session: Session) -> None:
    assert run(app, "check").exit_code == 0
    import_translations(CommandLine(), "en", [SIGN_IN])
    for source in ("Se connecter", "Une phrase de la version d’avant"):
        session.execute(
            text(
                "INSERT INTO catalogue_override (language, source_hash, source, forms, changed_at)"
                " VALUES ('en', :source, :source, :forms, '2026-11-20 09:00:00+00:00')"
            ),
            {"source": source, "forms": '["<script>"]'},
        )
    session.commit()
    result = run(app, "check", "--language", "en")
    assert result.exit_code == 1
    assert "« <script> » n’est pas dans la phrase française." in result.stderr
    assert "Une phrase de la version d’avant: the site does not say this any more" in result.stderr
    assert (
        result.stdout
        == f"en: {len(shipped('en').entries)} in the files, 2 replaced, 1 refused, 1 without a source\n"
    )
