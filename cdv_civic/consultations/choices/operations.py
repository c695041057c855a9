"""Ask residents to choose among groups of ideas, and make a tree of the contract of what they chose."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.commitments.models import AxisOrigin
from cdv_civic.commitments.rules.origins import Origin
from cdv_civic.consultations.cache_tags import consultation_tag
from cdv_civic.consultations.choices.rules import BALLOTS, POINTS_EACH
from cdv_civic.consultations.idea_models import (
    ConsultationIdeaAxis,
    ConsultationIdeaChoice,
    ConsultationIdeaOption,
)
from cdv_civic.consultations.models import Consultation, ConsultationOption, ConsultationQuestion
from cdv_civic.consultations.operations.editing import building
from cdv_civic.consultations.operations.editing.building import NewOption, NewQuestion
from cdv_civic.consultations.operations.editing.creating import (
    Organiser,
    check_organiser,
    made_once,
    new_consultation,
    record_begun,
)
from cdv_civic.consultations.operations.editing.holding import LONGEST_LINE, editing, put_field
from cdv_civic.consultations.operations.editing.steps import forget_pictures, refuse_broken
from cdv_civic.consultations.operations.locking import hold_alone
from cdv_civic.consultations.queries.definition import definition_of
from cdv_civic.consultations.queries.ideas import group_of_options
from cdv_civic.consultations.queries.options_of_contract import shown_texts
from cdv_civic.consultations.rules.conditions import broken_by_deleting_option
from cdv_civic.consultations.rules.questions import QuestionKind
from cdv_civic.core.audit import trail
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.errors import DomainError, NotFound
from cdv_civic.core.i18n.catalogue import _, speaking
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.idempotency import new_key
from cdv_civic.core.localized import put_text
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.settings import current_settings
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.ideas.cache_tags import box_tag
from cdv_civic.ideas.models import IdeaBox, IdeaGroup
from cdv_civic.ideas.operations.holding import require_choosable
from cdv_civic.ideas.operations.locking import kept_box
from cdv_civic.ideas.queries.groups import retained_groups
from cdv_civic.territory.cache_tags import contract_tag
from cdv_civic.territory.models import Axis, Contract
from cdv_civic.territory.scopes import in_contract
from cdv_civic.territory.vocabulary import BORN_TREE

LONGEST_TITLE: Final = 400
_NO_CHOICE: Final = _l("Personne n’a encore choisi entre ces groupes.")


@dataclass(frozen=True)
class Ballot:
    """How residents choose: how many at most (`PICK`), which places (`RANK`), or how many points (`POINTS`)."""

    kind: QuestionKind
    #: None: all groups in order; `POINTS_EACH` points; half of the groups.
    most: int | None = None


def draft_choice(actor: Actor, box_id: int, ballot: Ballot) -> str:
    """A consultation that nobody sees yet, by whoever keeps the box, whose options are its retained groups; its slug.

    Pressed twice, it is one. Groups stand still from when it is published (`operations.idea_links.follow`), and until
    then `renew_options` takes them anew. Raises `NotFound`, `Forbidden`, `NoChoice`, `DomainError`.
    """
    if ballot.kind not in BALLOTS:
        raise DomainError(_l("Choisissez une réponse de la liste."), field="kind")
    return made_once(lambda: _draft(actor, box_id, ballot))


def _draft(actor: Actor, box_id: int, ballot: Ballot) -> str:
    with transaction() as session:
        box = kept_box(session, actor, box_id)
        organiser = Organiser(box.contract_id, box.body_id, box.commune_id)
        check_organiser(session, actor, organiser)
        known = session.execute(
            select(Consultation.slug)
            .join(ConsultationIdeaChoice, ConsultationIdeaChoice.consultation_id == Consultation.id)
            .where(ConsultationIdeaChoice.box_id == box_id)
        ).scalar()
        if known is not None:
            return known
        require_choosable(session, box)
        named = shown_texts(session, [box.title_id])[box.title_id]
        row = new_consultation(
            session,
            actor,
            organiser,
            _in_each(named, lambda said: _("Le choix\u00a0: %(box)s", box=said)),
            new_key(),
        )
        step = building.add_step(
            session,
            None,
            row,
            "priorities",
            {},
            _spoken(
                lambda: _("Chaque réponse réunit des idées qui se ressemblent. Vous pouvez les lire avant.")
            ),
        )
        groups = _groups(session, box)
        if ballot.most is not None and not 1 <= ballot.most <= 100:
            raise DomainError(_l("Écrivez un nombre entre 1 et 100."), field="most")
        most = ballot.most
        if most is None:
            most = {QuestionKind.POINTS: POINTS_EACH, QuestionKind.RANK: None}.get(
                ballot.kind, max(1, len(groups) // 2)
            )
        question = building.add_question(
            session,
            None,
            row,
            step,
            NewQuestion(
                ballot.kind,
                _spoken(lambda: _("Quels groupes d’idées comptent le plus pour vous\u00a0?")),
                most=most if ballot.kind is QuestionKind.POINTS or most is None else min(most, len(groups)),
            ),
        )
        session.add(
            ConsultationIdeaChoice(
                consultation_id=row.id, box_id=box.id, question_id=question.id, contract_id=row.contract_id
            )
        )
        session.flush()
        _offer(session, row, question, box, groups)
        record_begun(session, actor, row, {"box": box.slug})
        return row.slug


def renew_options(actor: Actor, consultation_id: int, *, version: int) -> None:
    """Offer the groups that are retained now, in their present words.

    The option of a group that is still retained stays, with its picture and whatever depends on it; what stands for no
    such group goes. Raises as `holding.editing` does, `NotFound`, and `DomainError` where a question depends on what
    would go.
    """
    with editing(actor, consultation_id, version=version, asks=True) as (session, row):
        choice = session.get(ConsultationIdeaChoice, row.id, populate_existing=True)
        if choice is None:
            raise NotFound(_NO_CHOICE)
        box = kept_box(session, actor, choice.box_id)
        question = session.get_one(ConsultationQuestion, choice.question_id)
        retained = {each.id: each for each in _groups(session, box)}
        stands_for = group_of_options(question.id)
        options = (
            session.execute(select(ConsultationOption).where(ConsultationOption.question_id == question.id))
            .scalars()
            .all()
        )
        staying = [each for each in options if stands_for.get(each.id) in retained]
        _delete(session, row, [each for each in options if each not in staying])
        said = shown_texts(session, [each.text_id for each in staying])
        for option in staying:
            group = retained.pop(stands_for[option.id])
            if group.title.get(SOURCE_LANGUAGE) != said[option.text_id].get(SOURCE_LANGUAGE):
                put_field(
                    session,
                    None,
                    option,
                    "text",
                    group.title,
                    longest=LONGEST_LINE,
                    contract_id=row.contract_id,
                )
        _offer(session, row, question, box, list(retained.values()))


def _delete(session: Session, row: Consultation, options: Sequence[ConsultationOption]) -> None:
    """Delete options with their pictures; raises `DomainError` where a question depends on one of them."""
    before = definition_of(row.id, SOURCE_LANGUAGE)
    broken = [question for each in options for question in broken_by_deleting_option(before.rules, each.id)]
    refuse_broken(before, list(dict.fromkeys(broken)))
    forget_pictures(session, ConsultationOption.id.in_([each.id for each in options]))
    for each in options:
        session.delete(each)
    session.flush()


@dataclass(frozen=True)
class _Group:
    id: int
    title: Mapping[str, str]


def _groups(session: Session, box: IdeaBox) -> list[_Group]:
    """The retained groups of a box with their titles in each language."""
    found = retained_groups(box.id)
    titles = shown_texts(session, [each.title_id for each in found])
    return [_Group(each.id, titles[each.title_id]) for each in found]


def _offer(
    session: Session,
    row: Consultation,
    question: ConsultationQuestion,
    box: IdeaBox,
    groups: Sequence[_Group],
) -> None:
    made = building.add_options(
        session, None, row, question, [NewOption(dict(each.title)) for each in groups]
    )
    for option, group in zip(made, groups, strict=True):
        session.add(
            ConsultationIdeaOption(
                option_id=option.id, question_id=question.id, group_id=group.id, box_id=box.id
            )
        )
    session.flush()


def _spoken(sentence: Callable[[], str]) -> dict[str, str]:
    """A sentence of ours in each language of the site."""
    said = {}
    for tag in current_settings().languages:
        with speaking(tag):
            said[tag] = sentence()
    return said


def _in_each(texts: Mapping[str, str], sentence: Callable[[str], str]) -> dict[str, str]:
    """A sentence around a text, in each language that it has."""
    said = {}
    for tag, text in texts.items():
        with speaking(tag):
            said[tag] = sentence(text)
    return said


def make_tree(actor: Actor, consultation_id: int, group_ids: Sequence[int]) -> str:
    """A tree of the contract with a part for each of some groups, « né de la consultation … »; the code of its root.

    Once the results of the choice are published; pressed twice it is one tree, as it was made first. Raises `NotFound`,
    `Forbidden`, `DomainError`.
    """
    with transaction() as session:
        row = hold_alone(session, consultation_id)
        require(actor, "axis.edit", in_contract(row.contract_id))
        choice = session.get(ConsultationIdeaChoice, row.id, populate_existing=True)
        if choice is None or row.frozen_at is None or row.withdrawn_at is not None:
            raise NotFound(_NO_CHOICE)
        root = session.execute(
            select(Axis.code)
            .join(ConsultationIdeaAxis, ConsultationIdeaAxis.axis_id == Axis.id)
            .where(ConsultationIdeaAxis.consultation_id == row.id, ConsultationIdeaAxis.group_id.is_(None))
        ).scalar()
        if root is not None:
            return root
        offered = session.execute(
            select(IdeaGroup)
            .join(ConsultationIdeaOption, ConsultationIdeaOption.group_id == IdeaGroup.id)
            .where(ConsultationIdeaOption.question_id == choice.question_id)
        ).scalars()
        by_id = {group.id: group for group in offered}
        chosen = [by_id[each] for each in dict.fromkeys(group_ids) if each in by_id]
        if not chosen:
            raise DomainError(_l("Choisissez au moins un groupe."), field="groups")
        contract = session.get_one(Contract, row.contract_id)
        texts = shown_texts(session, [row.title_id, *(group.title_id for group in chosen)])
        born = _in_each(
            texts[row.title_id], lambda said: _("Né de la consultation «\u00a0%(title)s\u00a0»", title=said)
        )
        root_axis = _axis(session, actor, contract, f"habitants-{row.id}", "consultation", born, None)
        session.add(
            ConsultationIdeaAxis(
                axis_id=root_axis.id,
                consultation_id=row.id,
                group_id=None,
                box_id=None,
                contract_id=row.contract_id,
            )
        )
        for group in chosen:
            axis = _axis(
                session,
                actor,
                contract,
                f"habitants-{row.id}-{group.id}",
                "groupe_d_idees",
                texts[group.title_id],
                root_axis.id,
            )
            session.add(
                ConsultationIdeaAxis(
                    axis_id=axis.id,
                    consultation_id=row.id,
                    group_id=group.id,
                    box_id=choice.box_id,
                    contract_id=row.contract_id,
                )
            )
        session.flush()
        raise_tags(session, contract_tag(contract.slug), consultation_tag(row.id), box_tag(choice.box_id))
        return root_axis.code


def _free_code(session: Session, contract_id: int, wanted: str) -> str:
    """A code that no part of a contract has: the document may call one of its own so."""
    taken = set(
        session.execute(
            select(Axis.code).where(
                Axis.contract_id == contract_id, Axis.code.startswith(wanted, autoescape=True)
            )
        ).scalars()
    )
    number, found = 1, wanted
    while found in taken:
        number += 1
        found = f"{wanted}.{number}"
    return found


def _axis(
    session: Session,
    actor: Actor,
    contract: Contract,
    code: str,
    kind: str,
    title: Mapping[str, str],
    parent_id: int | None,
) -> Axis:
    """A part of a contract that residents drew up, after all others; `code` is the one that it should have."""
    code = _free_code(session, contract.id, code)
    number = reserve_ids(session, Axis)[0]
    last = session.execute(select(func.max(Axis.position)).where(Axis.contract_id == contract.id)).scalar()
    axis = Axis(
        id=number,
        contract_id=contract.id,
        code=code,
        title_id=put_text(
            session,
            None,
            title,
            "title",
            LONGEST_TITLE,
            TextOwner("axis", number, "title", contract.id),
            None,
        ),
        short_title=None,
        kind=kind,
        tree=BORN_TREE,
        theme=None,
        suggested_theme=None,
        parent_id=parent_id,
        commune_id=None,
        quartier_id=None,
        line=None,
        position=0 if last is None else last + 1,
        retired_at=None,
        source_row={},
    )
    session.add(axis)
    session.flush()
    session.add(AxisOrigin(axis_id=number, how=Origin.RESIDENTS.value, note_id=None, version=1))
    session.flush()
    trail.record(
        session,
        actor,
        "axis.edit",
        "axis",
        number,
        scope=contract.slug,
        after={"code": code, "how": Origin.RESIDENTS.value},
    )
    return axis
