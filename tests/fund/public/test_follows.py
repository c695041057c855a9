"""What followers of a fund learn: facts, and no words of residents."""

from datetime import timedelta

from flask import Flask

from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from cdv_civic.fund.public.follows import FUND, news
from cdv_civic.notices.follows.kinds import NewsEvent
from tests import factories as make
from tests.fund import funds as given
from tests.fund.public.lives import live, tell, until


def told(fund_id: int, newest: int | None = None) -> list[NewsEvent]:
    now = clock.now()
    with_margin = timedelta(days=1)
    return list(news({FUND: [fund_id]}, now - with_margin, now + with_margin, "fr", newest))


def test_a_round_decisions_and_reviews_are_news(app: Flask) -> None:
    contract = make.make_contract()
    fund = given.make_fund(contract)
    envelope = given.make_envelope(fund)
    row = given.make_round(fund)
    with app.test_request_context("/fr/"):
        assert [event.said for event in told(fund.id)] == ["Un appel à projets est publié"]
        for _each in range(2):
            project = live(
                row, *until("paid"), envelope=envelope, contract_id=contract.id, title="Mots à elle"
            )
        live(row, "admissible", "in-choice", "not-selected", contract_id=contract.id)
        tell(project)
        found = told(fund.id)
        assert {event.said for event in found} == {
            "Un appel à projets est publié",
            "3 projets ont leur réponse",
            "1 projet raconte ce qui s’est passé",
        }
        assert "Mots à elle" not in str(found)
        assert len(told(fund.id, 1)) == 1
        with transaction() as session:
            session.merge(fund).withdrawn_at = clock.now()
        assert told(fund.id) == []
