"""The words that a territory asks to look at: who keeps the list, what it takes, and what its page says of each."""

import html
from collections.abc import Callable
from contextlib import AbstractContextManager
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import DomainError, Forbidden
from cdv_civic.core.policy.model import CommandLine, Role, Scope, ScopeKind
from cdv_civic.moderation.hint_list import operations, queries
from cdv_civic.moderation.hint_list.rules import MOST_LINES, LineFault, read_list
from cdv_civic.moderation.models import HintPattern
from cdv_civic.moderation.operations.hinting import judge
from cdv_civic.moderation.queries.hints import hints_of
from cdv_civic.territory.models import Contract
from tests import factories as make
from tests.bodies.bodies import make_body
from tests.moderation.hint_texts import Texts, list_words, staff_of, texts
from tests.page_forms import PageForm
from tests.races import at_once
from tests.signing_in import open_browser, token_of

__all__ = ["texts"]

LIST = "/fr/bureau/mots-a-signaler"
TAGS = ("fr", "en", "ar")
Counting = Callable[[], AbstractContextManager[list[str]]]


def read(text: str) -> list[tuple[str, str]]:
    return [(each.lang, each.words) for each in read_list(text, "fr", TAGS).words]


def test_words_are_read_one_a_line_and_each_once() -> None:
    found = read_list("Zouzouflette\n\n  grand   zigomar \nZOUZOUFLETTE\nzouzouflétte", "fr", TAGS)
    assert [(each.words, each.folded) for each in found.words] == [
        ("Zouzouflette", "zouzouflette"),
        ("grand zigomar", "grand zigomar"),
    ]
    assert (found.repeated, found.bad) == (2, ())


def test_a_table_with_named_columns_or_with_languages_is_read_as_such() -> None:
    assert read("Langue;Mot;Alertes\nen;wobblegob;12\n;zouzouflette;0") == [
        ("en", "wobblegob"),
        ("fr", "zouzouflette"),
    ]
    assert read("الكلمة\nزوزو") == [("fr", "زوزو")]
    assert read("en;wobblegob\nar;زوزو") == [("en", "wobblegob"), ("ar", "زوزو")]
    assert read("zouzou, zigomar") == [("fr", "zouzou"), ("fr", "zigomar")]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("x" * 81, LineFault.LONG),
        ("a", LineFault.SHORT),
        ("!!!", LineFault.SHORT),
        ("Les", LineFault.COMMON),
        ("un deux trois quatre cinq six sept huit neuf", LineFault.MANY_WORDS),
        ('Mot;Autre\n"zouzou', LineFault.QUOTE),
        ("Langue;Mot\nxx;zouzou", LineFault.LANGUAGE),
    ],
)
def test_a_line_that_cannot_be_looked_for_is_named(line: str, fault: LineFault) -> None:
    assert [each.fault for each in read_list(line, "fr", TAGS).bad] == [fault]


def test_five_thousand_lines_are_read_and_more_are_refused() -> None:
    lines = [f"mot{number}" for number in range(MOST_LINES + 1)]
    assert len(read_list("\n".join(lines[:-1]), "fr", TAGS).words) == MOST_LINES
    assert read_list("\n".join(lines), "fr", TAGS).too_long


def test_who_acts_in_a_contract_keeps_its_list_and_no_other(app: Flask) -> None:
    here, there = make.make_contract(), make.make_contract()
    body = make_body(here)
    moderator = make.make_account(role=Role.MODERATOR.value, scope=Scope(ScopeKind.BODY, body.id))
    words = read_list("zouzouflette", "fr", TAGS).words
    for actor in (staff_of(here), moderator):
        operations.add_words(actor, here.id, words)
        with pytest.raises(Forbidden):
            operations.add_words(actor, there.id, words)
        with pytest.raises(Forbidden):
            operations.take_off(actor, there.id, [1])
        with pytest.raises(Forbidden):
            operations.put_back(actor, there.id, [1])
    state = make.make_account(role=Role.STATE.value, scope=Scope(ScopeKind.CONTRACT, here.id))
    for stranger in (state, make.make_account(role=None)):
        with pytest.raises(Forbidden):
            operations.add_words(stranger, here.id, words)


