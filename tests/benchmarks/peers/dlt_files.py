"""dlt from a table into files of a folder: `URL TABLE FORMAT BACKEND URL_FOR_CONNECTORX`. CSV it compresses by gzip."""

import sys
from pathlib import Path

import dlt
from dlt.sources.sql_database import sql_table

url, table, form, backend, with_host = sys.argv[1:]
driver = url.replace("postgresql://", "postgresql+psycopg://")
options = {"backend_kwargs": {"conn": with_host, "return_type": "arrow"}} if backend == "connectorx" else {}
rows = sql_table(credentials=driver, table=table, backend=backend, chunk_size=100_000, **options)
pipeline = dlt.pipeline(
    "measured",
    pipelines_dir=str(Path("work").absolute()),
    destination=dlt.destinations.filesystem(Path("files").absolute().as_uri()),
    dataset_name="measured",
)
pipeline.run(rows, loader_file_format=form, write_disposition="replace").raise_on_failed_jobs()
