"""The sift of a finished run as land: what each stage takes and leaves, in the order in which the study tells it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from geo_engine.decide import criterion_utility
from geo_engine.measure import PointPlaces
from geo_engine.model import STATUS_OFF_AREA, Constraint, SiftStage, Stage, StatusBit, Study, Surface, failable, rule_bits
from geo_engine.publish.report import SiftStep, StageLand, share_said
from geo_engine.run.places.candidates import count_passing, sift
from geo_engine.run.places.land.cells import blocking
from geo_engine.run.questions.stored import StoredRun
from geo_engine.run.tiles import measure_places

__all__ = ["land_stages", "stages_of"]

Bool = NDArray[np.bool_]
Float = NDArray[np.float32]
_MAP_SIDE = 220  # cells of a small map
_FIRST, _LAST = "Search area", "Site by site"
_FULL = 0.9995  # of a criterion's points: all of them, but for rounding


def stages_of(study: Study) -> tuple[SiftStage, ...]:
    """Give the stages in order, every rule, criterion and gap in one of them, from the search area to the single sites.

    What the study's ``[[sift]]`` names stands where it says; a rule that took the place of an estimate stands where that stood. What it
    leaves out follows: rules, size, criteria, gaps.
    """
    rules = [rule.name for rule in failable(study.constraints)]
    keys = [criterion.slug for criterion in study.criteria]
    gaps = {gap.name: gap.title for gap in study.gaps} | {item.name: item.name for item in study.not_assessed}
    seen: set[str] = set()
    for name, title in list(gaps.items()):  # a gap and a line of the study that say the same are told once
        if title.casefold() in seen:
            del gaps[name]
        seen.add(title.casefold())
    told: list[SiftStage] = []
    for stage in study.sift:
        instead = [new for name in stage.rules for new in study.aside.get(name, (name,))]
        mine = tuple(name for name in dict.fromkeys(instead) if name in rules)
        own = tuple(key.replace("-", "_") for key in stage.criteria)
        still = tuple(name for name in stage.gaps if name in gaps)
        if own or mine or still or stage.size or stage.name in {_FIRST, _LAST}:  # a stage whose gaps are all closed has nothing to say
            told.append(SiftStage(stage.name, own, mine, still, stage.size))
        rules, keys = [name for name in rules if name not in mine], [key for key in keys if key not in own]
        gaps = {name: title for name, title in gaps.items() if name not in stage.gaps}
    first = told.pop(0) if told and told[0].name == _FIRST else SiftStage(_FIRST)
    last = told.pop() if told and told[-1].name == _LAST else SiftStage(_LAST)
    given = bool(study.sift)
    rest = [SiftStage("Further rules" if given else "Designations and constraints", rules=tuple(rules))] if rules else []
    rest += [] if any(stage.size for stage in (first, *told, last)) else [SiftStage("Size and shape", size=True)]
    rest += [SiftStage("Further criteria" if given else "What is scored", criteria=tuple(keys))] if keys else []
    rest += [SiftStage("Not covered by any layer", gaps=tuple(gaps))] if gaps else []
    return (first, *told, *rest, last)


def land_stages(run: StoredRun) -> tuple[StageLand, ...]:
    """Sift the run's land stage by stage.

    Each rule takes what those before it left. From the stage of size on, land in pieces smaller than the facility needs goes too: there,
    and again where a later rule cuts pieces up. What is left in the end is the same in any order. Of a study that is given plots, plots
    are counted instead of pieces, by the same sift as the run's.
    """
    sieve = _Sieve(run)
    stages = stages_of(run.study)
    return tuple(sieve.stage(stage, first=stage is stages[0], last=stage is stages[-1]) for stage in stages)


class _Sieve:
    """The land that is left, and what has been asked of it so far."""

    def __init__(self, run: StoredRun) -> None:
        self.run, self.study, self.cell_ha = run, run.study, run.plan.grid.cell_area / 1e4
        self.need = run.plan.site_cells
        self.left: Bool = run.status != STATUS_OFF_AREA
        self.stops = np.where(self.left, blocking(run.status), np.uint32(0))
        self.bits = rule_bits(run.study.constraints)
        self.asked, self.sized, self.known = np.uint32(0), False, False
        self.step = max(1, -(-max(self.left.shape) // _MAP_SIDE))
        rows, cols = (np.minimum(np.arange(self.step // 2, side + self.step // 2, self.step), side - 1) for side in self.left.shape)
        self.lattice = np.ix_(rows, cols)
        self.worth = self._utilities()
        self.count = self._counted()

    def stage(self, stage: SiftStage, *, first: bool, last: bool) -> StageLand:
        """Take a stage's part."""
        before = self.left
        whole = f"the whole of {self.run.plan.region_title}"
        steps = [SiftStep("All land", "land", whole, 0.0, self.hectares, self.count)] if first else []
        steps += [self._rule(name) for name in stage.rules]
        self.sized = self.sized or stage.size
        if last:
            steps.append(self._unknown())
        if stage.size or (self.sized and (stage.rules or last)):
            steps += self._small(always=stage.size)
        steps += [self._criterion(key) for key in stage.criteria]
        steps += list(self._gaps(stage))
        if last:
            steps.append(self._found())
        after = _of_sites(self.run, self.step) if last else _thinned(self.left, self.step)
        taken = _thinned(before & ~self.left, self.step)
        return StageLand(stage.name, tuple(steps), after, taken, self._stage_worth(stage))

    @property
    def hectares(self) -> float:
        return float(np.count_nonzero(self.left)) * self.cell_ha

    def _counted(self) -> int:
        """Count what is left: pieces that are large enough, or plots."""
        run = self.run
        if run.plan.plots is None:
            return _blocks(self.left, self.need)[0]
        flags = np.uint32(1 << StatusBit.FORCED | 1 << StatusBit.UNREACHABLE | (1 << StatusBit.UNKNOWN if self.known else 0))
        status = np.where(run.status == STATUS_OFF_AREA, run.status, run.status & (self.asked | flags))
        surface = Surface(run.plan.grid, run.score if self.known else np.nan_to_num(run.score), status)
        if self.sized:
            return count_passing(run.plan, surface)
        verdicts = sift(run.plan, surface, run.plan.plots).verdicts
        return sum(verdict is None or verdict.stage is Stage.SIZE for verdict in verdicts)

    def _rule(self, name: str) -> SiftStep:
        rule = next(rule for rule in self.study.constraints if rule.name == name)
        bit = np.uint32(self.bits[name])
        self.asked |= np.uint32(1) << bit
        return self._taken(name, "rule", _kept(rule), self.stops >> bit & np.uint32(1) == 0)

    def _unknown(self) -> SiftStep:
        self.known = True
        said = "land for which a criterion or a rule has no value: unknown is never a pass"
        return self._taken("Known data", "unknown", said, (self.stops == 0) & ~np.isnan(self.run.score))

    def _small(self, *, always: bool) -> list[SiftStep]:
        if self.run.plan.plots is not None:
            if not always:
                return []
            said = "plots with less usable land than the facility needs, unless neighbours are put together; land is not taken by it"
            self.count = self._counted()
            return [SiftStep("Large enough", "size", said, 0.0, self.hectares, self.count)]
        needed = f"{self.need * self.cell_ha:,.4g} ha"
        keep = _blocks(self.left, self.need)[1]
        if not always and np.array_equal(keep, self.left):
            return []
        name = "In one piece" if always else "In one piece, again"
        why = "" if always else " that the rules of this stage leave"
        said = f"pieces smaller than {needed}{why}; a piece is land connected over the sides of its cells"
        return [self._taken(name, "size", said, keep)]

    def _taken(self, name: str, kind: Literal["rule", "size", "unknown"], why: str, keep: Bool) -> SiftStep:
        before, self.left = self.hectares, self.left & keep
        self.count = self._counted()
        return SiftStep(name, kind, why, before - self.hectares, self.hectares, self.count)

    def _criterion(self, key: str) -> SiftStep:
        number = next(number for number, criterion in enumerate(self.study.criteria) if criterion.slug == key)
        worth = self.worth[number][self.left[self.lattice]]
        worth = worth[~np.isnan(worth)]
        about = "about " if self.step > 1 else ""
        said = f"takes no land; counts {share_said(self.study.weights[number])} of the score"
        if worth.size:
            full, none = float((worth >= _FULL).mean()), float((worth <= 0).mean())
            most = f"{about}{share_said(full)} has all of its points" if full else "none has all of its points"
            said += f". Of the land that is left {most}, and {f'{about}{share_said(none)} has none' if none else 'all of it has some'}"
        return SiftStep(self.study.criteria[number].name, "criterion", said, 0.0, self.hectares, self.count)

    def _gaps(self, stage: SiftStage) -> Iterator[SiftStep]:
        whys = {gap.name: (gap.title, gap.why) for gap in self.study.gaps} | {
            item.name: (item.name, item.why) for item in self.study.not_assessed if item.name in stage.gaps
        }
        for name in stage.gaps:
            yield SiftStep(whys[name][0], "gap", whys[name][1], 0.0, self.hectares, self.count)

    def _found(self) -> SiftStep:
        search, found = self.study.sites, len(self.run.sites)
        areas = float(self.run.sites["area_ha"].sum()) if found else 0.0
        apart = f", at least {search.spacing / 1000:g} km apart" if search.spacing > 0 else ""
        said = f"the best {search.count} that were asked for{apart}; what came close and was dropped stands in the register"
        return SiftStep(f"Ranked {search.noun}", "sites", said, self.hectares - areas, areas, found)

    def _utilities(self) -> Float:
        """Give the utility of each criterion on the small map, float32 of shape (criteria, rows, columns); NaN off the land."""
        there = self.left[self.lattice]
        rows, cols = np.broadcast_arrays(*self.lattice)
        e, n = self.run.plan.grid.centres(rows[there], cols[there])
        out = np.full((len(self.study.criteria), *there.shape), np.nan, np.float32)
        for number, measured in enumerate(measure_places(self.run.plan, PointPlaces(e, n))):
            out[number][there] = criterion_utility(self.study.criteria[number], measured)
        return out

    def _stage_worth(self, stage: SiftStage) -> Float | None:
        numbers = [number for number, criterion in enumerate(self.study.criteria) if criterion.slug in stage.criteria]
        weights = np.array([self.study.weights[number] for number in numbers], np.float32)
        if not weights.sum() > 0:
            return None
        worth: Float = np.tensordot(weights / weights.sum(), self.worth[numbers], axes=1)
        return worth


