"""Invented rows for the living page of components (development only): each component in several states.

The texts are in French and, for the right-to-left half of the page, in Arabic; no person or place is real.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from flask import render_template
from markupsafe import Markup
from wtforms import (
    BooleanField,
    FileField,
    Form,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired

from cdv_civic.commitments.charts import ChartValue, Drawing, draw
from cdv_civic.core.forms.fields import ChecksField, day_field, listed
from cdv_civic.core.i18n.catalogue import speaking
from cdv_civic.core.i18n.languages import direction_of
from cdv_civic.core.localized import Words
from cdv_civic.territory.vocabulary import NATURES, STATES, THEMES, CodedTerm, CommitmentState, Nature

PHOTO: Final = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 320 240'%3E%3Cpath fill='%23bcd9e6' "
    "d='M0 0h320v240H0z'/%3E%3Cpath fill='%23d8cbb4' d='M30 90h90v110H30zM150 50h120v150H150z'/%3E%3Cpath fill="
    "'%236b9a5b' d='M0 190h320v50H0z'/%3E%3Ccircle cx='130' cy='160' r='34' fill='%234d7f45'/%3E%3C/svg%3E"
)

#: What is said in each half of the page. Keys are French so that the table reads by itself.
ARABIC: Final[Mapping[str, str]] = {
    "Refaire l’aire de jeux du parc des Saules": "تجديد ملعب الأطفال في حديقة الصفصاف",
    "Ouvrir un accueil de nuit pour les jeunes": "فتح مكان استقبال مسائي للشباب",
    "Aider 40 familles à réduire leurs factures d’énergie": "مساعدة 40 أسرة على خفض فواتير الطاقة",
    "Le chantier a commencé le 3 mars. Les jeux ouvrent en juin.": "بدأت الأشغال في 3 مارس، وتفتح الألعاب في يونيو.",
    "Nous avons choisi l’entreprise avec douze habitantes et habitants.": "اخترنا الشركة مع اثني عشر من السكان.",
    "La date annoncée était fausse.": "التاريخ المعلن كان خاطئا.",
    "Quartier des Saules": "حي الصفصاف",
    "Quartier des Tilleuls": "حي الزيزفون",
    "Ville-Exemple": "مدينة المثال",
    "Ville d’exemple": "بلدية المثال",
    "Bailleur d’exemple": "مؤسسة السكن المثالية",
    "dès 2025": "ابتداء من 2025",
    "Un contrat de six ans entre l’État, les villes et leurs partenaires, pour les quartiers.": (
        "عقد لمدة ست سنوات بين الدولة والمدن وشركائها من أجل الأحياء."
    ),
    "contrat de ville": "عقد المدينة",
    "Votre quartier, ce qui est promis, votre voix": "حيّكم، وما وُعد به، وصوتكم",
    "habitants sur 4 connaissent le conseil citoyen": "من كل أربعة سكان يعرفون مجلس المواطنين",
    "logements rénovés sur 320": "مسكن تم تجديده من أصل 320",
    "familles aidées": "أسرة حصلت على المساعدة",
}


@dataclass(frozen=True)
class SampleCard:
    """One commitment, as `commitment_card` takes it."""

    title: Words
    nature: Nature
    state: CommitmentState
    theme: CodedTerm | None = None
    holders: list[str] = field(default_factory=list)
    quartiers: list[str] = field(default_factory=list)
    deadline_text: str | None = None
    deadline_passed: bool = False
    last_progress_on: date | None = None
    sentence: Words | None = None


@dataclass(frozen=True)
class SampleEvidence:
    """One proof in a story."""

    kind: str
    url: str
    title: str
    thumbnail_url: str | None = None
    alt: str = ""
    size_text: str | None = None


@dataclass(frozen=True)
class SampleEntry:
    """One step of a story."""

    date: date
    state: CommitmentState | None
    sentence: Words | None
    author: str | None = None
    detail: Markup | None = None
    quartiers: list[str] = field(default_factory=list)
    evidence: list[SampleEvidence] = field(default_factory=list)
    withdrawn: bool = False
    withdrawn_reason: str | None = None


@dataclass(frozen=True)
class SampleRow:
    """One row of the desk's table, or one quartier found."""

    id: int
    title: str
    url: str
    state: CommitmentState
    on: date
    name: str = ""
    communes: list[str] = field(default_factory=list)
    alias: str | None = None


class SampleForm(Form):
    """One field of each kind."""

    sentence = TextAreaField(
        "Que s’est-il passé ?",
        [InputRequired("Écrivez une phrase : les habitants la lisent en premier.")],
        description="Une phrase, avec une date. Par exemple : « Le chantier a commencé le 3 mars. »",
    )
    place = StringField("Où\u00a0?", description="Une rue, un parc, un bâtiment.")
    state = SelectField("Où en est-on ?", choices=listed((code, word.label) for code, word in STATES.items()))
    on = day_field("À quelle date ?", [InputRequired("Choisissez la date.")])
    public = BooleanField("Montrer cette nouvelle aux habitants tout de suite")
    answer = RadioField(
        "Cette action est-elle toujours utile ?",
        choices=listed([("yes", "Oui"), ("no", "Non"), ("unknown", "Je ne sais pas")]),
        validators=[InputRequired("Choisissez une réponse.")],
    )
    themes = ChecksField(
        "Quels sujets ?", choices=listed((code, word.label) for code, word in THEMES.items())
    )
    photo = FileField("Une photo ?")


