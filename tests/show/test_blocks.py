"""Findings, gaps, cards and facts as display objects."""

import json

import pytest

from helpers import show
from helpers.findings import Gap, Sentence
from helpers.show.blocks import FACTS, XIAODIAN

EVIL = '<img src=x onerror="alert(1)">'


def test_a_finding_says_headline_verdict_stake_and_action(finding, value):
    found = finding(
        headline=Sentence("probe.up", {"now": value(123_456, "CNY")}),
        more=(Sentence("probe.plain"),),
        verdict="fails",
        stake=value(50_000, "CNY", None, 30_000, 80_000),
        action=Sentence("probe.plain"),
    )
    payload = show.says(found)._repr_mimebundle_()[XIAODIAN]
    assert payload == {
        "type": "says",
        "claim": "2.1.1c",
        "headline": "支付金额 12.3 万元",
        "more": ["一句话"],
        "verdict": "fails",
        "verdict_text": "不成立",
        "stake": "每月关系到 5.00 万元（区间 3.00–8.00 万元）",
        "action": "一句话",
    }


def test_a_gap_says_what_is_missing_and_where_to_get_it(setting):
    gap = Gap("2.3.1a", setting(), "probe", ("AFS", "QC-U"), {"what": "售后"})
    payload = show.says(gap)._repr_mimebundle_()[XIAODIAN]
    assert payload["type"] == "gap"
    assert payload["title"] == "没有售后"
    assert payload["lines"] == [
        "需要「售后单导出」：抖店 → 售后工作台 → 导出",
        "需要「千川全域推广报表」：巨量千川 → 全域推广 → 数据 → 商品 → 按天下载",
    ]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_shared_gap_prints_without_slots(setting, lang):
    from helpers.definitions import wording
    from helpers.show.blocks import gap_words

    for key in wording.load(lang).keys("gaps"):
        if "." not in key and "{" not in wording.load(lang).gap(key).partition("[")[0]:
            title, _ = gap_words(Gap("1.1.1a", setting(lang), key))
            assert title and "{" not in title and "[" not in title


def test_open_parts_of_a_finding_follow_as_gaps(finding, setting):
    found = finding(gaps=(Gap("2.1.1c", setting(), "probe", (), {"what": "成本"}),))
    payload = show.says(found)._repr_mimebundle_()[XIAODIAN]
    assert [part["type"] for part in payload] == ["says", "gap"]
    assert payload[1]["title"] == "没有成本"


def test_data_in_a_sentence_cannot_become_html(finding):
    found = finding(headline=Sentence("probe.up", {"now": EVIL}))
    html = show.says(found)._repr_mimebundle_()["text/html"]
    assert "<img" not in html and "&lt;img" in html


def test_cards_carry_notes_trend_and_tone(finding, value):
    values = {
        "paid": value(110_000, "CNY"),
        "paid.change": value(-0.05, "ratio"),
        "paid.previous": value(100_000, "CNY"),
        "paid.target": value(120_000, "CNY"),
        "refunds": value(0.1, "ratio", id="probe.refund_rate"),
        "refunds.previous": value(0.12, "ratio", id="probe.refund_rate"),
        "orders": value(12, "count", id="probe.orders/carrier=live"),
        "orders.previous": value(12, "count", id="probe.orders"),
    }
    payload = show.cards(finding(values=values))._repr_mimebundle_()[XIAODIAN]
    assert payload["cards"] == [
        {
            "label": "支付金额",
            "value": "11.0 万元",
            "notes": ["较上期 -5.0 %", "上期 10.0 万元", "目标 12.0 万元"],
            "trend": "down",
            "tone": "bad",
        },
        {"label": "退款率", "value": "10.0 %", "notes": ["上期 12.0 %"], "trend": "", "tone": "neutral"},
        {"label": "订单数 · 直播", "value": "12", "notes": ["上期 12"], "trend": "", "tone": "neutral"},
    ]


def test_a_card_without_anything_to_compare_has_no_trend(finding, value):
    shown = show.cards(finding(values={"paid": value(None, "CNY")}), "paid")
    assert shown._repr_mimebundle_()[XIAODIAN]["cards"][0] == {
        "label": "支付金额",
        "value": "—",
        "notes": [],
        "trend": "",
        "tone": "neutral",
    }


def test_a_gap_has_no_cards_no_table_and_no_chart(setting):
    gap = Gap("2.1.1c", setting(), "probe")
    assert show.cards(gap) is None
    assert show.table(gap, "items") is None
    assert show.bars(gap, "items") is None


def test_facts_list_one_line_each_with_six_digits():
    facts = [
        {"id": "probe.paid", "value": 1234567.89, "unit": "CNY", "n": 15},
        {"id": "probe.rate", "value": 1 / 3, "unit": "ratio", "n": None},
        {"id": "probe.none", "value": None, "unit": "ratio", "n": 0},
    ]
    bundle = show.facts({"facts": facts})._repr_mimebundle_()
    assert bundle["text/plain"] == (
        "probe.paid = 1.23457e+06 CNY (n=15)\nprobe.rate = 0.333333 ratio\nprobe.none = — ratio (n=0)"
    )
    assert bundle[FACTS] == {"facts": facts}
    assert "text/html" not in bundle


def test_a_block_is_a_titled_list():
    block = show.block("coming", "未答", ["<b>"])
    assert json.loads(json.dumps(block.payload)) == {"type": "coming", "title": "未答", "lines": ["<b>"]}
    assert "<b>" not in block.html
