"""Charts: what they refuse, what they draw, and that they draw it the same every time."""

import re
import xml.etree.ElementTree as ET

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
import seaborn

from helpers import show
from helpers.errors import XiaodianError
from helpers.findings import Sentence, Table
from helpers.show import axis, theme
from helpers.show.paper import fit, wrap

DAYS = pd.date_range("2026-10-01", periods=31)
ITEM = {"product_name": "text", "paid": "money"}
RATE = {"product_name": "text", "conversion": "ratio"}


def days(**columns):
    return pd.DataFrame({"day": DAYS, **columns})


def rates(**columns):
    frame = pd.DataFrame({"product_name": ["甲", "乙", "丙"], "conversion": [0.1, 0.08, 0.05]})
    return frame.assign(low=frame["conversion"] - 0.01, high=frame["conversion"] + 0.01, **columns)


def limits(**columns):
    flat = {"centre": 0.08, "lower": 0.06, "upper": 0.1}
    return days(conversion=np.where(DAYS.day == 13, 0.2, 0.08), **flat, **columns)


def samples():
    """Name of a chart, its frame and units, and how it is called."""
    path = days(paid=np.where(DAYS.day < 20, 1e4, np.nan), expected=2e4, low=1e4, high=3e4)
    cells = pd.DataFrame([(d, h, d * h) for d in range(7) for h in range(24)], columns=["weekday", "hour", "orders"])
    shares = pd.DataFrame({"measure": ["量", "量"], "role": ["traffic", "profit"], "share": [0.6, 0.4], "target": 0.5})
    ranks = pd.DataFrame({"month": ["2026-09", "2026-10"] * 2, "label": list("aabb"), "rank": [1, 2, 2, 1]})
    bridge = pd.DataFrame({"label": ["起", "变", "止"], "change": [100.0, -20.5, 79.5]})
    cloud = rates(n=[10, 100, 1000], lower=0.02, upper=0.09, paid=[1.0, 2.0, 3.0])
    steps = pd.DataFrame(
        {"step": ["曝光", "点击"], "count": [1000, 30], "rate": [np.nan, 0.03], "target": [np.nan, 0.04]}
    )
    yield "line", days(paid=np.arange(31.0)), {"day": "date", "paid": "money"}
    yield "control", limits(), {"day": "date", "conversion": "ratio"}
    yield "fan", path, {"day": "date", "paid": "money"}
    yield "bars", pd.DataFrame({"product_name": ["甲", "乙"], "paid": [1.0, 20000.0]}), ITEM
    yield "pareto", pd.DataFrame({"product_name": ["甲", "乙"], "paid": [1.0, 3.0]}), ITEM
    yield "intervals", rates(n=[3, 40, 500]), RATE | {"n": "count"}
    yield "funnel_steps", steps, {"step": "text", "count": "count", "rate": "ratio"}
    yield "bridge", bridge, {"label": "text", "change": "money"}
    yield "heatmap", cells, {"weekday": "label:weekday", "hour": "count", "orders": "count"}
    yield "stacked", shares, {"measure": "text", "role": "label:role", "share": "ratio"}
    yield "flow", ranks, {"month": "text", "label": "text", "rank": "count"}
    yield "scatter", cloud, RATE | {"paid": "money"}
    yield "funnel_plot", cloud, RATE | {"n": "count"}


SAMPLES = {name: (frame, units) for name, frame, units in samples()}


@pytest.fixture(params=SAMPLES)
def chart(request):
    return request.param


