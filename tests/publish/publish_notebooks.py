"""A small but nasty set of notebooks: two languages, charts, tables of every size, all payloads, hostile text."""

import json
from textwrap import dedent

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

HOSTILE = '#let x = 1 $a_b$ *a* _b_ @ref <tag> </script> =1+1 // c \\ " `r` [l](http://x) 好吃😋👍🏽🥡'
NAMES = [
    ("01_background_targets", "background", "一、运营背景与目标", "1 Background and targets"),
    ("02_sales_recap", "sales", "二、销售业绩复盘", "2 Sales recap"),
    ("03_marketing_review", "marketing", "三、营销推广复盘", "3 Marketing review"),
    ("04_user_interaction", "interaction", "四、用户互动与服务", "4 Users and service"),
    ("05_diagnosis", "diagnosis", "五、问题诊断", "5 Diagnosis"),
    ("06_planning", "planning", "六、下月规划", "6 Planning"),
]
SETUP = """
import io, json
import pandas as pd
from IPython.display import display
def show(data, **metadata):
    display(data | {"text/plain": ""}, raw=True, metadata=metadata)
def block(**payload):
    show({"application/vnd.xiaodian+json": payload})
"""
CHART = """
from pathlib import Path
import matplotlib
matplotlib.use("agg")
from matplotlib import font_manager, pyplot as plt
import helpers
for face in (Path(helpers.__file__).parent / "fonts").glob("*.ttf"):
    font_manager.fontManager.addfont(face)
plt.rcParams.update({"font.family": ["Noto Sans SC"], "svg.fonttype": "none", "svg.hashsalt": "x"})
figure, axes = plt.subplots(figsize=(7, 2.8), layout="constrained")
axes.plot(range(1, 31), [100 + (day * 37) % 55 for day in range(30)], color="#17406d")
axes.set_title("每日支付金额（元）🥡", loc="left")
axes.spines[["top", "right"]].set_visible(False)
buffer = io.StringIO()
figure.savefig(buffer, format="svg", metadata={"Date": None})
plt.close(figure)
show({"image/svg+xml": buffer.getvalue()}, alt="折线图：每日支付金额，30 天")
"""
WORDS = {
    "zh": {
        "label": "支付金额",
        "value": "¥523,400.00",
        "note": "较上月 +3.2%",
        "headline": "支付金额比上月多 1.6 万元，主要来自直播。",
        "more": "同口径比较：30 天对 30 天。",
        "verdict": "达标",
        "stake": "每月影响 ¥16,200（¥9,000–¥21,000）",
        "action": "把直播间开播时间提前到 19:00。",
        "gap": "退款成熟度",
        "line": "缺“售后单”导出：后台 → 售后 → 导出。",
        "coming": "尚未回答的问题",
        "caption": "商品销售额前三",
        "product": "商品",
        "money": "销售额",
        "share": "占比",
    },
    "en": {
        "label": "Paid amount",
        "value": "¥523,400.00",
        "note": "+3.2% on last month",
        "headline": "Paid amount rose by ¥16,000, most of it live.",
        "more": "Like for like: 30 days against 30 days.",
        "verdict": "On target",
        "stake": "¥16,200 a month (¥9,000–¥21,000)",
        "action": "Start the live session at 19:00.",
        "gap": "Refund maturity",
        "line": "The after-sale export is missing.",
        "coming": "Questions not answered yet",
        "caption": "Top three products",
        "product": "Product",
        "money": "Sales",
        "share": "Share",
    },
}
CARDS = """
w = json.loads(words)[lang]
card = {"label": w["label"], "value": w["value"], "notes": [w["note"], "≥ ¥500,000"], "trend": "up", "tone": "good"}
block(type="cards", cards=[card] * 4)
"""
SAYS = """
found = {"headline": w["headline"], "more": [w["more"], hostile], "verdict": "holds", "verdict_text": w["verdict"]}
block(type="says", stake=w["stake"], action=w["action"], **found)
block(type="gap", title=w["gap"], lines=[w["line"]])
block(type="coming", title=w["coming"], lines=["1.2.3 " + w["more"], "1.2.4 " + hostile])
"""
SMALL = """
money, share = ["¥1,204.00", "¥980.50", "¥-12.00"], ["55.1%", "44.9%", "—"]
small = pd.DataFrame({w["product"]: ["连衣裙", hostile, "针织衫"], w["money"]: money, w["share"]: share})
style = small.style.format(escape="html").hide(axis="index").set_caption(w["caption"])
style.map(lambda text: "background-color: #fde8e4; color: #b23a2e", subset=[w["share"]])
"""
LONG = """
ids = [f"69201234567890{row:05}" for row in range(80)]
long = pd.DataFrame({w["product"]: [f"商品 {row:02}" for row in range(80)], "id": ids})
long[w["money"]] = [f"¥{row * 1234.5:,.2f}" for row in range(80)]
long.style.hide(axis="index")
"""
WIDE = """
wide = pd.DataFrame({f"{w['money']} {place}": [f"¥{(place + 1) * 98765:,}", f"¥{place * 31:,}"] for place in range(14)})
wide.style.hide(axis="index")
"""
FACTS = """
told = json.loads(facts) | {"lang": lang, "period": period, "shop": shop}
show({"application/vnd.xiaodian.facts+json": told})
"""
PROSE = """
## 2.1 销售额

### 2.1.1 谁贡献了增长？

公式 $s = \\sum_i x_i$，代码 `#let x`，井号 #let y = 2 和 @ref。
"""


