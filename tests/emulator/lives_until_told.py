"""Run as a program of its own: an emulator with a Lambda worker, whose folder it prints, until it is told to end."""

import io
import json
import signal
import sys
import zipfile

from provisioner.emulator.embedded_aws import EmbeddedAws

HANDLER = "import os\ndef handler(event, context):\n    return dict(os.environ)\n"


def environment_of_a_function(aws: EmbeddedAws) -> dict[str, str]:
    """Start a function, which stays warm in a worker process, and ask it for its environment."""
    trusted = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trusted]})
    role = aws.client("iam").create_role(RoleName="asked", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as code:
        code.writestr("asked.py", HANDLER)
    functions = aws.client("lambda")
    functions.create_function(
        FunctionName="asked",
        Runtime="python3.13",
        Role=role,
        Handler="asked.handler",
        Code={"ZipFile": content.getvalue()},
    )
    answer: dict[str, str] = json.load(functions.invoke(FunctionName="asked")["Payload"])
    return answer


def main() -> None:
    with EmbeddedAws() as aws:
        environment_of_a_function(aws)
        try:
            sys.stdout.write(f"{aws.folder}\n")
            sys.stdout.flush()
            signal.pause()
        except KeyboardInterrupt:
            sys.stdout.write(aws.client("sts").get_caller_identity()["Account"])


if __name__ == "__main__":
    main()
