"""A form that is sent twice acts once; a key never answers for another owner."""

import re
from io import BytesIO
from typing import Any

import pytest
from flask import Flask, request
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Session
from werkzeug.datastructures import CombinedMultiDict, FileStorage, MultiDict
from wtforms import Form

from cdv_civic.commitments.models import Progress
from cdv_civic.core.db import Model
from cdv_civic.core.forms.client_key import ClientKeyField
from cdv_civic.core.idempotency import (
    FIELD,
    FILES,
    BadKey,
    KeyUsedElsewhere,
    bound_key,
    made_before,
    new_key,
    read_key,
    stored_key,
)
from cdv_civic.core.web.error_pages import unavailable_page
from cdv_civic.draws.models import Draw
from cdv_civic.draws.operations.preparing import prepare_draw
from tests import factories as make
from tests.bodies.bodies import make_body
from tests.draws.draws import a_plan


class AForm(Form):
    client_key = ClientKeyField()


def test_each_form_that_is_shown_has_a_key_of_its_own() -> None:
    first, second = AForm(), AForm()
    assert first.client_key.data != second.client_key.data
    assert read_key(first.client_key.data or "") == first.client_key.data


def key_of(**said: str) -> str:
    return str(AForm(MultiDict({FIELD: "0" * 32, **said})).client_key.data)


def test_a_form_that_is_shown_again_keeps_its_key() -> None:
    assert f'value="{"0" * 32}"' in AForm(MultiDict({FIELD: "0" * 32, "other": "1"})).client_key()


def test_a_form_that_says_the_same_again_does_the_same() -> None:
    assert key_of(other="1", csrf_token="a") == key_of(other="1", csrf_token="b")
    assert key_of(other="1", empty="") == key_of(other="1")
    assert read_key(key_of()) == key_of()


def test_a_form_that_says_something_else_does_something_else() -> None:
    """Somebody went back, changed an answer and sent it again."""
    said = [key_of(), key_of(other="1"), key_of(other="2"), key_of(other="1", more="2"), key_of(other1="")]
    assert len(set(said)) == 4, "an empty field says nothing"


def key_with(*files: tuple[str, str, bytes], **said: str) -> str:
    """The key of a form with files: field, name, content."""
    sent = MultiDict[str, Any]({FIELD: "0" * 32, **said})
    for field, name, content in files:
        sent.add(field, FileStorage(BytesIO(content), name))
    key = str(AForm(sent).client_key.data)
    contents = [value.stream.read() for value in sent.values() if isinstance(value, FileStorage)]
    assert contents == [content for _field, _name, content in files], "nothing of a file is lost"
    return key


def test_a_form_with_another_file_does_something_else() -> None:
    """Somebody went back, added a photo and sent it again."""
    long = b"x" * 100_000
    said = [
        key_with(other="1"),
        key_with(("photo", "a.jpg", b"1"), other="1"),
        key_with(("photo", "b.jpg", b"1"), other="1"),
        key_with(("photo", "a.jpg", b"2"), other="1"),
        key_with(("more", "a.jpg", b"1"), other="1"),
        key_with(("photo", "a.jpg", long), other="1"),
        key_with(("photo", "a.jpg", long + b"x"), other="1"),
    ]
    assert len(set(said)) == len(said)
    assert key_with(("photo", "a.jpg", long), other="1") == said[5]
    assert key_with(("photo", "", b""), other="1") == said[0], "no file was chosen"


def test_a_form_that_left_its_file_behind_where_nobody_knows_whether_it_was_done_does_the_same(
    app: Flask,
) -> None:
    sent = {"other": "1", FIELD: "0" * 32, "more": "2"}
    photo = (BytesIO(b"photo"), "a.jpg")
    with app.test_request_context("/fr/", method="POST", data={**sent, "photo": photo}):
        before = str(AForm(CombinedMultiDict([request.files, request.form])).client_key.data)
        page = unavailable_page(unknown=True).get_data(as_text=True)
        not_done = unavailable_page().get_data(as_text=True)
    kept = re.search(rf'name="{FILES}" value="([0-9a-f]+)"', page)
    assert kept
    assert str(AForm(MultiDict({**sent, FILES: kept.group(1)})).client_key.data) == before
    assert FILES not in not_done, "sent again without its photo it does something else"


def test_a_form_that_was_sent_without_its_key_gets_no_new_one() -> None:
    assert AForm(MultiDict({"other": "1"})).client_key.data == ""


@pytest.mark.parametrize("typed", ["", "7 chars", "x" * 101, "une clef\x00 longue", "une clef\nlongue"])
def test_what_no_form_holds_is_no_key(typed: str) -> None:
    with pytest.raises(BadKey):
        read_key(typed)


def test_a_key_finds_the_row_that_it_made_for_the_same_owner(session: Session) -> None:
    commitment = make.make_commitment(make.make_contract())
    made = make.make_progress(commitment, client_key="une-clef-unique")
    key, owner = (Progress.client_key, "une-clef-unique"), (Progress.commitment_id, commitment.id)
    found = made_before(session, Progress, key=key, owner=owner)
    assert found is not None
    assert found.id == made.id
    assert made_before(session, Progress, key=(Progress.client_key, new_key()), owner=owner) is None


def test_a_key_within_its_owner_finds_nothing_of_another(session: Session) -> None:
    contract = make.make_contract()
    make.make_progress(make.make_commitment(contract), client_key="une-clef-unique")
    owner = (Progress.commitment_id, make.make_commitment(contract).id)
    assert made_before(session, Progress, key=(Progress.client_key, "une-clef-unique"), owner=owner) is None


def test_a_key_that_is_unique_by_itself_is_refused_for_another_owner(app: Flask, session: Session) -> None:
    body, other = (make_body(make.make_contract()) for _ in range(2))
    actor = make.make_account()
    prepare_draw(actor, body.id, a_plan(), client_key="une-clef-unique")
    with pytest.raises(KeyUsedElsewhere):
        made_before(session, Draw, key=(Draw.client_key, "une-clef-unique"), owner=(Draw.body_id, other.id))


def test_a_missing_key_is_refused_before_the_database_is_asked(session: Session) -> None:
    with pytest.raises(BadKey):
        made_before(session, Progress, key=(Progress.client_key, ""), owner=(Progress.commitment_id, 1))


_PLAIN = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)


@given(_PLAIN, _PLAIN, _PLAIN, _PLAIN)
def test_a_bound_key_is_another_for_other_values(key: str, first: str, second: str, other: str) -> None:
    bound = stored_key(bound_key(key, first, second))
    assert bound == stored_key(bound_key(key, first, second))
    assert (bound == stored_key(bound_key(key, first, other))) == (second == other)
    assert bound != stored_key(bound_key(key, first + second))


def test_every_key_that_a_table_keeps_is_unique(app: Flask) -> None:
    """A constraint of its column, or of its column with that of its owner."""
    for table in Model.metadata.tables.values():
        constraints = [each for each in table.constraints if isinstance(each, UniqueConstraint)]
        for column in (each for each in table.columns if each.name == FIELD):
            assert column.unique or any(column.name in each.columns for each in constraints), table
