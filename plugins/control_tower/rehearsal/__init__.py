"""A rehearsal: what preparing a database, a first run, or another setting would change, before it is done.

`attempt.rehearse` is the whole interface; the DAG `rehearse` calls it, and the web reads what `report` keeps.
"""
