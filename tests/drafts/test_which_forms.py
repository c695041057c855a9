"""Which forms may keep what is typed into them. A form that is new with a long text says here what it does, and why."""

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from flask import Flask
from jinja2 import Environment, nodes
from wtforms import PasswordField, StringField

from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.forms.fields import CodeField, password_field
from cdv_civic.core.registry import RegisteredTwice
from cdv_civic.core.settings import ROOT
from cdv_civic.drafts.forms import draft_of, refuse_secrets
from cdv_civic.drafts.kinds import DraftKind, draft_kinds, register_draft_kind

pytestmark = pytest.mark.one_database

TEMPLATES: Final = ROOT / "templates"

#: What holds the tags of a form that keeps drafts, with the kinds of its forms.
KEEP: Final = {
    "bodies/meeting.html": {"meeting.announce", "meeting.edit"},
    "bodies/publication_form.html": {"publication.publish", "publication.edit"},
    "commitments/desk/edit.html": {"commitment.edit"},
    "commitments/desk/progress.html": {"progress.publish"},
    "consultations/answering/screen.html": {"consultation.answer"},
    "consultations/restitution/desk/edit.html": {"consultation.reply"},
    "consultations/desk/settings.html": {"consultation.settings"},
    "fund/projects/deposit.html": {"fund_project.put"},
    "fund/opinions/give.html": {"opinion.give"},
    "voices/act.html": {"voice.answer", "voice.close"},
    "voices/transmitted_reply.html": {"voice.reply"},
}
_QUICK_EXIT: Final = "beside a quick exit, and linked to an account only as it is sent"
_OTHERS: Final = "the words of somebody else"
_LINE: Final = "one sentence that says why"
_SHORT: Final = "a few lines that stand already, and are corrected"
#: Every other template with a long text.
KEEP_NOTHING: Final = {
    "bodies/cancel.html": _LINE,
    "bodies/cancel_occurrence.html": _LINE,
    "bodies/edit.html": _SHORT,
    "bodies/move_occurrence.html": _LINE,
    "bodies/withdraw_publication.html": _LINE,
    "commitments/desk/links.html": _LINE,
    "commitments/desk/origin.html": _SHORT,
    "commitments/desk/translations.html": "saved text by text, as often as one likes",
    "commitments/desk/withdraw.html": _LINE,
    "components/forms.html": "the component",
    "consultations/comments/document.html": "pasted from a file",
    "consultations/comments/own.html": "behind a receipt",
    "consultations/comments/thing.html": "sent without an account, and linked to one only as it is sent",
    "consultations/parts.html": "a question of a form that keeps drafts, and of sheets that others fill",
    "consultations/desk/macros.html": "the component",
    "consultations/desk/options.html": "a few lines, added as often as one likes",
    "consultations/desk/question.html": _SHORT,
    "consultations/statements/settings.html": "a few lines, added as often as one likes",
    "consultations/paper/posters.html": "texts to copy, not to write",
    "draws/edit.html": _SHORT,
    "draws/import.html": "names of candidates, pasted from a file",
    "draws/publish.html": _SHORT,
    "draws/withdraw.html": _LINE,
    "fund/projects/macros.html": "questions of a form that keeps drafts, of one behind a receipt, and of a relais",
    "fund/reviews/desk/show.html": _SHORT,
    "fund/reviews/macros.html": "behind a receipt, with photos that no draft holds; at the desk copied from paper",
    "fund/reviews/stop.html": _LINE,
    "fund/desk/macros.html": "the component",
    "fund/desk/rules.html": _SHORT,
    "fund/macros.html": "the component",
    "glossary/word.html": _SHORT,
    "ideas/desk/macros.html": "the component",
    "ideas/followed.html": "behind a receipt",
    "ideas/followed_point.html": "behind a receipt",
    "ideas/point.html": _LINE,
    "ideas/relais/macros.html": _OTHERS,
    "ideas/put.html": "sent without an account, and linked to one only as it is sent",
    "language_help/edit.html": _SHORT,
    "moderation/hint_list/add.html": "words of a list, pasted from a file",
    "layouts/problem.html": "what was typed comes back by itself",
    "moderation/appeals/answer.html": "about the words of somebody else",
    "moderation/appeals/form.html": _QUICK_EXIT,
    "moderation/charter/principle.html": _SHORT,
    "moderation/reports/form.html": _QUICK_EXIT,
    "moderation/decide.html": _LINE,
    "voices/enter.html": _OTHERS,
    "voices/options.html": _SHORT,
    "voices/publish.html": _OTHERS,
    "voices/relais_write.html": _OTHERS,
    "voices/reopen.html": _LINE,
    "voices/speak.html": _QUICK_EXIT,
    "voices/transmit.html": _OTHERS,
}
#: Forms that ask for a secret: nothing of them is ever kept.
SECRET: Final = frozenset(
    {
        "AnswerChangeForm",
        "AuthenticatorCodeForm",
        "CardForm",
        "ChoosePasswordForm",
        "ConfirmPasswordForm",
        "CorrectProjectForm",
        "DeskCodeForm",
        "GiveUpProjectForm",
        "LostForm",
        "MessageCodeForm",
        "NoteForm",
        "ObjectForm",
        "OpenReviewForm",
        "OpenStopForm",
        "PasswordForm",
        "ProofForm",
        "ReceiptAppealForm",
        "ReceiptButtonForm",
        "ReceiptForm",
        "RecoveryForm",
        "RewordCommentForm",
        "RewordForm",
        "RewordSentenceForm",
        "RewordPointForm",
        "SignInForm",
        "TakeCommentBackForm",
        "TakeIdeaBackForm",
        "TextBackForm",
        "TakeAwayForm",
    }
)


