"""Keeping a draft with an account, and how it goes: sent, erased, too old, with the account."""

import dataclasses
import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from cdv_civic.accounts.erasure import erase_own_account
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import DomainError, Forbidden, NotFound
from cdv_civic.core.policy.model import CommandLine
from cdv_civic.drafts import operations, rules
from cdv_civic.drafts.kinds import draft_kinds
from cdv_civic.drafts.models import Draft
from cdv_civic.drafts.operations import DraftChanged, erase, forget_old_drafts, forget_sent, keep
from cdv_civic.drafts.queries import KeptDraft, kept_draft, own_draft
from cdv_civic.drafts.rules import DraftKey, SentDraft
from cdv_civic.my_space.queries import my_export
from cdv_civic.participation.rules.receipts import read_receipt
from cdv_civic.voices.operations.keeping import take_away
from tests import factories as make
from tests.conftest import TODAY
from tests.races import at_once, write_once_all_have_looked
from tests.voices.voices import make_place, said

KEY = DraftKey("voice.answer", "12")
WORDS = {"answer_fr": ["Le parc rouvre en mai."], "answered_by": ["Conseil"]}


@pytest.fixture
def author(app: Flask) -> SignedIn:
    return make.make_account()


def kept(author: SignedIn, key: DraftKey = KEY) -> KeptDraft | None:
    db.session.rollback()
    assert author.actor_id is not None
    return kept_draft(author.actor_id, key)


def words_of(author: SignedIn, key: DraftKey = KEY) -> object:
    found = kept(author, key)
    return found and found.typed


def saying(text: str) -> dict[str, list[str]]:
    return {"answer_fr": [text]}


def test_what_is_kept_comes_back_as_it_was_typed(author: SignedIn) -> None:
    version = keep(author, KEY, WORDS, base="3")
    found = kept(author)
    assert found is not None
    assert (found.typed, found.base, found.version, found.saved_at) == (WORDS, "3", version, TODAY)


def test_saving_again_goes_on_from_what_was_opened(author: SignedIn) -> None:
    first = keep(author, KEY, WORDS)
    second = keep(author, KEY, saying("Le parc rouvre en juin."), seen=first)
    assert second != first
    assert words_of(author) == saying("Le parc rouvre en juin.")


def test_the_same_words_twice_are_kept_once_and_for_longer(author: SignedIn) -> None:
    first = keep(author, KEY, WORDS)
    with clock.frozen_everywhere(TODAY + timedelta(days=3)):
        assert keep(author, KEY, WORDS) == first, "a second tap"
    found = kept(author)
    assert found is not None
    assert found.saved_at == TODAY + timedelta(days=3)


def test_two_devices_at_once_lose_nothing(author: SignedIn) -> None:
    opened = keep(author, KEY, WORDS)
    keep(author, KEY, saying("Sur le téléphone."), seen=opened)
    with pytest.raises(DraftChanged):
        keep(author, KEY, saying("Sur l’ordinateur."), seen=opened)
    assert words_of(author) == saying("Sur le téléphone.")


def test_a_draft_that_was_sent_and_begun_again_is_another_one(author: SignedIn) -> None:
    opened = keep(author, KEY, WORDS)
    with transaction() as session:
        forget_sent(session, author, SentDraft(KEY, opened))
    keep(author, KEY, saying("Une autre réponse."))
    with pytest.raises(DraftChanged):
        keep(author, KEY, saying("De la page d’avant."), seen=opened)


def test_each_account_and_each_form_has_its_own(author: SignedIn) -> None:
    other = make.make_account()
    keep(author, KEY, WORDS)
    keep(other, KEY, saying("La mienne."))
    keep(author, DraftKey("voice.close", "12"), saying("Rien ne suit."))
    assert words_of(author) == WORDS
    assert words_of(other) == saying("La mienne.")


def test_nothing_is_nothing_to_keep(author: SignedIn) -> None:
    for nothing in ({}, {"answer_fr": ["", "  \n"]}):
        with pytest.raises(DomainError, match="DomainError"):
            keep(author, KEY, nothing)
    assert kept(author) is None


