"""How sure the ranking is, what is given up for what, where known sites fall, and what moved since an earlier run."""

from geo_engine.publish.report.sections.sure.since import since
from geo_engine.publish.report.sections.sure.sureness import sureness

__all__ = ["since", "sureness"]
