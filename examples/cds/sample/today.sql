-- The lettings move to the collection years of today: those are what a run exports, and the sample is of spring 2025.
UPDATE lettings_logs
SET startdate = startdate + make_interval(years => (
    SELECT extract(year FROM (now() AT TIME ZONE 'Europe/London') - interval '3 months')::integer - 2025
));
