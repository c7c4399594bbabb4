"""What the reader role learns by calling functions that read with their owner's right: what its views show, no more."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from devtools.demo.fleet import FleetSize, build_fleet
from devtools.demo.load import load_fleet
from tests.pipeline import ingest

VIEWS_OF_FUNCTIONS = {
    "canon.read_drivers_hire_date(character varying)": "observational.v_conversion_metrics",
    "canon.read_drivers_names()": "ops.v_cabinet_financial_14d",
    "canon.read_drivers_written(character varying)": "ops.v_driver_accounts",
    "canon.read_module_ct_cabinet_payments()": "ops.v_yango_payments_raw_current",
    "canon.read_module_ct_scouts_list_current()": "ops.v_dim_scouts",
    "ops.audit_hash(integer,text,bytea)": "ops.v_audit_chain",
    "ops.decisions_hash(jsonb,integer,bytea)": "ops.v_audit_chain",
    "ops.default_currency()": "ops.v_yango_collection_with_scout",
    "ops.payment_settings()": "ops.v_scout_payment_sample",
    "ops.source_duplicates_now()": "ops.v_data_freshness_status",
    "ops.source_health_at(timestamp with time zone)": "ops.v_data_health_status",
    "ops.source_problems_now()": "ops.v_data_health_status",
    "ops.v_check_results_at(timestamp with time zone)": "ops.v_check_results",
    "ops.v_data_freshness_status_at(timestamp with time zone)": "ops.v_data_freshness_status",
    "ops.v_data_ingestion_daily_at(timestamp with time zone)": "ops.v_data_ingestion_daily",
    "ops.v_pipeline_health_at(timestamp with time zone)": "ops.v_pipeline_health",
    "ops.v_source_days_at(text,timestamp with time zone)": "ops.v_source_days",
    "ops.v_scout_attribution_health_at(timestamp with time zone)": "ops.v_scout_attribution_health",
}
"""A view of the reader's that cannot be read without the function: views call functions with the right of who asks."""

VERIFYING = "ops.verify_audit(text)"
"""Called by readers themselves: whoever may read may verify."""


def test_of_functions_with_their_owner_s_right_a_reader_calls_those_that_its_views_need(
    warehouse: psycopg.Connection[Any],
) -> None:
    executable = warehouse.execute(
        "select oid::regprocedure::text from pg_proc where prosecdef"
        " and pronamespace::regnamespace::text in ('canon', 'observational', 'ops')"
        " and has_function_privilege('control_tower_reader', oid, 'execute')"
    ).fetchall()
    assert {name for (name,) in executable} == {*VIEWS_OF_FUNCTIONS, VERIFYING}


@pytest.mark.parametrize(("function", "view"), VIEWS_OF_FUNCTIONS.items())
def test_a_view_cannot_be_read_without_the_function(
    warehouse: psycopg.Connection[Any], function: str, view: str
) -> None:
    with warehouse.transaction(force_rollback=True):
        warehouse.execute(f"revoke execute on function {function} from control_tower_reader, public".encode())
        warehouse.execute("set local role control_tower_reader")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied for function"):
            warehouse.execute(f"select * from {view}".encode())


SHOWN = {
    "canon.read_drivers_names()": """
        select called.driver_id, canon.normalise_name(coalesce(called.full_name, called.name_parts))
        from canon.read_drivers_names() as called
        except select driver_id, full_name_norm from ops.v_driver_accounts
    """,
    "canon.read_drivers_hire_date(character varying)": """
        select driver_id, canon.read_drivers_hire_date(driver_id) from ops.v_driver_accounts
        except select driver_id, hire_date from ops.v_driver_accounts
    """,
    "canon.read_drivers_written(character varying)": """
        select driver_id, canon.read_drivers_written(driver_id) from ops.v_driver_accounts
        except select driver_id, written from ops.v_driver_accounts
    """,
    "canon.read_module_ct_cabinet_payments()": """
        select payment_id, scout_id, driver_name, driver_id, person_key from canon.read_module_ct_cabinet_payments()
        except select source_pk, scout_id, raw_driver_name, driver_id, person_key from ops.v_yango_payments_raw_current
    """,
    "canon.read_module_ct_scouts_list_current()": """
        select scout_id, raw_name, is_active, created_at, updated_at from canon.read_module_ct_scouts_list_current()
        except select scout_id, raw_name, is_active, created_at, updated_at from ops.v_dim_scouts
    """,
}


@pytest.fixture(scope="module")
def fleet(told: Any) -> str:
    """Name of a database with a fleet that was ingested."""

    def load(session: psycopg.Connection[Any]) -> None:
        load_fleet(session, build_fleet(FleetSize(300), seed=3, country="PE"), report=lambda _: None)
        ingest()

    return str(told(load)[0])


@pytest.mark.parametrize("function", SHOWN)
def test_a_function_tells_of_drivers_payments_and_scouts_what_a_view_shows(
    fleet: str, copy_of: Any, function: str
) -> None:
    session = copy_of(fleet)
    assert function in VIEWS_OF_FUNCTIONS
    session.execute("set role control_tower_reader")
    name = function.split("(", maxsplit=1)[0]
    if function.endswith("()"):
        assert session.execute(f"select count(*) > 0 from {name}()").fetchone() == (True,)
    assert session.execute(SHOWN[function]).fetchall() == []
