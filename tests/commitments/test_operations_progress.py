"""Say how far a commitment is, once, with evidence; take back what was a mistake."""

import io
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.commitments.models import (
    Commitment,
    CommitmentSearch,
    Evidence,
    Progress,
    commitment_quartier,
)
from cdv_civic.commitments.operations.progress import (
    EvidenceFile,
    EvidenceLink,
    NewProgress,
    publish_progress,
    withdraw_progress,
)
from cdv_civic.commitments.wording import RuleRefused
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry, verify
from cdv_civic.core.db import db
from cdv_civic.core.errors import DomainError, Forbidden, NotFound
from cdv_civic.core.localized import LocalizedText, words_of
from cdv_civic.core.uploads.receiving import read_upload
from tests.core.uploads.files import PDF, picture
from tests.factories import make_account, make_commitment, make_contract, make_progress, make_quartier
from tests.publishing import publications


def news(state: str = "en_cours", sentence: str = "Le chantier a commencé.", **values: Any) -> NewProgress:
    usual: dict[str, Any] = {"happened_on": date(2026, 11, 1), "client_key": "une-clef-unique"}
    return NewProgress(state=state, sentence=sentence, **{**usual, **values})


def again(commitment: Commitment) -> Commitment:
    """The commitment as it stands now."""
    statement = select(Commitment).where(Commitment.id == commitment.id)
    return db.session.execute(statement.execution_options(populate_existing=True)).scalar_one()


def upload(content: bytes) -> Any:
    return read_upload(io.BytesIO(content), field="file_1")


def files(app: Flask) -> list[Path]:
    folder = app.extensions["settings"].data_dir / "files"
    return list(folder.glob("??/*"))


@pytest.fixture(autouse=True)
def _no_files(app: Flask) -> None:
    for path in files(app):
        path.unlink()


def test_residents_learn_how_far_it_is(app: Flask, session: Session) -> None:
    commitment = make_commitment(make_contract())
    actor = make_account(organisation_name="Ville d’Orly")
    before = publications()
    progress = publish_progress(
        actor, commitment.id, news(translations={"ar": "بدأت الأشغال اليوم"}, detail="**Enfin.**")
    )
    assert publications() == before + 1
    assert (again(commitment).state, again(commitment).last_progress_on) == ("en_cours", date(2026, 11, 1))
    assert progress.organisation_name == "Ville d’Orly"
    assert words_of([progress.sentence_id], "ar")[progress.sentence_id].text == "بدأت الأشغال اليوم"
    assert (
        session.execute(
            select(CommitmentSearch.document).where(CommitmentSearch.commitment_id == commitment.id)
        )
        .scalar_one()
        .find("chantier")
        >= 0
    )
    entry = session.execute(select(AuditEntry)).scalar_one()
    assert (entry.action, entry.object_id, entry.before) == (
        "progress.publish",
        commitment.id,
        {"state": "annonce"},
    )
    assert verify(session) == (1, None)


def test_telling_how_far_it_is_checks_an_imported_commitment(app: Flask) -> None:
    commitment = make_commitment(make_contract(), state="a_verifier")
    publish_progress(make_account(), commitment.id, news())
    assert again(commitment).published_at is not None


def test_evidence_is_kept_with_its_words(app: Flask, session: Session) -> None:
    commitment = make_commitment(make_contract())
    progress = publish_progress(
        make_account(),
        commitment.id,
        news(
            files=[
                EvidenceFile(upload(picture()), "Une grue"),
                EvidenceFile(upload(PDF), "Le plan"),
            ],
            links=[EvidenceLink("https://exemple.fr/page", "")],
        ),
    )
    rows = session.execute(
        select(Evidence.kind, Evidence.url, LocalizedText.original)
        .join(LocalizedText, LocalizedText.id == Evidence.caption_id)
        .where(Evidence.progress_id == progress.id)
        .order_by(Evidence.position)
    ).all()
    assert [tuple(row) for row in rows] == [
        ("photo", None, "Une grue"),
        ("document", None, "Le plan"),
        ("link", "https://exemple.fr/page", "exemple.fr/page"),
    ]
    assert len(files(app)) == 3


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"state": "a_verifier"}, "state"),
        ({"state": "inconnu"}, "state"),
        ({"state": "abandonne"}, "detail"),
        ({"sentence": "court"}, "sentence"),
        ({"happened_on": date(2026, 11, 21)}, "happened_on"),
        ({"happened_on": date(1999, 1, 1)}, "happened_on"),
        ({"quartier_id": 999}, "quartier"),
        ({"translations": {"en": "short"}}, "sentence_en"),
        ({"translations": {"xx": "Dans une langue inconnue"}}, "sentence_xx"),
        ({"links": [EvidenceLink("javascript:alert(1)", "Clic")]}, "link"),
        ({"client_key": ""}, None),
        ({"detail": "un\u202edeux"}, "detail"),
    ],
)
def test_what_goes_against_a_rule_writes_nothing(
    app: Flask, session: Session, wrong: dict[str, Any], field: str | None
) -> None:
    commitment = make_commitment(make_contract())
    actor, photo = make_account(), upload(picture())
    told = replace(news(files=[EvidenceFile(photo, "Une grue")]), **wrong)
    with pytest.raises(DomainError) as refused:
        publish_progress(actor, commitment.id, told)
    assert refused.value.field == field
    assert session.execute(select(func.count(Progress.id))).scalar() == 0
    assert session.execute(select(func.count(AuditEntry.id))).scalar() == 0
    assert files(app) == []


