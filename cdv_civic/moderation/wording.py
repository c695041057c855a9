"""How moderation is spoken of: where a text stands, what was decided, on which ground, what is missing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import Flask
from flask_babel.speaklater import LazyString

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.moderation.rules.appeals import AppealOutcome, AppealSide, ReportReason
from cdv_civic.moderation.rules.decisions import LegalGround, Missing, ModerationAct, Source, TextState
from cdv_civic.moderation.rules.figures import TextFate
from cdv_civic.moderation.rules.hints import HintKind
from cdv_civic.moderation.rules.parts import TextPart
from cdv_civic.participation.help_numbers import CALLS, Call
from cdv_civic.territory.vocabulary import CodedTerm


def _table(*words: tuple[str, Any, str]) -> dict[str, CodedTerm]:
    return {str(code): CodedTerm(str(code), label, icon) for code, label, icon in words}


STATES: Final[Mapping[str, CodedTerm]] = _table(
    (TextState.WAITING, _l("À lire"), "inbox"),
    (TextState.PUBLISHED, _l("Public"), "eye"),
    (TextState.REWORDING, _l("À écrire autrement"), "pencil"),
    (TextState.HIDDEN, _l("Masqué"), "lock"),
    (TextState.MERGED, _l("Regroupé avec un autre"), "arrows-join"),
    (TextState.TAKEN_BACK, _l("Repris par son auteur"), "arrow-back-up"),
)
#: What a moderator may do, as a button says it.
ACTS: Final[Mapping[str, CodedTerm]] = _table(
    (ModerationAct.PUBLISH, _l("Publier"), "eye"),
    (ModerationAct.KEEP, _l("Laisser tel quel"), "circle-check"),
    (ModerationAct.ASK_TO_REWORD, _l("Demander d’écrire autrement"), "pencil"),
    (ModerationAct.HIDE, _l("Masquer"), "lock"),
    (ModerationAct.HIDE_PART, _l("Masquer une partie"), "scissors"),
    (ModerationAct.MERGE, _l("Regrouper avec un autre"), "arrows-join"),
    (ModerationAct.SHOW_AGAIN, _l("Montrer de nouveau"), "eye"),
)
#: What was done, for whoever reads the decision: the author, whoever reported the text, moderators.
DONE: Final[Mapping[str, CodedTerm]] = _table(
    (ModerationAct.PUBLISH, _l("Ce texte est public."), "eye"),
    (ModerationAct.KEEP, _l("Ce texte reste tel quel."), "circle-check"),
    (
        ModerationAct.ASK_TO_REWORD,
        _l("Ce texte n’est pas montré. On demande de l’écrire autrement."),
        "pencil",
    ),
    (ModerationAct.HIDE, _l("Ce texte est masqué."), "lock"),
    (ModerationAct.HIDE_PART, _l("Une partie est masquée. Le reste est public."), "scissors"),
    (ModerationAct.MERGE, _l("Ce texte est regroupé avec un autre, qui dit la même chose."), "arrows-join"),
    (ModerationAct.SHOW_AGAIN, _l("Ce texte est de nouveau public."), "eye"),
)
#: What is hidden, where a part is.
PARTS: Final[Mapping[str, LazyString]] = {
    TextPart.TITLE: _l("un passage du titre"),
    TextPart.WORDS: _l("un passage du texte"),
    TextPart.PHOTO: _l("la photo"),
}
#: For how long (art. 17, 3 a).
HOW_LONG: Final[Mapping[str, LazyString]] = {
    ModerationAct.ASK_TO_REWORD: _l("Jusqu’à ce que vous l’écriviez autrement."),
    ModerationAct.HIDE: _l("Sans limite de durée, sur tout le site."),
    ModerationAct.HIDE_PART: _l("Sans limite de durée, sur tout le site."),
    ModerationAct.MERGE: _l("Tant que l’autre texte est public."),
}
SOURCES: Final[Mapping[str, LazyString]] = {
    Source.OWN_LOOK: _l("L’équipe qui modère l’a lu elle-même."),
    Source.REPORT: _l("Une personne l’a signalé."),
    Source.APPEAL: _l("Une décision a été contestée."),
}


@dataclass(frozen=True)
class Law:
    """What the law forbids: in a few words, and where it stands."""

    label: LazyString
    article: LazyString


LAWS: Final[Mapping[str, Law]] = {
    LegalGround.INSULT: Law(_l("Une injure"), _l("loi du 29 juillet 1881, articles 29 et 33")),
    LegalGround.DEFAMATION: Law(_l("Une diffamation"), _l("loi du 29 juillet 1881, articles 29 et 32")),
    LegalGround.HATRED: Law(
        _l("Un appel à la haine ou à la discrimination"), _l("loi du 29 juillet 1881, article 24")
    ),
    LegalGround.THREAT: Law(_l("Une menace"), _l("code pénal, articles 222-17 et 222-18")),
    LegalGround.PRIVACY: Law(
        _l("Une atteinte à la vie privée"), _l("code civil, article 9\u00a0; code pénal, article 226-1")
    ),
    LegalGround.PERSONAL_DATA: Law(
        _l("Des données personnelles publiées sans accord"), _l("règlement (UE) 2016/679, article 6")
    ),
    LegalGround.PRESUMED_INNOCENCE: Law(
        _l("Une atteinte à la présomption d’innocence"), _l("code civil, article 9-1")
    ),
    LegalGround.TERRORISM: Law(_l("Un appel au terrorisme"), _l("code pénal, article 421-2-5")),
    LegalGround.CHILDREN: Law(_l("Un danger pour des enfants"), _l("code pénal, articles 227-23 et 227-24")),
    LegalGround.FRAUD: Law(_l("Une arnaque"), _l("code pénal, article 313-1")),
    LegalGround.COPYRIGHT: Law(
        _l("Le texte ou l’image d’une autre personne"),
        _l("code de la propriété intellectuelle, article L. 335-3"),
    ),
}
HINTS: Final[Mapping[str, CodedTerm]] = _table(
    (HintKind.PHONE, _l("Un numéro de téléphone"), "phone"),
    (HintKind.EMAIL, _l("Une adresse e-mail"), "mail"),
    (HintKind.NAME, _l("Peut-être un nom"), "user"),
    (HintKind.PLATE, _l("Peut-être une plaque"), "id-badge"),
    (HintKind.STREET_NUMBER, _l("Peut-être une adresse"), "home"),
    (HintKind.PATTERN, _l("Un mot de votre liste"), "flag"),
    (HintKind.NEAR_DUPLICATE, _l("Presque le même qu’un autre"), "repeat"),
)
#: In the order of the form: a life in danger first.
REPORT_REASONS: Final[Mapping[str, CodedTerm]] = _table(
    (ReportReason.DANGER, _l("Une vie est en danger"), "alert-triangle"),
    (ReportReason.HATRED, _l("Haine ou racisme"), "users-group"),
    (ReportReason.INSULT, _l("Insulte, menace"), "message-2"),
    (ReportReason.NAMES, _l("On reconnaît une personne"), "user"),
    (ReportReason.PRIVACY, _l("Vie privée\u00a0: adresse, téléphone, photo"), "lock"),
    (ReportReason.CHILDREN, _l("Un enfant est en cause"), "school"),
    (ReportReason.FALSE, _l("C’est faux, et cela fait du tort"), "circle-x"),
    (ReportReason.SPAM, _l("Publicité, arnaque"), "speakerphone"),
    (ReportReason.CHARTER, _l("Contraire à la charte"), "list-check"),
    (ReportReason.OTHER, _l("Autre chose"), "help-circle"),
)
OUTCOMES: Final[Mapping[str, CodedTerm]] = _table(
    (AppealOutcome.UPHELD, _l("La décision ne change pas"), "circle-x"),
    (AppealOutcome.REVERSED, _l("La décision est annulée"), "circle-check"),
    (AppealOutcome.IN_PART, _l("La décision change en partie"), "circle-dashed"),
)
#: What each outcome does with the text, for whoever answers.
OUTCOME_CHOICES: Final[Mapping[AppealSide, Mapping[AppealOutcome, LazyString]]] = {
    AppealSide.AUTHOR: {
        AppealOutcome.UPHELD: _l("La décision ne change pas"),
        AppealOutcome.REVERSED: _l("La décision est annulée\u00a0: le texte est de nouveau visible"),
        AppealOutcome.IN_PART: _l("La décision change en partie\u00a0: une partie du texte est visible"),
    },
    AppealSide.REPORTER: {
        AppealOutcome.UPHELD: _l("La décision ne change pas"),
        AppealOutcome.REVERSED: _l("La décision est annulée\u00a0: le texte n’est plus visible"),
        AppealOutcome.IN_PART: _l(
            "La décision change en partie\u00a0: une partie du texte n’est plus visible"
        ),
    },
}
SIDES: Final[Mapping[str, LazyString]] = {
    AppealSide.AUTHOR: _l("La personne qui a écrit"),
    AppealSide.REPORTER: _l("La personne qui a signalé"),
}

#: What became of the texts of a year.
FATES: Final[Mapping[str, CodedTerm]] = _table(
    (TextFate.HIDDEN, _l("masqués, en tout ou en partie"), "lock"),
    (TextFate.REWORDED, _l("à écrire autrement"), "pencil"),
    (TextFate.PUBLISHED, _l("publiés"), "eye"),
    (TextFate.OTHER, _l("en attente, regroupés ou repris"), "point"),
)
#: What a decision lacks: the field of the form, and the sentence beside it.
MISSING: Final[Mapping[Missing, tuple[str, LazyString]]] = {
    Missing.GROUND: (
        "ground",
        _l("Choisissez pourquoi\u00a0: un point de la charte, ou ce que la loi interdit."),
    ),
    Missing.TWO_GROUNDS: ("ground", _l("Choisissez une seule raison.")),
    Missing.FACTS: (
        "facts_fr",
        _l("Dites en une phrase ce que vous avez vu. La personne qui a écrit le texte la lira."),
    ),
    Missing.PART: ("part", _l("Écrivez ce qui reste public.")),
    Missing.OTHER_TEXT: ("other_text", _l("Choisissez l’autre texte.")),
}
#: Which texts a list shows.
SHOWN: Final[Mapping[str, CodedTerm]] = _table(
    ("attente", _l("Ce qui attend"), "inbox"),
    ("signales", _l("Signalés"), "flag"),
    ("publics", _l("Publics"), "eye"),
    ("a_reformuler", _l("À écrire autrement"), "pencil"),
    ("masques", _l("Masqués ou regroupés"), "lock"),
)
#: What follows from an act, before it is done.
FOLLOWS: Final[Mapping[str, LazyString]] = {
    ModerationAct.PUBLISH: _l("Tout le monde pourra le lire. La personne qui l’a écrit est prévenue."),
    ModerationAct.KEEP: _l("Le texte reste public. Qui l’a signalé reçoit votre réponse."),
    ModerationAct.ASK_TO_REWORD: _l(
        "Personne d’autre ne lit plus ce texte. La personne qui l’a écrit reçoit vos raisons, peut l’écrire "
        "autrement, et peut contester."
    ),
    ModerationAct.HIDE: _l(
        "Personne d’autre ne lit plus ce texte, nulle part sur le site. La personne qui l’a écrit reçoit vos "
        "raisons, et peut contester."
    ),
    ModerationAct.HIDE_PART: _l(
        "Tout le monde voit ce qui reste. La personne qui a écrit le texte reçoit vos raisons, et peut contester."
    ),
    ModerationAct.MERGE: _l(
        "L’autre texte est montré pour les deux. La personne qui a écrit celui-ci est prévenue, et peut contester."
    ),
    ModerationAct.SHOW_AGAIN: _l(
        "Tout le monde pourra de nouveau le lire. La personne qui l’a écrit est prévenue."
    ),
}

#: Whom to call for each reason, the first to call first.
_HELP: Final[Mapping[ReportReason, tuple[str, ...]]] = {
    ReportReason.DANGER: ("17", "15", "18", "112", "114", "119", "3919"),
    ReportReason.CHILDREN: ("119", "17", "114"),
}
#: Where the law asks a host, and lets anybody, tell the authorities of what the law forbids (art. 18).
AUTHORITIES_URL: Final = "https://www.internet-signalement.gouv.fr/"


def parts_said(hidden: Iterable[TextPart]) -> str:
    """Which parts are hidden, in words; empty: none is named."""
    return ", ".join(str(PARTS[part]) for part in hidden)


def calls_for_reason(reason: str | None) -> tuple[Call, ...]:
    """Whom to call where a text is reported for a reason; nobody for most."""
    numbers = _HELP.get(ReportReason(reason), ()) if reason is not None and reason in REPORT_REASONS else ()
    return tuple(next(call for call in CALLS if call.number == each) for each in numbers)


def register(app: Flask) -> None:
    """The words of statements of reasons, of reports and of appeals, on pages of other features too."""
    app.jinja_env.globals.update(
        moderation_done=DONE,
        moderation_parts=parts_said,
        moderation_how_long=HOW_LONG,
        moderation_laws=LAWS,
        moderation_sources=SOURCES,
        report_reasons=REPORT_REASONS,
        calls_for_reason=calls_for_reason,
        authorities_url=AUTHORITIES_URL,
        appeal_outcomes=OUTCOMES,
        text_fates=FATES,
    )
