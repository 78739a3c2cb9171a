"""What polygons cover of a grid: shares of cells, and plots with their cells."""
