"""The pictures among which one chooses: everybody’s once published, of those who see them prepared before and after."""

import io

import pytest
from flask.testing import FlaskClient

from cdv_civic.consultations.models import Consultation
from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from cdv_civic.core.localized import write_original
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.core.uploads.receiving import read_upload, stored
from cdv_civic.territory.models import Contract
from tests import factories as make
from tests.consultations import factories
from tests.core.uploads.files import picture
from tests.signing_in import open_browser

NOWHERE = "/fichiers/consultations/0123456789abcdef0123456789abcdef/petite"


@pytest.fixture
def contract(app: object) -> Contract:
    return make.make_contract()


def picture_of(consultation: Consultation) -> str:
    """The address of the picture of an option of a consultation."""
    question = factories.make_question(factories.make_step(consultation), kind="pictures", options=[])
    with stored(read_upload(io.BytesIO(picture()), field="picture")) as rows, transaction() as session:
        (row,) = rows(session)
        kept, key = row.id, row.key
    factories.make_option(question, "Banc", picture_id=kept, picture_words="Un banc")
    return f"/fichiers/consultations/{key}/petite"


def withdraw_consultation(consultation: Consultation) -> None:
    """Withdraw one, straight in the database."""
    with transaction() as session:
        row = session.get_one(Consultation, consultation.id)
        owner = TextOwner("consultation", row.id, "withdrawn_reason", row.contract_id)
        row.withdrawn_reason_id = write_original(session, "Une erreur", owner).id
        row.withdrawn_at = clock.now()


def test_everybody_sees_the_pictures_of_a_published_consultation(
    client: FlaskClient, contract: Contract
) -> None:
    address = picture_of(factories.make_consultation(contract))
    answer = client.get(address)
    assert (answer.status_code, answer.content_type) == (200, "image/jpeg")
    assert client.get(address.replace("petite", "originale")).status_code == 404
    assert client.get(NOWHERE).status_code == 404


def test_those_of_a_draft_are_seen_by_those_who_prepare_it_and_kept_by_nobody(
    client: FlaskClient, contract: Contract
) -> None:
    address = picture_of(factories.make_consultation(contract, stage="draft"))
    assert client.get(address).status_code == 404
    open_browser(client, make.make_account(contract=make.make_contract()))
    assert client.get(address).status_code == 404, "staff of another contract"
    open_browser(client, make.make_account(contract=contract))
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_those_of_one_that_is_withdrawn_are_gone(client: FlaskClient, contract: Contract) -> None:
    consultation = factories.make_consultation(contract)
    address = picture_of(consultation)
    assert client.get(address).status_code == 200
    withdraw_consultation(consultation)
    assert client.get(address).status_code == 404
