"""pandas, some rows at a time, into a CSV that it compresses by gzip: `URL STATEMENT FILE`."""

import sys

import pandas as pd
from sqlalchemy import create_engine

url, statement, file = sys.argv[1:]
engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
with engine.connect().execution_options(stream_results=True) as connection:
    for at, chunk in enumerate(pd.read_sql_query(statement, connection, chunksize=100_000)):
        chunk.to_csv(file, mode="a" if at else "w", header=not at, index=False, compression="gzip")
