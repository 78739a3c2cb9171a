"""``python -m geo_engine.cli`` is ``geo-engine``."""

from geo_engine.cli import main

__all__: list[str] = []

if __name__ == "__main__":
    main()
