"""The routes: found by a key's first path segment, and written the same whatever their order."""

from dataclasses import replace

import pytest

from provisioner.forwarder.routes import Route, Routes

from .setting import EXPORTS, route
from .world import ACCOUNT

ALPHA = route(dataset="alpha")
BETA = replace(
    route(dataset="beta", kms_key_arn="arn:aws:kms:eu-west-2:444455556666:key/1"), bucket_account="444455556666"
)


def routes(*members: Route) -> Routes:
    return Routes(export_bucket=EXPORTS, account_id=ACCOUNT, routes=members)


@pytest.mark.parametrize(
    ("key", "found"),
    [
        ("alpha/file.csv", ALPHA),
        ("alpha/beta/file.csv", ALPHA),
        ("alpha/", ALPHA),
        ("beta/file.csv", BETA),
        ("alpha", None),
        ("alphabet/file.csv", None),
        ("Alpha/file.csv", None),
        ("/alpha/file.csv", None),
        ("gamma/alpha/file.csv", None),
    ],
)
def test_a_key_goes_the_way_of_its_first_path_segment(key: str, found: Route | None) -> None:
    assert routes(ALPHA, BETA).find(key) == found


def test_the_order_of_the_routes_does_not_show_in_the_file() -> None:
    assert routes(ALPHA, BETA).to_json() == routes(BETA, ALPHA).to_json()


def test_what_is_written_is_what_is_read() -> None:
    assert Routes.from_json(routes(ALPHA, BETA).to_json()) == routes(ALPHA, BETA)


def test_two_routes_for_one_dataset_are_refused() -> None:
    with pytest.raises(ValueError, match="two routes have the same dataset"):
        routes(ALPHA, replace(ALPHA, bucket="another-bucket"))


@pytest.mark.parametrize("dataset", ["", "alpha/beta"])
def test_a_route_is_of_one_path_segment(dataset: str) -> None:
    with pytest.raises(ValueError, match="one path segment"):
        route(dataset=dataset)


def test_a_value_of_another_type_in_the_file_is_refused() -> None:
    text = routes(ALPHA).to_json().replace('"keep_files": false', '"keep_files": "false"')
    with pytest.raises(ValueError, match="value of the wrong type"):
        Routes.from_json(text)
