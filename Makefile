# A fresh machine needs Python 3.11 to 3.13, make and sh. Everything is installed and run inside this folder.
#
#   make demo     a demo fleet through the whole pipeline      SIZE=small|large  SEED=n
#   make up       Airflow's web UI on this machine             PORT=n
#   make down     stop it
#   make airflow  Airflow's own command on it               ARGS="dags list"
#   make psql     PostgreSQL's own client on the warehouse     ARGS="-c 'select …'"
#   make test     all tests                                    ARGS="-k names"
#   make lint     style, types, SQL
#   make build    the package as a wheel, in dist/
#   make docs     rewrite the generated tables of README and docs/, and the schema dump
#   make bench    the figures of docs/performance.md           SIZE=small|large|n,n  PARTS=pipeline,splink,airflow,pages,desk
#                 ROUNDS=n  TRIPS=days  SEED=n  JSON=file  CHART=file.svg
#   make bench-quality  right and wrong links on several data sets  SIZE=small|large|all  SEED=n  JSON=file

PYTHON ?=
SIZE ?=
SEED ?=
JSON ?=
CHART ?=
PARTS ?=
ROUNDS ?=
TRIPS ?=
PORT ?=
ARGS ?=

python := .venv/bin/python
local := PYTHONPATH=plugins:. PORT='$(PORT)' $(python) -m devtools.local
bootstrap := @PYTHON='$(PYTHON)' sh bin/bootstrap

.PHONY: demo up down status airflow psql test bench bench-quality lint format build docs lock clean

demo:
	$(bootstrap) runtime
	@$(local) demo $(if $(SIZE),--size $(SIZE)) $(if $(SEED),--seed $(SEED))

up:
	$(bootstrap) runtime
	@$(local) up

down status clean:
	$(bootstrap) runtime
	@$(local) $@

airflow:
	$(bootstrap) runtime
	@$(local) run airflow $(ARGS)

psql:
	$(bootstrap) runtime
	@$(local) psql $(ARGS)

# Images of containers often forbid Python to keep what it compiles: each process would compile all tests anew.
test:
	$(bootstrap) dev
	$(bootstrap) airflow-3.2
	@PYTHONDONTWRITEBYTECODE= $(python) -m pytest --numprocesses=auto --dist=loadfile --no-loadscope-reorder $(ARGS)

bench:
	$(bootstrap) dev
	@PYTHONPATH=plugins:. $(python) -m devtools.benchmark $(if $(SIZE),--size $(SIZE)) $(if $(SEED),--seed $(SEED)) \
		$(if $(PARTS),--parts $(PARTS)) $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(TRIPS),--trip-days $(TRIPS)) $(if $(JSON),--json '$(JSON)') \
		$(if $(CHART),--chart '$(CHART)')

bench-quality:
	$(bootstrap) dev
	@PYTHONPATH=plugins:. $(python) -m devtools.benchmark.quality $(if $(SIZE),--sets $(SIZE)) $(if $(SEED),--seed $(SEED)) $(if $(JSON),--json '$(JSON)')

lint:
	$(bootstrap) dev
	$(python) -m ruff check
	$(python) -m ruff format --check
	$(python) -m mypy
	$(python) -m sqlfluff lint --disable-progress-bar sql

format:
	$(bootstrap) dev
	$(python) -m ruff check --fix
	$(python) -m ruff format
	$(python) -m sqlfluff fix --disable-progress-bar sql

build:
	$(bootstrap) dev
	@$(python) -m hatchling build --target wheel

docs:
	$(bootstrap) dev
	@UPDATE_DOCS=1 UPDATE_SCHEMA=1 $(python) -m pytest --quiet tests/docs/test_generated.py tests/docs/test_data_dictionary.py \
		tests/migrate/test_schema.py

lock:
	@PYTHON='$(PYTHON)' sh bin/bootstrap lock