def source(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def whole(environment: Environment, name: str) -> str:
    """A template with those that it extends and includes: all that stands on its page, but for macros."""
    text = source(name)
    tree = environment.parse(text)
    others: list[Any] = [*tree.find_all(nodes.Extends), *tree.find_all(nodes.Include)]
    for node in others:
        assert isinstance(node.template, nodes.Const)
        text += whole(environment, node.template.value)
    return text


def templates() -> Iterator[str]:
    for path in sorted(TEMPLATES.rglob("*.html")):
        yield path.relative_to(TEMPLATES).as_posix()


def with_long_texts(environment: Environment) -> set[str]:
    return {
        name
        for name in templates()
        if re.search(r"(?:textarea_field|big_question)\(|<textarea", source(name))
    }


def test_each_form_with_a_long_text_keeps_drafts_or_says_why_not(app: Flask) -> None:
    keeping = {
        name for name in with_long_texts(app.jinja_env) if "draft_marks(draft)" in whole(app.jinja_env, name)
    }
    own = {name for name in keeping if "draft_marks(draft)" in source(name)}
    # A page that only fills the frame of one that keeps drafts; its view gives a draft, or none.
    filling = keeping - own - set(KEEP_NOTHING)
    assert filling == {"voices/answer.html", "voices/close.html"}
    silent = with_long_texts(app.jinja_env) - own - filling - set(KEEP_NOTHING)
    assert silent == set(), "let its form keep drafts (docs/adding-things.md), or say here why it does not"
    assert set(KEEP_NOTHING) - with_long_texts(app.jinja_env) == set()


def test_these_forms_keep_drafts_and_no_others(app: Flask) -> None:
    assert {name for name in templates() if "{{ draft_marks(draft)" in source(name)} == set(KEEP)
    kinds = [kind for each in KEEP.values() for kind in each]
    assert sorted(kinds) == sorted(draft_kinds())


@pytest.mark.parametrize("name", [*KEEP, "voices/answer.html", "voices/close.html"])
def test_a_page_that_keeps_drafts_has_no_quick_exit_and_asks_for_no_secret(app: Flask, name: str) -> None:
    page = whole(app.jinja_env, name)
    assert "quick_exit" not in page
    assert not re.search(
        r"password|one-time-code|code_field|card-code|form\.(?:code|receipt|proof|card)\b", page
    )
    for macro in ("draft_notice(draft, form)", "draft_fields(draft)", "keep_button()"):
        assert page.count("{{ " + macro) == 1


def test_every_quick_exit_erases_what_the_device_keeps() -> None:
    exits = [name for name in templates() if "quick_exit_url" in source(name) or "quick-exit" in source(name)]
    assert exits == ["participation/help.html"]
    assert re.search(
        r'<a [^>]*href="\{\{ quick_exit_url \}\}" data-erase-drafts', source("participation/help.html")
    )


def test_whoever_leaves_leaves_nothing_on_the_device() -> None:
    leaving = [
        name for name in templates() if re.search(r"url(?:_for)?\('(?:sign_in\.)?sign_out'\)", source(name))
    ]
    assert leaving == ["layouts/desk.html", "layouts/shared_device.html", "sign_in/leaving.html"]
    for name in [*leaving, "sign_in/components.html", "my_space/erased.html"]:
        assert "data-erase-drafts" in source(name), name


def every_form(of: type[StaffForm] = StaffForm) -> Iterator[type[StaffForm]]:
    for each in of.__subclasses__():
        if each.__module__.startswith("cdv_civic."):
            yield each
        yield from every_form(each)


def test_every_form_that_asks_for_a_secret_is_known_as_one(app: Flask) -> None:
    found = set()
    with app.test_request_context("/fr/"):
        for each in every_form():
            try:
                refuse_secrets(each())
            except ValueError:
                found.add(each.__name__)
    assert found == SECRET


class Ballot(StaffForm):
    choice = StringField()


class WithPassword(StaffForm):
    words = StringField()
    secret = PasswordField()


class WithCode(StaffForm):
    words = StringField()
    six_digits = CodeField()


class WithNewPassword(StaffForm):
    words = StringField()
    chosen = password_field("Mot de passe", "Écrivez-le.", new=True)


@pytest.mark.parametrize("form", [WithPassword, WithCode, WithNewPassword])
def test_a_form_with_a_secret_cannot_be_opened_with_a_draft(app: Flask, form: type[StaffForm]) -> None:
    with app.test_request_context("/fr/"), pytest.raises(ValueError, match="keeps no draft"):
        draft_of(form(), "voice.answer", 1)


def test_nor_can_one_that_nobody_declared(app: Flask) -> None:
    with app.test_request_context("/fr/"), pytest.raises(ValueError, match="no form is declared"):
        draft_of(Ballot(), "fund.ballot", 1)


def test_ballots_cannot_be_declared_and_nothing_twice(app: Flask) -> None:
    known = draft_kinds()["voice.answer"]
    with pytest.raises(ValueError, match="never kept"):
        register_draft_kind(app, DraftKind("fund.ballot", "Un bulletin", "account.self", known.describe))
    with pytest.raises(RegisteredTwice):
        register_draft_kind(app, known)
