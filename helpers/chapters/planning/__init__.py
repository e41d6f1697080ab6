"""Chapter 06: are service and shipping up to their bars, what next month should bring, and what to do about it."""

from helpers.chapters.planning.agenda import actions
from helpers.chapters.planning.growth import growth
from helpers.chapters.planning.month import monthly_target
from helpers.chapters.planning.reply import reply
from helpers.chapters.planning.shipping import shipping

__all__ = ["actions", "growth", "monthly_target", "reply", "shipping"]
