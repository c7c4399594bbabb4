"""The files that find, weigh and decide on candidates, which a run and an estimate of the weights have in common."""

from __future__ import annotations

from typing import Final

COUNT_FREQUENCIES: Final = "pipeline/2_prepare/count_frequencies.sql"
START_BATCH: Final = "pipeline/2_prepare/start_batch.sql"
RULES_BY_KEY: Final = (
    "pipeline/3_match/DRIVER_DIRECT.sql",
    "pipeline/3_match/R1_PHONE_EXACT.sql",
    "pipeline/3_match/R2_LICENSE_EXACT.sql",
    "pipeline/3_match/R3_PLATE_EXACT_NAME_SIMILAR.sql",
    "pipeline/3_match/R3B_PLATE_NAME_NO_DATE.sql",
    "pipeline/3_match/R5_LICENSE_NUMBER.sql",
)
SCOUTING_PERSONS: Final = "pipeline/3_match/SCOUTING_PERSONS.sql"
NAME_PAIRS: Final = "pipeline/3_match/name_pairs_to_score.sql"
WEIGH: Final = (
    "pipeline/3_match/compare_candidates.sql",
    "pipeline/3_match/sum_evidence.sql",
    "pipeline/3_match/weigh_candidates.sql",
)
"""One transaction."""
CANDIDATES_BY_NAME: Final = "pipeline/3_match/candidates_by_name.sql"
DECIDE: Final = "pipeline/4_decide/decide.sql"
ASSIGN_PERSONS: Final = "pipeline/4_decide/assign_persons.sql"
CONTEST_RECORDS: Final = "pipeline/5_conclude/contest_records.sql"
