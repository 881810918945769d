SELECT id, updated_at, values_updated_at, ethnic, declaration, startdate
FROM visits
WHERE year = :start_year
