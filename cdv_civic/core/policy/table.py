"""Who may do what: denied by default, and readable in one place.

`ACTIONS` is the table: what can be done, in words, and the roles that may do it; `ROLES` says what each role can be
granted for. This is the file that a city's legal officer reads; `flask policy table` prints it.
"""

from dataclasses import dataclass
from typing import Any, Final

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.model import Role, ScopeKind

PUBLIC: Final = "public"


@dataclass(frozen=True)
class RoleWords:
    """A role in words, and the scopes that it can be granted for (none: it is not granted)."""

    label: Any
    scopes: tuple[ScopeKind, ...]


_LAND: Final = (ScopeKind.CONTRACT, ScopeKind.COMMUNE)


ROLES: Final[dict[Role, RoleWords]] = {
    # Everybody who has signed in.
    Role.PERSON: RoleWords(_l("Personne connectée"), ()),
    # Follows from the quartiers that the person chose.
    Role.RESIDENT: RoleWords(_l("Habitante ou habitant"), ()),
    Role.MEMBER: RoleWords(_l("Membre d’un conseil ou d’un groupe"), (ScopeKind.BODY,)),
    Role.MODERATOR: RoleWords(_l("Animation d’un conseil ou d’un groupe"), (ScopeKind.BODY,)),
    Role.RELAIS: RoleWords(
        _l("Personne qui aide (médiation, adulte-relais)"), (*_LAND, ScopeKind.QUARTIER, ScopeKind.BODY)
    ),
    Role.HOLDER: RoleWords(_l("Contact d’un organisme"), (ScopeKind.ORGANISATION,)),
    Role.TRANSLATOR: RoleWords(_l("Traduction"), (ScopeKind.LANGUAGE,)),
    Role.STATE: RoleWords(_l("État (équipe du préfet)"), (*_LAND, ScopeKind.QUARTIER)),
    # Of a commune, of the intercommunality, or of an association that runs the contract.
    Role.STAFF: RoleWords(_l("Équipe de la ville ou du contrat"), (ScopeKind.SITE, *_LAND)),
    Role.ADMINISTRATOR: RoleWords(_l("Administration du site"), (ScopeKind.SITE, ScopeKind.CONTRACT)),
}


#: Roles whose account needs a second factor besides its password; moderators too, where the site is set so.
FACTOR_ROLES: Final = frozenset({Role.STAFF, Role.ADMINISTRATOR})
#: Roles that are opened by a password, never by a link, a code or a card alone.
PASSWORD_ROLES: Final = FACTOR_ROLES | {Role.MODERATOR, Role.HOLDER, Role.STATE}


@dataclass(frozen=True)
class Action:
    """Something that can be done: in words, and by whom. Administrators may do all that any role may."""

    words: Any
    roles: frozenset[Role]
    #: It is done on quartiers too: whoever does it for a body does it in each of the body's quartiers.
    on_quartiers: bool = False
    #: Everybody may, without an account: no role is asked.
    anybody: bool = False


def _by(*roles: Role) -> frozenset[Role]:
    return frozenset({*roles, Role.ADMINISTRATOR})


_STAFF, _MODERATOR, _MEMBER, _RELAIS = Role.STAFF, Role.MODERATOR, Role.MEMBER, Role.RELAIS


