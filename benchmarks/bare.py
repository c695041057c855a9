"""The yardsticks: Flask views with one SQL statement and nothing else, on the same database.

`gunicorn benchmarks.bare:app` serves them; DATABASE_URL says where they read and write. The second one writes into
`bare_answer` (id, words), which whoever measures makes.
"""

import os

from flask import Flask, render_template_string, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import text

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
db = SQLAlchemy(app)


@app.get("/")
def bare() -> str:
    count = db.session.execute(text("SELECT number FROM cache_tag")).scalar()
    return f"<!doctype html><title>bare</title><p>{count}</p>"


@app.post("/")
def bare_insert() -> str:
    db.session.execute(
        text("INSERT INTO bare_answer (words) VALUES (:words)"), {"words": request.form["words"]}
    )
    db.session.commit()
    return render_template_string("<!doctype html><title>bare</title><p>{{ words }}</p>", **request.form)