def fact(id: str, value: float, text: str, better: str = "up") -> dict:
    """One fact as `show.record` writes it."""
    return {
        "id": id,
        "name": "支付金额",
        "value": value,
        "low": None,
        "high": None,
        "n": 812,
        "unit": "CNY",
        "text": text,
        "period": "2026-10",
        "claim": "1.2.1",
        "better": better,
        "definition": "付款成功的订单金额之和，含运费，未扣除退款。",
        "sources": [["a" * 12, 812]],
    }


def payload(chapter: str, title: str, number: int) -> dict:
    """A facts payload with one figure, its bases, one finding of ``number`` times 10,000 yuan and one gap."""
    id = f"{chapter}.paid_amount"
    bases = [fact(f"{id}/base=previous", 507200.0, "¥507,200.00"), fact(f"{id}/base=target", 500000.0, "¥500,000.00")]
    bases.append(fact(f"{id}/change=year_ago", 0.032, "3.2 %"))
    finding = {
        "claim": f"{number}.1.1a",
        "headline": f"{title}：少付 {number} 万元",
        "verdict": "fails",
        "verdict_text": "未达标",
        "stake": number * 10000.0,
        "stake_low": 1.0,
        "stake_high": 2.0,
        "stake_text": f"¥{number}0,000",
        "action": f"动作 {number}",
    }
    return {
        "chapter": chapter,
        "title": title,
        "period": "2026-10",
        "shop": "sample",
        "shop_name": "小店样例",
        "lang": "zh",
        "currency": "CNY",
        "cutoff": "2026-11-05",
        "complete": True,
        "facts": [fact(id, 523400.0, "¥523,400.00"), *bases],
        "sources": {"a" * 12: {"file": "订单 2026-10.csv", "kind": "ORD", "sha256": "a" * 64}},
        "findings": [finding],
        "gaps": [{"claim": f"{number}.2.1", "title": "退款成熟度", "line": "缺“售后单”导出"}],
    }


def code(source: str, *tags: str) -> nbformat.NotebookNode:
    return new_code_cell(dedent(source).strip(), metadata={"tags": list(tags)})


def prose(text: str, *tags: str) -> nbformat.NotebookNode:
    return new_markdown_cell(dedent(text).strip(), metadata={"tags": list(tags)})


def parameters() -> nbformat.NotebookNode:
    return code('period: str = "2026-10"\nshop: str = "sample"\nlang: str = "zh"', "parameters")


def given(number: int) -> nbformat.NotebookNode:
    """The texts that the cells below use."""
    _, chapter, zh, _ = NAMES[number - 1]
    texts = {"hostile": HOSTILE, "words": json.dumps(WORDS), "facts": json.dumps(payload(chapter, zh, number))}
    return code("\n".join(f"{name} = {text!r}" for name, text in texts.items()))


def full(number: int) -> nbformat.NotebookNode:
    """A chapter with everything in it."""
    _, _, zh, en = NAMES[number - 1]
    cells = [
        parameters(),
        code(SETUP),
        given(number),
        prose(f"# {zh}\n\n本章回答 **销售额：**是否达标，数字见下。", "zh"),
        prose(f"# {en}\n\nThis chapter answers whether **sales** reached the target.", "en"),
        code(CARDS),
        prose(PROSE, "zh"),
        prose("## 2.1 Sales\n\n### 2.1.1 Who brought the growth?\n\nHash #let y = 2 and @ref.", "en"),
        code(CHART),
        code(SAYS),
        prose("## 2.2 商品\n\n- 第一\n- 第二\n\n| 列 | 数 |\n|---|--:|\n| 甲 | 1 |", "zh"),
        prose("## 2.2 Products", "en"),
        code(SMALL),
        code(LONG),
        code(WIDE),
        code('from IPython.display import HTML\nHTML("<p>只供探索</p>")', "explore"),
        code('print("a stream")'),
        code(FACTS, "facts"),
    ]
    return new_notebook(cells=cells, metadata={"language_info": {"name": "python"}})


def plain(number: int) -> nbformat.NotebookNode:
    """A short chapter that needs nothing but the interpreter."""
    _, _, zh, en = NAMES[number - 1]
    setup = """
        import json
        from IPython.display import display
        show = lambda data: display(data | {"text/plain": ""}, raw=True)
    """
    words = [prose(f"# {zh}\n\n## {number}.1 小节\n\n正文。", "zh"), prose(f"# {en}", "en")]
    cells = [parameters(), code(setup), given(number), *words, code(FACTS, "facts")]
    return new_notebook(cells=cells, metadata={"language_info": {"name": "python"}})


def failing(number: int) -> nbformat.NotebookNode:
    """A chapter that stops with an error of the kit."""
    broken = """
        from helpers.errors import XiaodianError
        raise XiaodianError("订单.csv 第 3 行", "金额为空", "重新导出")
    """
    cells = [parameters(), prose(f"# {NAMES[number - 1][2]}", "zh"), code(broken)]
    return new_notebook(cells=cells, metadata={"language_info": {"name": "python"}})
