-- Invented.
INSERT INTO cohort VALUES
    ('Vouchers 2020', true),
    ('Weekly_paper-1', true),
    ('Not begun', true),
    ('Finished', false);

INSERT INTO cohort_item VALUES
    ('Vouchers 2020', 'A-S00000002', 'EstimationComplete', '2020-12-01', 'GBP', 10, 11.5, NULL, 'Month',
    '2020-10-01 09:00:00+00', NULL, NULL, NULL, NULL, NULL, NULL),
    ('Vouchers 2020', 'A-S00000001', 'AmendmentComplete', '2020-11-28', 'GBP', 20.79, 24.95, 24.95, 'Quarter',
    '2020-10-01 09:00:00.5+01', 'sf-1', '2020-10-02 10:00:00+00', 'new-1', '2020-10-20 11:00:00+00',
    '2020-10-10 06:00:00+00', NULL),
    ('Weekly_paper-1', 'A-S00000003', 'Cancelled', NULL, 'EUR', 99.9, NULL, NULL, NULL,
    NULL, '', NULL, NULL, NULL, NULL, 'said "too dear",
and left'),
    ('Finished', 'A-S00000004', 'AmendmentComplete', '2020-01-01', 'USD', 1, 2, 2, 'Month',
    NULL, NULL, NULL, NULL, NULL, NULL, NULL);
