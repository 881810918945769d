"""Lambda functions and what feeds them."""

from provisioner.emulator.services.request import Made, Request, given


def function(request: Request) -> Made:
    """A function from a zip; it runs under this machine's Python, whatever its runtime says."""
    inputs, functions, tags = request.inputs, request.account.functions, request.default_tags
    name, code = inputs.text("name"), inputs.file_archive("code")
    environment = inputs.maybe_one("environment")
    settings = given(
        FunctionName=name,
        Role=inputs.text("role"),
        Handler=inputs.text("handler"),
        Runtime=inputs.text("runtime"),
        Description=inputs.maybe_text("description"),
        Timeout=inputs.maybe_number("timeout"),
        MemorySize=inputs.maybe_number("memorySize"),
        Environment={"Variables": environment.text_map("variables")} if environment else None,
    )
    inputs.done()
    content = code.read_bytes()
    try:
        functions.get_function(FunctionName=name)
    except functions.exceptions.ResourceNotFoundException:
        arn = functions.create_function(**settings, Code={"ZipFile": content})["FunctionArn"]
    else:
        functions.update_function_configuration(**settings)
        arn = functions.update_function_code(FunctionName=name, ZipFile=content)["FunctionArn"]
    if tags:
        functions.tag_resource(Resource=arn, Tags=tags)
    return Made(id=name, outputs={"arn": arn, "tagsAll": tags})


def event_source_mapping(request: Request) -> Made:
    """What feeds a function from a queue."""
    inputs, functions, tags = request.inputs, request.account.functions, request.default_tags
    source, function_name = inputs.text("eventSourceArn"), inputs.text("functionName")
    scaling = inputs.maybe_one("scalingConfig")
    settings = given(
        FunctionName=function_name,
        BatchSize=inputs.maybe_number("batchSize"),
        MaximumBatchingWindowInSeconds=inputs.maybe_number("maximumBatchingWindowInSeconds"),
        FunctionResponseTypes=inputs.texts("functionResponseTypes"),
        ScalingConfig={"MaximumConcurrency": scaling.number("maximumConcurrency")} if scaling else None,
    )
    inputs.done()
    present = request.account.root.functions.list_event_source_mappings(
        EventSourceArn=source, FunctionName=function_name
    )
    if mappings := present["EventSourceMappings"]:
        made = functions.update_event_source_mapping(UUID=mappings[0]["UUID"], **settings)
    else:
        made = functions.create_event_source_mapping(EventSourceArn=source, Tags=tags, **settings)
    arn = f"arn:aws:lambda:{request.account.region}:{request.account.id}:event-source-mapping:{made['UUID']}"
    return Made(
        id=made["UUID"],
        outputs={"arn": arn, "uuid": made["UUID"], "functionArn": made["FunctionArn"], "tagsAll": tags},
    )
