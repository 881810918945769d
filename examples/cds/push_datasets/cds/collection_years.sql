-- The previous, the current and the next collection year. One begins on the 1st of April, in London.
SELECT start_year, start_year + 1 AS end_year
FROM (
    SELECT extract(year FROM (CAST(:run_at AS timestamptz) AT TIME ZONE 'Europe/London') - interval '3 months')::integer
        AS this_year
) AS today
CROSS JOIN LATERAL generate_series(this_year - 1, this_year + 1) AS start_year
ORDER BY start_year
