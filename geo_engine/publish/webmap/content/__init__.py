"""What the map shows of a result, as plain data that the page's scripts lay out and compute from."""

from geo_engine.publish.webmap.content.live import live_data
from geo_engine.publish.webmap.content.payload import page_data

__all__ = ["live_data", "page_data"]
