SELECT name AS cohort FROM cohort WHERE active ORDER BY name
