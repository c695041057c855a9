"""Moderated texts of a kind of their own, for tests of hints."""

from collections.abc import Mapping, Sequence

import pytest
from flask import Flask

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core.db import transaction
from cdv_civic.core.policy.model import Role, Scope, ScopeKind
from cdv_civic.moderation.hint_list.operations import add_words
from cdv_civic.moderation.hint_list.rules import read_list
from cdv_civic.moderation.kinds import ModeratedKind, SaidText
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.operations.entering import ModeratedBy, open_case
from cdv_civic.moderation.operations.hinting import hint_case
from cdv_civic.territory.models import Contract
from tests import factories as make

KIND = "hint_test"


class Texts:
    """A kind whose words lie in memory."""

    def __init__(self) -> None:
        self.said: dict[int, SaidText] = {}
        self.kind = ModeratedKind(
            KIND, "Essai", "pencil", self.read, lambda _session, _ids: {}, lambda *_args: None
        )

    def read(self, ids: Sequence[int], _language: str) -> Mapping[int, SaidText]:
        return {each: self.said[each] for each in ids if each in self.said}

    def enter(
        self, contract: Contract, words: str, *, title: str = "", lang: str | None = "fr", **case: bool
    ) -> ModeratedText:
        """A text that comes in, looked through."""
        came_in = case.pop("came_in", False)
        said = SaidText(title, words, lang)
        with transaction() as session:
            text = open_case(session, KIND, ModeratedBy(contract.id), author_id=None, **case)
            hint_case(session, text, said, came_in=came_in)
        self.said[text.id] = said
        return text

    def reword(self, text: ModeratedText, words: str) -> None:
        """The same text, written otherwise."""
        said = SaidText("", words, "fr")
        with transaction() as session:
            hint_case(session, session.get_one(ModeratedText, text.id), said)
        self.said[text.id] = said


@pytest.fixture
def texts(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Texts:
    """A kind of texts that the application knows for one test."""
    made = Texts()
    monkeypatch.setitem(app.extensions.setdefault("moderated_kinds", {}), KIND, made.kind)
    return made


def staff_of(contract: Contract) -> SignedIn:
    return make.make_account(role=Role.STAFF.value, scope=Scope(ScopeKind.CONTRACT, contract.id))


def list_words(contract: Contract, *words: str, lang: str = "fr") -> None:
    """Put words on the list of a contract."""
    add_words(staff_of(contract), contract.id, read_list("\n".join(words), lang, [lang]).words)
