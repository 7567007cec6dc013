"""A plan of a few tables, for fetches that take no longer than they must."""

from beskplan.sources.plan import SOURCES, FetchPlan


def only(plan: FetchPlan, *ids: str) -> FetchPlan:
    """The plan with these tables and no others."""
    return plan.model_copy(
        update={s: tuple(one for one in getattr(plan, s) if one.id in ids) for s in SOURCES}
    )
