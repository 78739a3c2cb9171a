"""Kernels of networks: shortest ways, costs along links, sums of what is reached."""
