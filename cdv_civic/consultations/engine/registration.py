"""What templates of all kinds of questions ask for."""

from flask import Flask

from cdv_civic.consultations.engine.voice_label import voice_label
from cdv_civic.consultations.engine.wording import how_to_answer


def register(app: Flask) -> None:
    """How a question is answered, and what a voice that reads it is called."""
    app.jinja_env.globals.update(how_to_answer=how_to_answer, voice_label=voice_label)
