"""Pages of ideas tell of the choice of residents: when it is, then what came of each group."""

from flask import Flask, url_for

from cdv_civic.consultations.cache_tags import consultation_tag
from cdv_civic.consultations.choices.queries import IdeaChoice, axes_born, choice_of_box, outcomes_of
from cdv_civic.consultations.choices.wording import outcome_said
from cdv_civic.core import clock
from cdv_civic.core.web import navigation
from cdv_civic.core.web.validity import also_shows, valid_until
from cdv_civic.ideas.choices import GroupOutcome, ShownChoice, register_choices
from cdv_civic.participation.rules.phases import Phase, Phases, Stage


def shown_choice(box_id: int, language: str) -> ShownChoice | None:
    """The choice among the groups of a box, where everybody sees it; 5 statements at most."""
    now = clock.now()
    choice = choice_of_box(box_id, language)
    if choice is None:
        return None
    also_shows(consultation_tag(choice.consultation_id))
    calendar = choice.calendar
    if calendar.published_at is None or calendar.withdrawn_at is not None:
        return None
    if calendar.opens_at is None or calendar.closes_at is None:
        return None
    change = calendar.next_change(now)
    if change is not None:
        valid_until(change)
    counted = calendar.frozen_at is not None
    found = outcomes_of(choice)
    return ShownChoice(
        choice.title,
        url_for("consultations.show", slug=choice.slug),
        choice.organiser,
        calendar.opens_at,
        calendar.closes_at,
        Stage.AFTER
        if counted
        else Phases([Phase("open", frozenset(), calendar.opens_at, calendar.closes_at)]).state_at(now).stage,
        url_for("consultation_results.show", slug=choice.slug) if counted else None,
        {
            group: GroupOutcome(outcome.rank, outcome_said(outcome, len(found)))
            for group, outcome in found.items()
        },
        _born(choice) if counted else {},
    )


def _born(choice: IdeaChoice) -> dict[int, str]:
    return {
        group: navigation.url("contract", contract=choice.contract, axe=code)
        for group, code in axes_born(choice.consultation_id).items()
        if group is not None
    }


def register(app: Flask) -> None:
    """Tell pages of ideas of it."""
    register_choices(app, shown_choice)
