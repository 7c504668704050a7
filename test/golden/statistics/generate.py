"""Writes statistics.json beside this file: what scipy and statsmodels compute, for statistics.test.ts."""

import json
import math
from pathlib import Path

import numpy as np
import scipy
import statsmodels
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

Z95 = stats.norm.ppf(0.975)


def draw_at(seed: int, index: np.ndarray) -> np.ndarray:
    """mulberry32 by its counter, as random.ts has it."""
    word = np.uint64(0xFFFFFFFF)

    def mul(a, b):
        return (a.astype(np.uint64) * b.astype(np.uint64)) & word

    state = (np.uint64(seed) + mul(index.astype(np.uint64) + np.uint64(1), np.full(1, 0x6D2B79F5))) & word
    mixed = mul(state ^ (state >> np.uint64(15)), state | np.uint64(1))
    mixed ^= (mixed + mul(mixed ^ (mixed >> np.uint64(7)), mixed | np.uint64(61))) & word
    return (mixed ^ (mixed >> np.uint64(14))) / 2.0**32


class Indices(np.random.Generator):
    """Gives scipy.stats.bootstrap the resamples that are asked for, instead of its own."""

    def __init__(self, indices: np.ndarray):
        super().__init__(np.random.PCG64(0))
        self.indices = indices
        self.row = 0

    def integers(self, low, high=None, size=None, dtype=np.int64, endpoint=False):
        rows = self.indices[self.row : self.row + size[0]]
        self.row += size[0]
        assert rows.shape == tuple(size) and rows.min() >= low and rows.max() < high
        return rows


def wilson():
    counts = [(0, 1), (1, 1), (0, 10), (10, 10), (7, 10), (1, 200), (150, 200), (867, 1172)]
    counts += [(6541, 10042), (0, 10042), (10042, 10042), (25000, 50000), (1, 50000)]
    cases = []
    for correct, n in counts:
        low, high = proportion_confint(correct, n, alpha=0.05, method="wilson")
        cases.append({"correct": correct, "n": n, "low": low, "high": high})
    return cases


DISAGREEMENTS = [(0, 0), (1, 0), (0, 1), (5, 5), (9, 1), (3, 12), (120, 70), (40, 0), (0, 300)]
DISAGREEMENTS += [(1900, 2100), (2000, 2000), (3000, 5000), (25000, 25400), (1, 20000)]


def mcnemar_exact():
    cases = []
    for first, second in DISAGREEMENTS:
        p = mcnemar([[0, first], [second, 0]], exact=True).pvalue if first + second else 1.0
        cases.append({"onlyFirst": first, "onlySecond": second, "p": float(p)})
    return cases


def holm():
    lists = [[], [0.03], [0.01, 0.04, 0.03, 0.005], [0.02, 0.02, 0.02], [1.0, 0.6, 0.0], [0.2] * 7]
    lists.append([float(p) for p in np.random.default_rng(7).beta(0.3, 2, size=64)])
    return [
        {"p": p, "corrected": [float(q) for q in multipletests(p, method="holm")[1]] if p else []}
        for p in lists
    ]


def student():
    degrees = [0.5, 1, 1.7, 2, 3, 4, 5, 7.31, 9, 19, 29, 30, 99.5, 499, 5000, 1e6]
    tails = [0.4999, 0.4, 0.25, 0.1, 0.05, 0.025, 0.005, 1e-4, 1e-8]
    values = [0.0, 1e-6, 0.3, 1.0, 2.0, 4.5, 12.7, 150.0]
    return {
        "quantiles": [
            {"tail": tail, "degrees": df, "t": float(stats.t.isf(tail, df))}
            for df in degrees
            for tail in tails
        ],
        "tails": [
            {"t": t, "degrees": df, "tail": float(stats.t.sf(t, df))} for df in degrees for t in values
        ],
    }


