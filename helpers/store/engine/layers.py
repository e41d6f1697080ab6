"""One row per key out of the layers of a table."""

from collections.abc import Sequence
from typing import Any

import ibis

from helpers.store.engine.connection import fetch
from helpers.store.layers import LAYER


def united(rows: Any, key: Sequence[str], seen: Any | None) -> Any:
    """Each key once: the newest export's row, its empty cells filled from the next older layer that has something.

    ``seen`` holds the newest export that confirmed a stored row, which then is as new as that; None: nothing was.
    """
    count = len(fetch(rows.select(LAYER).distinct()))
    rows = rows if seen is None else _confirmed(rows, key, seen)
    order = [rows.snapshot.desc(), rows.source.desc(), rows[LAYER].desc()]
    ranked = rows.mutate(age=ibis.row_number().over(ibis.window(group_by=[rows[name] for name in key], order_by=order)))
    others = [name for name in rows.columns if name not in (*key, LAYER)]
    found = ranked.filter(ranked.age == 0).drop("age", LAYER)
    for age in range(1, count):
        older = ranked.filter(ranked.age == age)
        older = older.select(
            **{f"key_{name}": older[name] for name in key}, **{f"old_{name}": older[name] for name in others}
        )
        both = found.left_join(older, [found[name] == older[f"key_{name}"] for name in key])
        cells = {name: ibis.coalesce(both[name], both[f"old_{name}"]) for name in others}
        found = both.select(**{name: both[name] for name in key}, **cells)
    return found


def _confirmed(rows: Any, key: Sequence[str], seen: Any) -> Any:
    told = seen.select(**{f"seen_{name}": seen[name] for name in (*key, LAYER, "snapshot")})
    both = rows.left_join(told, [rows[name] == told[f"seen_{name}"] for name in (*key, LAYER)])
    newest = ibis.greatest(both.snapshot, ibis.coalesce(both.seen_snapshot, both.snapshot))
    return both.mutate(snapshot=newest).select(*rows.columns)
