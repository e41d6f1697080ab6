"""Reading a split test: was the split sound, is it finished, who won, and did anything else suffer."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from helpers.methods.intervals import Difference

UNEVEN = 0.01
POWER = 0.8


class ReadOut(NamedTuple):
    """What a test says.

    ``verdict``: ``uneven`` (units reached the arms in other shares than planned, or were not counted: no effect may be
    read), ``early`` (not all planned units were seen), ``harm`` (a guardrail broke), ``better``, ``worse`` or ``open``.
    ``effect``: of the first arm against the second. ``split``: p of the sample-ratio check. ``guards``: verdict per
    guardrail.
    """

    verdict: str
    effect: Difference
    split: float
    guards: dict[str, str]


def sample_ratio(counts: npt.ArrayLike, shares: npt.ArrayLike | None = None) -> float:
    """p of "the units reached the arms in the planned shares"; below 0.01 the split was broken.

    NaN with fewer than two arms or no units.

    Parameters
    ----------
    counts : array of int
        Units per arm, as they were assigned (people, not orders).
    shares : array of float, optional
        Planned share of each arm, above 0, in any scale; equal when left out.

    Source: sample ratio mismatch, Fabijan et al. (2019), KDD, 2156-2164; chi-square test computed by SciPy.
    """
    from scipy import stats

    seen = np.asarray(counts, dtype=float)
    planned = np.ones(seen.size) if shares is None else np.asarray(shares, dtype=float)
    if seen.size < 2 or not seen.sum() > 0:
        return np.nan
    return float(stats.chisquare(seen, planned / planned.sum() * seen.sum()).pvalue)


def detectable_rate(rate: float, n1: float, n2: float, power: float = POWER, level: float = 0.95) -> float:
    """Smallest rise above ``rate`` (of the second arm, 0-1) that arms of these sizes would find, with that power.

    NaN without units, or where not even a rise to 1 would be found.

    Source: Fleiss, Levin & Paik (2003), Statistical Methods for Rates and Proportions, section 4.3; power computed by
    statsmodels.
    """
    from scipy import optimize
    from statsmodels.stats.proportion import power_proportions_2indep

    if not (n1 > 0 and n2 > 0 and 0 <= rate < 1):
        return np.nan

    def lack(rise: float) -> float:
        found = power_proportions_2indep(rise, rate, n2, ratio=n1 / n2, alpha=1 - level, return_results=False)
        return float(found) - power

    widest = 1 - rate - 1e-9
    return float(optimize.brentq(lack, 1e-9, widest)) if lack(widest) > 0 else np.nan


def units_needed(rate: float, rise: float, power: float = POWER, level: float = 0.95) -> float:
    """Units per arm, two of equal size, to find a change of ``rise`` (may be negative) from ``rate``, with that power.

    NaN where the rise is 0 or leaves 0 to 1.

    Source: as `detectable_rate`; computed by statsmodels.
    """
    from statsmodels.stats.proportion import samplesize_proportions_2indep_onetail

    if not (0 <= rate <= 1 and 0 <= rate + rise <= 1 and rise != 0):
        return np.nan
    found = samplesize_proportions_2indep_onetail(rise, rate, power, alpha=1 - level, alternative="two-sided")
    return float(np.ceil(found))


def detectable_gap(error: float, power: float = POWER, level: float = 0.95) -> float:
    """Smallest difference of a mean or ratio that a test with this standard error of the difference would find.

    Source: Bloom (1995), Evaluation Review 19:547-556: 2.8 standard errors for 80 % power at 5 %, two-sided.
    """
    from scipy import stats

    return float(stats.norm.ppf((1 + level) / 2) + stats.norm.ppf(power)) * error


def guard(harm: Difference, margin: float) -> str:
    """Whether a figure that must not suffer did: ``holds``, ``broken`` or ``open``.

    Parameters
    ----------
    harm : Difference
        First arm minus second, turned so that above 0 is worse.
    margin : float
        Harm that is still acceptable, in the same unit.

    Source: non-inferiority by the interval, Piaggio et al. (2012), JAMA 308:2594-2604.
    """
    return "holds" if harm.high <= margin else "broken" if harm.low > margin else "open"


def read_out(
    effect: Difference,
    counts: npt.ArrayLike,
    finished: bool,
    shares: npt.ArrayLike | None = None,
    guards: Mapping[str, tuple[Difference, float]] | None = None,
) -> ReadOut:
    """The verdict of a test of two arms, in the only order in which its parts may be read.

    The stopping rule is one look: the verdict is given once, when all planned units (or days) were seen, and before
    that the test is ``early`` however good it looks. Looking daily and stopping at the first success finds a winner
    between equal arms several times as often as the level promises.

    Parameters
    ----------
    effect : Difference
        First arm minus second, above 0 is better, from `proportion_test` or `ratio_difference`.
    counts, shares : array
        As `sample_ratio`.
    finished : bool
        Whether what was planned beforehand has been seen.
    guards : mapping of str to (Difference, float), optional
        Figures that must not suffer, as `guard` takes them.

    Source: fixed horizon, Johari et al. (2017), KDD, 1517-1525; order of the checks, Kohavi, Tang & Xu (2020),
    Trustworthy Online Controlled Experiments, chapters 2 and 21.
    """
    split = sample_ratio(counts, shares)
    found = {name: guard(harm, margin) for name, (harm, margin) in (guards or {}).items()}
    if not split >= UNEVEN:
        verdict = "uneven"
    elif not finished:
        verdict = "early"
    elif "broken" in found.values():
        verdict = "harm"
    else:
        verdict = "better" if effect.low > 0 else "worse" if effect.high < 0 else "open"
    return ReadOut(verdict, effect, split, found)