def across_seeds():
    lists = [[74.2, 73.6, 74.8], [0.5, 0.7], [81.0] * 4, [60.1, 53.6, 62.7, 78.2, 77.5, 77.9, 65.2]]
    cases = []
    for values in lists:
        error = stats.sem(values)
        low, high = (
            stats.t.interval(0.95, len(values) - 1, loc=np.mean(values), scale=error)
            if error > 0
            else (values[0], values[0])
        )
        cases.append(
            {
                "values": values,
                "mean": float(np.mean(values)),
                "deviation": float(np.std(values, ddof=1)),
                "low": float(low),
                "high": float(high),
            }
        )
    return cases


def mean_differences():
    one = []
    for values in [[2.1, 1.4, 3.3], [0.2, -0.4], [-5.0, -4.1, -6.2, -5.5, -4.9]]:
        result = stats.ttest_1samp(values, 0)
        interval = result.confidence_interval(0.95)
        one.append({"values": values, "p": float(result.pvalue), "low": float(interval.low), "high": float(interval.high)})
    two = []
    pairs = [([74.2, 73.6, 74.8], [71.9, 73.0, 72.2]), ([60.1, 53.6, 62.7, 78.2], [77.5, 77.9])]
    pairs.append(([1.0, 1.0, 1.0], [0.5, 0.6, 0.4]))
    for first, second in pairs:
        result = stats.ttest_ind(first, second, equal_var=False)
        interval = result.confidence_interval(0.95)
        two.append(
            {
                "first": first,
                "second": second,
                "p": float(result.pvalue),
                "low": float(interval.low),
                "high": float(interval.high),
            }
        )
    return {"one": one, "two": two}


def bootstrap():
    rng = np.random.default_rng(3)
    few = np.array([7.0, 8.0, 3.0, 9.0, 6.0, 6.0, 1.0, 10.0])
    lists = [
        (few, 40, 11, True),
        (few, 2000, 0xD02A, False),
        ((rng.random(300) < 0.74).astype(float), 2000, 5, False),
        (np.round(rng.normal(5.5, 2.0, 80), 1), 5000, 0xD02A, False),
        (np.ones(30), 100, 9, False),
        (np.array([4.0]), 50, 1, False),
    ]
    cases = []
    for values, resamples, seed, tells in lists:
        n = len(values)
        draws = draw_at(seed, np.arange(resamples * n)).reshape(resamples, n)
        indices = np.floor(n * draws).astype(np.int64)
        # scipy gives NaN, and a warning, where all resamples are alike, and refuses a single observation.
        if np.ptp(values) == 0:
            low = high = float(values[0])
        else:
            found = stats.bootstrap(
                (values,), np.mean, n_resamples=resamples, method="percentile", rng=Indices(indices)
            ).confidence_interval
            low, high = float(found.low), float(found.high)
        case = {"values": values.tolist(), "resamples": resamples, "seed": seed, "low": low, "high": high}
        if tells:
            case["indices"] = indices.tolist()
        cases.append(case)
    return cases


def difference_cdf(n: int, first: int, second: int):
    """Of the difference over n questions drawn anew: disagreements are binomial, and so is who wins them."""
    disagree = (first + second) / n
    wins = first / (first + second) if first + second else 0.0
    pmf = np.zeros(2 * n + 1)
    for m in range(n + 1):
        weight = stats.binom.pmf(m, n, disagree)
        if weight < 1e-22:
            continue
        won = np.arange(m + 1)
        pmf[n + 2 * won - m] += weight * stats.binom.pmf(won, m, wins)
    return np.cumsum(pmf)


def differences():
    cases = []
    counts = [(1, 1, 0), (10, 0, 0), (10, 10, 0), (10, 4, 6), (10, 0, 3), (10, 3, 0), (50, 12, 3), (12, 6, 5)]
    counts += [(192, 0, 2), (1172, 120, 70), (3000, 1400, 1599), (10042, 612, 590), (20000, 1, 9000)]
    for n, first, second in counts:
        cumulative = difference_cdf(n, first, second)
        low, high = (int(np.searchsorted(cumulative, q)) - n for q in (0.025, 0.975))
        places = sorted({low, low - 1, high, first - second, high + 1} & set(range(-n, n + 1)))
        cases.append(
            {
                "n": n,
                "onlyFirst": first,
                "onlySecond": second,
                "low": low,
                "high": high,
                "cumulative": [[d, float(cumulative[d + n])] for d in places],
            }
        )
    return cases


