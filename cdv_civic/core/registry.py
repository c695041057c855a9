"""Registries that features fill at start: a name is given once, so that no feature replaces another's entry unseen."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from flask import Flask, current_app

T = TypeVar("T")


class RegisteredTwice(ValueError):
    """Two features give one name or take one place: a fault of the program, seen as it starts."""

    def __init__(self, registry: str, what: str) -> None:
        super().__init__(f"{registry}: {what} is registered twice")


class Registry(Generic[T]):
    """Entries of one application by name, in the order in which they were added."""

    def __init__(self, name: str) -> None:
        self.name = name

    def add(self, app: Flask, name: str, entry: T) -> None:
        """Register `entry`; raises `RegisteredTwice`."""
        entries: dict[str, T] = app.extensions.setdefault(self.name, {})
        if name in entries:
            raise RegisteredTwice(self.name, f"the name {name!r}")
        entries[name] = entry

    def entries(self) -> Mapping[str, T]:
        """All entries of the current application."""
        entries: dict[str, T] = current_app.extensions.get(self.name, {})
        return MappingProxyType(entries)


class NamedOnce(dict[str, Any]):
    """A dictionary that takes each name once; raises `RegisteredTwice`. What shall be replaced is taken out first."""

    def __init__(self, registry: str, entries: Mapping[str, Any]) -> None:
        super().__init__(entries)
        self._registry = registry

    def __setitem__(self, name: str, entry: Any) -> None:
        if name in self and self[name] is not entry:
            raise RegisteredTwice(self._registry, f"the name {name!r}")
        super().__setitem__(name, entry)

    def update(self, *entries: Any, **more: Any) -> None:
        """Add several entries."""
        for name, entry in dict(*entries, **more).items():
            self[name] = entry


def by_name(registry: str, entries: Iterable[T], name_of: Callable[[T], str]) -> Mapping[str, T]:
    """A fixed table by the names of its entries; raises `RegisteredTwice`."""
    found: dict[str, T] = {}
    for entry in entries:
        if name_of(entry) in found:
            raise RegisteredTwice(registry, f"the name {name_of(entry)!r}")
        found[name_of(entry)] = entry
    return MappingProxyType(found)
