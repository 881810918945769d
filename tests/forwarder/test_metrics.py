"""What is counted is written in CloudWatch's embedded metric format."""

from typing import Any, cast

from provisioner.forwarder.metrics import BYTES, DELIVERED, UNITS, Tally, metric_line


def test_a_line_counts_for_its_dataset_and_for_all_together() -> None:
    line = cast("dict[str, Any]", metric_line("alpha", {DELIVERED: 2, BYTES: 10}, 1_700_000_000.5))
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert line["_aws"]["Timestamp"] == 1_700_000_000_500
    assert directive["Namespace"] == "DataExports"
    assert directive["Dimensions"] == [["Dataset"], []]
    assert directive["Metrics"] == [{"Name": "Delivered", "Unit": "Count"}, {"Name": "Bytes", "Unit": "Bytes"}]
    assert (line["Dataset"], line["Delivered"], line["Bytes"]) == ("alpha", 2, 10)


def test_every_metric_that_a_line_declares_is_in_it_with_its_unit() -> None:
    line = cast("dict[str, Any]", metric_line("alpha", dict.fromkeys(UNITS, 1), 0.0))
    for metric in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]:
        assert line[metric["Name"]] == 1
        assert metric["Unit"] == UNITS[metric["Name"]]


def test_a_tally_is_one_line_a_dataset_with_sums_and_the_oldest_age() -> None:
    tally = Tally()
    tally.add("beta", DELIVERED)
    tally.add("alpha", DELIVERED)
    tally.add("alpha", DELIVERED)
    tally.add("alpha", BYTES, 7)
    tally.note_age("alpha", 3.0)
    tally.note_age("alpha", 12.34)
    tally.note_age("alpha", 5.0)
    alpha, beta = (cast("dict[str, Any]", line) for line in tally.lines(0.0))
    assert (alpha["Dataset"], alpha["Delivered"], alpha["Bytes"], alpha["OldestAge"]) == ("alpha", 2, 7, 12.3)
    assert (beta["Dataset"], beta["Delivered"]) == ("beta", 1)
    assert "OldestAge" not in beta
    assert Tally().lines(0.0) == []