def bonett_price():
    """No library has it: the formula of the paper, with statsmodels' and scipy's constants."""
    cases = []
    for n, first, second in [(10, 0, 0), (50, 12, 3), (1172, 120, 70), (10042, 612, 590), (3, 3, 0)]:
        p1, p2 = (first + 1) / (n + 2), (second + 1) / (n + 2)
        half = Z95 * math.sqrt((p1 + p2 - (p1 - p2) ** 2) / (n + 2))
        low, high = max(-1, p1 - p2 - half), min(1, p1 - p2 + half)
        cases.append({"n": n, "onlyFirst": first, "onlySecond": second, "low": low, "high": high})
    return cases


def macro_averages():
    lists = [
        [(7, 10)],
        [(867, 1172), (150, 200)],
        [(2270, 3270), (1469, 1838), (1603, 1954), (8754, 10042), (1026, 1267), (1945, 2376), (776, 1172), (396, 500)],
        [(10, 10), (0, 10)],
    ]
    cases = []
    for tasks in lists:
        shares = [correct / n for correct, n in tasks]
        limits = [proportion_confint(correct, n, alpha=0.05, method="wilson") for correct, n in tasks]
        value, count = float(np.mean(shares)), len(tasks)
        low = value - math.sqrt(sum((p - low) ** 2 for p, (low, _) in zip(shares, limits))) / count
        high = value + math.sqrt(sum((high - p) ** 2 for p, (_, high) in zip(shares, limits))) / count
        cases.append({"tasks": [{"correct": c, "n": n} for c, n in tasks], "value": value, "low": low, "high": high})
    return cases


def macro_pairs():
    """By drawing the questions themselves, and by exchanging answers: tolerances of 10,000 draws are the test's."""
    rng = np.random.default_rng(12)
    cases = []
    lists = [
        [(1172, 120, 70), (192, 4, 2)],
        [(200, 12, 9), (500, 31, 12), (1267, 80, 77)],
        [(40, 5, 1), (30, 2, 2)],
    ]
    for tasks in lists:
        draws = 400_000
        resampled = np.zeros(draws)
        exchanged = np.zeros(draws)
        for n, first, second in tasks:
            counts = rng.multinomial(n, [first / n, second / n, 1 - (first + second) / n], size=draws)
            resampled += (counts[:, 0] - counts[:, 1]) / n / len(tasks)
            disagree = first + second
            exchanged += (2 * rng.binomial(disagree, 0.5, size=draws) - disagree) / n / len(tasks)
        given = abs(sum((first - second) / n for n, first, second in tasks)) / len(tasks)
        low, high = np.percentile(resampled, [2.5, 97.5])
        cases.append(
            {
                "tasks": [{"n": n, "onlyFirst": a, "onlySecond": b} for n, a, b in tasks],
                "low": float(low),
                "high": float(high),
                "p": float(np.mean(np.abs(exchanged) >= given - 1e-12)),
            }
        )
    return cases


def main():
    golden = {
        "versions": {"numpy": np.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__},
        "wilson": wilson(),
        "mcnemar": mcnemar_exact(),
        "holm": holm(),
        "student": student(),
        "acrossSeeds": across_seeds(),
        "meanDifferences": mean_differences(),
        "bootstrap": bootstrap(),
        "differences": differences(),
        "bonettPrice": bonett_price(),
        "macroAverages": macro_averages(),
        "macroPairs": macro_pairs(),
    }
    file = Path(__file__).with_name("statistics.json")
    file.write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
