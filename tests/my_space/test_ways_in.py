"""A new address is one's own once the code that went there was typed, and whose it was is told to nobody else."""

import re
import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.accounts import limits
from cdv_civic.accounts.erasure import erase_own_account
from cdv_civic.accounts.models import NO_PASSWORD, Account
from cdv_civic.accounts.rules import Way
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock
from cdv_civic.core.errors import Conflict, NotFound
from cdv_civic.my_space.ways_in.operations import ByPassword, ComeInAgain, DeadProof, ask_for_proof, prove
from cdv_civic.notices.models import Notice
from cdv_civic.notices.texts import fits
from cdv_civic.sign_in.by_message.models import SignInCode
from cdv_civic.sign_in.by_message.operations import BadCode, DeadCode, enter_by_code
from cdv_civic.sign_in.by_message.rules import MOST_TRIES
from tests.conftest import TODAY
from tests.factories import make_account
from tests.signing_in import open_browser, send, token_of

NEW = "nouvelle@example.org"


def make_resident(email: str | None = "zoubida@example.org", **values: Any) -> SignedIn:
    """Somebody who has just come in."""
    account = make_account(email, role=None, password_hash=NO_PASSWORD, organisation_name="", **values)
    return replace(account, opened_at=TODAY)


def code_for(session: Session, recipient: str) -> str:
    session.rollback()
    text = session.execute(
        select(Notice.text_body).where(Notice.recipient == recipient).order_by(Notice.id.desc()).limit(1)
    ).scalar_one()
    found = re.search(r"\b(\d{3}) ?(\d{3})\b", text or "")
    assert found, text
    return "".join(found.groups())


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def addresses(session: Session, account: SignedIn) -> tuple[str | None, str | None]:
    session.rollback()
    row = session.get_one(Account, account.actor_id, populate_existing=True)
    return row.email, row.phone


