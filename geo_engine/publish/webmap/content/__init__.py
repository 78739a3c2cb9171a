"""What the page knows: the study's words, the areas, their reach, layers and the base map, as plain data."""

from geo_engine.publish.webmap.content.payload import page_data

__all__ = ["page_data"]
