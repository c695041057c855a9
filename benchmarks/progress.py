"""News for a site that is measured: two entries for one commitment in twenty, by the real operation.

DATABASE_URL=… python -m benchmarks.progress
"""

import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from benchmarks.server import ROOT
from cdv_civic.app import create_app
from cdv_civic.commitments.models import Commitment
from cdv_civic.commitments.operations.progress import NewProgress, publish_progress
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.policy.model import CommandLine

ONE_IN: Final = 20
STORY: Final = (
    (
        "en_preparation",
        200,
        "Les services de la ville préparent le projet avec des habitantes et des habitants.",
    ),
    ("en_cours", 20, "Le travail a commencé : une première rencontre a eu lieu sur place."),
)


def tell_progress(environment: Mapping[str, str]) -> None:
    """Tell the news in a process of its own, for the site that `environment` names."""
    subprocess.run([sys.executable, "-m", "benchmarks.progress"], cwd=ROOT, env=dict(environment), check=True)


def main() -> None:
    with create_app().app_context():
        today = clock.today()
        chosen = db.session.execute(
            select(Commitment.id).where(Commitment.id % ONE_IN == 0).order_by(Commitment.id)
        ).scalars()
        with transaction():
            for commitment in chosen.all():
                for state, days_ago, sentence in STORY:
                    # The days differ, so that what is newest is not the same day everywhere.
                    day = today - timedelta(days=days_ago + commitment % 150)
                    publish_progress(
                        CommandLine(),
                        commitment,
                        NewProgress(state, day, sentence, client_key=f"bench:{commitment}:{state}"),
                    )


if __name__ == "__main__":
    main()
