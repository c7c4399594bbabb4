"""The steps of the package's pipelines for measurements and tests, and where the DAG files are."""

from __future__ import annotations

from pathlib import Path

from control_tower.pipeline_steps import load_dag, names_of, run_step, step_names

__all__ = ["DAGS", "load_dag", "names_of", "run_step", "step_names"]

DAGS = Path(__file__).resolve().parents[2] / "dags"
