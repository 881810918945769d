DELETE FROM monitoring.source_run_report AS report
WHERE finished_at < CAST(:run_at AS timestamptz) - interval '30 days'
    AND NOT EXISTS (
        SELECT FROM monitoring.source_run_page WHERE source_run_page.source_run_report_base_id = report.base_id
    );
