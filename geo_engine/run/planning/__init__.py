"""A run planned: what is read, the networks with what stands on them, the measures and rules made ready."""
