"""Chapter 05: what holds the shop back, each claim judged and priced, the dearest first."""

from helpers.chapters.diagnosis.conversion import organic, promoted
from helpers.chapters.diagnosis.monitoring import monitoring
from helpers.chapters.diagnosis.ranking import findings, ranking
from helpers.chapters.diagnosis.recall import recall
from helpers.chapters.diagnosis.stockouts import stockouts

__all__ = ["findings", "monitoring", "organic", "promoted", "ranking", "recall", "stockouts"]
