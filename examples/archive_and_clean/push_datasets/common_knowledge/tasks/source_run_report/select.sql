COPY (
    SELECT base_id, source_base_id, started_at, finished_at, pages_seen, files_new, files_changed, ok, summary
    FROM monitoring.source_run_report AS report
    WHERE finished_at < CAST(:run_at AS timestamptz) - interval '30 days'
        AND NOT EXISTS (
            SELECT FROM monitoring.source_run_page WHERE source_run_page.source_run_report_base_id = report.base_id
        )
    ORDER BY base_id
) TO STDOUT WITH CSV HEADER;
