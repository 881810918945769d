"""The HTTP API: a folder of tasks is listed, and what is asked for is exported, one request after another."""
