-- A knowledge base: agencies, the sources they publish, the files found there, and the log of each run of the scraper.
CREATE SCHEMA data_collection;
CREATE SCHEMA monitoring;

CREATE TABLE data_collection.agency (
    base_id text PRIMARY KEY,
    name text NOT NULL,
    data_url text,
    is_deleted boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE data_collection.source (
    base_id text PRIMARY KEY,
    agency_base_id text NOT NULL REFERENCES data_collection.agency,
    type text NOT NULL,
    url text NOT NULL,
    status text NOT NULL,
    is_deleted boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE data_collection.source_file (
    base_id text PRIMARY KEY,
    source_base_id text NOT NULL REFERENCES data_collection.source,
    file_name text NOT NULL,
    extension text NOT NULL,
    original_data_hash text,
    size_bytes bigint,
    status text NOT NULL,
    is_deleted boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL
);

CREATE TABLE monitoring.source_run_report (
    base_id text PRIMARY KEY,
    source_base_id text NOT NULL REFERENCES data_collection.source,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    pages_seen integer NOT NULL,
    files_new integer NOT NULL,
    files_changed integer NOT NULL,
    ok boolean NOT NULL,
    summary jsonb
);

CREATE TABLE monitoring.source_run_page (
    base_id text PRIMARY KEY,
    source_run_report_base_id text NOT NULL REFERENCES monitoring.source_run_report,
    url text NOT NULL,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    status_code integer,
    error_message text
);
