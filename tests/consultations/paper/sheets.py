"""Consultations whose sheets are typed in, for tests."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.consultations.models import Consultation, ConsultationOption
from cdv_civic.consultations.paper.operations.printing import reserve_batch
from cdv_civic.consultations.paper.operations.sheets import TypedSheet
from cdv_civic.consultations.rules.questions import Given
from cdv_civic.core.db import db
from cdv_civic.core.idempotency import new_key
from cdv_civic.territory.models import Contract, Quartier
from tests.consultations.factories import make_consultation, make_question, make_step
from tests.factories import make_account, make_contract, make_quartier


@dataclass(frozen=True)
class Asked:
    """A consultation with a question of each kind that sheets are typed for, and who types them."""

    row: Consultation
    contract: Contract
    staff: SignedIn
    #: Ids of the questions by their kind, and of their options.
    questions: dict[str, int]
    options: dict[str, list[int]]
    quartiers: list[Quartier]

    @property
    def path(self) -> str:
        return f"/fr/bureau/consultations/{self.row.slug}/papier"


def make_asked(
    *,
    sheets: int = 20,
    places: int = 1,
    languages: tuple[str, ...] = ("fr",),
    contract: Contract | None = None,
    quartiers: list[Quartier] | None = None,
    **values: Any,
) -> Asked:
    """An open consultation, with some printed sheets."""
    contract = contract or make_contract()
    staff = make_account(f"{values['slug']}@example.org" if "slug" in values else None, contract=contract)
    if quartiers is None:
        quartiers = [make_quartier(contract, f"Quartier {chr(65 + place)}") for place in range(places)]
    row = make_consultation(contract, quartiers=quartiers, **{"title": "Le chemin de l’école", **values})
    step = make_step(row, title="Vos trajets")
    ballot = make_step(row, "priorities")
    questions, options = {}, {}
    for kind, where, words, more in (
        ("single", step, "Comment venez-vous ?", {"options": ["À pied", "À vélo", "En bus", "En voiture"]}),
        ("multiple", step, "Qu’est-ce qui vous gêne ?", {"options": ["Les voitures", "Le noir", "Le bruit"]}),
        ("number", step, "Combien de minutes ?", {"lowest": 0, "highest": 120, "classes": [0, 10, 20]}),
        ("rank", ballot, "Que faire d’abord ?", {"options": ["Des bancs", "Des arbres", "Un passage"]}),
        ("points", ballot, "Partagez dix points", {"options": ["Le parc", "La place"], "most": 10}),
        ("long", ballot, "Que manque-t-il ?", {}),
    ):
        made = make_question(where, words, kind, **more)
        questions[kind], options[kind] = made.id, _options_of(made.id)
    asked = Asked(row, contract, staff, questions, options, quartiers)
    if sheets:
        print_sheets(asked, sheets, languages)
    return asked


def _options_of(question_id: int) -> list[int]:
    """The ids of the options of a question; whatever else the session holds stays as it is."""
    statement = (
        select(ConsultationOption.id)
        .where(ConsultationOption.question_id == question_id)
        .order_by(ConsultationOption.position)
    )
    return list(db.session.execute(statement).scalars())


def print_sheets(asked: Asked, quantity: int, languages: tuple[str, ...] = ("fr",)) -> int:
    """Some more sheets; the id of their batch."""
    return reserve_batch(asked.staff, asked.row.id, quantity, languages, new_key())


def typed(asked: Asked, number: int | None, option: int = 0, *, words: str = "", **values: Any) -> TypedSheet:
    """What somebody read on a sheet."""
    answers = {asked.questions["single"]: Given(choices={asked.options["single"][option]: None})}
    if words:
        answers[asked.questions["long"]] = Given(words=words)
    return TypedSheet(number, answers, values.pop("client_key", new_key()), **values)