def test_words_are_added_once_taken_off_and_put_back(app: Flask, session: Session) -> None:
    contract = make.make_contract()
    staff = staff_of(contract)
    words = read_list("zouzouflette\nzigomar", "fr", TAGS).words
    assert operations.add_words(staff, contract.id, words) == operations.AddedWords(2, 0)
    assert operations.add_words(staff, contract.id, words) == operations.AddedWords(0, 2)
    ids = session.execute(select(HintPattern.id)).scalars().all()
    assert [operations.take_off(staff, contract.id, ids[:1]) for _ in range(2)] == [1, 0]
    assert [operations.put_back(staff, contract.id, ids) for _ in range(2)] == [1, 0]
    operations.take_off(staff, contract.id, ids[:1])
    assert operations.add_words(staff, contract.id, words) == operations.AddedWords(1, 1)


def test_the_audit_trail_says_how_many_and_never_which(app: Flask, session: Session) -> None:
    contract = make.make_contract()
    list_words(contract, "zouzouflette")
    (entry,) = session.execute(select(AuditEntry).where(AuditEntry.action == "charter.edit")).scalars()
    assert entry.after == {"added": 1}


def test_a_list_has_no_more_words_than_can_be_looked_through(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "MOST_LISTED", 3)
    contract = make.make_contract()
    list_words(contract, "zouzou", "zigomar", "zaza")
    list_words(contract, "wobblegob", lang="en")
    with pytest.raises(DomainError):
        list_words(contract, "zut")


def test_the_database_takes_a_word_of_a_language_once(app: Flask) -> None:
    contract = make.make_contract()
    list_words(contract, "zouzou")
    with pytest.raises(IntegrityError), transaction() as session:
        session.add(
            HintPattern(
                contract_id=contract.id,
                lang="fr",
                words="Zouzou",
                folded="zouzou",
                retired_at=None,
                created_by=None,
            )
        )


def test_alarms_are_counted_for_each_word_and_each_kind(texts: Texts) -> None:
    contract = make.make_contract()
    list_words(contract, "zouzou", "zigomar")
    for number in range(3):
        text = texts.enter(contract, f"zouzou {number} au 06 12 34 56 78")
        ids = [each.id for each in hints_of([text.id])[text.id] if each.listed and number < 2]
        with transaction() as session:
            judge(session, text.id, ids)
    zigomar, zouzou = queries.list_page(contract.id, queries.ListFilters(), None).rows
    assert (zigomar.alarms, zouzou.alarms) == (queries.Alarms(0, 0), queries.Alarms(3, 2))
    assert [each.words for each in queries.most_wrong(contract.id)] == ["zouzou"]
    assert {kind.value: alarms for kind, alarms in queries.alarms_by_kind(contract.id).items()} == {
        "telephone": queries.Alarms(3, 0),
        "mot_signale": queries.Alarms(3, 2),
    }
    assert queries.alarms_by_kind(make.make_contract().id) == {}


@pytest.fixture
def staff(app: Flask, client: FlaskClient) -> FlaskClient:
    """The browser of staff, in a contract of the slug `ici`."""
    open_browser(client, staff_of(make.make_contract("ici")))
    return client


def send(staff: FlaskClient, typed: dict[str, Any]) -> TestResponse:
    """Fill the form that adds words, and send it."""
    form = PageForm(staff.get(f"{LIST}/ajouter?contrat=ici").text, "words")
    return staff.post(
        f"{LIST}/ajouter?contrat=ici", data={**form.filled({}), **typed}, content_type="multipart/form-data"
    )


