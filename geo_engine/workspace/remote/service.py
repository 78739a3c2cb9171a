"""Services asked for all their rows, page by page, and the answer kept as one file."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

from geo_engine.errors import Fault, LayerError, nearest_spelling
from geo_engine.workspace.catalogue import masked
from geo_engine.workspace.remote.download import Limits
from geo_engine.workspace.remote.store import service_address

__all__ = ["copy_service"]

_MOMENT = "2000-01-01T00:00:00.000Z"  # in the file, so that the same rows give the same bytes whenever they are fetched


@contextmanager
def _patience(limits: Limits) -> Iterator[None]:
    """Tell GDAL how long to wait and how often to try, for as long as it lasts."""
    options = {
        "GDAL_HTTP_TIMEOUT": f"{limits.longest:.0f}",
        "GDAL_HTTP_CONNECTTIMEOUT": f"{max(limits.silence, 1):.0f}",
        "GDAL_HTTP_LOW_SPEED_LIMIT": "1",
        "GDAL_HTTP_LOW_SPEED_TIME": f"{max(limits.silence, 1):.0f}",
        "GDAL_HTTP_MAX_RETRY": str(limits.tries - 1),
        "GDAL_HTTP_RETRY_DELAY": f"{limits.pause:g}",
        "CPL_CURL_VERBOSE": None,
        "OGR_CURRENT_DATE": _MOMENT,
    }
    before = {name: pyogrio.get_gdal_config_option(name) for name in options}
    pyogrio.set_gdal_config_options(options)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)


def copy_service(source: str, sublayer: str | None, part: Path, place: str, limits: Limits) -> int:
    """Ask a service for all rows of one of its layers and write them to a GeoPackage.

    Parameters
    ----------
    source : str
        ``WFS:https://...``, ``OAPIF:https://...``, ``ESRIJSON:https://...`` or the address of a layer of ArcGIS.
    sublayer : str or None
        The feature type or collection; None where there is one only.
    part : Path
        Where to.
    place : str
        How messages call the place that names the address.
    limits : Limits
        How long.

    Returns
    -------
    int
        Rows.

    Raises
    ------
    LayerError
        If the service cannot be reached, fails or falls silent, has several layers and none was chosen, has no rows, or says of
        itself that it has more than it gave.
    """
    address, shown = service_address(source), masked(source)
    part.unlink(missing_ok=True)
    with _patience(limits), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            names = [str(name) for name in pyogrio.list_layers(address)[:, 0]]
            if sublayer is not None and sublayer not in names:
                raise LayerError(Fault(place, f"unknown sublayer '{sublayer}'", "", ", ".join(names), nearest_spelling(sublayer, names)))
            if sublayer is None and len(names) != 1:
                remedy = 'choose one: sublayer = "..."'
                raise LayerError(Fault(place, f"the service has {len(names)} layers", ", ".join(names), remedy=remedy))
            layer = sublayer or names[0]
            stated = int(pyogrio.read_info(address, layer=layer)["features"])
            frame = pyogrio.read_dataframe(address, layer=layer)
            if len(frame):
                pyogrio.write_dataframe(frame, part, driver="GPKG", layer="fetched")
        except (DataSourceError, DataLayerError, FeatureError, ValueError, RuntimeError) as error:
            if isinstance(error, LayerError):
                raise
            part.unlink(missing_ok=True)
            text = str(error).split("; It might help")[0].replace(address, shown)
            raise LayerError(
                Fault(place, f"the service cannot be read: {text}", f"'{shown}'", remedy="is the address right? Try again later")
            ) from error
    told = [str(each.message) for each in caught if "rror" in str(each.message) or "HTTP" in str(each.message)]
    if told or 0 <= len(frame) < stated:
        part.unlink(missing_ok=True)
        found = f"{len(frame):,} of {stated:,} rows" if len(frame) < stated else "; ".join(told)[:300]
        raise LayerError(Fault(place, "the service breaks off", found, remedy="try again later"))
    if not len(frame):
        raise LayerError(Fault(place, "the service has no rows", f"'{shown}'"))
    return len(frame)
