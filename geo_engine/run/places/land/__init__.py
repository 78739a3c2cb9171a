"""Land as cells: which are free, what they make up, and the search of them for areas."""