def test_staff_paste_words_find_them_and_take_them_off(staff: FlaskClient, session: Session) -> None:
    assert "La liste est vide" in staff.get(LIST).text
    assert send(staff, {"lang": "fr", "words": "zouzouflette\ngrand zigomar"}).status_code == 303
    page = staff.get(f"{LIST}?q=ZIGOMÀR")
    assert "2 mots ajoutés." in page.text
    assert "grand zigomar" in page.text
    assert "zouzouflette" not in page.text
    word = session.execute(select(HintPattern.id).where(HintPattern.words == "grand zigomar")).scalar_one()
    pressed = {"csrf_token": token_of(page), "word": str(word)}
    assert (
        "1 mot retiré." in staff.post(f"{LIST}/retirer?contrat=ici", data=pressed, follow_redirects=True).text
    )
    assert "grand zigomar" not in staff.get(LIST).text
    assert "grand zigomar" in staff.get(f"{LIST}?retires=1").text
    staff.post(f"{LIST}/remettre?contrat=ici", data=pressed)
    assert "grand zigomar" in staff.get(LIST).text


def test_a_line_that_is_wrong_is_named_and_nothing_typed_is_lost(staff: FlaskClient) -> None:
    answer = send(staff, {"lang": "ar", "words": "zouzou\nles"})
    assert answer.status_code == 422
    assert "Ligne 2\u00a0: « les » est dans presque tous les textes." in html.unescape(answer.text)
    assert "zouzou\nles" in answer.text.replace("\r\n", "\n")
    assert "La liste est vide" in staff.get(LIST).text


def test_nothing_is_not_added(staff: FlaskClient) -> None:
    assert send(staff, {"lang": "fr", "words": ""}).status_code == 422


def test_what_was_exported_can_be_sent_back(staff: FlaskClient, session: Session) -> None:
    send(staff, {"lang": "fr", "words": "zouzou\n=zigomar"})
    send(staff, {"lang": "en", "words": "wobblegob"})
    file = staff.get(f"{LIST}/liste.csv?contrat=ici")
    assert file.mimetype == "text/csv"
    assert "'=zigomar" in file.text
    kept = select(HintPattern.lang, HintPattern.folded).order_by(HintPattern.id)
    before = session.execute(kept).all()
    assert len(before) == 3
    answer = send(staff, {"lang": "fr", "words": "", "file": (BytesIO(file.data), "mots.csv")})
    assert answer.status_code == 303
    assert "3 étaient déjà sur la liste." in staff.get(LIST).text
    assert session.execute(kept).all() == before


def test_a_contract_that_is_not_ones_own_is_not_there(staff: FlaskClient) -> None:
    make.make_contract("ailleurs")
    for page in ("", "/ajouter", "/liste.csv"):
        assert staff.get(f"{LIST}{page}?contrat=ailleurs").status_code == 404


def test_thousands_of_words_are_paged_in_a_constant_number_of_statements(
    staff: FlaskClient, session: Session, count_statements: Counting
) -> None:
    contract_id = session.execute(select(Contract.id)).scalar_one()
    counts = []
    for many in (1, 3000):
        words = read_list("\n".join(f"mot{number}" for number in range(many)), "fr", TAGS).words
        operations.add_words(CommandLine(), contract_id, words)
        staff.get(LIST)
        with count_statements() as statements:
            page = staff.get(LIST)
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert page.text.count('name="word"') == queries.PER_PAGE
    assert 'rel="next"' in page.text


def test_two_people_who_paste_one_list_at_once_add_each_word_once(app: Flask, session: Session) -> None:
    contract = make.make_contract()
    words = read_list("zouzou\nzigomar", "fr", TAGS).words
    people = [staff_of(contract), staff_of(contract)]
    session.commit()
    ended = at_once(app, *(lambda who=each: operations.add_words(who, contract.id, words) for each in people))
    assert sorted(map(str, ended)) == sorted(
        map(str, (operations.AddedWords(2, 0), operations.AddedWords(0, 2)))
    )
