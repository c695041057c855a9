"""The steps of giving a role, read from an address: which role, what kind of thing it is for, which one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cdv_civic.accounts.reach import roles_to_grant
from cdv_civic.accounts.roles import require_grant
from cdv_civic.accounts.scope_keys import key_of, scope_of_key
from cdv_civic.core.db import db
from cdv_civic.core.errors import DomainError
from cdv_civic.core.policy.model import Actor, Role, Scope, ScopeKind
from cdv_civic.core.policy.table import PASSWORD_ROLES
from cdv_civic.core.web.desk import number_in
from cdv_civic.core.web.search import typed_search
from cdv_civic.role_desk.queries.scope_choices import ScopeChoices, has_choices, kinds_for, scope_choices
from cdv_civic.role_desk.wording import KINDS, MEANINGS, role_label, scope_label
from cdv_civic.territory.scopes import scope_names


@dataclass(frozen=True)
class Option:
    """One answer to a step."""

    key: str
    label: str
    note: str = ""


@dataclass(frozen=True)
class RoleChoice:
    """How far the steps have come: what is chosen, and what there is to choose from."""

    roles: Sequence[Option]
    chosen: Role | None = None
    kinds: Sequence[Option] = ()
    kind: ScopeKind | None = None
    q: str = ""
    page: int = 1
    scopes: ScopeChoices | None = None
    scope: Scope | None = None
    name: str = ""

    @property
    def role(self) -> Role:
        """The role, once it is chosen."""
        if self.chosen is None:
            raise LookupError("no role is chosen yet")
        return self.chosen

    @property
    def label(self) -> str:
        """What the role is called."""
        return role_label(self.role)

    @property
    def key(self) -> str:
        """What the scope is called in an address."""
        return key_of(self.scope) if self.scope else ""

    @property
    def asks_for_password(self) -> bool:
        """Whether the role is opened by a password only."""
        return self.chosen in PASSWORD_ROLES


def choice_of(actor: Actor, said: Mapping[str, str]) -> RoleChoice:
    """Where the steps stand. What `actor` may not give is not offered, and not taken. 8 statements at most."""
    roles = [
        Option(role.value, role_label(role), str(MEANINGS[role]))
        for role in roles_to_grant(actor)
        if kinds_for(actor, role)
    ]
    begun = RoleChoice(roles)
    if said.get("role") not in {option.key for option in roles}:
        return begun
    role = Role(said["role"])
    scope = scope_of_key(said.get("portee", ""))
    if scope is not None and _allowed(actor, role, scope):
        name = scope_label(scope, scope_names(db.session(), [scope]).get(scope))
        return replace(begun, chosen=role, scope=scope, name=name)
    offered = kinds_for(actor, role)
    kinds = [kind for kind in offered if has_choices(actor, role, kind)] or offered[:1]
    kind = next((kind for kind in kinds if kind.value == said.get("sorte")), kinds[0])
    typed = typed_search(said)
    page = number_in(said.get("page")) or 1
    return replace(
        begun,
        chosen=role,
        kinds=[Option(each.value, str(KINDS[each])) for each in kinds],
        kind=kind,
        q=typed,
        page=page,
        scopes=scope_choices(actor, role, kind, typed, page),
    )


def _allowed(actor: Actor, role: Role, scope: Scope) -> bool:
    try:
        require_grant(db.session(), actor, role, scope)
    except DomainError:
        return False
    return True
