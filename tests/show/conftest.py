"""Findings made by hand, with words of a made-up chapter."""

import pytest

from helpers.findings import Finding, Sentence, Setting, Table, Value

WORDS = """[sentences]
"probe.up" = "支付金额 {now}[，区间 {now.range}]"
"probe.plain" = "一句话"
"table.probe.items" = "商品明细"
"chart.probe.other" = "另一个标题 {now}"
[gaps]
probe = "没有{what}"
"""
METRICS = """["probe.paid"]
name = { zh = "支付金额", en = "Paid" }
definition = { zh = "支付", en = "paid" }
unit = "money"
better = "up"
["probe.refund_rate"]
name = { zh = "退款率", en = "Refund rate" }
definition = { zh = "退款", en = "refunds" }
unit = "ratio"
better = "down"
["probe.orders"]
name = { zh = "订单数", en = "Orders" }
definition = { zh = "订单", en = "orders" }
unit = "count"
better = "none"
"""


@pytest.fixture(autouse=True)
def chapter(tmp_path, monkeypatch):
    """A shop ``probe`` whose definitions hold the words and metrics of a chapter ``probe``."""
    from helpers.definitions import metrics

    monkeypatch.setenv("XIAODIAN_DATA", str(tmp_path))
    root = tmp_path / "raw" / "probe" / "definitions"
    for lang in ("zh", "en"):
        (root / "wording" / lang).mkdir(parents=True)
        (root / "wording" / lang / "probe.toml").write_text(WORDS, encoding="utf-8")
    (root / "metrics").mkdir()
    (root / "metrics" / "probe.toml").write_text(METRICS, encoding="utf-8")
    metrics.load.cache_clear()
    yield
    metrics.load.cache_clear()


@pytest.fixture
def setting():
    return lambda lang="zh", currency="CNY": Setting("probe", "试店", "2026-10", lang, currency)


@pytest.fixture
def value():
    def make(value, unit, n=None, low=None, high=None, id="probe.paid"):
        return Value(id, value, unit, n, low, high, "2026-10", "2.1.1c", "", ())

    return make


@pytest.fixture
def finding(setting):
    def make(frame=None, units=None, lang="zh", n=None, total=None, name="items", **parts):
        tables = parts.pop("tables", {})
        if frame is not None:
            tables = tables | {name: Table(frame, units, len(frame) if total is None else total, n)}
        headline = parts.pop("headline", Sentence("probe.plain"))
        return Finding("2.1.1c", setting(lang), headline, tables=tables, **parts)

    return make
