"""Pages for people, rendered here: one router per page, over the same queries as the API.

A page shows what its reader may see by Airflow's rights, and a problem page where the reader may not.
"""
