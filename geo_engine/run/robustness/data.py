"""Data as they may be: positions within their stated accuracy, sizes within their stated spread, draw by draw."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo_engine.model import Criterion, Features, NearestValue, RasterSampler, Selection, Study

__all__ = ["POSITIONS", "SIZES", "DataDraws"]

Float = NDArray[np.float64]

_RADIUS_95 = float(np.sqrt(-2.0 * np.log(0.05)))  # of an isotropic normal with standard deviation 1 along each axis
POSITIONS = "isotropic normal with the stated accuracy as its 95 % radius; points each by itself, lines, polygons and rasters as a whole"
SIZES = "log-normal factor with mean 1 and the stated spread as its standard deviation"


class DataDraws:
    """Draws of a study's uncertain data.

    A feature's random numbers come from the seed, its layer and who it is (label and place): it moves alike for every criterion and
    every site, whatever else the study reads, and fewer draws are the first of more.

    Parameters
    ----------
    study : Study
        With seed, draws and spreads of sizes.
    features : mapping of (layer, where) to Features
        As read; positions are uncertain where `Features.accuracy` is above 0.
    """

    def __init__(self, study: Study, features: Mapping[Selection, Features]) -> None:
        self.study = study
        self.draws = study.robustness.data_draws
        self._read: dict[Selection, Features] = {}
        self._moves: dict[Selection, Float] = {}
        self._factors: dict[Selection, dict[str, Float]] = {}
        self._whole: dict[str, Float] = {}
        for criterion in study.criteria:
            self._whole.setdefault(criterion.measure.layer, self._normal(f"{criterion.measure.layer}|whole", 2))
            for selection, size in criterion.measure.reads:
                if selection in features:
                    self._add(selection, size, features)

    def features(self, selection: Selection, draw: int) -> Features:
        """Give point features as they are in a draw, in the order in which they were read."""
        data = self._read[selection]
        moved, factors = self._moves[selection], self._factors[selection]
        if moved.size:
            places = np.stack([shapely.get_x(data.geometry), shapely.get_y(data.geometry)], axis=1) + moved[:, draw]
            geometry = np.empty(len(data), object)
            geometry[:] = shapely.points(places)
            data = replace(data, geometry=geometry)
        if factors:
            sizes = {column: pd.to_numeric(data.table[column], errors="coerce") * factor[:, draw] for column, factor in factors.items()}
            data = replace(data, table=data.table.assign(**sizes))
        return data

    def shifts(self, layer: str, draw: int, sigma: Float) -> Float:
        """Give how far a layer is moved as a whole, metres east and north, shape (k, 2), by standard deviations (k,)."""
        shifts: Float = sigma[:, None] * self._whole[layer][draw]
        return shifts

    def sigma(self, data: Features | RasterSampler) -> Float:
        """Give standard deviations of positions along each axis, float64 of shape (features,) in metres; 0 where nothing is stated."""
        stated = data.accuracy if isinstance(data, Features) else np.array([data.layer.accuracy.metres or 0.0])
        return np.asarray(np.nan_to_num(stated) / _RADIUS_95, np.float64)

    def uncertain(self, criterion: Criterion) -> tuple[str, ...]:
        """Give what is uncertain in a criterion: ``"positions"``, ``"sizes"``, both, or nothing; what is looked up is taken as it is."""
        if isinstance(criterion.measure, NearestValue):
            return ()
        told = []
        reads = [(selection, size) for selection, size in criterion.measure.reads if selection in self._read]
        raster = self.study.layers[criterion.measure.layer].accuracy.metres if criterion.measure.of_raster else None
        if raster or any(self.sigma(self._read[selection]).any() for selection, _ in reads):
            told.append("positions")
        if any(size in self._factors[selection] for selection, size in reads):
            told.append("sizes")
        return tuple(told)

    def _add(self, selection: Selection, size: str | None, features: Mapping[Selection, Features]) -> None:
        data = features[selection]
        keys = _identities(data)
        if selection not in self._read:
            self._read[selection] = data
            sigma = self.sigma(data)
            points = not (shapely.get_type_id(data.geometry) != 0).any()
            self._moves[selection] = np.zeros((0, 0, 2))
            if points and sigma.any():
                moves = np.zeros((len(data), self.draws, 2))
                for row in np.flatnonzero(sigma):
                    moves[row] = sigma[row] * self._normal(f"{selection[0]}|position|{keys[row]}", 2)
                self._moves[selection] = moves
            self._factors[selection] = {}
        if size and size not in self._factors[selection] and (spread := self._spreads(selection[0], size, keys, features)).any():
            factors = np.ones((len(data), self.draws))
            for row in np.flatnonzero(spread):
                sigma_log = np.sqrt(np.log1p(spread[row] ** 2))
                normal = self._normal(f"{selection[0]}|size {size}|{keys[row]}", 1)[:, 0]
                factors[row] = np.exp(sigma_log * normal - sigma_log**2 / 2.0)
            self._factors[selection][size] = factors

    def _spreads(self, layer: str, column: str, keys: list[str], features: Mapping[Selection, Features]) -> Float:
        spread = np.zeros(len(keys))
        for volume in self.study.robustness.volumes:
            if (volume.layer, volume.column) == (layer, column):
                named = set(_identities(features[layer, volume.where]))
                spread[np.array([key in named for key in keys]) & (spread == 0)] = volume.spread
        return spread

    def _normal(self, who: str, columns: int) -> Float:
        """Draw standard normal numbers of shape (draws, columns) for somebody."""
        words = np.frombuffer(hashlib.blake2b(who.encode(), digest_size=16).digest(), "<u4").tolist()
        random = np.random.Generator(np.random.PCG64(np.random.SeedSequence([self.study.robustness.seed, *words])))
        return random.standard_normal((self.draws, columns))


def _identities(data: Features) -> list[str]:
    """Tell features apart, alike in every selection of a layer: by label, where there is one, and by place to the millimetre."""
    column = data.layer.id
    labels = data.labels() if column and column in data.table else [""] * len(data)
    west, south, _, _ = shapely.bounds(data.geometry).T
    return [f"{label}|{e:.3f}|{n:.3f}" for label, e, n in zip(labels, west, south, strict=True)]
