"""Consultations at each stage in the site at hand, for a browser."""

from datetime import timedelta

from sqlalchemy import select

from cdv_civic.consultations.restitution.operations import NewPoint, publish_reply, save_reply
from cdv_civic.consultations.restitution.rules import Fate
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.policy.model import CommandLine
from cdv_civic.territory.models import Contract, Quartier
from tests.consultations.factories import make_consultation, make_question, make_step
from tests.consultations.restitution.replies import a_reply, version_of

CONTRACT = "grand-orly-seine-bievre-2024-2030"
QUARTIER = "orly-quartier-est"
OPEN, LATE, ANSWERED = "les-bancs-du-parc", "le-marche-du-samedi", "la-rue-des-ecoles"
TITLES = {
    OPEN: ("Quels bancs dans le parc ?", "أي مقاعد في الحديقة؟"),
    LATE: ("Le marché du samedi", "سوق السبت"),
    ANSWERED: ("La rue des écoles", "شارع المدارس"),
}
POINTS = (
    NewPoint(
        {"fr": "Des bancs à l’ombre, près des jeux.", "ar": "مقاعد في الظل قرب الألعاب."},
        Fate.RETAINED,
        {"fr": "La mairie pose huit bancs en juin.", "ar": "تضع البلدية ثمانية مقاعد في يونيو."},
        47,
        1,
    ),
    NewPoint(
        {"fr": "Fermer la rue le matin.", "ar": "إغلاق الشارع صباحا."},
        Fate.PARTLY,
        {"fr": "Elle ferme de 8 h à 9 h, les jours d’école.", "ar": "يُغلق من 8 إلى 9 في أيام الدراسة."},
        31,
        2,
    ),
    NewPoint(
        {"fr": "Un jet d’eau.", "ar": "نافورة ماء."},
        Fate.REFUSED,
        {"fr": "L’eau et l’entretien coûtent trop cher.", "ar": "الماء والصيانة مكلفان جدا."},
        None,
        3,
    ),
    NewPoint(
        {"fr": "Une aire pour les chiens.", "ar": "مكان للكلاب."},
        Fate.STUDIED,
        {"fr": "Nous cherchons la place avec le bailleur.", "ar": "نبحث عن المكان مع المالك."},
        None,
        4,
    ),
)


def make() -> None:
    """One that is open, one whose answer is late, one that is answered."""
    contract = db.session.execute(select(Contract).where(Contract.slug == CONTRACT)).scalar_one()
    quartier = db.session.execute(select(Quartier).where(Quartier.slug == QUARTIER)).scalar_one()
    db.session.rollback()
    ar = {
        "purpose": {"ar": "نريد أن نعرف ما يهمكم."},
        "negotiable": {"ar": "المواعيد والأثاث."},
        "settled": {"ar": "الميزانية والمكان."},
        "decider": {"ar": "المجلس البلدي."},
        "readers": {"ar": "فريق عقد المدينة."},
    }
    for slug, stage in ((OPEN, "open"), (LATE, "counted"), (ANSWERED, "counted")):
        title, translated = TITLES[slug]
        row = make_consultation(
            contract,
            quartiers=[quartier],
            slug=slug,
            stage=stage,
            title=title,
            translations={"title": {"ar": translated}, **ar},
            counted=40,
            counted_at=clock.now(),
            answer_due_on=clock.today() + timedelta(days=-4 if slug == LATE else 40),
        )
        make_question(make_step(row), "Combien de bancs ?")
        if slug == ANSWERED:
            reply = a_reply(
                said={
                    "fr": "La rue est dangereuse le matin, et le parc manque d’ombre.",
                    "ar": "الشارع خطر صباحا، والحديقة تنقصها الظلال.",
                },
                next_step={"fr": "On se retrouve à la Maison du projet.", "ar": "نلتقي في بيت المشروع."},
                next_on=clock.today() + timedelta(days=30),
                signed={"fr": "La mairie d’Orly et le conseil de quartier", "ar": "بلدية أورلي ومجلس الحي"},
                points=POINTS,
            )
            save_reply(CommandLine(), row.id, reply, version=0)
            publish_reply(CommandLine(), row.id, version=version_of(row))
