"""How layers come into a workspace: added from data, or by a recipe."""
