"""How the URL of a source reaches whoever runs an export."""


def variable_of(source: str) -> str:
    """The environment variable that holds the URL of a source: `EXPORT_SOURCE_CORE` for `core`."""
    return f"EXPORT_SOURCE_{source.upper().replace('-', '_')}"
