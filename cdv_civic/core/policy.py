"""Who may do what: denied by default, and readable in one place.

`ACTIONS` is the table: what can be done, in words, and the roles that may do it. A role is held for a scope
(`ROLES` says which), and reaches what lies inside it: staff of a commune act on all its quartiers, on one that
two communes share too. Every route declares its policy with `@policy("...")`: `public`, or an action. A read is
guarded by the route's policy, before the view runs; a change is guarded again inside its operation with
`require`, so that a command or a job passes through the same door.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol, TypeVar

from flask import Flask, Response, redirect, request, session, url_for
from flask.globals import request_ctx
from flask_login import current_user
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from cdv_civic.core.errors import Forbidden
from cdv_civic.core.i18n import lazy_gettext as _l

PUBLIC: Final = "public"
FORBIDDEN: Final = _l("Votre compte ne permet pas de faire cela. Demandez ce droit à votre équipe.")


class ScopeKind(StrEnum):
    """What a role can be granted for."""

    SITE = "site"
    CONTRACT = "contract"
    COMMUNE = "commune"
    QUARTIER = "quartier"
    BODY = "body"
    ORGANISATION = "organisation"
    LANGUAGE = "language"


class Role(StrEnum):
    """What a person is trusted with."""

    PERSON = "person"
    RESIDENT = "resident"
    MEMBER = "member"
    MODERATOR = "moderator"
    RELAIS = "relais"
    HOLDER = "holder"
    TRANSLATOR = "translator"
    STATE = "state"
    STAFF = "staff"
    ADMINISTRATOR = "administrator"


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
    Role.MEMBER: RoleWords(_l("Membre d’une instance"), (ScopeKind.BODY,)),
    Role.MODERATOR: RoleWords(_l("Animation d’une instance"), (ScopeKind.BODY,)),
    Role.RELAIS: RoleWords(
        _l("Relais (médiation, adulte-relais)"), (*_LAND, ScopeKind.QUARTIER, ScopeKind.BODY)
    ),
    Role.HOLDER: RoleWords(_l("Contact d’une organisation"), (ScopeKind.ORGANISATION,)),
    Role.TRANSLATOR: RoleWords(_l("Traduction"), (ScopeKind.LANGUAGE,)),
    Role.STATE: RoleWords(_l("État (équipe du préfet)"), (*_LAND, ScopeKind.QUARTIER)),
    # Of a commune, of the intercommunality, or of an association that runs the contract.
    Role.STAFF: RoleWords(_l("Équipe de la ville ou du contrat"), (ScopeKind.SITE, *_LAND)),
    Role.ADMINISTRATOR: RoleWords(_l("Administration du site"), (ScopeKind.SITE, ScopeKind.CONTRACT)),
}

#: Roles that are opened by a password, never by a link, a code or a card alone.
PASSWORD_ROLES: Final = frozenset({Role.MODERATOR, Role.HOLDER, Role.STATE, Role.STAFF, Role.ADMINISTRATOR})


@dataclass(frozen=True)
class Action:
    """Something that can be done: in words, and by whom. Administrators may do all that any role may."""

    words: Any
    roles: frozenset[Role]
    #: It is done on quartiers too: whoever does it for a body does it in each of the body's quartiers.
    on_quartiers: bool = False


def _by(*roles: Role) -> frozenset[Role]:
    return frozenset({*roles, Role.ADMINISTRATOR})


_STAFF, _MODERATOR, _MEMBER, _RELAIS = Role.STAFF, Role.MODERATOR, Role.MEMBER, Role.RELAIS

ACTIONS: Final[dict[str, Action]] = {
    # One's own account
    "account.self": Action(_l("Voir, corriger, emporter et effacer ses propres données"), _by(Role.PERSON)),
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
    "axis.edit": Action(_l("Choisir le thème d’une partie du contrat"), _by(_STAFF)),
    "glossary.translate": Action(_l("Expliquer un mot dans une langue"), _by(_STAFF, Role.TRANSLATOR)),
    "contract.import": Action(_l("Importer un contrat"), _by()),
    # Conseils citoyens and other bodies
    "body.read": Action(
        _l("Voir la page de travail d’une instance et ses chiffres"),
        _by(_STAFF, _MODERATOR, _MEMBER, Role.STATE),
    ),
    "body.edit": Action(_l("Dire où en est une instance et comment la joindre"), _by(_STAFF, _MODERATOR)),
    "meeting.edit": Action(
        _l("Annoncer, changer et annuler ses rencontres, compter les présents"), _by(_STAFF, _MODERATOR)
    ),
    "publication.edit": Action(
        _l("Publier ce qu’une instance dit et décide, le corriger, le retirer"), _by(_STAFF, _MODERATOR)
    ),
    "seat.edit": Action(_l("Tenir la liste des membres d’une instance"), _by(_STAFF, _MODERATOR)),
    "draw.run": Action(_l("Préparer et faire un tirage au sort"), _by(_STAFF, _MODERATOR)),
    # The register of what residents say (« la parole »): staff may write words down for the body, not read them.
    "voice.enter": Action(
        _l("Noter la parole d’une personne pour une instance"), _by(_STAFF, _MODERATOR, _MEMBER, _RELAIS)
    ),
    "voice.assist": Action(
        _l("Écrire à la place d’une personne, avec son accord"), _by(_STAFF, _MODERATOR, _RELAIS)
    ),
    "voice.answer": Action(
        _l("Lire la parole des habitants, la transmettre, y répondre, la publier"), _by(_MODERATOR)
    ),
    # Whoever gives a contact of an organisation this right reads what residents said to it: staff does not.
    "voice.reply": Action(_l("Lire ce qui est transmis à son organisme, et y répondre"), _by(Role.HOLDER)),
    # Personal cards
    "card.print": Action(_l("Imprimer des cartes personnelles"), _by(_STAFF, _MODERATOR), on_quartiers=True),
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


@dataclass(frozen=True)
class Scope:
    """Where a role holds: a kind, and the id of what it names (the tag of a language; None for the whole site)."""

    kind: ScopeKind = ScopeKind.SITE
    id: int | str | None = None


@dataclass(frozen=True)
class Grant:
    """A role for a scope."""

    role: Role
    scope: Scope = field(default_factory=Scope)


@dataclass(frozen=True)
class Place:
    """One place that something touches, by ids: whoever acts for one of these acts there."""

    communes: frozenset[int] = frozenset()
    quartiers: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Touched:
    """What an act touches, by ids. A commune's or a quartier's scope reaches it where it reaches all its places."""

    contract: int | None = None
    places: tuple[Place, ...] = ()
    bodies: frozenset[int] = frozenset()
    organisations: frozenset[int] = frozenset()
    #: Tags of the languages that it is written into.
    languages: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Extent:
    """All that a role for one scope would reach, as the things that have least in common with anything else.

    Whoever reaches each of these reaches whatever lies in the scope, today and after it has grown: a quartier
    stands here without its bodies, as another one may come.
    """

    things: tuple[Touched, ...]
    #: The quartiers of a body: what an action with `on_quartiers` reaches besides.
    quartiers: tuple[Touched, ...] = ()


@dataclass(frozen=True)
class Reach:
    """All that somebody may do one action on."""

    everywhere: bool = False
    contracts: frozenset[int] = frozenset()
    communes: frozenset[int] = frozenset()
    quartiers: frozenset[int] = frozenset()
    bodies: frozenset[int] = frozenset()
    organisations: frozenset[int] = frozenset()
    languages: frozenset[str] = frozenset()

    def touches(self, on: Touched) -> bool:
        """Whether `on` lies within reach of one of the scopes: the question of whoever acts on it."""
        return bool(
            self.everywhere
            or on.contract in self.contracts
            or on.bodies & self.bodies
            or on.organisations & self.organisations
            or on.languages & self.languages
            or (
                on.places
                and all(
                    place.communes & self.communes or place.quartiers & self.quartiers for place in on.places
                )
            )
        )

    def contains(self, extent: Extent, *, quartiers: bool) -> bool:
        """Whether all of `extent` (with its `quartiers`) lies within reach: the question of whoever gives a role."""
        things = extent.things + (extent.quartiers if quartiers else ())
        return all(self.touches(thing) for thing in things)

    @property
    def anywhere(self) -> bool:
        """Whether there is anything at all within reach."""
        return self != Reach()


class Actor(Protocol):
    """Somebody who acts: an account, or the command line of the people who run the site."""

    @property
    def actor_id(self) -> int | None:
        """Id of the account, None for the command line."""

    @property
    def name(self) -> str:
        """How the audit trail names them."""

    @property
    def organisation_name(self) -> str:
        """For whom they act, as residents read it."""

    @property
    def grants(self) -> frozenset[Grant]:
        """The roles they hold today."""


@dataclass(frozen=True)
class CommandLine:
    """Whoever has a shell on the server may do everything; the audit trail says so."""

    name: str = "command line"
    organisation_name: str = ""
    actor_id: None = None
    grants: frozenset[Grant] = frozenset({Grant(Role.ADMINISTRATOR)})


def reach_of(actor: Actor, action: str) -> Reach:
    """All that `actor` may do `action` on; `KeyError` for an unknown action."""
    roles = ACTIONS[action].roles
    scopes = [grant.scope for grant in actor.grants if grant.role in roles]

    def ids(kind: ScopeKind) -> frozenset[int]:
        return frozenset(int(scope.id) for scope in scopes if scope.kind is kind and scope.id is not None)

    return Reach(
        everywhere=any(scope.kind is ScopeKind.SITE for scope in scopes),
        contracts=ids(ScopeKind.CONTRACT),
        communes=ids(ScopeKind.COMMUNE),
        quartiers=ids(ScopeKind.QUARTIER),
        bodies=ids(ScopeKind.BODY),
        organisations=ids(ScopeKind.ORGANISATION),
        languages=frozenset(str(scope.id) for scope in scopes if scope.kind is ScopeKind.LANGUAGE),
    )


def may(actor: Actor, action: str, on: Touched | None = None) -> bool:
    """Whether `actor` may do `action`, on something or (None) on anything at all; `KeyError` if unknown."""
    reach = reach_of(actor, action)
    return reach.anywhere if on is None else reach.touches(on)


def require(actor: Actor, action: str, on: Touched | None = None) -> None:
    """Raise `Forbidden` unless `actor` may do `action`."""
    if not may(actor, action, on):
        raise Forbidden(FORBIDDEN)


def may_grant(actor: Actor, role: Role, extent: Extent) -> bool:
    """Whether `actor` may give `role` for a scope of this `extent`: nobody gives what they do not hold there.

    Each act that the role would allow, on each thing that the scope holds, is one that `actor` may do today.
    """
    if not ROLES[role].scopes or (
        role is Role.ADMINISTRATOR and not any(grant.role is role for grant in actor.grants)
    ):
        return False
    return reach_of(actor, "role.grant").contains(extent, quartiers=False) and all(
        reach_of(actor, name).contains(extent, quartiers=action.on_quartiers)
        for name, action in ACTIONS.items()
        if role in action.roles
    )


View = TypeVar("View", bound=Callable[..., Any])


def policy(action: str, *, reads: tuple[str, ...] = ()) -> Callable[[View], View]:
    """Declare what a route asks for: `public`, or an action.

    `reads` names the query parameters that a public page depends on. Others never reach its view (campaign marks,
    say), so that they make no page of their own in any cache; asking for one that is not declared is an error.
    """
    if action != PUBLIC and action not in ACTIONS:
        raise ValueError(f"unknown action {action}")

    def declare(view: View) -> View:
        view.__dict__["policy"] = action
        view.__dict__["reads"] = reads
        return view

    return declare


def policy_of(app: Flask, endpoint: str) -> str | None:
    """The policy that an endpoint declares, or None."""
    declared: str | None = getattr(app.view_functions.get(endpoint), "policy", None)
    return declared


class DeclaredParameters(ImmutableMultiDict[str, str]):
    """The query parameters that a view declares to read; asking for another raises `KeyError`."""

    def __init__(self, names: tuple[str, ...], sent: MultiDict[str, str]) -> None:
        super().__init__([(name, value) for name in names for value in sent.getlist(name)])
        self._names = names

    def _declared(self, name: str) -> str:
        if name not in self._names:
            raise KeyError(f"the view does not declare that it reads the parameter {name}")
        return name

    def get(self, key: str, *args: Any, **kwargs: Any) -> Any:
        """As of any `MultiDict`."""
        return super().get(self._declared(key), *args, **kwargs)

    def getlist(self, key: str, *args: Any, **kwargs: Any) -> list[Any]:
        """As of any `MultiDict`."""
        return super().getlist(self._declared(key), *args, **kwargs)


def register(app: Flask) -> None:
    """Check the declared policy before each view; a route that declares none is an error."""
    app.jinja_env.globals["may"] = may

    @app.before_request
    def check_policy() -> Response | None:
        asked = request_ctx.request
        if asked.endpoint is None:
            return None  # an unknown address: the error page answers
        view = app.view_functions[asked.endpoint]
        action: str | None = getattr(view, "policy", None)
        if action is None:
            raise RuntimeError(f"the route {asked.endpoint} declares no policy")
        if action == PUBLIC:
            if asked.method in ("GET", "HEAD"):
                asked.args = DeclaredParameters(getattr(view, "reads", ()), asked.args)
            return None
        if not current_user.is_authenticated:
            back = request.full_path.rstrip("?") if request.method == "GET" else None
            # On a shared device the session ended by itself: the sign-in page says so.
            poste, fin = ("partage", "inactif") if session.get("shared") else (None, None)
            return redirect(url_for("sign_in.ways_in", retour=back, poste=poste, fin=fin))  # type: ignore[return-value]
        require(current_user, action)
        return None
