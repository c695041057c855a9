"""Consultations to answer, and answering them, for tests."""

import re
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from cdv_civic.accounts.models import ResidentQuartier
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.consultations.answering.operations.answering import SentAnswer
from cdv_civic.consultations.cache_tags import consultation_tag
from cdv_civic.consultations.models import Consultation, ConsultationAnswer, ConsultationQuestion
from cdv_civic.consultations.queries.definition import definition_of
from cdv_civic.consultations.queries.given import given_of
from cdv_civic.consultations.rules.evidence import ProofAsked
from cdv_civic.consultations.rules.questions import Given
from cdv_civic.core import clock
from cdv_civic.core.db import db, raise_tags, transaction
from cdv_civic.territory.models import Contract, Quartier
from tests import factories
from tests.consultations import factories as make
from tests.page_forms import PageForm

_numbers = count(1)
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True)
class Asked:
    """A consultation of four questions: the second is asked of those who say « Oui » to the first."""

    contract: Contract
    quartiers: tuple[Quartier, ...]
    row: Consultation
    tenant: ConsultationQuestion
    rent: ConsultationQuestion
    points: ConsultationQuestion
    words: ConsultationQuestion
    options: dict[str, list[int]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"/fr/consultations/{self.row.slug}/repondre"

    @property
    def yes(self) -> int:
        return self.options["tenant"][0]

    @property
    def no(self) -> int:
        return self.options["tenant"][1]


def make_asked(quartiers: int = 2, slug: str = "ecole", **values: Any) -> Asked:
    contract = factories.make_contract("val")
    commune = factories.make_commune(contract)
    places = tuple(
        factories.make_quartier(contract, f"Quartier {name}", [commune])
        for name in ("Est", "Ouest", "Nord")[:quartiers]
    )
    row = make.make_consultation(contract, quartiers=places, slug=slug, title="La rue de l’école", **values)
    step = make.make_step(row, title="Vous")
    tenant = make.make_question(step, "Êtes-vous locataire ?", required=True)
    yes = make.options_of(tenant)[0]
    rent = make.make_question(
        step, "Combien de pièces ?", "number", asked_after=yes, classes=[1, 3], lowest=1
    )
    second = make.make_step(row, "priorities", title="Ce qui compte")
    points = make.make_question(
        second, "Partagez 10 points", "points", options=["Propreté", "Calme", "Arbres"], most=10
    )
    words = make.make_question(second, "Il manque quelque chose ?", "long")
    return Asked(
        contract,
        places,
        row,
        tenant,
        rent,
        points,
        words,
        {"tenant": make.options_of(tenant), "points": make.options_of(points)},
    )


def make_resident(*quartiers: Quartier, verified: bool = False, **values: Any) -> SignedIn:
    """Somebody without a role, of some quartiers; `verified` by a card."""
    made = factories.make_account(role=None, organisation_name="", **values)
    with transaction() as session:
        for quartier in quartiers:
            session.add(
                ResidentQuartier(
                    account_id=made.actor_id,
                    quartier_id=quartier.id,
                    chosen_at=clock.now(),
                    verified_at=clock.now() if verified else None,
                )
            )
    return factories.load_actor(made.actor_id or 0)


def a_sent(asked: Asked, answers: dict[int, Given] | None = None, **values: Any) -> SentAnswer:
    """An answer as the form sends it: « Non », unless told."""
    row = db.session.get_one(Consultation, asked.row.id, populate_existing=True)
    proof, version = ProofAsked(row.proof or ""), row.version
    questions = definition_of(row.id, "fr").rules
    db.session.rollback()
    return SentAnswer(
        **{
            "consultation_id": asked.row.id,
            "version": version,
            "questions": questions,
            "proof": proof,
            "answers": answers or {asked.tenant.id: Given(choices={asked.no: None})},
            "client_key": f"un-formulaire-{next(_numbers):08}",
            "lang": "fr",
            "at": clock.now(),
            "old_enough": True,
            **values,
        }
    )


class Walker:
    """Somebody without a script in front of the form."""

    def __init__(self, client: FlaskClient, url: str) -> None:
        self.client = client
        self.url = url
        self.page = client.get(url)

    @property
    def form(self) -> PageForm:
        return PageForm(self.page.text, "client_key")

    def send(self, fields: dict[str, Any] | None = None, go: str = "", **more: Any) -> "Walker":
        data: dict[str, Any] = self.form.filled({}) | (fields or {}) | more
        self.page = self.client.post(
            self.url, data={**data, **({"go": go} if go else {})}, headers=SAME_ORIGIN
        )
        return self

    def walk(self, asked: Asked, *, words: str = "", yes: bool = False) -> "Walker":
        """As far as the last screen."""
        self.send({f"q{asked.tenant.id}": str(asked.yes if yes else asked.no)})
        if yes:
            self.send({f"q{asked.rent.id}": "3"})
        self.send(go="passer")
        return self.send({f"q{asked.words.id}": words})

    @property
    def screen(self) -> str:
        return dict(self.form.sent)["shown"]


def receipt_in(page: TestResponse) -> str:
    found = re.search(r'class="receipt".*?<strong dir="ltr">([^<]+)</strong>', page.text, re.S)
    assert found, page.text[-3000:]
    return found.group(1)


def kept_answers() -> list[ConsultationAnswer]:
    db.session.rollback()
    statement = select(ConsultationAnswer).order_by(ConsultationAnswer.id)
    return list(db.session.execute(statement, execution_options={"populate_existing": True}).scalars())


def kept_given(answer_id: int) -> dict[int, Given]:
    db.session.rollback()
    return dict(given_of(answer_id))


def change_row(asked: Asked, **values: object) -> None:
    """As an act does: pages hear of it."""
    with transaction() as session:
        row = session.get_one(Consultation, asked.row.id, populate_existing=True)
        for name, value in values.items():
            setattr(row, name, value)
        raise_tags(session, consultation_tag(asked.row.id))
