"""Compiled kernels on bare arrays: they check nothing, hold no lock and know none of the engine's nouns."""