def test_a_draft_is_bounded(author: SignedIn) -> None:
    room = rules.MOST_BYTES - rules.bytes_of(saying(""))
    keep(author, KEY, saying("é" * (room // 2)))
    with pytest.raises(DomainError):
        keep(author, DraftKey("voice.answer", "13"), saying("é" * (room // 2 + 1)))


def test_the_table_keeps_the_bound_too(author: SignedIn) -> None:
    row: dict[str, Any] = {
        "account_id": author.actor_id,
        "form_kind": KEY.kind,
        "owner_key": KEY.owner,
        "fields": saying("a" * rules.MOST_BYTES),
        "base": "",
        "version": "v",
        "saved_at": TODAY,
    }
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(insert(Draft), [row])
    small = row | {"fields": saying("a")}
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(insert(Draft), [small, small])


def test_so_is_their_number(author: SignedIn) -> None:
    for number in range(rules.MOST_DRAFTS):
        keep(author, DraftKey("voice.answer", str(number)), WORDS)
    with pytest.raises(DomainError):
        keep(author, DraftKey("voice.answer", "one-more"), WORDS)
    first = kept(author, DraftKey("voice.answer", "0"))
    assert first is not None
    keep(author, first.key, saying("Plus long."), seen=first.version)
    keep(make.make_account(), KEY, WORDS)


def test_whoever_has_no_account_keeps_nothing(app: Flask) -> None:
    with pytest.raises(NotFound):
        keep(CommandLine(), KEY, WORDS)


def test_nor_does_whoever_holds_no_role_at_all(author: SignedIn) -> None:
    keep(author, KEY, WORDS)
    found = kept(author)
    assert found is not None
    nobody = dataclasses.replace(author, grants=frozenset())
    with pytest.raises(Forbidden):
        keep(nobody, DraftKey("voice.answer", "13"), WORDS)
    with pytest.raises(Forbidden):
        erase(nobody, found.id, seen=found.version)


def test_a_draft_goes_with_the_act_that_sends_it(author: SignedIn) -> None:
    version = keep(author, KEY, WORDS)
    with transaction() as session:
        forget_sent(session, author, SentDraft(KEY, version))
    assert kept(author) is None


def test_and_stays_where_the_act_was_refused(author: SignedIn) -> None:
    version = keep(author, KEY, WORDS)

    def refused() -> None:
        with transaction() as session:
            forget_sent(session, author, SentDraft(KEY, version))
            raise DomainError("Refusé.")

    with pytest.raises(DomainError):
        refused()
    assert words_of(author) == WORDS


def test_what_was_saved_elsewhere_meanwhile_is_not_sent_and_stays(author: SignedIn) -> None:
    opened = keep(author, KEY, WORDS)
    keep(author, KEY, saying("Plus long, du téléphone."), seen=opened)
    with transaction() as session:
        forget_sent(session, author, SentDraft(KEY, opened))
    assert words_of(author) == saying("Plus long, du téléphone.")


def test_a_form_that_was_opened_without_a_draft_costs_no_statement(
    app: Flask, author: SignedIn, count_statements: Any
) -> None:
    keep(author, KEY, WORDS)
    with count_statements() as statements, transaction() as session:
        forget_sent(session, author, SentDraft(KEY, ""))
        forget_sent(session, author, None)
    assert statements == []
    assert words_of(author) == WORDS


def test_nobody_sends_the_draft_of_somebody_else(author: SignedIn) -> None:
    version = keep(author, KEY, WORDS)
    with transaction() as session:
        forget_sent(session, make.make_account(), SentDraft(KEY, version))
    assert words_of(author) == WORDS


def test_first_savings_at_once_are_one_draft_and_a_refusal(
    app: Flask, author: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_once_all_have_looked(monkeypatch, operations, 2)
    db.session.rollback()
    ended = at_once(
        app,
        lambda: keep(author, KEY, saying("La première.")),
        lambda: keep(author, KEY, saying("La seconde.")),
    )
    assert sorted(type(each).__name__ for each in ended) == ["DraftChanged", "str"]
    assert words_of(author) in (saying("La première."), saying("La seconde."))


def test_sending_while_saving_loses_no_words(
    app: Flask, author: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = keep(author, KEY, WORDS)
    later = saying("Plus long, enregistré pendant l’envoi.")

    def send() -> None:
        with operations.transaction() as session:  # type: ignore[attr-defined]  # the one that waits
            forget_sent(session, author, SentDraft(KEY, opened))

    write_once_all_have_looked(monkeypatch, operations, 2)
    db.session.rollback()
    ended = at_once(app, send, lambda: keep(author, KEY, later, seen=opened))
    assert [each for each in ended if isinstance(each, Exception)] == []
    assert words_of(author) == later, "whoever came first"


def test_the_last_free_place_is_given_once(
    app: Flask, author: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_DRAFTS", 2)
    keep(author, KEY, WORDS)
    write_once_all_have_looked(monkeypatch, operations, 2)
    db.session.rollback()
    ended = at_once(
        app,
        *[lambda owner=str(each): keep(author, DraftKey("voice.close", owner), WORDS) for each in range(2)],
    )
    assert sorted(type(each).__name__ for each in ended) == ["DomainError", "str"]


def test_one_erases_ones_own_and_nobody_elses(author: SignedIn) -> None:
    keep(author, KEY, WORDS)
    found = kept(author)
    assert found is not None
    other = make.make_account()
    assert other.actor_id is not None
    assert own_draft(other.actor_id, found.id) is None
    with pytest.raises(NotFound):
        erase(other, found.id, seen=found.version)
    assert words_of(author) == WORDS
    erase(author, found.id, seen=found.version)
    assert kept(author) is None
    with pytest.raises(NotFound):
        erase(author, found.id, seen=found.version)


def test_words_that_were_saved_since_are_not_erased_unread(author: SignedIn) -> None:
    opened = keep(author, KEY, WORDS)
    later = keep(author, KEY, saying("Plus long."), seen=opened)
    found = kept(author)
    assert found is not None
    for seen in (opened, ""):
        with pytest.raises(DraftChanged):
            erase(author, found.id, seen=seen)
    assert words_of(author) == saying("Plus long.")
    erase(author, found.id, seen=later)
    assert kept(author) is None


def test_drafts_that_nobody_saves_are_erased_after_ninety_days(author: SignedIn) -> None:
    keep(author, KEY, WORDS)
    with clock.frozen_everywhere(TODAY + timedelta(days=30)):
        keep(author, DraftKey("voice.close", "12"), WORDS)
    with clock.frozen_everywhere(TODAY + rules.KEPT_FOR):
        assert forget_old_drafts() == 0
    with clock.frozen_everywhere(TODAY + rules.KEPT_FOR + timedelta(seconds=1)):
        assert forget_old_drafts() == 1
        assert forget_old_drafts() == 0
    assert kept(author) is None
    assert kept(author, DraftKey("voice.close", "12")) is not None


def test_drafts_are_in_ones_data_and_go_with_the_account(author: SignedIn) -> None:
    keep(author, KEY, WORDS)
    assert author.actor_id is not None
    with_drafts = json.loads(my_export(author.actor_id, site="Essai"))["parts"]["drafts"]
    assert with_drafts == [
        {
            "kind": KEY.kind,
            "about": "12",
            "form": "Une réponse à un message",
            "texts": ["Le parc rouvre en mai."],
            "fields": WORDS,
            "saved_at": TODAY.isoformat(),
        }
    ]
    make.make_account(role="administrator")
    erase_own_account(author)
    db.session.rollback()
    assert db.session.execute(select(Draft.id)).all() == []


def test_what_was_begun_to_be_answered_goes_with_the_words_that_are_taken_back(app: Flask) -> None:
    place = make_place()
    receipt = said(place)
    other = said(place, "Une autre question ?")
    for voice_id in (receipt.voice_id, other.voice_id):
        keep(place.moderator, DraftKey("voice.answer", str(voice_id)), WORDS)
        keep(place.contact, DraftKey("voice.reply", str(voice_id)), WORDS)
    keep(place.moderator, DraftKey("progress.publish", str(receipt.voice_id)), WORDS)
    assert take_away(read_receipt(receipt.receipt))
    db.session.rollback()
    left = db.session.execute(select(Draft.form_kind, Draft.owner_key).order_by(Draft.id)).all()
    assert [tuple(row) for row in left] == [
        ("voice.answer", str(other.voice_id)),
        ("voice.reply", str(other.voice_id)),
        ("progress.publish", str(receipt.voice_id)),
    ]


@pytest.mark.parametrize("kind", ["voice.answer", "voice.close", "voice.reply"])
def test_nobody_keeps_an_answer_to_words_that_were_taken_back_meanwhile(app: Flask, kind: str) -> None:
    place = make_place()
    receipt = said(place)
    key = DraftKey(kind, str(receipt.voice_id))
    stands = draft_kinds()[kind].stands
    assert stands is not None
    keep(place.moderator, key, WORDS, stands=stands)
    assert take_away(read_receipt(receipt.receipt))
    with pytest.raises(NotFound):
        keep(place.moderator, key, WORDS, stands=stands)
    assert kept(place.moderator, key) is None
