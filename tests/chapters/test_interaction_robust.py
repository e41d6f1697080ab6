"""Shops with hardly any data, and a period that is not over."""

import pandas as pd
import pytest
from interaction_frames import all_of, bought, orders, reviews, service

from helpers import show
from helpers.chapters import interaction
from helpers.findings import Finding

ASKS = [interaction.follows, interaction.pains, interaction.repeat, interaction.replies]
UNPAID = orders().assign(paid_at=pd.NaT)
SHOPS = {
    "orders alone": {"orders": orders()},
    "all unpaid": {"orders": UNPAID.assign(buyer_key="b")},
    "one big order": {"orders": orders().assign(quantity=10_000, payable_fen=5_000_000_00, buyer_key="b")},
    "one of everything": {
        "orders": bought(["b"], "2026-10-05"),
        "reviews": reviews(("侧漏", "bad", 1)),
        "service_days": service(("x", "2026-10-05", 1, 5.0, 1.0)),
    },
    "reviews without product": {"orders": orders(), "reviews": reviews(("侧漏", "bad", 4)).assign(product_id=None)},
}


@pytest.mark.parametrize("ask", ASKS, ids=lambda ask: ask.__name__)
@pytest.mark.parametrize("shop", SHOPS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_question_is_answered_in_words_or_names_what_is_missing(make_report, shop, ask, lang):
    answer = ask(make_report(SHOPS[shop], lang=lang))
    assert str(show.says(answer))
    for name, given in getattr(answer, "tables", {}).items():
        assert (show.table(answer, name) is None) == (len(given.frame) == 0)


def test_a_shop_without_money_at_stake_has_no_findings_to_rank(make_report):
    assert interaction.findings(make_report({"orders": orders()})) == []


def test_a_period_that_is_not_over_says_so(make_report):
    seen = all_of(orders(40, "2026-10-20"), orders(day="2026-11-03"))
    found = interaction.pains(
        make_report({"orders": seen, "reviews": reviews(("侧漏", "bad", 3), day="2026-11-02")}, period="2026-11")
    )
    assert isinstance(found, Finding)
    assert found.more[-1].key == "interaction.unfinished"
