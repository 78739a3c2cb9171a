"""How sure a ranking is, and what each input does to it."""
