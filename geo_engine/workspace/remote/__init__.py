"""Data behind addresses: fetched when somebody asks for it, kept by the hash of their content, read from there."""
