DELETE FROM monitoring.source_run_page
WHERE finished_at < CAST(:run_at AS timestamptz) - interval '30 days';
