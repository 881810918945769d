"""The PostgreSQL of the tests is a real one, and every test has its own database."""

import psycopg


def test_a_table_made_here_is_read_back(database: psycopg.Connection) -> None:
    database.execute("CREATE TABLE visit (id bigint)")
    database.execute("INSERT INTO visit VALUES (7)")
    assert database.execute("SELECT id FROM visit").fetchall() == [(7,)]


def test_no_table_of_another_test_is_there(database: psycopg.Connection) -> None:
    assert database.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchall() == [(0,)]
