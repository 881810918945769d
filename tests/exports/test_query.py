"""One statement: what is taken for one, what it selects and what it asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.exports.query import Fault, Statement, find_parameters, parse_delete, parse_query


def query(text: str) -> Statement:
    parsed = parse_query(text)
    assert isinstance(parsed, Statement), parsed
    return parsed


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("select 1", "select 1"),
        ("  select 1 ; -- that is all\n", "select 1"),
        ("COPY (\n  SELECT id FROM a -- of it\n) TO STDOUT WITH CSV HEADER;", "SELECT id FROM a"),
        ("copy (select (1)) to stdout with (format csv, header true)", "select (1)"),
        ("select ';', $$;$$, E'\\';', \";\" from a", "select ';', $$;$$, E'\\';', \";\" from a"),
        ("with a as (select 1) select * from a", "with a as (select 1) select * from a"),
        ("(select 1) union (select 2)", "(select 1) union (select 2)"),
        ("values (1)", "values (1)"),
        ("select what no parser knows of a b c d", "select what no parser knows of a b c d"),
    ],
)
def test_a_query_is_taken_without_what_stands_around_it(text: str, bare: str) -> None:
    assert query(text).text == bare


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("select 1; select 2", 10),
        ("select 1;;\nselect 2", 11),
        ("", 0),
        ("-- select 1", 0),
        ("delete from a", 0),
        ("  drop table a", 2),
        ("with a as (delete from b returning *) select * from a", 11),
        ("with a as materialized (update b set c = 1 returning *) select * from a", 24),
        ("with a as (select 1) insert into b select * from a", 21),
        ("select 1 into b", 0),
        ("select 'a", 0),
        ("copy a to stdout", 0),
        ("copy (select 1) to '/tmp/a'", 0),
        ("copy (select 1) to program 'rm'", 0),
        ("copy (select 1) to stdout with delimiter ';'", 31),
        ("copy (select 1; drop table a) to stdout", 16),
        ("explain analyze delete from a", 0),
    ],
)
def test_what_is_no_single_query_is_refused_where_that_shows(text: str, offset: int) -> None:
    fault = parse_query(text)
    assert isinstance(fault, Fault)
    assert fault.offset == offset


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ('select a, B, c as D, "E", f as "G" from h', ("a", "b", "d", "E", "G")),
        ("select a.b, c::text, (d), e at time zone 'UTC' as e from a", ("b", "c", "d", "e")),
        ("select a from b union select c from d", ("a",)),
        ("with x as (select 1 as z) select a from x", ("a",)),
        ("select count(*) as n from a", ("n",)),
        # Only the database can tell:
        ("select * from a", None),
        ("select a.*, b from a", None),
        ("select count(*) from a", None),
        ("values (1)", None),
        ("select a frm b c d", None),
    ],
)
def test_the_columns_are_named_as_postgresql_names_them(text: str, columns: tuple[str, ...] | None) -> None:
    assert query(text).columns == columns


@pytest.mark.parametrize(
    ("text", "ordered"),
    [
        ("select a from b order by a", True),
        ("select a from b union select c from d order by 1", True),
        ("select a from (select c as a from b order by c) q", False),
        ("select array_agg(a order by a) as a from b", False),
    ],
)
def test_an_order_counts_that_is_the_query_s_own(text: str, ordered: bool) -> None:
    assert query(text).ordered is ordered


def test_a_parameter_is_none_in_a_quote_a_comment_a_cast_or_a_slice() -> None:
    text = "select :a, ':b', \":c\", $$ :d $$, e::f, g[1:h], i[:j] -- :k\n from l /* :m */ where n <:o and p = :a"
    assert query(text).parameters == ("a", "j", "o")


@given(st.lists(st.sampled_from(["a", "run_at", "start_year"])), st.sampled_from(["':x' ", "-- :x\n", "", "1 "]))
def test_every_parameter_is_found_where_it_stands(names: list[str], between: str) -> None:
    text = "select 1 " + between + "".join(f"+ :{name} {between}" for name in names)
    found = find_parameters(text)
    assert [parameter.name for parameter in found] == names
    assert [text[parameter.start : parameter.end] for parameter in found] == [f":{name}" for name in names]


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("delete from a where b < :run_at;", ()),
        ("delete from a using b where a.id = b.id returning a.id", ("id",)),
        ("with old as (select id from a) delete from a using old where a.id = old.id returning *", None),
    ],
)
def test_a_deletion_is_one_delete(text: str, columns: tuple[str, ...] | None) -> None:
    parsed = parse_delete(text)
    assert isinstance(parsed, Statement)
    assert parsed.columns == columns


@pytest.mark.parametrize(
    "text",
    [
        "select 1",
        "truncate a",
        "update a set b = 1",
        "delete from a; delete from b",
        "with x as (delete from b returning id) delete from a using x",
        "with x as (delete from b returning id) select * from x",
    ],
)
def test_anything_else_is_no_deletion(text: str) -> None:
    assert isinstance(parse_delete(text), Fault)


@given(st.text(alphabet="select ();:'\"$-/*\n1aE\\", max_size=40))
def test_whatever_stands_there_is_a_statement_or_a_fault_at_a_place_in_it(text: str) -> None:
    parsed = parse_query(text)
    if isinstance(parsed, Fault):
        assert 0 <= parsed.offset <= len(text)
    else:
        assert parsed.text in text
