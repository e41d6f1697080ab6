"""A scorecard: which items will do well, with reasons, and a test on later data that it has not seen."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.methods.intervals import prob_at_least

Array = npt.NDArray[np.float64]
FREE = 1e-3  # keeps the start finite where all items are hits, or none; else it is as good as free


class Card(NamedTuple):
    """Points per feature (log odds for two standard deviations, or from no to yes), and what an average item starts with."""

    points: Any
    start: float
    centre: Any
    scale: Any


class Test(NamedTuple):
    """How a scorecard did on items whose outcome it had not seen, ``picks`` of them chosen by each way.

    ``hits``, ``plain``, ``lot``: hits among the picks of the card, of the plain ranking, and by lot on average.
    ``differ``: picks in which card and plain ranking differ, ``better``: probability that those of the card are hits more
    often. ``beats_lot``: probability that a draw by lot finds fewer hits, half of those as many. ``promised`` and
    ``spread``: sum of the chances and its standard deviation if they are right; ``came``: hits.
    """

    picks: int
    hits: int
    plain: int
    lot: float
    differ: int
    better: float
    beats_lot: float
    promised: float
    spread: float
    came: int


def fit(features: Any, hit: npt.ArrayLike, prior: float = 1.5) -> Card:
    """The scorecard that tells hits from the others; with few items its points stay near 0.

    Parameters
    ----------
    features : DataFrame
        One row per item, numbers only; a column without spread gets no points.
    hit : array of bool
        Outcome per item.
    prior : float
        Standard deviation of the points that is thought usual, in log odds.

    Source: logistic regression with weak priors, numbers in units of two standard deviations and flags as they are (so
    that a rare flag needs more proof), Gelman et al. (2008), Annals of Applied Statistics 2:1360-1383; the start is not
    shrunken, so that chances add up to the hits there were.
    """
    values = features.to_numpy(dtype=float)
    centre, scale = _measures(values)
    best = _solved(_standard(values, centre, scale), np.asarray(hit, dtype=float), prior)
    points, centres, scales = (pd.Series(part, index=features.columns) for part in (best[1:], centre, scale))
    return Card(points, float(best[0]), centres, scales)


def _measures(values: Array) -> tuple[Array, Array]:
    """Centre and unit of each column: two standard deviations, or 1 of a column that knows only two values 1 apart."""
    low, high = values.min(axis=0), values.max(axis=0)
    flag = ((values == low) | (values == high)).all(axis=0) & (high - low == 1)
    return values.mean(axis=0), np.where(flag, 1.0, 2 * values.std(axis=0))


def _solved(x: Array, y: Array, prior: float) -> Array:
    """Start and points that are likeliest for the standard features and outcomes."""
    from scipy import optimize, special

    x = np.column_stack([np.ones(len(x)), x])
    pull = np.full(x.shape[1], 1 / prior**2)
    pull[0] = FREE

    def loss(beta: Array) -> tuple[float, Array]:
        score = x @ beta
        value = float((np.logaddexp(0, score) - y * score).sum() + pull @ beta**2 / 2)
        return value, x.T @ (special.expit(score) - y) + pull * beta

    def curvature(beta: Array) -> Array:
        chance = special.expit(x @ beta)
        return np.asarray((x.T * (chance * (1 - chance))) @ x + np.diag(pull), dtype=np.float64)

    found = optimize.minimize(loss, np.zeros(x.shape[1]), jac=True, hess=curvature, method="trust-exact").x
    return np.asarray(found, dtype=np.float64)


def points(card: Card, features: Any) -> Any:
    """Points of each item by feature, in log odds above or below an average item."""
    values = features[card.points.index].to_numpy(dtype=float)
    x = _standard(values, card.centre.to_numpy(), card.scale.to_numpy())
    return pd.DataFrame(x * card.points.to_numpy(), index=features.index, columns=card.points.index)


def chances(card: Card, features: Any) -> Array:
    """Probability of each item to be a hit."""
    from scipy import special

    return np.asarray(special.expit(card.start + points(card, features).sum(axis=1)), dtype=np.float64)


def left_out(features: Any, hit: npt.ArrayLike, prior: float = 1.5) -> Array:
    """Probability of each item by a scorecard that was made without it: for items that have no record of their own."""
    from scipy import special

    values, y, found = features.to_numpy(dtype=float), np.asarray(hit, dtype=float), np.empty(len(features))
    for at in range(len(values)):
        others = np.arange(len(values)) != at
        x = _standard(values, *_measures(values[others]))
        best = _solved(x[others], y[others], prior)
        found[at] = special.expit(best[0] + x[at] @ best[1:])
    return found


def judged(chance: npt.ArrayLike, plain: npt.ArrayLike, hit: npt.ArrayLike, picks: int) -> Test:
    """What the card's highest chances found, against the highest values of a plain ranking and against lots.

    Source: hits among the first k; two ways compared by the picks on which they differ, McNemar (1947), Psychometrika
    12:153-157, with Jeffreys' prior; lots are hypergeometric; promised against observed events as in Spiegelhalter
    (1986), Statistics in Medicine 5:421-433.
    """
    from scipy import stats

    probability, outcome = np.asarray(chance, dtype=float), np.asarray(hit, dtype=bool)
    card, other = (_first(values, picks) for values in (probability, np.asarray(plain, dtype=float)))
    gained, given_up = int(outcome[card & ~other].sum()), int(outcome[other & ~card].sum())
    split = gained + given_up
    law = stats.hypergeom(len(outcome), int(outcome.sum()), picks)
    found = int(outcome[card].sum())
    return Test(
        picks=picks,
        hits=found,
        plain=int(outcome[other].sum()),
        lot=int(outcome.sum()) * picks / len(outcome),
        differ=int((card & ~other).sum()),
        better=float(prob_at_least(gained, split, 0.5)) if split else 0.5,
        beats_lot=float(law.cdf(found - 1) + law.pmf(found) / 2),
        promised=float(probability.sum()),
        spread=float((probability * (1 - probability)).sum() ** 0.5),
        came=int(outcome.sum()),
    )


def _first(values: Array, count: int) -> Any:
    chosen = np.zeros(len(values), dtype=bool)
    chosen[np.argsort(-values, kind="stable")[:count]] = True
    return chosen


def _standard(values: Array, centre: Array, scale: Array) -> Array:
    return np.where(scale > 0, (values - centre) / np.where(scale > 0, scale, 1.0), 0.0)
