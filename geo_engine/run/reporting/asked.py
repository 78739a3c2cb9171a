"""What a reader may ask of a report besides the run: rivals, an earlier run, known sites."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from geo_engine.errors import Fault, RunError
from geo_engine.publish.report import KnownSite, KnownSites, Shift, Since, Unmatched
from geo_engine.run.comparing import compare_runs
from geo_engine.run.comparing import unmatched as comparing
from geo_engine.run.questions.backtest import back_test
from geo_engine.run.questions.stored import StoredRun

__all__ = ["Asked", "known_sites", "since"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked besides.

    Parameters
    ----------
    rivals : Path or None
        A file as for `score`: each place in it gets a sheet.
    previous : Path or None
        Folder of an earlier run of the same region: the report says what moved since.
    known : Path or None
        A file as for `backtest`: the report says where these sites fall.
    """

    rivals: Path | None = None
    previous: Path | None = None
    known: Path | None = None

    @property
    def files(self) -> dict[str, Path]:
        """By the option's name, the file on which an answer depends."""
        named = {"rivals": self.rivals, "previous": self.previous and self.previous / "run.json", "known": self.known}
        return {name: file for name, file in named.items() if file is not None}

    def of(self, folder: Path) -> Asked:
        """Give what is asked of one run: where `previous` holds the runs of many regions, that of the same name.

        Raises
        ------
        RunError
            If a file or folder is not there.
        """
        for name, path in (("rivals", self.rivals), ("previous", self.previous), ("known", self.known)):
            if path is not None and not path.exists():
                raise RunError(Fault(f"--{name}", "is not there", found=str(path)))
        if self.previous is None or (self.previous / "run.json").is_file():
            return self
        return replace(self, previous=self.previous / folder.name)

    def options(self, base: Path) -> str:
        """Write the options of the command line, with paths relative to a workspace where they lie in it."""
        said = ""
        for name, path in (("rivals", self.rivals), ("previous", self.previous), ("known", self.known)):
            if path is not None:
                there = path.resolve()
                shown = os.path.relpath(there, base.resolve()) if there.is_relative_to(base.resolve()) else path.name
                said += f" --{name} {shlex.quote(shown)}"
        return said


def since(run: StoredRun, previous: Path) -> Since:
    """Tell what moved since an earlier run.

    Raises
    ------
    RunError
        If the folder holds no run that can be compared.
    """
    found = compare_runs(previous, run.folder)

    def alone(site: comparing.Unmatched) -> Unmatched:
        return Unmatched(site.name, site.rank, site.score, site.detail)

    shifts = tuple(
        Shift(m.other_name, m.name, m.other_rank, m.rank, m.other_score, m.score, m.by_input, m.by_criterion, m.same_cells)
        for m in sorted(found.moved, key=lambda moved: moved.other_rank)
    )
    return Since(found.first, found.second, found.inputs_changed, shifts, tuple(map(alone, found.gone)), tuple(map(alone, found.new)))


def known_sites(run: StoredRun, path: Path) -> KnownSites:
    """Tell where known sites fall among the run's scored land.

    Raises
    ------
    LayerError
        With every fault of the file.
    """
    test = back_test(run, path)
    counts, _ = np.histogram(run.sorted_scores, bins=np.linspace(0.0, 100.0, 101))
    like = test.comparable
    return KnownSites(
        file=path.name,
        sites=tuple(KnownSite(site.name, site.score, site.percentile, site.status) for site in test.sites),
        land=counts * run.plan.grid.cell_area / 1e4,
        median_percentile=test.median_percentile,
        auc=test.standing.auc,
        auc_interval=test.standing.auc_interval,
        lift=test.standing.lift,
        comparable=(like.hectares, like.standing.median_percentile, like.standing.auc) if like else None,
        null=(test.null.median_percentile, test.null.auc) if test.null else None,
    )
