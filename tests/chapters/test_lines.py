"""Which order lines count as paid in which days."""

import pandas as pd
from sales_frames import history, orders

from helpers.chapters import lines
from helpers.period import Period

SECONDS = (  # order, line, paid at, yuan, product, pieces
    ("A", "A1", "2026-09-30 23:59:59", 10, "P", 1),
    ("B", "B1", "2026-10-01 00:00:00", 20, "P", 1),
    ("C", "C1", "2026-10-31 23:59:59", 30, "P", 1),
    ("C", "C2", "2026-10-31 23:59:59", 0, "P", 1),  # a gift in a paid order
    ("D", "D1", "2026-10-31 12:00:00", 0, "P", 1),  # nothing paid as a whole
    ("E", "E1", "2026-11-01 00:00:00", 40, "P", 1),
)


def shop():
    return {"orders": pd.concat([orders(*SECONDS[::-1]), history("2026-06-24")])}


def ids(frame):
    return sorted(line for line in frame["line_id"] if line in {row[1] for row in SECONDS})


def test_a_line_belongs_to_the_days_in_which_its_order_was_paid_to_the_second(make_report):
    report = make_report(shop())
    assert ids(lines.paid(report)) == ["B1", "C1", "C2"]
    assert ids(lines.paid(report, Period.parse("2026-09"))) == ["A1"]
    assert ids(lines.paid(report, Period.parse("2026-11"))) == ["E1"]  # after the report's own period
    assert ids(lines.every_paid(report)) == ["A1", "B1", "C1", "C2"]  # which it does not know of


def test_a_day_without_orders_has_no_line(make_report):
    report = make_report(shop())
    assert not len(lines.paid(report, Period.parse("2026-10-15..2026-10-20")))
