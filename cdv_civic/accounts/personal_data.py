"""What the accounts themselves keep about a person: see `personal`."""

from collections.abc import Sequence
from typing import Any

from flask import Flask
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from cdv_civic.accounts.models import (
    Account,
    AccountLink,
    AccountSession,
    RecoveryCode,
    ResidentQuartier,
    RoleGrant,
    SecondFactor,
)
from cdv_civic.accounts.personal_parts import PersonalPart, register_part
from cdv_civic.accounts.wording import WAY_WORDS
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.localized import Translation
from cdv_civic.core.policy.table import ROLES
from cdv_civic.territory.models import Quartier
from cdv_civic.territory.scopes import scope_names

Rows = Sequence[dict[str, Any]]


def _account(session: Session, account_id: int) -> Rows:
    account = session.get_one(Account, account_id, populate_existing=True)
    return [
        {
            "name": account.name,
            "organisation_name": account.organisation_name,
            "minor": account.minor,
            "created_at": account.created_at,
            "last_seen_on": account.last_seen_on,
            "warned_at": account.warned_at,
        }
    ]


def _ways(session: Session, account_id: int) -> Rows:
    account = session.get_one(Account, account_id, populate_existing=True)
    return [
        {
            "email": account.email,
            "phone": account.phone,
            # Not the password, which nobody can read: whether there is one.
            "password": bool(account.password_hash),
        }
    ]


def _quartiers(session: Session, account_id: int) -> Rows:
    rows = session.execute(
        select(Quartier.name, Quartier.slug, ResidentQuartier.chosen_at, ResidentQuartier.verified_at)
        .join(ResidentQuartier, ResidentQuartier.quartier_id == Quartier.id)
        .where(ResidentQuartier.account_id == account_id)
        .order_by(ResidentQuartier.chosen_at, Quartier.id)
    )
    return [{"quartier": row[0], "slug": row[1], "chosen_at": row[2], "verified_at": row[3]} for row in rows]


def _sessions(session: Session, account_id: int) -> Rows:
    rows = session.execute(
        select(AccountSession)
        .where(AccountSession.account_id == account_id)
        .order_by(AccountSession.opened_at, AccountSession.id)
    ).scalars()
    return [
        {
            "device": row.device,
            "way": row.way,
            "opened_at": row.opened_at,
            "seen_at": row.seen_at,
            "shared": row.shared,
        }
        for row in rows
    ]


def _links(session: Session, account_id: int) -> Rows:
    rows = session.execute(
        select(AccountLink).where(AccountLink.account_id == account_id).order_by(AccountLink.id)
    ).scalars()
    return [
        {
            "purpose": row.purpose,
            "created_at": row.created_at,
            "expires_at": row.expires_at,
            "used_at": row.used_at,
        }
        for row in rows
    ]


def _roles(session: Session, account_id: int) -> Rows:
    grants = (
        session.execute(
            select(RoleGrant)
            .where(RoleGrant.account_id == account_id)
            .order_by(RoleGrant.starts_at, RoleGrant.id)
        )
        .scalars()
        .all()
    )
    names = scope_names(session, [grant.scope for grant in grants])
    return [
        {
            "role": grant.role,
            "for": names.get(grant.scope, grant.scope_key),
            "starts_at": grant.starts_at,
            "ends_at": grant.ends_at,
            "granted_at": grant.granted_at,
        }
        for grant in grants
    ]


def _second_factor(session: Session, account_id: int) -> Rows:
    factor = session.get(SecondFactor, account_id, populate_existing=True)
    if factor is None:
        return []
    left = session.execute(
        select(func.count())
        .select_from(RecoveryCode)
        .where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    ).scalar_one()
    return [{"confirmed_at": factor.confirmed_at, "recovery_codes": left}]


def _translations(session: Session, account_id: int) -> Rows:
    """A row for each language: a translator has thousands of texts, which the file holds and the page counts."""
    rows = session.execute(
        select(Translation)
        .where(or_(Translation.author_id == account_id, Translation.reviewer_id == account_id))
        .order_by(Translation.language, Translation.changed_at, Translation.text_id)
    ).scalars()
    found: dict[str, dict[str, list[str]]] = {}
    for row in rows:
        texts = found.setdefault(row.language, {"written": [], "reviewed": []})
        if row.author_id == account_id:
            texts["written"].append(row.text)
        if row.reviewer_id == account_id:
            texts["reviewed"].append(row.text)
    return [
        {
            "language": language,
            "written": len(texts["written"]),
            "reviewed": len(texts["reviewed"]),
            "texts_written": texts["written"],
            "texts_reviewed": texts["reviewed"],
        }
        for language, texts in found.items()
    ]


