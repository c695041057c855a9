"""No address that a stranger types can lead a mail elsewhere, or keep the mails of others from leaving."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from cdv_civic.accounts.emails import BadEmail, fold_email
from cdv_civic.core.db import transaction
from cdv_civic.notices.models import Notice
from cdv_civic.notices.smtp import message_of
from tests.conftest import TODAY, Site
from tests.mail_server import MailBox, deliver
from tests.notices.test_outbox import stored, write
from tests.signing_in import send

#: An encoded word (RFC 2047), which mail programs and servers decode: to another address, to NUL, to an error.
ENCODED = (
    "=?utf-8?q?chef=40mairie.fr=3e?=@example.org",
    "=?utf-8?q?chef?=@example.org",
    "a=?utf-8?q?=00?=@example.org",
    "=?utf-16?b?+b++q__*a&q=qq^!qqc=?=+b+@example.org",
    "=?utf-8?b?!?=@example.org",
    "=?utf-7?q?+adw-?=@example.org",
)


@pytest.mark.parametrize("typed", ENCODED)
def test_an_encoded_word_is_no_address(typed: str) -> None:
    with pytest.raises(BadEmail):
        fold_email(typed)


def test_nobody_asks_for_a_link_to_an_encoded_word(client: FlaskClient, mail: MailBox) -> None:
    answer = send(client, "/fr/connexion/e-mail", email=ENCODED[0])
    assert answer.status_code == 422
    deliver()
    assert mail.recipients == []


_SIGNS = st.text("=?utf-8qb.!#$%&'*+/^_`{|}~aA0", min_size=1, max_size=40)


@given(local=st.one_of(_SIGNS, st.builds("{}=?utf-8?q?{}?={}".format, _SIGNS, _SIGNS, _SIGNS)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_address_that_is_taken_stands_in_the_mail_as_it_was_typed(
    app: Flask, site: Site, local: str
) -> None:
    try:
        folded = fold_email(f"{local}@example.org")
    except BadEmail:
        return
    notice = Notice(
        key="k",
        recipient=folded,
        subject="Bonjour",
        text_body="a",
        html_body="<p>a",
        language="fr",
        created_at=TODAY,
    )
    assert [each.addr_spec for each in message_of(notice, site.settings)["To"].addresses] == [folded]


@pytest.mark.parametrize("bad", ["=?utf-16?b?+b++q__*a&q=qq^!qqc=?=+b+@example.org", "=?utf-8?b?!?=@e.org"])
def test_mails_that_cannot_be_written_keep_no_other_from_leaving(app: Flask, mail: MailBox, bad: str) -> None:
    """Stored by an older version, say: the server does not hear of them, nothing is said of it."""
    unwritable = [write(f"a{each}@example.org") for each in range(4)]
    with transaction() as session:
        session.execute(update(Notice).values(recipient=bad))
    good = write("amie@example.org")
    deliver()
    assert (mail.recipients, mail.connections) == (["amie@example.org"], 1)
    assert stored(good).state == "sent"
    for each in unwritable:
        assert (stored(each).state, stored(each).blocked_since) == ("waiting", None)
