"""Chapter 01: who buys, what was aimed for, and where the shop stands."""

from helpers.chapters.background.assortment import image_items, profit_items, traffic_items
from helpers.chapters.background.attach import attach
from helpers.chapters.background.challenge import challenge
from helpers.chapters.background.cobrand import cobrand
from helpers.chapters.background.commission import stepped_commission
from helpers.chapters.background.community import community
from helpers.chapters.background.conversion import conversion
from helpers.chapters.background.coverage import coverage
from helpers.chapters.background.creative_tests import creative_tests
from helpers.chapters.background.creatives import creatives
from helpers.chapters.background.daily_goals import daily_goals
from helpers.chapters.background.day_budget import day_budget
from helpers.chapters.background.doors import new_channels
from helpers.chapters.background.extra_spend import extra_spend
from helpers.chapters.background.first_users import first_users
from helpers.chapters.background.focus import focus
from helpers.chapters.background.funnel import click_cart, exposure_click
from helpers.chapters.background.immersion import immersion
from helpers.chapters.background.interests import interests
from helpers.chapters.background.interplay import interplay
from helpers.chapters.background.layers import layers
from helpers.chapters.background.lessons import lessons
from helpers.chapters.background.natural_traffic import natural_traffic
from helpers.chapters.background.novelty import novelty
from helpers.chapters.background.peers import peer_care, peers
from helpers.chapters.background.persona import persona
from helpers.chapters.background.phase import phase
from helpers.chapters.background.recognition import recognition
from helpers.chapters.background.regions import regions
from helpers.chapters.background.sameness import sameness
from helpers.chapters.background.scenes import scenes
from helpers.chapters.background.scripts import scripts
from helpers.chapters.background.settlements import settlements
from helpers.chapters.background.spending import spending_power
from helpers.chapters.background.steps import steps
from helpers.chapters.background.swings import swings
from helpers.chapters.background.talents import talents
from helpers.chapters.background.tier import tier
from helpers.chapters.background.touches import lucky_bags, wake_up
from helpers.chapters.background.video_goals import video_goals
from helpers.chapters.background.visitor_value import visitor_value
from helpers.chapters.background.young import young
from helpers.chapters.values import priced
from helpers.findings import Finding
from helpers.report import Report

__all__ = [
    "attach",
    "challenge",
    "click_cart",
    "cobrand",
    "community",
    "conversion",
    "coverage",
    "creative_tests",
    "creatives",
    "daily_goals",
    "day_budget",
    "exposure_click",
    "extra_spend",
    "findings",
    "first_users",
    "focus",
    "image_items",
    "immersion",
    "interests",
    "interplay",
    "layers",
    "lessons",
    "lucky_bags",
    "natural_traffic",
    "new_channels",
    "novelty",
    "peer_care",
    "peers",
    "persona",
    "phase",
    "profit_items",
    "recognition",
    "regions",
    "sameness",
    "scenes",
    "scripts",
    "settlements",
    "spending_power",
    "stepped_commission",
    "steps",
    "swings",
    "talents",
    "tier",
    "traffic_items",
    "video_goals",
    "visitor_value",
    "wake_up",
    "young",
]


def findings(report: Report) -> list[Finding]:
    """The findings of this chapter on which money hangs, for the diagnosis."""
    return priced(steps(report))
