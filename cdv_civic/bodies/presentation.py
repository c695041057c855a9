"""What was read of publications as pages show it: addresses, and sizes of files."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import Flask, url_for

from cdv_civic.bodies.queries.publications import FileLine, standing
from cdv_civic.core.uploads.serving import weight_text
from cdv_civic.participation.linked import NamedThing
from cdv_civic.territory.cache_tags import contract_tag


@dataclass(frozen=True)
class ShownPublicationFile:
    """A file as `components/story.html` draws it."""

    kind: str
    url: str
    #: The small form of a photo.
    thumbnail_url: str | None
    #: The name of a document, and what a photo shows: one text.
    title: str
    alt: str
    #: How heavy a document is.
    size_text: str | None


def shown_files(files: Iterable[FileLine]) -> list[ShownPublicationFile]:
    """The files of a publication with their addresses; within a request."""
    return [_shown(each) for each in files]


def _shown(file: FileLine) -> ShownPublicationFile:
    photo = file.kind == "photo"
    return ShownPublicationFile(
        file.kind,
        _url(file, "grande" if photo else "document"),
        _url(file, "petite") if photo else None,
        file.caption.text,
        file.caption.text,
        None if photo else weight_text(file.size),
    )


def _url(file: FileLine, size: str) -> str:
    return url_for("bodies_files.publication_file", id=file.file_id, size=size)


def named_publications(ids: Sequence[int], language: str) -> Mapping[int, NamedThing]:
    """Publications by id, for what links to them. 1 statement."""
    return {
        each.id: NamedThing(
            each.title,
            url_for(
                "bodies.publication", contract=each.contract, slug=each.body_slug, publication_id=each.id
            ),
            contract_tag(each.contract),
        )
        for each in standing(ids, language)
    }


def register(app: Flask) -> None:
    """Give templates the filter `shown_files`."""
    app.jinja_env.filters["shown_files"] = shown_files