def test_a_photo_without_words_is_refused(app: Flask) -> None:
    commitment = make_commitment(make_contract())
    with pytest.raises(RuleRefused) as refused:
        publish_progress(
            make_account(), commitment.id, news(files=[EvidenceFile(upload(picture()), " ", "caption_2")])
        )
    assert refused.value.field == "caption_2"
    assert files(app) == []


def test_files_and_links_are_eight_together(app: Flask, session: Session) -> None:
    commitment, actor = make_commitment(make_contract()), make_account()
    files = [EvidenceFile(upload(PDF), "Le plan")]
    links = [EvidenceLink(f"https://exemple.fr/{number}", "") for number in range(8)]
    with pytest.raises(RuleRefused) as refused:
        publish_progress(actor, commitment.id, news(files=files, links=links))
    assert refused.value.field == "files"
    publish_progress(actor, commitment.id, news(files=files, links=links[1:]))
    assert session.execute(select(func.count(Evidence.id))).scalar() == 8


def test_a_form_sent_twice_publishes_once(app: Flask, session: Session) -> None:
    commitment, actor = make_commitment(make_contract()), make_account()
    first = publish_progress(actor, commitment.id, news(files=[EvidenceFile(upload(picture()), "Une grue")]))
    second = publish_progress(actor, commitment.id, news(files=[EvidenceFile(upload(picture()), "Une grue")]))
    assert first.id == second.id
    assert len(files(app)) == 2  # one photo in its two sizes
    assert session.execute(select(func.count(AuditEntry.id))).scalar() == 1


def test_ten_racing_forms_publish_once(app: Flask, session: Session) -> None:
    commitment_id, actor = make_commitment(make_contract()).id, make_account()
    found, wrong = [], []
    start = threading.Barrier(10)

    def publish() -> None:
        with app.app_context():
            start.wait()
            try:
                found.append(publish_progress(actor, commitment_id, news()).id)
            except Exception as error:
                wrong.append(error)

    threads = [threading.Thread(target=publish) for _ in range(10)]
    session.rollback()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(found) == 10
    assert len(set(found)) == 1
    assert session.execute(select(func.count(Progress.id))).scalar() == 1
    assert verify(session) == (1, None)


def test_racing_news_with_different_keys_are_all_kept_and_chained(app: Flask, session: Session) -> None:
    commitment_id, actor = make_commitment(make_contract()).id, make_account()
    wrong = []

    def publish(number: int) -> None:
        with app.app_context():
            try:
                publish_progress(actor, commitment_id, news(client_key=f"clef-numero-{number}"))
            except Exception as error:
                wrong.append(error)

    threads = [threading.Thread(target=publish, args=(number,)) for number in range(10)]
    session.rollback()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert session.execute(select(func.count(Progress.id))).scalar() == 10
    assert verify(session) == (10, None)


def test_older_news_takes_its_place_and_leaves_the_state(app: Flask) -> None:
    commitment, actor = make_commitment(make_contract()), make_account()
    publish_progress(actor, commitment.id, news("realise", "Le stade a ouvert hier."))
    publish_progress(
        actor, commitment.id, news("en_cours", happened_on=date(2025, 3, 1), client_key="plus-ancienne")
    )
    assert (again(commitment).state, again(commitment).last_progress_on) == ("realise", date(2026, 11, 1))
    with pytest.raises(RuleRefused):
        publish_progress(
            actor,
            commitment.id,
            news("en_preparation", happened_on=date(2025, 6, 1), client_key="trop-tard-pour-cela"),
        )


def test_of_two_news_of_one_day_the_later_one_tells_the_state(app: Flask) -> None:
    commitment, actor = make_commitment(make_contract()), make_account()
    publish_progress(actor, commitment.id, news("en_cours"))
    publish_progress(
        actor, commitment.id, news("realise", "Le stade a ouvert ce soir.", client_key="le-soir-meme")
    )
    assert again(commitment).state == "realise"
    with pytest.raises(RuleRefused):  # it follows what was told before on that day
        publish_progress(actor, commitment.id, news("en_preparation", client_key="plus-tard"))