def _forget_translations(session: Session, account_id: int) -> None:
    for column in (Translation.author_id, Translation.reviewer_id):
        session.execute(
            update(Translation)
            .where(column == account_id)
            .values({column: None})
            .execution_options(synchronize_session=False)
        )


def _forget_second_factor(session: Session, account_id: int) -> None:
    for table in (SecondFactor, RecoveryCode):
        session.execute(delete(table).where(table.account_id == account_id))


def _goes_with_the_account(_session: Session, _account_id: int) -> None:
    """Nothing here: the account's own row is emptied after its parts."""


def _forget_links(session: Session, account_id: int) -> None:
    session.execute(delete(AccountLink).where(AccountLink.account_id == account_id))


def _forget_quartiers(session: Session, account_id: int) -> None:
    session.execute(delete(ResidentQuartier).where(ResidentQuartier.account_id == account_id))


def register(app: Flask) -> None:
    """Declare the parts."""
    for part in (
        PersonalPart(
            "account",
            _l("Votre compte"),
            _account,
            _goes_with_the_account,
            words={
                "name": _l("Prénom ou pseudonyme"),
                "organisation_name": _l("Au nom de qui vous écrivez"),
                "minor": _l("Moins de 18 ans"),
                "created_at": _l("Compte ouvert"),
                "last_seen_on": _l("Dernière visite connectée"),
                "warned_at": _l("Avertissement avant effacement"),
            },
        ),
        PersonalPart(
            "ways",
            _l("Comment vous joindre et vous reconnaître"),
            _ways,
            _goes_with_the_account,
            words={
                "email": _l("Adresse e-mail"),
                "phone": _l("Téléphone"),
                "password": _l("Un mot de passe est choisi"),
            },
        ),
        PersonalPart(
            "quartiers",
            _l("Vos quartiers"),
            _quartiers,
            _forget_quartiers,
            words={
                "quartier": _l("Quartier"),
                "chosen_at": _l("Choisi"),
                "verified_at": _l("Confirmé par quelqu’un"),
            },
        ),
        PersonalPart(
            "sessions",
            _l("Les appareils où votre compte est ouvert"),
            _sessions,
            _goes_with_the_account,  # ended after all parts
            words={
                "device": _l("Appareil"),
                "way": _l("Connexion par"),
                "opened_at": _l("Ouvert"),
                "seen_at": _l("Dernier passage"),
                "shared": _l("Appareil partagé"),
            },
            codes={"way": {way.value: said for way, said in WAY_WORDS.items()}},
        ),
        PersonalPart(
            "links",
            _l("Les liens que nous vous avons envoyés"),
            _links,
            _forget_links,
            words={
                "purpose": _l("Pour"),
                "created_at": _l("Envoyé"),
                "expires_at": _l("Sert jusqu’au"),
                "used_at": _l("Utilisé"),
            },
            codes={
                "purpose": {"invitation": _l("Ouvrir un compte"), "password": _l("Choisir un mot de passe")}
            },
        ),
        PersonalPart(
            "second_factor",
            _l("Les codes de votre téléphone"),
            _second_factor,
            _forget_second_factor,
            words={
                "confirmed_at": _l("Demandés depuis"),
                "recovery_codes": _l("Codes de secours qui restent"),
            },
        ),
        PersonalPart(
            "roles",
            _l("Vos rôles"),
            _roles,
            _goes_with_the_account,  # ended before the parts, each with its line in the audit trail
            words={
                "role": _l("Rôle"),
                "for": _l("Pour"),
                "starts_at": _l("Depuis"),
                "ends_at": _l("Jusqu’à"),
            },
            codes={
                "role": {role.value: said.label for role, said in ROLES.items()},
                "for": {"site": _l("Tout le site")},
            },
            stays=_l("Le journal garde qu’un compte, sans nom, a eu un rôle, et ce qu’il a publié."),
        ),
        PersonalPart(
            "translations",
            _l("Ce que vous avez traduit ou relu"),
            _translations,
            _forget_translations,
            words={
                "language": _l("Langue"),
                "written": _l("Textes que vous avez traduits"),
                "reviewed": _l("Textes que vous avez relus"),
            },
            stays=_l("Vos traductions restent sur le site, sans votre nom."),
        ),
    ):
        register_part(app, part)
