"""Plug-ins of a workspace and of installed packages: looked at without running them, and run where they are trusted."""

from geo_engine.workspace.plugged.finding import Plugin, describe_plugin, hash_plugin, list_plugins, load_plugin, named_plugins

__all__ = ["Plugin", "describe_plugin", "hash_plugin", "list_plugins", "load_plugin", "named_plugins"]
