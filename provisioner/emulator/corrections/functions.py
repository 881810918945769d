"""What Lambda checks before it feeds a function from a queue."""

import importlib
from collections.abc import Callable, Mapping
from typing import Any

from provisioner.emulator.corrections.correction import Correction

_NEEDED = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")


def _correct_queue_mapping(original: Callable[[Mapping[str, Any]], Any]) -> Callable[[Mapping[str, Any]], Any]:
    """Refuse a mapping whose function may not read its queue, or may run longer than a message stays hidden."""
    evaluator = importlib.import_module("ministack.core.iam_evaluator")
    functions = importlib.import_module("ministack.services.lambda_svc")
    responses = importlib.import_module("ministack.core.responses")
    sqs = importlib.import_module("ministack.services.sqs")

    def refusal(queue_arn: str, queue: Mapping[str, Any], function: Mapping[str, Any]) -> str | None:
        account, name = function["Role"].split(":")[4], function["Role"].rpartition("/")[2]
        session = f"arn:aws:sts::{account}:assumed-role/{name}/{function['FunctionName']}"
        for call in _NEEDED:
            context = evaluator.EvalContext(
                principal_arn=session,
                principal_type="AssumedRole",
                principal_account=account,
                action=f"sqs:{call}",
                resource_arn=queue_arn,
                region=responses.get_region(),
            )
            if evaluator.evaluate(context, evaluator._gather_role_policies(name, account)).decision != "Allow":
                return f"The function execution role does not have permissions to call {call} on SQS"
        hidden, runs = int(queue["attributes"]["VisibilityTimeout"]), int(function["Timeout"])
        if hidden < runs:
            return f"Queue visibility timeout: {hidden} seconds is less than Function timeout: {runs} seconds"
        return None

    def create(data: Mapping[str, Any]) -> Any:
        queue_arn = data.get("EventSourceArn", "")
        queue = sqs._queue_by_arn(queue_arn)
        name, _, unknown = functions._resolve_existing_esm_function(data.get("FunctionName", ""))
        if queue is None or unknown is not None:
            return original(data)
        message = refusal(queue_arn, queue, functions._functions[name]["config"])
        if message is None:
            return original(data)
        return responses.error_response_json("InvalidParameterValueException", message, 400)

    return create


CORRECTIONS = (
    Correction(
        module="ministack.services.lambda_svc",
        function="_create_esm",
        difference="the execution role must be able to read the queue, which must hide messages long enough",
        documentation="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
        correct=_correct_queue_mapping,
    ),
)
