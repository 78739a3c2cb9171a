"""One file a family of formats: what GDAL reads, Parquet, PostGIS, tagged features of OpenStreetMap; archives looked through first."""
