"""What speaks to QGIS runs in the interpreter that QGIS is installed for, and cannot be imported here."""

collect_ignore = ["probe.py"]
