"""What the contract cites without promising it is never called a promise, whatever becomes of it."""

import pytest

from cdv_civic.commitments.rules.leads import LeadStage, lead_stage
from cdv_civic.commitments.wording import lead_said
from cdv_civic.territory.codes import STATE_CODES
from cdv_civic.territory.vocabulary import NATURES, STATES

pytestmark = pytest.mark.one_database

BEGUN = {"en_cours"}
DONE = {"realise", "perenne"}


@pytest.mark.parametrize("state", STATE_CODES)
def test_a_lead_has_become_work_only_once_work_has_begun(state: str) -> None:
    expected = (
        LeadStage.BEGUN if state in BEGUN else LeadStage.DONE if state in DONE else LeadStage.NOT_PROMISED
    )
    assert lead_stage(state, is_promise=False) is expected


@pytest.mark.parametrize("state", STATE_CODES)
def test_a_promise_needs_no_mark(state: str) -> None:
    assert lead_stage(state, is_promise=True) is None


@pytest.mark.parametrize(
    "nature", [each for each in NATURES.values() if not each.is_promise], ids=lambda each: each.code
)
def test_what_became_of_each_kind_of_lead_has_words(app: object, nature: object) -> None:
    said = {code: lead_said(nature, state) is not None for code, state in STATES.items()}  # type: ignore[arg-type]
    assert {code for code, there in said.items() if there} == BEGUN | DONE
