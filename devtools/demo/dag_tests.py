"""Runs DAGs one after the other in one process, each exactly as `airflow dags test` runs it; Airflow starts once.

Started by `airflow_process`. Each line of standard input requests one DAG: `{"dag_id", "conf", "log"}`. Its
output goes to the log; one line of standard output reports `{"exit_code"}`.
"""

from __future__ import annotations

import json
import os
import sys
import traceback


def main() -> None:
    """Run the requested DAGs until standard input ends."""
    requests, reports = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w", buffering=1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)  # tasks must not read the requests
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    for line in requests:
        wanted = json.loads(line)
        log = os.open(wanted["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.close(log)
        exit_code = _dags_test(wanted["dag_id"], wanted["conf"])
        sys.stdout.flush()
        sys.stderr.flush()
        reports.write(json.dumps({"exit_code": exit_code}) + "\n")


def _dags_test(dag_id: str, conf: str) -> int:
    """`airflow dags test --conf CONF DAG_ID`; its exit code."""
    try:
        from airflow.cli import cli_parser
        from airflow.configuration import write_default_airflow_configuration_if_needed

        write_default_airflow_configuration_if_needed()
        arguments = cli_parser.get_parser().parse_args(["dags", "test", "--conf", conf, dag_id])
        arguments.func(arguments)
    except SystemExit as end:
        if end.code in (None, 0):
            return 0
        print(end.code, file=sys.stderr)
        return end.code if isinstance(end.code, int) else 1
    except Exception:  # noqa: BLE001 - as the interpreter would: the traceback goes to the log
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    main()
