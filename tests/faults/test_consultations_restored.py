"""A backup of before is restored: results that everybody has read stay what they were, and nothing closes too early."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from cdv_civic.consultations.models import Consultation, ConsultationAnswer
from cdv_civic.consultations.operations.editing.publishing import prolong
from cdv_civic.consultations.paper.models import ConsultationSheetEntry
from cdv_civic.consultations.paper.operations.entering import enter_sheet
from cdv_civic.consultations.paper.operations.late import with_late_sheets
from cdv_civic.consultations.restitution.operations import publish_reply, save_reply
from cdv_civic.consultations.restitution.telling import replies_to_tell, tell_who_answered
from cdv_civic.consultations.results.models import ConsultationPublication, ConsultationTally
from cdv_civic.consultations.results.operations import closing
from cdv_civic.consultations.results.queries.heads import newest_with_tally
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.policy.model import CommandLine
from cdv_civic.notices.models import Notice
from tests import factories
from tests.conftest import TODAY, PostgresServer
from tests.consultations import factories as make
from tests.consultations.paper.sheets import Asked, make_asked, typed
from tests.consultations.restitution.replies import a_reply
from tests.faults.saved import SavedSite
from tests.signing_in import open_browser

#: What a restore does again asks neither database for anything of its own: `tests/backup` runs on both.
pytestmark = pytest.mark.one_database
#: Once nothing comes in any more.
ENDED = timedelta(days=20)


@pytest.fixture
def site(tmp_path: Path, postgres: PostgresServer | None) -> Iterator[SavedSite]:
    with clock.frozen_everywhere(TODAY):
        yield SavedSite(tmp_path / "site", postgres)


def make_one(**values: Any) -> Asked:
    """An open consultation with 40 answers."""
    asked = make_asked(sheets=30, **values)
    for option in asked.options["single"]:
        make.make_answers(asked.row, 10, choices={option: None})
    db.session.refresh(asked.row)
    db.session.expunge(asked.row)
    return asked


def close(site: SavedSite) -> int:
    with clock.frozen_everywhere(TODAY + ENDED), site.inside():
        return closing.close_consultations()


def published(asked: Asked) -> list[tuple[int, Any, str | None]]:
    db.session.rollback()
    row = ConsultationPublication
    found = db.session.execute(
        select(row.version, row.content, row.note)
        .where(row.consultation_id == asked.row.id)
        .order_by(row.version)
    )
    return [(each.version, each.content, each.note) for each in found]


def test_results_that_were_published_after_the_backup_stay_and_are_not_counted_again(site: SavedSite) -> None:
    with site.inside():
        asked = make_one(entered_twice=True)
        enter_sheet(asked.staff, asked.row.id, typed(asked, 1))
    site.save()
    with site.inside():
        make.make_answers(asked.row, 9, choices={asked.options["single"][0]: None})
    assert close(site) == 1
    with site.inside():
        before = published(asked)
    for _each in range(2):
        assert site.restore().ended.replayed.done == {"consultation.results": 1}
        assert close(site) == 0
        with site.inside():
            assert published(asked) == before
            assert db.session.execute(select(func.count(ConsultationAnswer.id))).scalar_one() == 41
            assert db.session.execute(select(func.count(ConsultationSheetEntry.id))).scalar_one() == 0


def test_figures_that_nobody_can_count_any_more_never_change(site: SavedSite) -> None:
    with site.inside():
        asked = make_one()
        enter_sheet(asked.staff, asked.row.id, typed(asked, 1))
    site.save()
    with site.inside():
        make.make_answers(asked.row, 9, choices={asked.options["single"][0]: None})
    close(site)
    site.restore()
    with clock.frozen_everywhere(TODAY + ENDED), site.inside():
        (first,) = published(asked)
        sheets = [typed(asked, number) for number in range(2, 22)]
        add, remove = with_late_sheets(asked.staff, sheets), closing.without_sheet(1)
        for version, (more, less) in enumerate(((add, None), (None, remove), (None, None)), 1):
            closing.correct_results(
                asked.staff, asked.row.id, "Une erreur.", version=version, add=more, remove=less
            )
        for _version, content, _note in published(asked)[1:]:
            assert content["total"] == first[1]["total"]
            assert content["questions"] == first[1]["questions"]
            assert content["change"] == "kept"
        newest = newest_with_tally(asked.row.id)
        assert newest is not None
        assert (newest.number, newest.tally) == (4, None)
        assert db.session.execute(select(func.count()).select_from(ConsultationTally)).scalar_one() == 0
        client = site.app.test_client()
        open_browser(client, asked.staff)
        page = client.get(f"/fr/bureau/consultations/{asked.row.slug}/resultats")
        assert "Des réponses manquent depuis une panne" in page.text
        assert site.app.test_client().get(f"/fr/consultations/{asked.row.slug}/resultats").status_code == 200


def test_a_correction_after_the_backup_stays_without_the_words_of_its_note(site: SavedSite) -> None:
    with site.inside():
        asked = make_one()
    close(site)
    site.save()
    with clock.frozen_everywhere(TODAY + ENDED), site.inside():
        sheets = [typed(asked, number) for number in range(1, 13)]
        add = with_late_sheets(asked.staff, sheets)
        closing.correct_results(asked.staff, asked.row.id, "Une boîte est revenue.", version=1, add=add)
        before = published(asked)
    site.restore()
    with site.inside():
        after = published(asked)
    assert [each[:2] for each in after] == [each[:2] for each in before]
    assert after[1][2] == "Ces résultats ont été corrigés. Le site n’a pas gardé la raison."


def test_a_consultation_that_was_prolonged_after_the_backup_does_not_close_too_early(site: SavedSite) -> None:
    with site.inside():
        asked = make_one()
    site.save()
    later = TODAY + timedelta(days=30)
    with site.inside():
        prolong(
            asked.staff, asked.row.id, closes_at=later, paper_until=later, answer_due_on=clock.today() + timedelta(days=70),
            reason={"fr": "Il a neigé."}, version=asked.row.version,
        )  # fmt: skip
    site.restore()
    assert close(site) == 0
    with site.inside():
        row = db.session.get_one(Consultation, asked.row.id)
        assert (row.closes_at, row.paper_until, row.frozen_at) == (later, later, None)
        page = site.app.test_client().get(f"/fr/consultations/{asked.row.slug}").text
        assert "Le site n’a pas gardé la raison" in page
        assert "neigé" not in page


def test_nobody_is_told_of_an_answer_twice(site: SavedSite) -> None:
    with site.inside():
        row = make.make_consultation(stage="counted")
        number = row.id
        reader = factories.make_account("awa@example.org", role=None, organisation_name="")
        make.make_answer(row, account_id=reader.actor_id, evidence="message")
        save_reply(CommandLine(), number, a_reply(), version=0)
        publish_reply(CommandLine(), number, version=1)
    site.save()
    with site.inside():
        assert tell_who_answered() == 1
    site.restore()
    with site.inside():
        assert not replies_to_tell()
        assert tell_who_answered() == 0
        assert db.session.execute(select(func.count(Notice.id))).scalar_one() == 0
