"""Lambda functions and what feeds them."""

from typing import TYPE_CHECKING, cast

from provisioner.emulator.archive import zipped
from provisioner.emulator.services.request import Made, Request, given

if TYPE_CHECKING:
    from mypy_boto3_lambda.literals import ArchitectureType


def function(request: Request) -> Made:
    """A function from a zip; it runs under this machine's Python, whatever its runtime and architecture say."""
    inputs, functions, tags = request.inputs, request.account.functions, request.tags()
    name = inputs.text("name")
    code = zipped(inputs.archive("code"))
    environment = inputs.maybe_one("environment")
    logging = inputs.maybe_one("loggingConfig")
    settings = given(
        FunctionName=name,
        Role=inputs.text("role"),
        Handler=inputs.text("handler"),
        Runtime=inputs.text("runtime"),
        Description=inputs.maybe_text("description"),
        Timeout=inputs.maybe_number("timeout"),
        MemorySize=inputs.maybe_number("memorySize"),
        Environment={"Variables": environment.text_map("variables") if environment else {}},
        LoggingConfig=given(
            LogFormat=logging.maybe_text("logFormat"),
            LogGroup=logging.maybe_text("logGroup"),
            ApplicationLogLevel=logging.maybe_text("applicationLogLevel"),
            SystemLogLevel=logging.maybe_text("systemLogLevel"),
        )
        if logging
        else None,
    )
    architectures = cast("list[ArchitectureType]", inputs.texts("architectures") or ["x86_64"])
    publish = bool(inputs.maybe_flag("publish"))
    concurrency = inputs.maybe_number("reservedConcurrentExecutions")
    # Only tells the AWS provider that the code changed; here it is sent each time.
    inputs.maybe_text("sourceCodeHash")
    inputs.done()

    try:
        functions.get_function(FunctionName=name)
    except functions.exceptions.ResourceNotFoundException:
        created = functions.create_function(
            **settings, Code={"ZipFile": code}, Architectures=architectures, Publish=publish, Tags=tags
        )
        arn, version = created["FunctionArn"], created["Version"]
    else:
        functions.update_function_configuration(**settings)
        updated = functions.update_function_code(
            FunctionName=name, ZipFile=code, Architectures=architectures, Publish=publish
        )
        arn, version = updated["FunctionArn"], updated["Version"]
    # Publishing answers with the version's ARN; the provider's `arn` is the function's own.
    arn = ":".join(arn.split(":")[:7])
    if tags:
        functions.tag_resource(Resource=arn, Tags=tags)
    if concurrency is not None and concurrency >= 0:
        functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=concurrency)
    return Made(
        id=name,
        outputs={"arn": arn, "qualifiedArn": f"{arn}:{version}", "version": version, "tagsAll": tags},
    )


def event_source_mapping(request: Request) -> Made:
    """What feeds a function from a queue."""
    inputs, functions = request.inputs, request.account.functions
    source, function_name = inputs.text("eventSourceArn"), inputs.text("functionName")
    scaling = inputs.maybe_one("scalingConfig")
    enabled = inputs.maybe_flag("enabled")
    tags = request.tags()
    settings = given(
        FunctionName=function_name,
        BatchSize=inputs.maybe_number("batchSize"),
        MaximumBatchingWindowInSeconds=inputs.maybe_number("maximumBatchingWindowInSeconds"),
        FunctionResponseTypes=inputs.texts("functionResponseTypes"),
        ScalingConfig=given(MaximumConcurrency=scaling.maybe_number("maximumConcurrency")) if scaling else None,
        Enabled=True if enabled is None else enabled,
    )
    inputs.done()
    present = functions.list_event_source_mappings(EventSourceArn=source, FunctionName=function_name)
    if mappings := present["EventSourceMappings"]:
        made = functions.update_event_source_mapping(UUID=mappings[0]["UUID"], **settings)
    else:
        made = functions.create_event_source_mapping(EventSourceArn=source, Tags=tags, **settings)
    arn = f"arn:aws:lambda:{request.account.region}:{request.account.id}:event-source-mapping:{made['UUID']}"
    return Made(
        id=made["UUID"],
        outputs={"arn": arn, "uuid": made["UUID"], "functionArn": made["FunctionArn"], "tagsAll": tags},
    )
