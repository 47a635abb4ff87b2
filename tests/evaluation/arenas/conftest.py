"""An arena without answers: who meets whom, and what is said of it, does not look at them."""

import pytest
from sqlalchemy import insert

from tests.evaluation.arenas.people import RUNS, version
from windlass.evaluation.arenas.tables import arena_samples, arenas
from windlass.storage.database import Database, now


@pytest.fixture
def arena(database: Database) -> Database:
    """An arena of three runs on six items, each answered by all."""
    with database.write() as tx:
        tx.execute(
            insert(arenas).values(
                project="guide",
                name="answers",
                guidelines="",
                contestants=[{"run": run, "release": version(run)} for run in RUNS],
                dataset=version("questions"),
                seed=7,
                items=6,
                created=now(),
                created_by="ed",
            )
        )
        for number in range(6):
            for run in RUNS:
                place = {"project": "guide", "arena": "answers", "item": f"i{number}", "run": run}
                tx.execute(
                    insert(arena_samples).values(**place, trace_id=f"{run}-{number}", span_id="s", answer=run)
                )
    return database
