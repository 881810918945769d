SELECT start_year, start_year + 1 AS end_year FROM collections ORDER BY start_year;