def texts(svg):
    return [node.text for node in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_charts_stand_in_the_white_style_of_seaborn_but_for_type_ink_and_open_sides():
    ours = ("font.", "text.", "xtick.color", "ytick.color", "grid.", "axes.labelcolor", "axes.edgecolor", "image.cmap")
    style = seaborn.axes_style("white") | {"axes.spines.top": False, "axes.spines.right": False}
    with theme.applied():
        drawn = {name: mpl.rcParams[name] for name in style if not name.startswith(ours)}
    assert drawn == {name: style[name] for name in drawn}
    assert {"axes.axisbelow", "patch.edgecolor", "xtick.bottom"} <= drawn.keys()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_chart_draws_the_same_bytes_twice_in_both_languages(finding, chart, lang):
    frame, units = SAMPLES[chart]
    first, second = (getattr(show, chart)(finding(frame, units, lang=lang, n=1503), "items") for _ in range(2))
    assert first.svg == second.svg
    assert "dc:date" not in first.svg
    ET.fromstring(first.svg)


def test_every_chart_uses_the_vendored_font_only(finding, chart):
    frame, units = SAMPLES[chart]
    svg = getattr(show, chart)(finding(frame, units), "items").svg
    assert set(re.findall(r"font-family: ([^;\"]+)", svg)) == {"'Noto Sans SC'"}


def test_every_chart_carries_its_words_its_claim_and_its_frame(finding, chart):
    frame, units = SAMPLES[chart]
    figure = getattr(show, chart)(finding(frame, units, n=1503), "items")
    data, metadata = figure._repr_mimebundle_()
    assert set(data) == {"image/svg+xml", "text/plain"}
    assert data["text/plain"].startswith("一句话") and "n=1,503" in data["text/plain"]
    assert metadata["image/svg+xml"]["claim"] == "2.1.1c"
    assert len(figure.data) == len(frame)


def test_every_chart_shows_nothing_where_the_table_is_empty_or_missing(finding, chart):
    frame, units = SAMPLES[chart]
    assert getattr(show, chart)(finding(frame.head(0), units), "items") is None
    assert getattr(show, chart)(finding(frame, units), "other") is None


def test_a_chart_leaves_no_setting_behind(finding):
    def settings():
        return {key: mpl.rcParams[key] for key in mpl.rcParams if key != "backend"}

    before = settings()
    show.bars(finding(*SAMPLES["bars"]), "items")
    assert settings() == before


def test_a_sentence_of_its_own_titles_a_chart(finding, value):
    frame, units = SAMPLES["bars"]
    figure = show.bars(finding(frame, units, name="other", values={"now": value(5, "count")}), "other")
    assert figure.alt.startswith("另一个标题 5")


def test_hostile_names_stay_text(finding):
    frame = pd.DataFrame({"product_name": ["<script>alert(1)</script>", "$x^{2$ {now} 🔥\x00"], "paid": [2.0, 1.0]})
    figure = show.bars(finding(frame, ITEM), "items")
    assert "<script>" not in figure.svg
    assert "<script>alert(1)</script>" in texts(figure.svg)
    assert "$x^{2$ {now} □□" in texts(figure.svg)


def test_bars_rank_from_the_biggest_and_say_what_they_leave_out(finding):
    frame = pd.DataFrame({"product_name": list("abcd"), "paid": [1.0, 4.0, 3.0, 2.0]})
    figure = show.bars(finding(frame, ITEM, total=9), "items", top=2)
    assert list(figure.data["product_name"]) == ["b", "c"]
    assert "前 2 行，共 9 行" in figure.alt


def test_pareto_adds_up_shares_only_of_a_whole_table(finding):
    frame, units = SAMPLES["pareto"]
    assert [t for t in texts(show.pareto(finding(frame, units), "items").svg) if "%" in t] == ["75 %", "100 %"]
    assert [t for t in texts(show.pareto(finding(frame, units, total=5), "items").svg) if "%" in t] == []


def test_a_bridge_that_does_not_tie_out_is_refused(finding):
    frame = pd.DataFrame({"label": ["起", "变", "止"], "change": [100.0, -20.0, 79.0]})
    with pytest.raises(XiaodianError, match="make 80, the end is 79"):
        show.bridge(finding(frame, {"label": "text", "change": "money"}), "items")


def test_a_bridge_signs_its_changes_and_prints_whole_yuan(finding):
    frame = pd.DataFrame({"label": ["起", "升", "降", "止"], "change": [120000.0, 30000.0, -500.0, 149500.0]})
    drawn = texts(show.bridge(finding(frame, {"label": "text", "change": "money"}), "items").svg)
    assert {"¥120,000", "+¥30,000", "-¥500", "¥149,500"} <= set(drawn)


def test_an_interval_that_crosses_the_bar_is_hollow(finding, value):
    figure = show.intervals(finding(rates(), RATE, values={"target": value(0.08, "ratio")}), "items")
    assert "目标 8.0 %" in texts(figure.svg)
    assert "空心" in figure.alt


def test_a_reference_in_another_unit_is_not_drawn(finding, value):
    figure = show.intervals(finding(rates(), RATE, values={"target": value(500, "CNY")}), "items")
    assert not [text for text in texts(figure.svg) if text.startswith("目标")]


def test_an_unknown_column_or_value_is_named(finding):
    frame, units = SAMPLES["bars"]
    with pytest.raises(XiaodianError, match="no column 'payd'; did you mean paid|no column 'payd'.*paid"):
        show.bars(finding(frame, units), "items", value="payd")
    with pytest.raises(XiaodianError, match="no value 'goal'"):
        show.bars(finding(frame, units), "items", reference="goal")


def test_promotions_that_touch_the_axis_are_named(finding):
    calendar = pd.DataFrame(
        {
            "name": ["国庆", "双 11", "年货节"],
            "start": pd.to_datetime(["2026-09-28", "2026-10-20", "2027-01-01"]),
            "end": pd.to_datetime(["2026-10-08", "2026-11-11", "2027-01-09"]),
        }
    )
    frame, units = SAMPLES["line"]
    found = finding(frame, units, tables={"calendar": Table(calendar, {"name": "text"}, 3)})
    drawn = texts(show.line(found, "items").svg)
    assert "国庆" in drawn and "双 11" in drawn and "年货节" not in drawn


def test_names_of_promotions_that_follow_each_other_closely_do_not_touch(finding):
    names = ["a members' day with a long name", "a holiday with a long name", "a festival with a long name"]
    starts = pd.to_datetime(["2026-10-20", "2026-10-22", "2026-10-24"])
    calendar = pd.DataFrame({"name": names, "start": starts, "end": starts + pd.Timedelta(days=3)})
    frame, units = SAMPLES["line"]
    svg = show.line(finding(frame, units, tables={"calendar": Table(calendar, {"name": "text"}, 3)}), "items").svg
    drawn = [node for node in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text") if node.text in names]
    assert len({node.get("y") for node in drawn}) == 3


def test_a_line_per_series_is_named_at_its_end(finding):
    frame = pd.DataFrame(
        {"day": list(DAYS) * 2, "carrier": ["live"] * 31 + ["card"] * 31, "paid": [5.0] * 31 + [7.0] * 31}
    )
    drawn = texts(
        show.line(
            finding(frame, {"day": "date", "carrier": "label:carrier", "paid": "money"}), "items", by="carrier"
        ).svg
    )
    assert "直播 ¥5" in drawn and "商品卡 ¥7" in drawn


def test_missing_days_break_the_line_and_unsorted_days_are_put_in_order(finding):
    frame = days(paid=np.arange(31.0)).iloc[::-1]
    frame.loc[5, "paid"] = np.nan
    assert list(show.line(finding(frame, {"day": "date", "paid": "money"}), "items").data["day"]) == list(DAYS)


def test_ticks_share_one_scale():
    from helpers.definitions import wording

    speech = wording.load("zh")
    assert axis.tick_words([0, 25_000, 50_000], "CNY", speech) == ["0", "2.5 万", "5.0 万"]
    assert axis.tick_words([0, 0.05, 0.1], "ratio", speech) == ["0 %", "5 %", "10 %"]
    assert axis.tick_words([0, 500, 1000], "count", speech) == ["0", "500", "1,000"]


def test_labels_keep_their_distance_and_stay_inside():
    assert axis.spread([1.0, 1.5, 9.8], 2.0, 0.0, 10.0) == [1.0, 3.0, 9.8]
    assert axis.spread([9.5, 9.9], 2.0, 0.0, 10.0) == [8.0, 10.0]
    assert axis.spread([], 2.0, 0.0, 10.0) == []


def test_an_axis_starts_at_zero_unless_all_values_are_far_from_it():
    assert axis.limits([[1.0, 10.0]], "CNY") == (0.0, pytest.approx(10.6))
    low, high = axis.limits([[9.0, 10.0]], "CNY")
    assert low == pytest.approx(8.94) and high == pytest.approx(10.06)


def test_long_text_wraps_at_words_and_characters_and_ends_in_an_ellipsis():
    assert wrap("one two three", theme.text_width("one two", 8), 8) == ["one two", "three"]
    lines = wrap("商品" * 40, 30, 8, lines=2)
    assert len(lines) == 2 and lines[1].endswith("…")
    assert all(theme.text_width(line, 8) <= 30 for line in lines)
    assert fit("短", 30, 8) == "短"


def test_closing_marks_never_begin_a_line():
    assert all(not line.startswith(("，", "）")) for line in wrap("一二三四五，六七八（九）十" * 3, 18, 8, lines=9))


def test_a_headline_with_numbers_prints_them(finding, value):
    frame, units = SAMPLES["bars"]
    headline = Sentence("probe.up", {"now": value(123_456, "CNY")})
    assert "支付金额 12.3 万元" in texts(show.bars(finding(frame, units, headline=headline), "items").svg)


def test_a_funnel_plot_never_takes_its_cases_for_its_rate(finding):
    frame, units = SAMPLES["funnel_plot"]
    cases_first = {"product_name": "text", "orders": "count", "conversion": "ratio"}
    figure = show.funnel_plot(finding(frame.rename(columns={"n": "orders"}), cases_first), "items", n="orders")
    assert "纵轴 转化率" in figure.alt


def test_a_funnel_plot_names_what_the_table_names_besides_what_lies_outside(finding):
    frame, units = SAMPLES["funnel_plot"]
    plain, named = (
        texts(show.funnel_plot(finding(one, units), "items").svg)
        for one in (frame, frame.assign(named=[False, True, False]))
    )
    assert "乙" not in plain and "乙" in named


def test_a_title_of_two_lines_leaves_no_single_word(finding, value):
    frame, units = SAMPLES["bars"]
    long = Sentence("probe.up", {"now": "one two three four five six seven " * 3 + "eight end"})
    lines = [
        text
        for text in texts(show.bars(finding(frame, units, headline=long), "items").svg)
        if "two" in text or "end" in text
    ]
    assert len(lines) == 2 and lines[1].count(" ") > 3
