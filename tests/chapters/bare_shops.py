"""Shops that lack nearly everything, by what they lack."""

import pandas as pd
from sales_frames import after_sales, history, many, orders

BARE = orders(*many("P", 3, "2026-10-05"), *many("Q", 2, "2026-09-05")).drop(
    columns=["product_id", "product_name", "quantity"]
)
LISTED = BARE.assign(refund_fen=[5000, 0, 0, 0, 0], province="广东")
GIANT = orders(("a", "a", "2026-10-05 10:00", 99_999, "P", 10_000), ("b", "b", "2026-10-06 10:00", 9, "P", 1))
UNPAID = orders(*many("P", 3, "2026-10-05")).assign(paid_at=pd.NaT)
BY_TIME = after_sales(("x", 30, "2026-10-02", "return", None, "success")).drop(
    columns=["line_id", "order_id", "reason"]
)
DAYS = [f"2026-{month:02}-{day:02}" for month in (8, 9, 10) for day in range(1, 31)]
STEADY = orders(*[(day, day, f"{day} 20:00", 50, "P", 1) for day in DAYS])  # one product, an order a day
CLOSED = STEADY[~STEADY["paid_at"].between("2026-10-08", "2026-10-22")]
SHOPS = {
    "three columns": {"orders": BARE},
    "with history": {"orders": pd.concat([BARE, history().drop(columns=["product_id", "product_name", "quantity"])])},
    "order list with refunds": {"orders": LISTED},
    "one giant order": {"orders": pd.concat([GIANT, history()])},
    "one order": {"orders": GIANT.head(1)},
    "nothing paid": {"orders": pd.concat([UNPAID, history()])},
    "never paid": {"orders": UNPAID},
    "returns without orders": {"orders": pd.concat([GIANT, history()]), "after_sales": BY_TIME.assign(product_id="P")},
    "one product": {"orders": STEADY},
    "closed for two weeks": {"orders": CLOSED},
    "some amounts missing": {"orders": STEADY.assign(payable_fen=STEADY["payable_fen"].where(STEADY.index % 2 > 0))},
    "no amounts": {"orders": STEADY.assign(payable_fen=pd.NA)},
    "free orders": {"orders": GIANT.assign(payable_fen=0)},
}