def test_an_address_and_a_number_are_added_by_their_codes(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    account = make_resident()
    open_browser(client, account)
    asked = send(client, "/fr/moi/joindre/email", email=f" {NEW.upper()} ")
    assert asked.status_code == 303
    assert addresses(session, account) == ("zoubida@example.org", None), "not yet"
    page = send(client, asked.location, code=wrong(code_for(session, NEW)))
    assert page.status_code == 422
    assert "Ce n’est pas le bon code." in page.text
    done = send(client, asked.location, code=code_for(session, NEW))
    assert (done.status_code, done.location) == (303, "/fr/moi/reglages")
    assert addresses(session, account) == (NEW, None)
    assert "n•••@example.org" in client.get("/fr/moi/reglages").text
    asked = send(client, "/fr/moi/joindre/telephone", phone="06 12 34 56 78")
    assert send(client, asked.location, code=code_for(session, "+33612345678")).status_code == 303
    assert addresses(session, account) == (NEW, "+33612345678")
    again = client.get(asked.location)
    assert again.status_code in (200, 303)


def test_who_came_in_some_time_ago_comes_in_once_more_first(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    """Whoever took the cookie of a resident does not make the space their own."""
    account = make_resident()
    open_browser(client, account)
    address = "/fr/moi/joindre/email"
    token = token_of(client.get(address))
    with clock.frozen_everywhere(TODAY + timedelta(minutes=14)):
        assert 'name="email"' in client.get(address).text
    with clock.frozen_everywhere(TODAY + timedelta(minutes=15)):
        page = client.get(address)
        assert 'name="email"' not in page.text
        assert "depuis plus de 15 minutes" in page.text
        assert client.post(address, data={"csrf_token": token, "email": NEW}).status_code == 403
        with pytest.raises(ComeInAgain):
            ask_for_proof(account, Way.EMAIL, NEW, "fr")
        assert session.execute(select(Notice.id)).first() is None
        out = client.post(f"{address}/entrer", data={"csrf_token": token_of(page)})
        assert out.location == "/fr/connexion?retour=/fr/moi/joindre/email"
        assert client.get("/fr/moi").status_code in (302, 303)
        assert "retour=/fr/moi/joindre/email" in client.get(out.location).text
        open_browser(client, account)
        assert 'name="email"' in client.get(address).text
    with pytest.raises(ComeInAgain):
        ask_for_proof(make_account(role=None), Way.SMS, "+33612345678", "fr")


def test_every_way_that_there_was_learns_of_the_new_one(app: Flask, session: Session) -> None:
    phone = "+33612345678"
    account = make_resident(phone=phone)
    ref = ask_for_proof(account, Way.EMAIL, NEW, "fr")
    prove(account, ref, code_for(session, NEW))
    session.rollback()
    told = {each.recipient: each for each in session.execute(select(Notice)).scalars()}
    assert set(told) == {NEW, "zoubida@example.org", phone}
    letter = told["zoubida@example.org"].text_body or ""
    for said in (
        "Une nouvelle adresse e-mail ouvre maintenant votre compte.",
        "ne l’ouvre plus",
        "effacez ce que vous ne connaissez pas",
        "A new email address now opens your account.",
        "/fr/moi",
    ):
        assert said in " ".join(letter.replace("\u00a0", " ").split())
    assert NEW not in letter
    assert "Une nouvelle adresse e-mail ouvre maintenant votre compte. Pas vous" in (
        told[phone].text_body or ""
    )
    assert fits(told[phone].text_body or "")
    # The same address once more is no news.
    ref = ask_for_proof(replace(account, email=NEW), Way.EMAIL, NEW, "fr")
    prove(account, ref, code_for(session, NEW))
    session.rollback()
    assert len(session.execute(select(Notice)).scalars().all()) == 4


def test_only_hashes_of_the_code_are_kept(app: Flask, session: Session) -> None:
    account = make_resident()
    ref = ask_for_proof(account, Way.EMAIL, NEW, "fr")
    code = code_for(session, NEW)
    assert code not in repr(session.execute(select(SignInCode.__table__)).all())
    prove(account, ref, code)
    assert session.execute(select(SignInCode.address)).scalars().all() == [None]


def test_what_is_no_address_is_said_and_kept(app: Flask, client: FlaskClient) -> None:
    open_browser(client, make_resident())
    page = send(client, "/fr/moi/joindre/email", email="pas une adresse")
    assert page.status_code == 422
    assert 'value="pas une adresse"' in page.text
    assert client.get("/fr/moi/joindre/pigeon").status_code == 404


def test_a_number_that_gets_no_message_is_said_with_what_this_page_offers(
    app: Flask, client: FlaskClient
) -> None:
    open_browser(client, make_resident())
    foreign = "+32 470 12 34 56"
    page = send(client, "/fr/moi/joindre/telephone", phone=foreign)
    assert page.status_code == 422
    assert "Écrivez un autre numéro de téléphone portable." in page.text
    assert "Choisissez un lien" not in page.text
    assert (
        "Choisissez un lien par e-mail." in send(app.test_client(), "/fr/connexion/sms", phone=foreign).text
    )


def test_where_the_site_sends_no_more_messages_today_no_other_way_is_named(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(app.extensions["settings"], sms_limit="1 per day", sms_reserve=0)
    monkeypatch.setitem(app.extensions, "settings", settings)
    limits.limiter.reset()
    open_browser(client, make_resident())
    pages = [send(client, "/fr/moi/joindre/telephone", phone=f"06 12 34 56 7{n}") for n in range(2)]
    assert [page.status_code for page in pages] == [303, 429]
    assert "Revenez demain." in pages[1].text
    assert "Choisissez un lien" not in pages[1].text


def test_a_code_is_good_once_for_its_account_and_for_half_an_hour(app: Flask, session: Session) -> None:
    account, other = make_resident(), make_resident("autre@example.org")
    ref = ask_for_proof(account, Way.EMAIL, NEW, "fr")
    code = code_for(session, NEW)
    with pytest.raises(DeadProof):
        prove(other, ref, code)
    with clock.frozen_everywhere(TODAY + timedelta(minutes=30)), pytest.raises(DeadProof):
        prove(account, ref, code)
    prove(account, ref, code)
    with pytest.raises(DeadProof):
        prove(account, ref, code)
    with pytest.raises(DeadCode):
        enter_by_code(ref, code, browser=f"added to account {account.actor_id}x")


def test_five_wrong_codes_end_it(app: Flask, session: Session) -> None:
    account = make_resident()
    ref = ask_for_proof(account, Way.EMAIL, NEW, "fr")
    code = code_for(session, NEW)
    for _ in range(MOST_TRIES - 1):
        with pytest.raises(BadCode):
            prove(account, ref, wrong(code))
    with pytest.raises(DeadProof):
        prove(account, ref, wrong(code))
    with pytest.raises(DeadProof):
        prove(account, ref, code)


def test_that_somebody_has_the_address_is_told_to_its_holder_alone(app: Flask, session: Session) -> None:
    make_resident(NEW)
    account = make_resident()
    ref = ask_for_proof(account, Way.EMAIL, NEW, "fr")
    code = code_for(session, NEW)
    with pytest.raises(BadCode):
        prove(account, ref, wrong(code))
    with pytest.raises(Conflict) as caught:
        prove(account, ref, code)
    assert "ouvre déjà un autre compte" in str(caught.value.sentence)
    assert addresses(session, account)[0] == "zoubida@example.org"


def test_an_address_that_a_password_needs_is_not_changed_here(app: Flask, session: Session) -> None:
    account = replace(make_account("agente@example.org"), opened_at=TODAY)
    with pytest.raises(ByPassword):
        ask_for_proof(account, Way.EMAIL, NEW, "fr")
    assert session.execute(select(Notice.id)).first() is None


def test_an_erased_account_gets_no_address_back(app: Flask, session: Session) -> None:
    account = make_resident()
    ref = ask_for_proof(account, Way.EMAIL, NEW, "fr")
    code = code_for(session, NEW)
    erase_own_account(account)
    with pytest.raises(NotFound):
        prove(account, ref, code)
    with pytest.raises(NotFound):
        ask_for_proof(account, Way.EMAIL, NEW, "fr")
    assert addresses(session, account) == (None, None)
    assert session.execute(select(SignInCode.id)).first() is None


def test_of_many_accounts_at_once_one_gets_the_address(app: Flask, session: Session) -> None:
    accounts = [make_resident(f"r{number}@example.org") for number in range(8)]
    proofs = [(account, ask_for_proof(account, Way.EMAIL, NEW, "fr")) for account in accounts]
    session.rollback()
    texts = session.execute(
        select(Notice.text_body).where(Notice.recipient == NEW).order_by(Notice.id)
    ).scalars()
    codes = ["".join(re.search(r"\b(\d{3}) ?(\d{3})\b", text or "").groups()) for text in texts]  # type: ignore[union-attr]
    session.rollback()
    ready = threading.Barrier(len(accounts))
    ended: list[str] = []

    def use(number: int) -> None:
        account, ref = proofs[number]
        with app.app_context():
            ready.wait()
            try:
                prove(account, ref, codes[number])
                ended.append("won")
            except Exception as error:
                ended.append(type(error).__name__)

    threads = [threading.Thread(target=use, args=(number,)) for number in range(len(accounts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == ["Conflict"] * 7 + ["won"]
    assert sum(addresses(session, account)[0] == NEW for account in accounts) == 1
