"""Questions of consultations on a page of the site, for a browser that asks no server: all it loads is given to it."""

import contextvars
import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from flask import Flask, render_template_string
from playwright.sync_api import Page, Request, Route

from cdv_civic.consultations.engine.drawing import draw_question
from cdv_civic.consultations.queries.definition import ShownQuestion, ShownStep
from cdv_civic.core.web.assets import DIST

ADDRESS = "http://questions.test"
PAGE = """
{% extends "layouts/base.html" %}{% block title %}Questions{% endblock %}
{% block content %}<h1>Questions</h1><form method="post" action="/sent" novalidate>
{% for each in drawn %}{{ each }}{% endfor %}
<button type="submit" class="button-main">Envoyer</button></form>{% endblock %}
"""
Asked = Sequence[tuple[str, ShownQuestion]]


@dataclass
class Sent:
    """What the form of a page was sent with, each time."""

    forms: list[dict[str, list[str]]] = field(default_factory=list)

    @property
    def last(self) -> dict[str, list[str]]:
        return self.forms[-1]


def page_of(
    app: Flask,
    language: str,
    asked: Asked,
    typed: Mapping[str, Sequence[str]] | None = None,
    faults: Mapping[int, str] | None = None,
    asked_if: Mapping[int, str] | None = None,
) -> str:
    """A page that asks: each question with the kind of step that draws it. What one page notes, the next knows not."""
    return contextvars.Context().run(
        _page_of, app, language, asked, typed or {}, faults or {}, asked_if or {}
    )


def _page_of(
    app: Flask,
    language: str,
    asked: Asked,
    typed: Mapping[str, Sequence[str]],
    faults: Mapping[int, str],
    asked_if: Mapping[int, str],
) -> str:
    with app.test_request_context(f"/{language}/"):
        app.preprocess_request()
        drawn = [
            draw_question(
                ShownStep(1, kind, 1, None, None, (question,)),
                question,
                typed,
                faults.get(question.id),
                asked_if=asked_if.get(question.id),
            )
            for kind, question in asked
        ]
        return render_template_string(PAGE, drawn=drawn)


def serve(page: Page, html: str) -> Sent:
    """Let a browser see a page at `ADDRESS`, and note what is sent from it."""
    sent = Sent()

    def answer(route: Route, request: Request) -> None:
        path = urlsplit(request.url).path
        if path.startswith("/static/"):
            file = DIST / path.removeprefix("/static/")
            kind = "text/javascript" if file.suffix == ".js" else mimetypes.guess_type(file.name)[0]
            route.fulfill(body=file.read_bytes(), content_type=kind or "application/octet-stream")
        elif path == "/sent":
            sent.forms.append(parse_qs(request.post_data or "", keep_blank_values=True))
            route.fulfill(body="<!doctype html><title>ok</title>", content_type="text/html")
        elif path.startswith("/fichiers/"):
            drawn = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30"><rect width="40" height="30" fill="#9fc7b0"/><path d="M0 30L14 12l10 10 6-6 10 14z" fill="#4f8a63"/></svg>'
            route.fulfill(body=drawn, content_type="image/svg+xml")
        elif path == "/":
            route.fulfill(body=html, content_type="text/html; charset=utf-8")
        else:
            route.fulfill(status=404, body="")

    page.route(f"{ADDRESS}/**", answer)
    page.goto(f"{ADDRESS}/")
    return sent
