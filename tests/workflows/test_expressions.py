"""The tests' own evaluator: right about what the workflows say, and loud about what it does not know."""

import pytest

from tests.workflows.expressions import ExpressionError, Expressions

CONTEXTS = {
    "github": {"event": {"pull_request": {"number": 12, "title": "It's"}}, "event_name": "pull_request", "sha": "abc"},
    "vars": {"SET": "a"},
    "steps": {},
}
STATUS = {"success": True, "failure": False, "cancelled": False, "always": True}


@pytest.fixture
def expressions() -> Expressions:
    return Expressions(CONTEXTS, STATUS)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("github.sha", "abc"),
        ("github.event.pull_request.number", 12),
        ("github.event.merge_group.base_sha", None),
        ("github.event.merge_group.base_sha || 'HEAD^1'", "HEAD^1"),
        ("github.event.pull_request.number || github.sha", 12),
        ("github.event.merge_group && '0' || '2'", "2"),
        ("github.event.pull_request && '0' || '2'", "0"),
        ("github.event_name == 'PULL_REQUEST'", True),
        ("github.event_name != 'push'", True),
        ("!(vars.SET && vars.UNSET)", True),
        ("vars.SET && vars.UNSET || 'x'", "x"),
        ("'it''s'", "it's"),
        ("!cancelled() && steps.plan.outputs.made == 'true'", False),
        ("true && null", None),
        ("3", 3),
    ],
)
def test_an_expression_gives_what_github_gives(expressions: Expressions, expression: str, value: object) -> None:
    assert expressions.value(expression) == value


@pytest.mark.parametrize(
    "expression",
    [
        "secrets.TOKEN",
        "github.nothing",
        "format('{0}', 1)",
        "contains(github.sha, 'a')",
        "github.event.*.name",
        "github['sha']",
        "1 < 2",
        "github.sha ==",
        "(github.sha",
        "github.sha github.sha",
        '"double"',
        "github.event.pull_request.number == '12'",
    ],
)
def test_what_it_does_not_know_is_an_error(expressions: Expressions, expression: str) -> None:
    with pytest.raises(ExpressionError):
        expressions.value(expression)


def test_a_text_has_its_expressions_replaced(expressions: Expressions) -> None:
    assert expressions.text("a-${{ github.sha }}-${{ vars.UNSET }}-${{ github.event.pull_request.number }}") == (
        "a-abc--12"
    )
    assert expressions.text(False) == "false"
    with pytest.raises(ExpressionError):
        expressions.text("${{ github.event }}")


@pytest.mark.parametrize(
    ("condition", "after_success", "after_failure"),
    [
        (None, True, False),
        ("vars.SET", True, False),
        ("${{ vars.UNSET }}", False, False),
        ("failure()", False, True),
        ("${{ !cancelled() }}", True, True),
        ("always() && vars.SET", True, True),
    ],
)
def test_a_condition_without_a_status_function_wants_success(
    condition: str | None, after_success: bool, after_failure: bool
) -> None:
    failed = {**STATUS, "success": False, "failure": True}
    assert Expressions(CONTEXTS, STATUS).condition(condition) is after_success
    assert Expressions(CONTEXTS, failed).condition(condition) is after_failure


def test_a_condition_that_is_a_text_would_always_be_met(expressions: Expressions) -> None:
    with pytest.raises(ExpressionError, match="always met"):
        expressions.condition("${{ vars.SET }} == 'b'")
