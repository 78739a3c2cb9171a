"""What measures are made from: features that were read, rasters that are opened, plug-ins that are loaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from geo_engine.model import Features, Measure, PluggedMeasure, RasterSampler, Selection, Study
from geo_engine.plugins import MeasureFunction
from geo_engine.workspace import load_plugin, open_raster

__all__ = ["data_of", "load_plugins", "measures_of"]


def measures_of(study: Study) -> Iterator[Measure]:
    """Yield every measure of a study: of its criteria, its rules, and the tests of its needs."""
    yield from (criterion.measure for criterion in study.criteria)
    yield from (rule.measure for rule in study.constraints if rule.measure is not None)
    yield from (need.test.measure for need in study.facility.needs if need.test is not None)


def data_of(study: Study, measure: Measure, features: Mapping[Selection, Features]) -> Features | RasterSampler:
    """Give the data of a measure's layer: the raster, or features as they were read."""
    if measure.of_raster:
        return open_raster(study.layers[measure.layer], crs=study.crs, band=getattr(measure, "band", 1))
    return features[measure.layer, measure.where]


def load_plugins(study: Study) -> dict[str, MeasureFunction]:
    """Load every plug-in that a study measures by.

    Raises
    ------
    LayerError
        If one lies in the workspace and is not trusted, or is broken.
    """
    wanted = {measure.plugin: measure.file for measure in measures_of(study) if isinstance(measure, PluggedMeasure)}
    return {name: load_plugin(name, file) for name, file in wanted.items()}