def test_one_key_tells_of_each_commitment_once(app: Flask, session: Session) -> None:
    contract, actor = make_contract(), make_account()
    one, other = make_commitment(contract), make_commitment(contract)
    told = [publish_progress(actor, each.id, news()) for each in (one, other, one)]
    assert [each.commitment_id for each in told] == [one.id, other.id, one.id]
    assert (told[0].id, len({each.id for each in told})) == (told[2].id, 2)


def test_progress_for_one_quartier_leaves_the_whole(app: Flask, session: Session) -> None:
    contract = make_contract()
    here, there = make_quartier(contract), make_quartier(contract)
    commitment = make_commitment(contract, state="en_cours", quartiers=[here, there])
    actor = make_account()
    publish_progress(actor, commitment.id, news("realise", quartier_id=here.id))
    states = dict(
        session.execute(
            select(commitment_quartier.c.quartier_id, commitment_quartier.c.state).where(
                commitment_quartier.c.commitment_id == commitment.id
            )
        ).all()
    )
    assert states == {here.id: "realise", there.id: None}
    assert again(commitment).state == "annonce"  # nothing was told of the whole
    assert again(commitment).last_progress_on == date(2026, 11, 1)
    with pytest.raises(RuleRefused):  # done here: it cannot be in preparation here
        publish_progress(
            actor,
            commitment.id,
            news(
                "en_preparation", quartier_id=here.id, client_key="autre-clef", happened_on=date(2026, 11, 2)
            ),
        )


def test_a_mistake_stays_in_the_story_and_the_state_goes_back(app: Flask, session: Session) -> None:
    commitment, actor = make_commitment(make_contract()), make_account()
    publish_progress(actor, commitment.id, news("en_preparation"))
    wrong = publish_progress(
        actor,
        commitment.id,
        news("realise", "La piscine a ouvert.", happened_on=date(2026, 11, 5), client_key="une-erreur"),
    )
    before = publications()
    withdrawn = withdraw_progress(actor, wrong.id, "C’était une autre piscine.")
    assert publications() == before + 1
    assert withdrawn.withdrawn_reason == "C’était une autre piscine."
    assert (again(commitment).state, again(commitment).last_progress_on) == (
        "en_preparation",
        date(2026, 11, 1),
    )
    assert session.execute(select(func.count(Progress.id))).scalar() == 2
    document = session.execute(
        select(CommitmentSearch.document).where(CommitmentSearch.commitment_id == commitment.id)
    ).scalar_one()
    assert "piscine" not in document
    withdraw_progress(actor, wrong.id, "Une deuxième fois, pour voir.")
    assert session.execute(select(func.count(AuditEntry.id))).scalar() == 3


def test_withdrawing_all_news_leaves_it_announced(app: Flask) -> None:
    commitment, actor = make_commitment(make_contract(), state="a_verifier"), make_account()
    progress = publish_progress(actor, commitment.id, news())
    withdraw_progress(actor, progress.id, "Ce n’était pas le bon engagement.")
    assert (again(commitment).state, again(commitment).last_progress_on) == ("annonce", None)


def test_withdrawing_needs_a_reason_and_something_to_withdraw(app: Flask) -> None:
    progress = make_progress(make_commitment(make_contract()))
    with pytest.raises(RuleRefused) as refused:
        withdraw_progress(make_account(), progress.id, "non")
    assert refused.value.field == "reason"
    with pytest.raises(NotFound):
        withdraw_progress(make_account(), 999, "Une raison assez longue.")


def test_what_left_the_contract_is_told_no_more(app: Flask) -> None:
    commitment = make_commitment(make_contract(), retired_at=clock.now())
    with pytest.raises(DomainError):
        publish_progress(make_account(), commitment.id, news())


def test_a_grant_on_one_contract_gives_nothing_on_another(app: Flask, session: Session) -> None:
    mine, other = make_contract(), make_contract()
    elsewhere = make_commitment(other)
    told = make_progress(elsewhere)
    actor = make_account(contract=mine)
    with pytest.raises(Forbidden):
        publish_progress(actor, elsewhere.id, news(files=[EvidenceFile(upload(picture()), "Une grue")]))
    with pytest.raises(Forbidden):
        withdraw_progress(actor, told.id, "Une raison assez longue.")
    with pytest.raises(Forbidden):
        publish_progress(make_account(role=None), elsewhere.id, news())
    assert files(app) == []
    assert session.execute(select(func.count(AuditEntry.id))).scalar() == 0
    publish_progress(actor, make_commitment(mine).id, news())
