"""ConnectorX into Arrow, and that into Parquet by pyarrow: `URL STATEMENT FILE`."""

import sys

import connectorx
import pyarrow.parquet

url, statement, file = sys.argv[1:]
pyarrow.parquet.write_table(connectorx.read_sql(url, statement, return_type="arrow"), file, compression="zstd")
