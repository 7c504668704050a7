"""Prints the lines of native/cpu/kernels/eight_bit.h: their lowest, rounded down, is the code of each of the 65,536 places
at which bitsandbytes tabulates its dynamic maps. Needs scipy."""

import bitsandbytes.functional as functional
import numpy as np
from scipy.optimize import linprog

MARGIN = 3e-5  # of a code: several times the rounding of a product and a sum in f32
MIDDLE = 32767.5


def nearest_codes(values: np.ndarray) -> np.ndarray:
    places = np.arange(65536, dtype=np.float32) * np.float32(2 / 65535) - np.float32(1)
    above = np.clip(np.searchsorted(values, places, "left"), 1, 255)
    is_lower = places - values[above - 1] <= values[above] - places
    return np.where(is_lower, above - 1, above)


def line_to(distances, steps, first, last):
    """Slope and offset of a line that is never under a step and less than one above those from `first` to `last`."""
    begins = np.flatnonzero(np.r_[True, steps[1:] != steps[:-1]])
    ends = np.flatnonzero(np.r_[steps[1:] != steps[:-1], True])
    ends = ends[(ends >= first) & (ends <= last)]
    above = np.c_[-distances[begins], -np.ones(len(begins)), np.ones(len(begins))]
    below = np.c_[distances[ends], np.ones(len(ends)), np.ones(len(ends))]
    limits = np.r_[-steps[begins] - MARGIN, steps[ends] + 1 - MARGIN]
    bounds = [(0, None), (None, None), (0, None)]
    found = linprog([0, 0, -1], A_ub=np.r_[above, below], b_ub=limits, bounds=bounds)
    return found.x[:2] if found.status == 0 else None


def lines_of(distances, steps):
    """As few as possible: each reaches as far as it can."""
    ends = np.flatnonzero(np.r_[steps[1:] != steps[:-1], True])
    first, lines = 0, []
    while first < len(steps):
        candidates = ends[ends >= first]
        low, high, best = 0, len(candidates) - 1, None
        while low <= high:
            middle = (low + high) // 2
            line = line_to(distances, steps, first, candidates[middle])
            if line is None:
                high = middle - 1
            else:
                best, low = (candidates[middle], line), middle + 1
        assert best is not None, f"no line fits at {distances[first]}"
        lines.append(best[1])
        first = best[0] + 1
    return lines


for signed in (True, False):
    codes = nearest_codes(functional.create_dynamic_map(signed=signed).numpy())
    upper = codes[32768:] - (127 if signed else 0)
    one = int(np.argmax(upper == upper.max()))  # the last step is a shorter one
    print("signed" if signed else "unsigned", "one from place", 32768 + one)
    upper[one:] = upper[one - 1]
    for slope, offset in lines_of(np.arange(32768, 65536) - MIDDLE, upper):
        print(f"    {{{np.float32(slope)!s}f, {np.float32(offset)!s}f}},")
