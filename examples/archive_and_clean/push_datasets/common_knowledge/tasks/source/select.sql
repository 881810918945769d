COPY (
    SELECT base_id, agency_base_id, type, url, status, is_deleted, created_at, updated_at
    FROM data_collection.source AS source
    WHERE is_deleted
        AND NOT EXISTS (SELECT FROM data_collection.source_file WHERE source_file.source_base_id = source.base_id)
        AND NOT EXISTS (SELECT FROM monitoring.source_run_report WHERE source_run_report.source_base_id = source.base_id)
    ORDER BY base_id
) TO STDOUT WITH CSV HEADER;