@dataclass(frozen=True)
class Samples:
    """What one half of the page shows."""

    language: str
    hero: str
    quartier: str
    commune: str
    holder: str
    term: str
    meaning: str
    cards: list[SampleCard]
    entries: list[SampleEntry]
    counts: list[tuple[CommitmentState, int, str]]
    line: Drawing
    bar: Drawing
    figures: list[tuple[str, str]]
    rows: list[SampleRow]
    form: SampleForm
    refused: SampleForm


@dataclass(frozen=True)
class Gallery:
    """One half of the page, already drawn in its own language."""

    language: str
    direction: str
    drawn: str


def _rows(language: str) -> Samples:
    def say(french: str) -> str:
        return ARABIC[french] if language == "ar" else french

    def words(french: str) -> Words:
        return Words(say(french), language, True)

    playground = "Refaire l’aire de jeux du parc des Saules"
    quartiers = [say("Quartier des Saules"), say("Quartier des Tilleuls")]
    holder = say("Ville d’exemple")
    started = words("Le chantier a commencé le 3 mars. Les jeux ouvrent en juin.")
    cards = [
        SampleCard(
            title=words(playground),
            nature=NATURES["engagement"],
            state=STATES["en_cours"],
            theme=THEMES["ecologie"],
            holders=[holder],
            quartiers=quartiers[:1],
            deadline_text="juin 2027",
            last_progress_on=date(2026, 3, 3),
            sentence=started,
        ),
        SampleCard(
            title=words("Ouvrir un accueil de nuit pour les jeunes"),
            nature=NATURES["piste"],
            state=STATES["a_verifier"],
            theme=THEMES["tranquillite"],
            holders=[holder, say("Bailleur d’exemple"), "Association d’exemple"],
            quartiers=[*quartiers, "Quartier des Érables"],
            deadline_text="rentrée 2024",
            deadline_passed=True,
        ),
        SampleCard(
            title=Words("Aider 40 familles à réduire leurs factures d’énergie", "fr", language == "fr"),
            nature=NATURES["poursuite"],
            state=STATES["perenne"],
            theme=THEMES["habitat"],
        ),
        SampleCard(
            Words("Titre-très-long-" * 9, "fr", language == "fr"),
            NATURES["idee"],
            STATES["a_verifier"],
        ),
    ]
    entries = [
        SampleEntry(
            date(2026, 3, 3),
            STATES["en_cours"],
            started,
            author=holder,
            detail=Markup("<p>Fermeture du parc côté nord jusqu’au 30 mai. L’entrée sud reste ouverte.</p>")
            if language == "fr"
            else None,
            quartiers=quartiers[:1],
            evidence=[
                SampleEvidence("photo", "#photo", "", PHOTO, "Des barrières de chantier devant le parc"),
                SampleEvidence("document", "#pdf", "Plan du parc", size_text="PDF, 1,2 Mo"),
                SampleEvidence("link", "#lien", "Compte rendu de la réunion"),
            ],
        ),
        SampleEntry(
            date(2025, 12, 1), STATES["en_cours"], words("La date annoncée était fausse."), withdrawn=True
        ),
        SampleEntry(
            date(2025, 11, 12),
            STATES["en_preparation"],
            words("Nous avons choisi l’entreprise avec douze habitantes et habitants."),
            author=holder,
        ),
        SampleEntry(date(2024, 9, 30), STATES["annonce"], None),
    ]
    measured = [
        ChartValue(date(year, 12, 31), value)
        for year, value in ((2023, 48), (2024, 96), (2025, 143), (2026, 210))
    ]
    return Samples(
        language=language,
        hero=say("Votre quartier, ce qui est promis, votre voix"),
        quartier=quartiers[0],
        commune=say("Ville-Exemple"),
        holder=holder,
        term=say("contrat de ville"),
        meaning=say(
            "Un contrat de six ans entre l’État, les villes et leurs partenaires, pour les quartiers."
        ),
        cards=cards,
        entries=entries,
        counts=[
            (STATES[code], number, f"#etat-{code}")
            for code, number in (
                ("realise", 9),
                ("perenne", 2),
                ("en_cours", 21),
                ("reporte", 1),
                ("a_verifier", 31),
            )
        ],
        line=draw(measured, value_kind="count", unit=None, locale=language, target=240),
        bar=draw(measured[:1], value_kind="count", unit=None, locale=language),
        figures=[
            ("1", say("habitants sur 4 connaissent le conseil citoyen")),
            ("143", say("logements rénovés sur 320")),
            ("40", say("familles aidées")),
        ],
        rows=[
            SampleRow(
                number,
                say(playground),
                "#ligne",
                state,
                date(2026, 10, number),
                name=quartiers[number % 2],
                communes=[say("Ville-Exemple")],
                alias="Cité des Saules" if number == 1 else None,
            )
            for number, state in enumerate(STATES.values(), start=1)
        ],
        form=SampleForm(state="en_cours", themes=["ecologie"], answer="yes"),
        refused=SampleForm(prefix="refused-"),
    )


def samples() -> dict[str, list[Gallery]]:
    """What the page shows: two halves, in French from left to right, in Arabic from right to left."""
    galleries = []
    for language in ("fr", "ar"):
        rows = _rows(language)
        rows.refused.validate()
        with speaking(language):
            drawn = render_template("pages/components_gallery.html", s=rows, half=language)
        galleries.append(Gallery(language, direction_of(language), drawn))
    return {"galleries": galleries}
