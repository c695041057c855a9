"""A choice among groups that is withdrawn gives its box back; a box stays as long as its groups are chosen among."""

import threading
import time
from collections.abc import Callable
from typing import Any, Final

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.limits import limiter
from cdv_civic.consultations.choices.operations import draft_choice, make_tree
from cdv_civic.consultations.idea_models import ConsultationIdeaChoice, ConsultationIdeaOption
from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.operations import idea_links
from cdv_civic.consultations.operations.editing import publishing, steps
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import Conflict, DomainError
from cdv_civic.ideas.models import IdeaBox
from cdv_civic.ideas.operations import boxes
from cdv_civic.ideas.operations.boxes import withdraw_box
from cdv_civic.ideas.operations.grouping import place_ideas
from cdv_civic.ideas.operations.locking import ChoiceStands
from tests.consultations import factories as consultations
from tests.consultations.kinds.ideas.test_step import Asked
from tests.ideas.boxes import make_a_box, put_one, stored_box
from tests.ideas.choices import PICK, Grouped, count, draft, grouped, published, row_of
from tests.races import at_once
from tests.signing_in import open_browser

WHY = {"fr": "Une erreur."}


@pytest.fixture
def ready(app: Flask) -> Grouped:
    limiter.reset()
    return grouped(make_a_box())


def withdraw_choice(ready: Grouped, row: Consultation) -> None:
    publishing.withdraw(ready.box.moderator, row.id, WHY, version=row_of(row.slug).version)


def hide(ready: Grouped) -> None:
    withdraw_box(ready.box.moderator, ready.box.id, version=stored_box(ready.box.slug).version)


def test_a_choice_that_is_withdrawn_once_counted_gives_its_box_back(ready: Grouped, session: Session) -> None:
    row = count(published(ready), ready, 30, 12)
    withdraw_choice(ready, row)
    assert stored_box(ready.box.slug).choice_opened_at is None
    for each in (ConsultationIdeaChoice, ConsultationIdeaOption):
        assert session.execute(select(func.count()).select_from(each)).scalar_one() == 0
    session.rollback()
    place_ideas(ready.box.moderator, ready.box.id, ready.groups[1], [1])
    assert put_one(ready.box, "Une idée de plus").idea_id
    assert draft_choice(ready.box.moderator, ready.box.id, PICK) != row.slug


def test_a_choice_of_which_the_contract_has_parts_stays(ready: Grouped, session: Session) -> None:
    row = count(published(ready), ready, 30, 12)
    make_tree(ready.box.place.staff, row.id, ready.groups)
    with pytest.raises(DomainError) as refused:
        withdraw_choice(ready, row)
    assert "parties du contrat" in str(refused.value.sentence)
    assert row_of(row.slug).withdrawn_at is None


def test_a_box_is_withdrawn_once_its_choice_is(app: Flask, ready: Grouped) -> None:
    row = published(ready)
    with pytest.raises(ChoiceStands):
        hide(ready)
    desk = app.test_client()
    open_browser(desk, ready.box.moderator)
    url = f"/fr/bureau/idees/{ready.box.slug}"
    page = desk.get(f"{url}/retirer").text
    assert "Retirez d’abord" in page
    assert f"{url}/choix" in page
    assert "Retirer du site" not in page
    withdraw_choice(ready, row)
    assert "Retirer du site" in desk.get(f"{url}/retirer").text
    hide(ready)
    assert stored_box(ready.box.slug).withdrawn_at is not None


def test_a_draft_of_a_choice_keeps_no_box(ready: Grouped) -> None:
    row = row_of(draft(ready))
    hide(ready)
    with pytest.raises(Conflict):
        publishing.publish(ready.box.moderator, row.id, version=row.version)


class _OfAStep:
    """A consultation with a step of ideas, another one, and a choice among the groups of the box of the first."""

    def __init__(self) -> None:
        limiter.reset()
        self.asked = Asked()
        box = self.asked.box()
        self.asked.choose(box)
        consultations.make_question(consultations.make_step(self.asked.row))
        self.asked.publish()
        self.ready = grouped(self.asked.box_with_people(stored_box(box.slug)))

    def withdraw(self) -> None:
        version = self.asked.version()
        publishing.withdraw(self.asked.place.moderator, self.asked.row.id, WHY, version=version)


def test_a_consultation_is_withdrawn_once_the_choice_among_its_groups_is(app: Flask) -> None:
    of = _OfAStep()
    row = published(of.ready)
    with pytest.raises(ChoiceStands) as refused:
        of.withdraw()
    assert "Retirez d’abord" in str(refused.value.sentence)
    assert of.asked.stored().withdrawn_at is None
    assert stored_box(of.ready.box.slug).withdrawn_at is None
    withdraw_choice(of.ready, row)
    of.withdraw()
    assert stored_box(of.ready.box.slug).withdrawn_at is not None


@pytest.mark.parametrize("act", ["take back", "delete the step"])
def test_nor_is_its_box_hidden_otherwise(app: Flask, session: Session, act: str) -> None:
    of = _OfAStep()
    published(of.ready)
    with transaction() as writing:
        # Nothing was said in it: groups without ideas are chosen among as others are.
        for table in ("idea_placing", "idea"):
            writing.execute(IdeaBox.metadata.tables[table].delete())
    moderator, number = of.asked.place.moderator, of.asked.row.id
    acts: dict[str, Callable[[], object]] = {
        "take back": lambda: publishing.take_back(moderator, number, version=of.asked.version()),
        "delete the step": lambda: steps.delete_step(
            moderator, number, of.asked.step.id, version=of.asked.version()
        ),
    }
    with pytest.raises(ChoiceStands):
        acts[act]()
    assert stored_box(of.ready.box.slug).withdrawn_at is None


#: What each of the two acts does last before it is committed.
LAST: Final = {
    "choice": (idea_links, "open_choice"),
    "box": (boxes, "raise_box_tags"),
    "consultation": (publishing, "forget_recordings"),
}


@pytest.mark.parametrize("what", ["box", "consultation"])
@pytest.mark.parametrize("choice_first", [True, False])
def test_a_choice_opens_before_its_box_is_withdrawn_or_never(
    app: Flask, monkeypatch: pytest.MonkeyPatch, what: str, choice_first: bool
) -> None:
    of = _OfAStep() if what == "consultation" else None
    ready = of.ready if of is not None else grouped(make_a_box())
    row = row_of(draft(ready))
    number, version, moderator = row.id, row.version, ready.box.moderator
    kept = (of.asked.row.id, of.asked.version()) if of is not None else (0, 0)
    box_version = stored_box(ready.box.slug).version
    db.session.rollback()
    first_is_done = threading.Event()
    module, name = LAST["choice" if choice_first else what]
    last = getattr(module, name)

    def and_wait(*arguments: Any, **more: Any) -> None:
        last(*arguments, **more)
        first_is_done.set()
        time.sleep(0.3)

    def choose() -> None:
        assert choice_first or first_is_done.wait(20)
        publishing.publish(moderator, number, version=version)

    def withdraw() -> None:
        assert not choice_first or first_is_done.wait(20)
        if of is not None:
            publishing.withdraw(moderator, kept[0], WHY, version=kept[1])
        else:
            withdraw_box(moderator, ready.box.id, version=box_version)

    monkeypatch.setattr(module, name, and_wait)
    chose, withdrew = at_once(app, choose, withdraw)
    box = stored_box(ready.box.slug)
    assert (box.choice_opened_at is None) != (box.withdrawn_at is None)
    first, second = (chose, withdrew) if choice_first else (withdrew, chose)
    assert first is None
    assert isinstance(second, Conflict), second
