"""Areas on a scored grid: which cells may come and go, growing, swapping, the blocks that are searched, and closing land around areas."""
