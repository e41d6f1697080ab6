"""What a notebook shows of a finding: sentences, cards, tables and charts. Everything takes what a chapter answered."""

from helpers.show.blocks import block, facts, says
from helpers.show.bridges import bridge
from helpers.show.clouds import funnel_plot, scatter
from helpers.show.dots import funnel_steps, intervals
from helpers.show.grids import flow, heatmap
from helpers.show.kpis import cards
from helpers.show.over_time import control, fan, line
from helpers.show.ranked import bars, pareto
from helpers.show.record import coming, record
from helpers.show.stacks import stacked
from helpers.show.tables import table
from helpers.show.words import format_value, hedge, text

__all__ = [
    "bars",
    "block",
    "bridge",
    "cards",
    "coming",
    "control",
    "facts",
    "fan",
    "flow",
    "format_value",
    "funnel_plot",
    "funnel_steps",
    "heatmap",
    "hedge",
    "intervals",
    "line",
    "pareto",
    "record",
    "says",
    "scatter",
    "stacked",
    "table",
    "text",
]
