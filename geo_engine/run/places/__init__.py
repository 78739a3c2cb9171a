"""The places that a run finds: ranked, named, and joined to the grid and to what they need."""
