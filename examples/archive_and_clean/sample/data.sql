-- Invented. The scraper's logs of autumn 2024, and one of the day before New Year.
INSERT INTO data_collection.agency VALUES
    ('a1', 'City archive', 'https://archive.example.com/data', false, '2024-01-01 08:00+00', '2024-06-01 08:00+00'),
    ('a2', 'Harbour office, "old"', NULL, true, '2024-01-02 08:00+00', '2024-12-30 08:00:00.5+00'),
    ('a3', 'Weather service', '', true, '2024-01-03 08:00+00', '2024-12-31 08:00+00');

INSERT INTO data_collection.source VALUES
    ('s1', 'a1', 'web', 'https://archive.example.com/a', 'active', false, '2024-01-01 09:00+00', '2024-01-01 09:00+00'),
    ('s2', 'a1', 'api', 'https://archive.example.com/b?x=1,2', 'stopped', true, '2024-01-01 09:30+00', '2024-12-01 09:00+00'),
    -- Its agency is deleted, and cannot go before it.
    ('s3', 'a3', 'web', 'https://weather.example.com/', 'active', true, '2024-01-03 09:00+00', '2024-12-31 09:00+00');

INSERT INTO data_collection.source_file VALUES
    ('f1', 's1', 'report 1', 'pdf', 'ab12', 1048576, 'processed', false, '2024-02-01 10:00+00'),
    ('f2', 's1', 'report 1, old', 'pdf', 'cd34', 1000, 'processed', true, '2024-01-15 10:00+00'),
    ('f3', 's3', E'two\nlines', 'txt', NULL, NULL, 'failed', true, '2024-03-01 10:00+00');

INSERT INTO monitoring.source_run_report VALUES
    ('r1', 's1', '2024-10-01 02:00+00', '2024-10-01 02:10+00', 2, 1, 0, true, '{"errors": []}'),
    ('r2', 's1', '2024-10-02 02:00+00', '2024-10-02 02:00:00.123456+00', 0, 0, 0, false, NULL),
    ('r3', 's1', '2024-12-31 02:00+00', '2024-12-31 02:15+00', 1, 0, 1, true, '{"errors": ["late"]}');

INSERT INTO monitoring.source_run_page VALUES
    ('p1', 'r1', 'https://archive.example.com/a?page=1', '2024-10-01 02:00+00', '2024-10-01 02:01+00', 200, NULL),
    ('p2', 'r1', 'https://archive.example.com/a?page=2', '2024-10-01 02:01+00', '2024-10-01 02:02+00', 500, 'said "no", twice'),
    ('p3', 'r3', 'https://archive.example.com/a?page=1', '2024-12-31 02:00+00', '2024-12-31 02:01+00', 200, NULL);
