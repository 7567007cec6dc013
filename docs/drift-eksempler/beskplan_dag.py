"""The reports every night with Airflow: fetch, look, and one task for each stale report.

Where Airflow already runs. Each task is the command that a person would type, on a worker that sees the
working copy; `beskplan` decides what is stale, keeps two runs of one report apart and never leaves half
a file, so that a task may be tried again at any time.

Set the Airflow variable `beskplan_root` to the working copy. docs/plan-json.md explains plan and exit codes.
"""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime, timedelta

from airflow.decorators import dag, task
from airflow.exceptions import AirflowFailException, AirflowSkipException
from airflow.models import Variable

ROOT = Variable.get("beskplan_root", default_var="/srv/beskplan")
INPUT_IS_WRONG = 2
"""Exit code that no second try mends: params, notebooks or names are wrong."""


def beskplan(*words: str) -> str:
    """Run a command in the working copy; its output, or the failure that Airflow should see."""
    done = subprocess.run(
        ["beskplan", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode == INPUT_IS_WRONG:
        raise AirflowFailException(done.stderr)
    if done.returncode != 0:
        raise RuntimeError(
            f"beskplan {' '.join(words)} ended with {done.returncode}:\n{done.stdout}"
        )
    return done.stdout


@dag(
    dag_id="beskplan",
    schedule="15 3 * * *",
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=10)},
)
def reports() -> None:
    """Fetch what the sources have updated, then make what that has made stale."""

    @task
    def fetch() -> None:
        beskplan("fetch")

    @task
    def stale() -> list[str]:
        plan = json.loads(beskplan("plan", "--json"))
        jobs = [job["job"] for job in plan["jobs"] if not job["fresh"]]
        if not jobs:
            raise AirflowSkipException("every report is fresh")
        return jobs

    # A task of its own for each report: one failure is one red square, and is tried again alone.
    @task(max_active_tis_per_dag=4, execution_timeout=timedelta(minutes=15))
    def make(job: str) -> None:
        beskplan("run", job, "--wait", "600")

    found = stale()
    fetch() >> found
    make.expand(job=found)


reports()
