"""Order lines of platforms that keep orders and their lines in two files: completed by the heads of their orders."""

from typing import Any

import ibis

LATEST = ("delivered_at", "finished_at")  # of several heads of an order the last counts, of other times the first
_MONEY = {"payable_fen": "paid_lines", "refund_fen": "refund_lines"}


def orders(lines: Any, heads: Any) -> Any:
    """The order lines completed by the heads of their orders.

    Times, status, type, province and buyer of a line win over those of its head. The head's money counts only where no
    line of the order has any, and then stands on its first line. A head without lines becomes one line. ``head_source``
    names the head's file.
    """
    head = _one_per_order(heads)
    first = lines.group_by("order_id").aggregate(
        first_line=lines.line_id.min(), paid_lines=lines.payable_fen.count(), refund_lines=lines.refund_fen.count()
    )
    joined = (
        lines.left_join(first, "order_id").drop("order_id_right").left_join(head, "order_id").drop("order_id_right")
    )
    filled = {
        name: ibis.coalesce(joined[name], joined[f"head_{name}"]) for name in _shared(heads) if name not in _MONEY
    }
    leading = joined.line_id == joined.first_line
    for name, count in _MONEY.items():
        lone = (joined[count] == 0) & joined[f"head_{name}"].notnull()
        filled[name] = ibis.cases((lone & leading, joined[f"head_{name}"]), (lone, 0), else_=joined[name])
    completed = joined.mutate(**filled).select(*lines.columns, "head_source")
    return completed.union(_lone(lines, head, heads))


def _shared(heads: Any) -> list[str]:
    return [name for name in heads.columns if name not in ("head_id", "order_id", "source", "snapshot")]


def _one_per_order(heads: Any) -> Any:
    found = {"head_source": heads.source.min(), "head_snapshot": heads.snapshot.max()}
    for name in _shared(heads):
        column = heads[name]
        one = column.sum().cast("int64") if name in _MONEY else column.max() if name in LATEST else column.min()
        found[f"head_{name}"] = one
    return heads.group_by("order_id").aggregate(**found)


def _lone(lines: Any, head: Any, heads: Any) -> Any:
    alone = head.anti_join(lines, "order_id")
    own = {name: alone[f"head_{name}"] for name in _shared(heads)}
    own |= {
        "order_id": alone.order_id,
        "line_id": alone.order_id,
        "source": ibis.null("string"),
        "snapshot": alone.head_snapshot,
    }
    columns = {name: own.get(name, ibis.null(kind)).cast(kind) for name, kind in lines.schema().items()}
    return alone.select(**columns, head_source=alone.head_source)
