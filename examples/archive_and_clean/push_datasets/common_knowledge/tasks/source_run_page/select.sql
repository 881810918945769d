COPY (
    SELECT base_id, source_run_report_base_id, url, started_at, finished_at, status_code, error_message
    FROM monitoring.source_run_page
    WHERE finished_at < CAST(:run_at AS timestamptz) - interval '30 days'
    ORDER BY base_id
) TO STDOUT WITH CSV HEADER;
