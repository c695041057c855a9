"""How a language is named beside a recorded voice."""

from cdv_civic.core.i18n.spoken import language_name, own_name


def heard_in(language: str) -> str:
    """A language in the words of the reader, and in its own where these differ."""
    name, own = language_name(language), own_name(language)
    return f"{name} · {own}" if own and own.casefold() != name.casefold() else name
