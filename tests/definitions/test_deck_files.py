"""The deck's files as an editor leaves them: complete, unique, in both languages."""

import csv
import re
from collections import Counter
from datetime import date

import pytest

from helpers import paths

FOLDER = paths.SHIPPED / "definitions"
EXPORTS = {
    "ORD",
    "AFS",
    "SET",
    "CAS",
    "INS",
    "BIC",
    "PKG",
    "CDL",
    "CSQ",
    "LIV",
    "LVD",
    "VID",
    "PCD",
    "PCS",
    "PRD",
    "RFD",
    "TAL",
    "ALO",
    "QC-U",
    "QC-S",
    "QC-F",
    "FGK",
    "REV",
    "STK",
    "EXP",
    "AUD",
    "DOU",
}
SHEETS = {
    "TGT",
    "BMK",
    "CAL",
    "CST",
    "ROL",
    "HST",
    "CRE",
    "COM",
    "ACT",
    "EXP-AB",
    "MEM",
    "GRP",
    "SUR",
    "SUP",
    "TCK",
    "TRN",
    "IDX",
}
OWN = {"6.3.2"}  # the deck breaks off here; the kit goes on by itself
NUMBER = re.compile(r"\d+(\.\d+)?")


def rows(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


CLAIMS, BULLETS, TARGETS = rows("claims.csv"), rows("bullets.csv"), rows("targets.csv")
BENCHMARKS, CALENDAR = rows("benchmarks.csv"), rows("calendar.csv")
DECK = [row for row in CLAIMS if row["id"] not in OWN]


def test_the_deck_has_220_claims_and_the_kit_adds_one():
    assert len(DECK) == 220
    assert len(CLAIMS) == 221
    assert Counter(row["kind"] for row in DECK) == {"A": 81, "M": 22, "T": 40, "X": 77}


def test_every_claim_of_the_first_two_chapters_is_answered():
    assert Counter(row["status"] for row in CLAIMS) == {"answered": 99, "coming": 122}
    assert {row["status"] for row in CLAIMS if row["id"][0] in "012"} == {"answered"}


def test_the_outline_has_6_chapters_18_sections_and_58_bullets():
    depth = Counter(row["bullet"].count(".") for row in BULLETS if row["bullet"] not in OWN | {"1.3.0"})
    assert depth == {0: 6, 1: 18, 2: 58}


@pytest.mark.parametrize("name, key", [("claims.csv", "id"), ("bullets.csv", "bullet"), ("targets.csv", "metric")])
def test_no_key_stands_twice(name, key):
    assert [found for found, n in Counter(row[key] for row in rows(name)).items() if n > 1] == []


@pytest.mark.parametrize("name", ["claims.csv", "bullets.csv"])
@pytest.mark.parametrize("lang, longest", [("zh", 24), ("en", 70)])
def test_every_text_is_filled_short_and_said_once(name, lang, longest):
    texts = [row[lang] for row in rows(name)]
    assert [text for text in texts if not text.strip() or len(text) > longest] == []
    assert [text for text, n in Counter(texts).items() if n > 1] == []


@pytest.mark.parametrize("name", ["claims.csv", "bullets.csv"])
def test_chinese_is_chinese_and_english_is_english(name):
    han = re.compile("[一-鿿]")
    assert [row for row in rows(name) if not han.search(row["zh"]) or han.search(row["en"])] == []


@pytest.mark.parametrize("name", [path.name for path in sorted(FOLDER.glob("*.csv"))])
def test_every_row_has_as_many_cells_as_the_header(name):
    assert [row for row in rows(name) if None in row or None in row.values()] == []


def test_every_claim_stands_under_a_bullet_except_cover_and_contents():
    known = {row["bullet"] for row in BULLETS}
    assert {row["id"] for row in CLAIMS if row["bullet"] not in known} == {"0.1", "0.2"}
    assert [row["id"] for row in CLAIMS if row["bullet"] and row["id"].rstrip("abcdefg") != row["bullet"]] == []


def test_every_section_has_bullets_and_every_bullet_has_claims():
    asked = {row["bullet"] for row in CLAIMS}
    leaves = [row["bullet"] for row in BULLETS if row["bullet"].count(".") == 2]
    assert {leaf.rpartition(".")[0] for leaf in leaves} == {
        row["bullet"] for row in BULLETS if row["bullet"].count(".") == 1
    }
    assert [leaf for leaf in leaves if leaf not in asked] == []


def test_a_bullet_belongs_to_the_section_and_chapter_of_its_number():
    for row in BULLETS:
        parts = row["bullet"].split(".")
        assert row["chapter"] == parts[0]
        assert row["section"] == ".".join(parts[:2]) * (len(parts) > 1)


def test_a_chapter_is_one_module():
    modules = ["background", "sales", "marketing", "interaction", "diagnosis", "planning"]
    assert {(row["chapter"], row["module"]) for row in BULLETS} == {(str(n), name) for n, name in enumerate(modules, 1)}


def test_inputs_are_known_codes_and_only_the_kit_itself_needs_none():
    used = {code for row in CLAIMS for code in row["inputs"].split()}
    assert used <= EXPORTS | SHEETS
    assert {row["id"] for row in CLAIMS if not row["inputs"]} == {"0.1", "0.2"}


def test_targets_parse_and_answer_to_a_claim():
    claims = {row["id"] for row in CLAIMS}
    for row in TARGETS:
        assert re.fullmatch("[a-z][a-z0-9_]*", row["metric"])
        assert row["claim"] in claims
        assert row["unit"] in {"ratio", "multiple", "count", "minutes", "seconds", "money", "days"}
        assert row["better"] in {"up", "down"}
        assert row["basis_zh"] and row["basis_en"]
        assert all(not row[part] or NUMBER.fullmatch(row[part]) for part in ("value", "low", "high"))


def test_the_36_numbers_of_the_deck_are_all_there():
    assert {row["number"] for row in TARGETS} - {""} == {f"N{n:02}" for n in range(1, 37)}


def test_targets_keep_the_values_of_the_deck():
    stated = {row["metric"]: float(row["value"]) for row in TARGETS if row["value"]}
    assert stated == {
        "share_traffic": 0.40,
        "share_profit": 0.30,
        "share_image": 0.30,
        "exposure_click": 0.03,
        "click_cart": 0.08,
        "budget_multiple": 5,
        "interaction_rate": 0.12,
        "roi": 5.3,
        "visitors_day": 100_000,
        "plays_total": 50_000_000,
        "watch_minutes": 28,
        "live_conversion": 0.08,
        "host_session_gmv": 500_000,
        "fan_repurchase_growth": 0.35,
        "high_price_share": 0.40,
        "order_value_growth": 0.22,
        "promo_multiple": 15,
        "new_customer_rate_growth": 0.18,
        "old_customer_share": 0.60,
        "next_day_retention": 0.47,
        "reply_seconds": 30,
        "ship_48h": 0.95,
        "mom_growth": 0.20,
        "sector_rank": 0.10,
        "theme_sessions_week": 3,
        "repurchase": 0.50,
        "fan_interaction_multiple": 2,
        "reach_users": 1_000_000,
        "brand_index_growth": 0.30,
    }


def test_no_shipped_benchmark_is_good_enough_for_a_verdict():
    assert "authoritative" not in {row["quality"] for row in BENCHMARKS}
    for row in BENCHMARKS:
        assert row["metric"] and row["source"] and row["quality"]
        assert row["scope"].startswith("示例") and "example" in row["scope"]
        assert all(not row[part] or NUMBER.fullmatch(row[part]) for part in ("value", "low", "high"))


def test_calendar_days_are_dates_in_order():
    for row in CALENDAR:
        start, end = date.fromisoformat(row["start"]), date.fromisoformat(row["end"])
        peak = date.fromisoformat(row["peak"]) if row["peak"] else start
        assert start <= peak <= end
        assert row["kind"] in {"promotion", "holiday", "workday", "festival", "rule"}
        assert row["confirmed"] in {"yes", "no"}
        assert row["name_zh"] and row["name_en"] and row["source"]


def test_no_calendar_entry_stands_twice():
    assert len({(row["name_zh"], row["start"]) for row in CALENDAR}) == len(CALENDAR)


def test_only_the_promotion_with_a_published_window_is_confirmed():
    sure = [row for row in CALENDAR if row["kind"] == "promotion" and row["confirmed"] == "yes"]
    assert [(row["start"], row["end"]) for row in sure] == [("2025-10-09", "2025-11-11")]


def test_holidays_follow_the_notices_and_working_weekends_are_weekends():
    days = {(row["start"], row["end"]) for row in CALENDAR if row["kind"] == "holiday"}
    assert {("2025-10-01", "2025-10-08"), ("2026-02-15", "2026-02-23"), ("2026-10-01", "2026-10-07")} <= days
    shifted = [row["start"] for row in CALENDAR if row["kind"] == "workday"]
    assert {"2025-09-28", "2025-10-11", "2026-09-20", "2026-10-10"} <= set(shifted)
    assert all(date.fromisoformat(day).weekday() >= 5 for day in shifted)


def test_every_assumption_is_rated():
    lines = (FOLDER / "assumptions.md").read_text(encoding="utf-8").splitlines()
    entries = [line.split("|") for line in lines if re.match(r"\| [A-Z]\d", line)]
    assert len(entries) > 20
    assert {cells[2].strip() for cells in entries} == {"红 red", "黄 amber", "绿 green"}
    assert all(len(cells) == 7 and all(cell.strip() for cell in cells[1:-1]) for cells in entries)
