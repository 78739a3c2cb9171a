"""What is given in Python in place of files: scenarios, studies as mappings, places and layers as tables."""
