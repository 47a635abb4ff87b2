"""The bar of durable runs: killed fifty times in its middle, one completes and calls no finished sample again."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench" / "kills.py"
KILLS = 50


@pytest.mark.slow
def test_a_run_that_is_killed_fifty_times_completes_and_calls_no_finished_sample_again() -> None:
    ended = subprocess.run([sys.executable, BENCH, "--kills", str(KILLS)], stdout=subprocess.PIPE, check=True)
    told = json.loads(ended.stdout.splitlines()[-1])
    assert (told["kills"], told["state"], told["finished_samples"]) == (KILLS, "finished", told["items"])
    assert told["finished_at_the_last_kill"] > 0, "some were finished before a kill"
    assert (told["finished_called_again"], told["finished_moved"]) == (0, 0)
