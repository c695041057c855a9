"""The yardstick: a Flask view with one SQL query and nothing else, on the same database.

`gunicorn benchmarks.bare:app` serves it; DATABASE_URL says from where it reads.
"""

import os

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import text

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
db = SQLAlchemy(app)


@app.get("/")
def bare() -> str:
    count = db.session.execute(text("SELECT number FROM cache_tag")).scalar()
    return f"<!doctype html><title>bare</title><p>{count}</p>"