def _kept(rule: Constraint) -> str:
    said = "land that fails it" + (" (an estimate that stands in for better data)" if rule.estimate else "")
    return f"{said}. {rule.why}" if rule.why else said


def _blocks(left: Bool, need: int) -> tuple[int, Bool]:
    """Count the connected pieces of at least `need` cells, and give their cells."""
    labels, _ = ndimage.label(left)
    large = np.bincount(labels.ravel()) >= need
    large[0] = False
    cells: Bool = large[labels]
    return int(large.sum()), cells


def _thinned(mask: Bool, step: int) -> Bool:
    """Take one cell for `step` by `step`: true where half of them and more are."""
    rows, cols = (-(-side // step) * step for side in mask.shape)
    padded = np.zeros((rows, cols), np.float32)
    padded[: mask.shape[0], : mask.shape[1]] = mask
    means = padded.reshape(rows // step, step, cols // step, step).mean(axis=(1, 3))
    thin: Bool = means >= 0.5  # noqa: PLR2004 - half
    return thin


def _of_sites(run: StoredRun, step: int) -> Bool:
    """Mark the middle of each site on a small map, as a square of three cells."""
    grid = run.plan.grid
    rows, cols = (-(-side // step) for side in grid.shape)
    mask = np.zeros((rows, cols), np.bool_)
    for point in run.sites.geometry.centroid:
        (row,), (col,) = grid.cells_at(np.array([point.x]), np.array([point.y]))
        mask[max(int(row) // step - 1, 0) : int(row) // step + 2, max(int(col) // step - 1, 0) : int(col) // step + 2] = True
    return mask
