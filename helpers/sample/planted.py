"""What facts of a report would say without chance, by their id, where the story fixes it."""

from collections.abc import Iterator
from typing import Any

from helpers.sample import alliance
from helpers.sample.story import CARRIERS, load
from helpers.sample.world import World

PERSONAS = {"预测人生阶段": "人生阶段", "预测年龄段": "年龄", "城市等级": "城市等级"}
TASTES = ("电商品类成交偏好", "抖音视频观看兴趣分类")


def facts(world: World, truths: dict[str, Any]) -> dict[str, float]:
    """Value of each fact that is planted: shares and rates 0-1, differences of rates in percentage points, money in yuan."""
    parts = (_rates(), _goods(world, truths), _portraits(), _content(), _tests(), _touches(truths), _others(truths))
    return {id: round(float(value), 6) for part in parts for id, value in part}


def _rates() -> Iterator[tuple[str, float]]:
    story = load("story")
    yield "sales.unpaid_share", story["orders"]["unpaid_share"]
    yield "planning.ship_48h", 1 - story["orders"]["late_shipping"]["2026-10"]
    yield "marketing.watch_minutes", story["live"]["watch_minutes"]
    yield "sales.spend_response", 1.1 ** story["ad_hours"]["power"] - 1
    yield "sales.batch_faulty_others", story["suppliers"]["faulty"]
    yield "background.join_rate", story["groups"]["join_per_order"]
    yield "background.door_visitors", story["card_sources"]["door"]["clicks"]
    yield "background.natural_slope", story["growth"]["organic_after_break"]
    for carrier in CARRIERS:
        yield f"background.click_cart/carrier={carrier}", story["compass"]["cart_rate"]


def _goods(world: World, truths: dict[str, Any]) -> Iterator[tuple[str, float]]:
    goods = world.products
    for product, rate in zip(goods["product_id"], goods["return_rate"], strict=True):
        yield f"sales.return_rate/product={product}", rate
    for function, multiple in truths["function_multiples"].items():
        yield f"sales.trait_multiple/function={function}", multiple
    ids = truths["product_ids"]
    for page in load("story")["content"]["pages"]:
        yield f"sales.truthful_rate/product={ids[page.split(' · ')[0]]}/change=page", 0  # no edit has an effect
    season = truths["season"]
    yield f"sales.season_index/category={season['category']},month={season['month']}", season["index"]


def _portraits() -> Iterator[tuple[str, float]]:
    kinds = load("story")["audience"]["kinds"]
    for kind, short in PERSONAS.items():
        for label, share in zip(kinds[kind]["labels"], kinds[kind]["buyers"], strict=True):
            yield f"background.persona_share/label={short} {label}", share
    for kind in TASTES:
        shares = zip(kinds[kind]["labels"], kinds[kind]["buyers"], kinds[kind]["base"], strict=True)
        for label, ours, base in shares:
            yield f"background.interest_index/label={kind} {label}", ours / base
    yield "background.spending_label/label=高", kinds["预测消费能力"]["buyers"][0]
    yield "background.young_share/audience=buyers", kinds["预测年龄段"]["buyers"][0]


def _content() -> Iterator[tuple[str, float]]:
    story = load("story")["content"]
    yield "background.video_completion/change=plain", 100 * story["completion_gap"]
    yield "background.creative_half_life", story["half_life"]
    for hook, multiple in story["hooks"].items():
        yield f"background.creative_conversion/hook={hook}", story["conversion"] * multiple
    for number, rate in load("story")["alliance"]["video_rates"].items():
        yield f"background.talent_rate/talent={alliance.name(int(number))}", rate


def _tests() -> Iterator[tuple[str, float]]:
    for test in load("story")["trials"].values():
        (_, control), *others = test["arms"].items()
        for arm, given in others:
            yield f"trials.effect_rate/arm={test['id']}:{arm}", 100 * (given[1] - control[1])
            yield f"trials.harm/arm={test['id']}:{arm}", 100 * (given[2] - control[2])


def _touches(truths: dict[str, Any]) -> Iterator[tuple[str, float]]:
    for name, story in load("story")["touches"].items():
        campaign, found = story["campaign"], truths["touches"][name]
        yield f"background.touch_more/campaign={campaign}", 100 * found["ordered"]
        yield f"background.touch_paid/campaign={campaign}", found["paid_yuan"]
        yield f"background.touch_ordered/campaign={campaign}&arm=treated", story["ordered"]
        yield f"background.touch_ordered/campaign={campaign}&arm=held_out", story["ordered_held_out"]


def _others(truths: dict[str, Any]) -> Iterator[tuple[str, float]]:
    yield "background.cobrand_taken", truths["cobrand"]["from_siblings"]
    yield "background.challenge_sales", truths["challenge"]["sales_yuan"]
