"""A fetch that can be killed: imported once by the fork server, run in a process of its own."""

from pathlib import Path

from beskplan.observations.snapshot_store import store
from beskplan.sources import jobindsats, statbank
from beskplan.sources.fetching import Clients, fetch
from beskplan.sources.http import Secret
from beskplan.sources.plan import FetchPlan, default_plan
from tests.sources.server.serving import TOKEN
from tests.sources.some_tables import only


def small_plan() -> FetchPlan:
    """A table of several questions, and one of StatBank's."""
    plan = only(default_plan(), "y25i01", "RAS400")
    table = plan.jobindsats[0].model_copy(update={"latest": 2, "areas_if_there": ()})
    return plan.model_copy(update={"jobindsats": (table,)})


def fetch_and_store(root: str, url: str) -> None:
    """What `beskplan fetch` does, against the server at `url`."""
    clients = Clients(
        jobindsats.connect(Secret(TOKEN), address=url),
        statbank.connect(address=f"{url}/v1"),
    )
    try:
        store(fetch(small_plan(), Path(root), clients).delivery, Path(root))
    finally:
        clients.close()
