"""What a run reads: the layers and columns that a study needs, how much of them, plug-ins, and the hash of each file."""
