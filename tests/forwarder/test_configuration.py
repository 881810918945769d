"""What the function's environment must hold, and what is said of one that does not."""

import pytest

from provisioner.forwarder.configuration import Configuration

ENVIRONMENT = {
    "QUEUE_URL": "https://sqs.eu-west-2.amazonaws.com/111122223333/export-forwarder",
    "DEAD_LETTER_QUEUE_URL": "https://sqs.eu-west-2.amazonaws.com/111122223333/export-forwarder-dead-letters",
    "JOURNAL_BUCKET": "mojap-hub-exports-journal",
    "CONCURRENCY": "32",
    "MULTIPART_THRESHOLD_MIB": "512",
    "RETRY_SECONDS": "30",
}


def test_every_variable_is_read_and_the_threshold_is_in_bytes() -> None:
    assert Configuration.from_environment({**ENVIRONMENT, "PATH": "/bin"}) == Configuration(
        queue_url=ENVIRONMENT["QUEUE_URL"],
        dead_letter_queue_url=ENVIRONMENT["DEAD_LETTER_QUEUE_URL"],
        journal_bucket="mojap-hub-exports-journal",
        concurrency=32,
        multipart_threshold=536_870_912,
        retry_seconds=30,
    )


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_a_variable_that_is_missing_or_empty_is_named(name: str) -> None:
    without = {other: text for other, text in ENVIRONMENT.items() if other != name}
    for environment in (without, {**ENVIRONMENT, name: ""}):
        with pytest.raises(ValueError, match=f"variable {name} is missing"):
            Configuration.from_environment(environment)


@pytest.mark.parametrize("name", ["CONCURRENCY", "MULTIPART_THRESHOLD_MIB", "RETRY_SECONDS"])
@pytest.mark.parametrize("text", ["0", "-1", "1.5", "many", "٢"])
def test_a_number_that_is_none_is_named_and_quoted(name: str, text: str) -> None:
    with pytest.raises(ValueError, match=rf"variable {name} is '{text}' and must be a whole number above zero"):
        Configuration.from_environment({**ENVIRONMENT, name: text})
