"""The formulas of a study: of each measure, value function and way to combine that it uses, and of nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from geo_engine.model import Bounded, Study, ValueFunction

__all__ = ["MEASURES", "VALUES", "WAYS", "formulas"]

MEASURES = {
    "distance": "Distance: metres in a straight line to the nearest feature's true geometry, 0 inside it.",
    "travel_time": (
        "Travel time: the leg from the place to the network at the profile's speed and detour, and the quickest way from there."
    ),
    "travel_distance": "Travel distance: the leg from the place to the network with the profile's detour, and the shortest way from there.",
    "travel_cost": "Travel cost: kilometres and hours of the cheapest way, each times what the profile says that it costs.",
    "combined_travel": "Combined travel: the cheaper of the road all the way, and the road to a terminal, its transfer, and on from there.",
    "count_within": "Count: the number of features within the limit, the limit included.",
    "sum_within": "Sum: of a column over the features within the limit, the limit included.",
    "access": (
        "Access: the sum over facilities of size times decay(t), with t the cost of getting there and h the cost at which one counts half: "
        "exponential 0.5 ^ (t / h), gaussian 0.5 ^ ((t / h) ^ 2), linear 1 - t / (2 h) and never below 0 (Hansen 1959)."
    ),
    "floating_catchment": (
        "Floating catchment: each facility's supply is shared among the people within its limit; a place gets the shares of the "
        "facilities within its own (Luo and Wang 2003)."
    ),
    "inside": "Inside: 1 inside any polygon, 0 outside.",
    "nearest_value": "Nearest value: the column of the nearest feature within the limit.",
    "value": "Value: of the raster's cell at the place.",
    "coverage": "Coverage: the part of the cell, or of the disc about the place, that lies in the polygons, overlaps counted once.",
    "kernel_density": (
        "Kernel density: the sum of size times 3 / (pi r ^ 2) (1 - (d / r) ^ 2) ^ 2 over all nearer than r, a square kilometre; "
        "along a line, each metre counts so (Silverman 1986)."
    ),
    "slope": "Slope: the steepest fall by the eight cells about the place (Horn 1981).",
    "aspect": "Aspect: the compass direction in which the land falls, by the eight cells about the place (Horn 1981).",
    "class_share": "Share of a class: the part of the known cells within the radius that has one of the classes.",
    "class_distance": "Distance to a class: metres in a straight line to the edge of the nearest cell of the classes, 0 inside it.",
    "plugin": "Plug-in: what a function of the workspace's own says; its file is among the hashes of the record.",
}
VALUES = {
    "linear": "Linear: u = (q - worst) / (best - worst), kept within 0 and 1, with q what was measured and u its utility.",
    "symmetric_linear": "Symmetric linear: 0 at the minimum and the maximum, 1 half-way between, straight lines in between.",
    "piecewise": "Piecewise: straight lines between the points that the study gives, level beyond the first and the last.",
    "step": "Step: one utility below the threshold, another at it and above.",
    "classes": "Classes: a utility for each whole number.",
    "ranges": "Ranges: a utility for each range, its low end included and its high end not.",
    "gaussian": "Gaussian: u = exp(-spread (q - midpoint) ^ 2).",
    "near": "Near: u = 1 / (1 + spread (q - midpoint) ^ 2).",
    "large": "Large: u = 1 / (1 + (q / midpoint) ^ -spread).",
    "small": "Small: u = 1 - 1 / (1 + (q / midpoint) ^ -spread).",
    "ms_large": "MS large: u = 1 - b s / (q - a m + b s) above a m, 0 below; mean m, standard deviation s, the study's factors a and b.",
    "ms_small": "MS small: u = b s / (q - a m + b s) above a m, 1 below; mean m, standard deviation s, the study's factors a and b.",
    "exponential": "Exponential: exp(base factor times q), laid on the scale from 0 at one threshold to 1 at the other, level beyond.",
    "logarithm": "Logarithm: ln(q - shift), laid on the scale from 0 at one threshold to 1 at the other, level beyond.",
    "power": "Power: (q - shift) ^ exponent, laid on the scale from 0 at one threshold to 1 at the other, level beyond.",
    "logistic_growth": "Logistic growth: u = 1 / (1 + (1 - c) / c exp(-k (q - minimum))), with k so that u is 1 - c at the maximum.",
    "logistic_decay": "Logistic decay: u = 1 - 1 / (1 + (1 - c) / c exp(-k (q - minimum))), with k so that u is c at the maximum.",
    "bounded": "Bounded: the function holds between two thresholds; beyond them stands the utility that the study gives.",
}
WAYS = {
    "weighted_sum": "Weighted sum: score = 100 (w1 u1 + w2 u2 + ...), with weights w as shares of one. A contribution is 100 w u.",
    "weighted_product": "Weighted product: score = 100 (u1 ^ w1) (u2 ^ w2) ..., with weights w as shares of one.",
    "owa": "Ordered weighted average: utilities stand in order within the place; order weights go to the best first, the worst last.",
    "topsis": "TOPSIS: score = 100 d- / (d+ + d-), with d- = sqrt(sum (w u) ^ 2) and d+ = sqrt(sum (w (1 - u)) ^ 2) (Hwang and Yoon 1981).",
    "fuzzy": (
        "Fuzzy: 'and' is the least utility, 'or' the greatest, 'product' their product, 'sum' 1 less the product of (1 - u), 'gamma' "
        "sum ^ gamma times product ^ (1 - gamma)."
    ),
    "minimum": "Minimum: the least utility of the criteria that have a weight.",
}
_AREA = (
    "The score of an area is the mean of its cells' scores; areas grow cell by cell about the best free cells and keep the study's spacing."
)
_PLOT = "The score of a plot is the mean of the scores of its cells, each weighed by the part of the plot that lies in it."
_ALWAYS = (
    "A rank interval goes from the 5th to the 95th percentile of the ranks that a place has over the draws.",
    "Tier A: among the ten best in 80 % of the draws and more; B: in 20 % and more; C: the rest.",
    "A change of score between two runs is shared out by Shapley values: each input's mean effect over all orders of changing them.",
    "Not beaten: no other place is at least as good in both respects and better in one.",
    "Compactness: 4 pi area / perimeter ^ 2; 1 is a circle.",
)


def formulas(study: Study) -> tuple[str, ...]:
    """Give a sentence for each formula that a study uses: measures, value functions, the way to combine, what ranks and tiers are."""
    measures = dict.fromkeys(criterion.measure.kind for criterion in study.criteria)
    values = dict.fromkeys(kind for criterion in study.criteria for kind in _kinds(criterion.value))
    way = WAYS[study.combination.kind]
    place = _PLOT if study.sites.candidates else _AREA
    return (*(MEASURES[kind] for kind in measures), *(VALUES[kind] for kind in values), way, place, *_ALWAYS)


def _kinds(function: ValueFunction) -> Iterator[str]:
    yield function.kind
    if isinstance(function, Bounded):
        yield from _kinds(function.function)
