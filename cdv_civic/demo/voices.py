"""Invented words of residents to the body that the demonstration shows, and what became of them."""

from datetime import date, timedelta
from typing import Final

from sqlalchemy import select

from cdv_civic.accounts.models import Account
from cdv_civic.accounts.sessions import SignedIn, account_who_acts
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.idempotency import new_key
from cdv_civic.demo.accounts import BODY, HOLDER, MODERATOR
from cdv_civic.territory.models import Body, Contract, Organisation
from cdv_civic.voices.models import Voice
from cdv_civic.voices.operations.answering import answer, transmit
from cdv_civic.voices.operations.keeping import describe_listening
from cdv_civic.voices.operations.publishing import publish
from cdv_civic.voices.operations.receiving import NewVoice, write_down

_ANSWERED: Final = "Pourquoi les bancs de la place ont-ils disparu ? Les anciens ne savent plus où s’asseoir."
_ANSWER: Final = {
    "fr": "Les bancs sont en réparation. Six bancs neufs arrivent au printemps (réponse inventée).",
    "en": "The benches are being repaired. Six new ones arrive in spring (invented answer).",
    "ar": "المقاعد قيد الإصلاح. ستصل ستة مقاعد جديدة في الربيع (جواب مُختلَق).",
}
_PASSED_ON: Final = "L’ascenseur du bâtiment C tombe en panne chaque semaine. Ma voisine ne sort plus."
_SENTENCE: Final = {
    "fr": "Nous l’avons dit au bailleur ce matin.",
    "en": "We told the landlord this morning.",
}
_NEW: Final = "On pourrait prêter des outils de jardin aux familles qui ont un balcon."
_LATE: Final = "Ma fille voudrait un endroit calme pour faire ses devoirs après 18 heures."


def tell_what_residents_say(contract_id: int) -> None:
    """Four words: one answered and public, one passed on, one that waits, one that is late. Once."""
    account_id = db.session.execute(select(Account.id).where(Account.email == MODERATOR)).scalar_one()
    moderator = account_who_acts(account_id)
    body_id = db.session.execute(
        select(Body.id).join(Contract).where(Contract.id == contract_id, Body.slug == BODY)
    ).scalar_one()
    known = db.session.execute(
        select(Voice.id).where(Voice.body_id == body_id, Voice.words == _ANSWERED)
    ).first()
    if moderator is None or known is not None:
        return
    today = clock.today()
    describe_listening(moderator, body_id, is_open=True, due_days=30, readers={}, version=0)
    done = _note(
        moderator, body_id, _ANSWERED, "question", "ecologie", today - timedelta(days=40), public=True
    )
    answer(moderator, done, _ANSWER, version=1)
    publish(moderator, done, "", read_again=True, confirmed=False, version=2)
    passed_on = _note(moderator, body_id, _PASSED_ON, "difficulte", "habitat", today - timedelta(days=12))
    landlord = db.session.execute(
        select(Organisation.id).where(Organisation.contract_id == contract_id, Organisation.slug == HOLDER)
    ).scalar_one()
    transmit(moderator, passed_on, landlord, _SENTENCE, version=1)
    _note(moderator, body_id, _NEW, "idee", "ecologie", today - timedelta(days=2))
    _note(moderator, body_id, _LATE, "idee", "emancipation", today - timedelta(days=45))


def _note(
    actor: SignedIn, body_id: int, words: str, kind: str, theme: str, on: date, *, public: bool = False
) -> int:
    word = NewVoice(
        body_id,
        words,
        kind,
        theme,
        new_key(),
        channel="permanence",
        received_on=on,
        lang="fr",
        agrees_public=public,
    )
    return write_down(actor, word).voice_id