ACTIONS: Final[dict[str, Action]] = {
    # Residents. Whether somebody may take part in one thing or another is no role's to give: participation.rules
    "voice.say": Action(_l("Dire quelque chose à un conseil ou à un groupe"), frozenset(), anybody=True),
    "receipt.follow": Action(
        _l("Suivre avec son reçu ce que l’on a dit, et le reprendre"), frozenset(), anybody=True
    ),
    "part.take": Action(_l("Prendre part avec son compte : ce que l’on dit s’y retrouve"), _by(Role.PERSON)),
    # One's own account
    "account.self": Action(_l("Voir, corriger, emporter et effacer ses propres données"), _by(Role.PERSON)),
    # What waits for those who work here
    "work.read": Action(
        _l("Voir ce qui attend son travail, et choisir quand un e-mail le rappelle"),
        _by(_STAFF, _MODERATOR, _MEMBER, _RELAIS, Role.HOLDER, Role.TRANSLATOR, Role.STATE),
    ),
    # Commitments
    "desk.read": Action(
        _l("Voir la liste de travail des engagements"),
        _by(_STAFF, Role.STATE, Role.HOLDER, Role.TRANSLATOR),
    ),
    "commitment.publish": Action(_l("Laisser paraître un engagement importé comme annoncé"), _by(_STAFF)),
    "commitment.edit": Action(_l("Changer ce que dit un engagement, avec une raison"), _by(_STAFF)),
    "commitment.translate": Action(_l("Traduire un engagement"), _by(_STAFF, Role.TRANSLATOR)),
    "progress.publish": Action(_l("Dire où en est un engagement"), _by(_STAFF, Role.HOLDER)),
    "progress.withdraw": Action(_l("Retirer une nouvelle qui était une erreur"), _by(_STAFF, Role.HOLDER)),
    "indicator.enter": Action(_l("Entrer ou retirer une mesure"), _by(_STAFF, Role.HOLDER)),
    "axis.edit": Action(
        _l("Dire le thème d’une partie du contrat, et comment elle a été écrite"), _by(_STAFF)
    ),
    "language_help.edit": Action(_l("Dire quels services parlent d’autres langues, et où"), _by(_STAFF)),
    "glossary.translate": Action(_l("Expliquer un mot dans une langue"), _by(_STAFF, Role.TRANSLATOR)),
    "contract.import": Action(_l("Importer un contrat"), _by()),
    "interface.translate": Action(_l("Changer ce que le site dit dans une langue"), _by()),
    # Conseils citoyens and other bodies
    "body.read": Action(
        _l("Voir la page de travail d’un groupe et ses chiffres"),
        _by(_STAFF, _MODERATOR, _MEMBER, Role.STATE),
    ),
    "body.edit": Action(_l("Dire si un groupe est actif et comment le joindre"), _by(_STAFF, _MODERATOR)),
    "meeting.edit": Action(
        _l("Annoncer, changer et annuler ses rencontres, compter les présents"), _by(_STAFF, _MODERATOR)
    ),
    "publication.edit": Action(
        _l("Publier ce qu’un groupe dit et décide, le corriger, le retirer"), _by(_STAFF, _MODERATOR)
    ),
    "seat.edit": Action(_l("Tenir la liste des membres d’un groupe"), _by(_STAFF, _MODERATOR)),
    "draw.run": Action(_l("Préparer et faire un tirage au sort"), _by(_STAFF, _MODERATOR)),
    # The register of what residents say (« la parole »): staff may write words down for the body, not read them.
    "voice.enter": Action(
        _l("Noter le message d’une personne pour un groupe"), _by(_STAFF, _MODERATOR, _MEMBER, _RELAIS)
    ),
    "voice.assist": Action(
        _l("Écrire à la place d’une personne, avec son accord"), _by(_STAFF, _MODERATOR, _RELAIS)
    ),
    "voice.answer": Action(
        _l("Lire les messages des habitantes et des habitants, les transmettre, y répondre, les publier"),
        _by(_MODERATOR),
    ),
    # Whoever gives a contact of an organisation this right reads what residents said to it: staff does not.
    "voice.reply": Action(_l("Lire ce qui est transmis à son organisme, et y répondre"), _by(Role.HOLDER)),
    # Consultations
    "consultation.answer": Action(_l("Répondre à une consultation"), frozenset(), anybody=True),
    "consultation.edit": Action(
        _l("Préparer une consultation, l’ouvrir, la prolonger, publier ses résultats et la réponse"),
        _by(_STAFF, _MODERATOR),
    ),
    "consultation.read": Action(
        _l("Voir où en est une consultation, et combien de réponses sont venues"),
        _by(_STAFF, _MODERATOR, _MEMBER, _RELAIS, Role.STATE),
    ),
    "consultation.enter": Action(
        _l("Entrer des réponses données sur papier, dans la rue ou dans un atelier"),
        _by(_STAFF, _MODERATOR, _MEMBER, _RELAIS),
    ),
    "consultation.words": Action(
        _l("Lire ce qui est écrit dans les réponses, et les emporter toutes"), _by(_STAFF, _MODERATOR)
    ),
    # What is written for everybody to read, and its moderation: by a body, or by staff where there is none
    "idea.put": Action(
        _l("Proposer une idée, la soutenir, dire un avis que tout le monde peut lire"),
        frozenset(),
        anybody=True,
    ),
    "idea.enter": Action(
        _l("Écrire une idée pour une personne, avec son accord, ou recopier des feuilles de papier"),
        _by(_STAFF, _MODERATOR, _MEMBER, _RELAIS),
    ),
    "comment.put": Action(
        _l("Commenter un engagement, un chiffre ou un document"), frozenset(), anybody=True
    ),
    "comment.inside": Action(
        _l("Lire et commenter un document sous embargo, avant tout le monde"),
        _by(_STAFF, _MODERATOR, _MEMBER, Role.STATE),
    ),
    "idea.group": Action(_l("Regrouper les idées, et dire ce qu’elles deviennent"), _by(_STAFF, _MODERATOR)),
    "text.report": Action(
        _l("Signaler un texte, et contester une décision de modération"), frozenset(), anybody=True
    ),
    "text.moderate": Action(
        _l("Lire ce que l’on écrit à un groupe, le publier ou le masquer, avec une raison"), _by(_MODERATOR)
    ),
    "text.moderate_for_staff": Action(
        _l("Faire de même pour la ville ou le contrat, où aucun groupe ne le fait"), _by(_STAFF)
    ),
    "appeal.decide": Action(
        _l("Répondre à qui conteste la décision d’une autre personne"), _by(_STAFF, _MODERATOR)
    ),
    "charter.edit": Action(_l("Écrire la charte, et les mots à signaler"), _by(_STAFF, _MODERATOR)),
    # Funds for projects of residents
    "project.put": Action(
        _l("Proposer un projet à un fonds, et le suivre avec son reçu"), frozenset(), anybody=True
    ),
    "project.enter": Action(
        _l("Écrire un projet pour une personne, avec son accord"), _by(_STAFF, _MODERATOR, _MEMBER, _RELAIS)
    ),
    "project.instruct": Action(
        _l(
            "Lire les projets déposés, les dire recevables ou non, annoncer la décision, payer, lire les bilans"
        ),
        _by(_STAFF, Role.STATE, Role.HOLDER),
    ),
    "fund.edit": Action(
        _l("Tenir un fonds : ses règles, son argent, ses appels à projets, sa commission et ses décisions"),
        _by(_STAFF, Role.HOLDER),
    ),
    "opinion.read": Action(
        _l("Lire les projets sur lesquels un groupe donne son avis"), _by(_STAFF, _MODERATOR, _MEMBER)
    ),
    "opinion.give": Action(_l("Donner l’avis d’un groupe sur un projet"), _by(_MODERATOR)),
    # Whoever is a member of the commission of a fund: `fund.juries` looks.
    "jury.sit": Action(_l("Siéger dans la commission d’un fonds"), _by(Role.PERSON)),
    # Personal cards
    "card.print": Action(_l("Imprimer des cartes d’accès"), _by(_STAFF, _MODERATOR), on_quartiers=True),
    "card.replace": Action(
        _l("Fermer une carte perdue et en donner une autre"),
        _by(_STAFF, _MODERATOR, _RELAIS),
        on_quartiers=True,
    ),
    "card.report": Action(
        _l("Voir combien de cartes ont servi"), _by(_STAFF, _MODERATOR, Role.STATE), on_quartiers=True
    ),
    # People
    "role.grant": Action(
        _l("Donner un rôle que l’on a soi-même, et y mettre fin"),
        _by(_STAFF, _MODERATOR),
        on_quartiers=True,
    ),
    "account.manage": Action(_l("Ouvrir et fermer des comptes"), _by()),
    "notice.manage": Action(_l("Voir les messages qui ne sont pas partis"), _by()),
}
