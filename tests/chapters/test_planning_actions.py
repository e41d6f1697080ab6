"""The action plan: what the findings of other chapters become."""

from types import SimpleNamespace

import pytest
from planning_frames import PLAIN, daily, targets

from helpers import show
from helpers.chapters import planning
from helpers.chapters.planning import agenda as module
from helpers.findings import Gap, Label
from helpers.report import sentence

FLAT = daily("2026-05-01", "2026-10-31")


@pytest.fixture
def plan(make_report, monkeypatch):
    """The plan of a shop whose chapters found these (claim, stake in yuan, action, values)."""

    def ask(*rows, target="3100.00", lang="zh"):
        goal = targets(("gmv_month", "2026-11-01", target))
        report = make_report({"orders": FLAT, "targets": goal}, lang=lang, shop_toml=PLAIN)
        found = []
        for claim, yuan, action, values in rows:
            stake = (
                None
                if yuan is None
                else report.money(
                    "diagnosis.stockout_lost", yuan * 100, claim, ["orders"], low=yuan * 50, high=yuan * 200
                )
            )
            born = {name: report.value(*fact, claim, ["orders"]) for name, fact in values.items()}
            found.append(
                report.finding(claim, sentence("diagnosis.ranking.overlap"), stake=stake, action=action, values=born)
            )
        monkeypatch.setattr(module, "SOURCES", (SimpleNamespace(findings=lambda _: found),))
        return planning.actions(report)

    return ask


STOCK = sentence("diagnosis.stockouts.action", product="甲", stake="¥1")
REASON = sentence("sales.reasons.act", reason=Label("reason", "quality"))


def test_the_dearest_comes_first_with_its_figure_and_its_check(plan):
    found = plan(
        ("2.3.1a", 100, REASON, {"reason.quality": ("sales.refund_by_reason/reason=quality", 77)}),
        ("5.2.1a", 300, STOCK, {"days": ("diagnosis.stockout_days", 9)}),
    )
    rows = found.tables["plan"].frame
    assert rows["claim"].tolist() == ["5.2.1a", "2.3.1a"]
    assert [value.value for value in rows["baseline"]] == [9, 77]
    assert rows["stake_low"].tolist() == [150, 50]
    assert rows["check"].dt.strftime("%Y-%m-%d").unique().tolist() == ["2026-12-01"]
    assert found.values["count"].value == 2


def test_findings_without_money_or_without_action_stay_out(plan):
    found = plan(("5.2.1a", 300, None, {}), ("2.3.1a", None, REASON, {}), ("2.3.2a", 50, REASON, {}))
    assert found.tables["plan"].frame["claim"].tolist() == ["2.3.2a"]


def test_a_finding_without_the_named_figure_is_watched_by_its_money(plan):
    row = plan(("5.2.1a", 300, STOCK, {})).tables["plan"].frame.iloc[0]
    assert row["baseline"].value == 300


def test_the_gap_is_shared_by_the_levers_that_raise_sales_and_ties_out(plan):
    found = plan(("5.2.1a", 100, STOCK, {}), ("5.1.1a", 200, STOCK, {}), ("2.3.1a", 900, REASON, {}))
    split = found.tables["split"].frame  # the gap: 3100 to reach, 3000 to expect
    assert split["claim"].tolist() == ["5.1.1a", "5.2.1a"]
    assert split["gap_part"].tolist() == [66.67, 33.33]
    assert split["share"].tolist() == pytest.approx([2 / 3, 1 / 3])
    assert split["gap_part"].sum() == pytest.approx(100)


def test_a_target_within_reach_leaves_nothing_to_share(plan):
    found = plan(("5.2.1a", 100, STOCK, {}), target="2900")
    assert "split" not in found.tables
    assert "planning.actions.no_gap" in [said.key for said in found.more]


def test_a_gap_without_a_lever_is_said(plan):
    found = plan(("2.3.1a", 100, REASON, {}))
    assert "planning.actions.no_lever" in [said.key for said in found.more]


def test_nothing_priced_is_a_gap(plan):
    gap = plan()
    assert isinstance(gap, Gap)
    assert gap.why == "no_stakes"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_actions_and_figures_print_as_words_in_a_table(plan, lang):
    found = plan(("5.2.1a", 300, STOCK, {"days": ("diagnosis.stockout_days", 9)}), lang=lang)
    printed = show.table(found, "plan").plain
    assert "甲" in printed
    assert "Sentence(" not in printed and "Value(" not in printed
    assert "| 9 |" in printed


def test_the_sample_shop_has_a_plan_whose_parts_tie_to_its_gap(sample_report):
    found = planning.actions(sample_report)
    rows, split = found.tables["plan"].frame, found.tables["split"].frame
    assert rows["stake"].is_monotonic_decreasing
    assert split["gap_part"].sum() == pytest.approx(found.values["gap"].value)
