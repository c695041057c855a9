"""What people speak about, and which of it could hurt somebody."""

from typing import Final

#: Never public unread (DOMAIN: safety, drugs, women, minors, housing).
SENSITIVE: Final = ("violences", "drogues", "femmes", "enfants", "conflit_logement")
OTHER_THEME: Final = "autre"
#: Those of contracts, in the order of forms, then the rest.
THEMES: Final = (
    "habitat", "ecologie", "tranquillite", "emploi", "sante", "emancipation", OTHER_THEME, *SENSITIVE,
)  # fmt: skip
