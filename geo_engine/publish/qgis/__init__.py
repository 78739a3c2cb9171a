"""Projects and styles that QGIS opens, written by own code: the engine needs no QGIS."""

from geo_engine.publish.qgis.of_run import write_run_project

__all__ = ["write_run_project"]
