-- Invented. Two collection years: the one that began in April 2024 and the one that began in April 2025.
INSERT INTO organisations
    (id, name, phone, provider_type, address_line1, address_line2, postcode, holds_own_stock,
    housing_registration_no, active, merge_date, created_at, updated_at)
VALUES
    (1, 'Riverside & Hill Homes', '020 7946 0001', 'PRP', '1 Mill Lane', 'Upper Town', 'ZZ1 1ZZ', true,
    'L1234', true, NULL, '2023-02-01 09:00:00', '2024-06-03 08:15:30.25'),
    (2, 'Borough of Example', NULL, 'LA', 'Town Hall', NULL, 'ZZ2 2ZZ', false,
    NULL, true, NULL, '2023-02-01 09:00:00', '2023-11-20 16:45:00'),
    (3, 'Old Mill Housing', '', 'PRP', '<unknown>', NULL, NULL, true,
    'L0099', false, '2025-03-31', '2023-02-01 09:00:00', '2025-03-31 22:59:59');

INSERT INTO users
    (id, email, name, phone, role, organisation_id, is_dpo, is_key_contact, active, sign_in_count,
    last_sign_in_at, created_at, updated_at)
VALUES
    (1, 'ann@riverside.example.com', 'Ann O''Hara', '07700 900001', 'data_coordinator', 1, true, true, true, 12,
    '2025-04-29 07:59:59.9', '2024-01-10 10:00:00', '2025-04-29 07:59:59.9'),
    (2, 'bo@borough.example.com', 'Bo "B" Zoë', NULL, 'data_provider', 2, false, false, true, 0,
    NULL, '2024-07-01 12:30:00', '2024-07-01 12:30:00'),
    (3, 'help@example.com', NULL, NULL, 'support', 2, false, false, false, 340,
    '2024-10-27 01:30:00', '2023-02-01 09:00:00', '2024-12-24 18:00:00');

INSERT INTO lettings_logs
    (id, status, created_at, updated_at, values_updated_at, creation_method, old_form_id, startdate, tenancycode,
    propcode, owning_organisation_id, managing_organisation_id, created_by_id, needstype, rent_type, declaration,
    postcode_full, la, uprn, unittype_gn, builtype, wchair, beds, carehome, tenancy, tenancylength, joint, hhmemb,
    age1, sex1, ecstat1, relat2, age2, sex2, ecstat2, ethnic, nationality_all, armedforces, illness, layear, reason,
    homeless, prevten, referral_register, mrcdate, voiddate, offered, earnings, incfreq, period, brent, scharge,
    pscharge, supcharg, tcharge, hbrentshortfall, tshortfall, is_la_inferred)
VALUES
    -- In the hour that came twice, when the clocks went back.
    (101, 'completed', '2024-10-27 00:30:00', '2024-10-27 01:30:00', NULL, 'single log', NULL, '2024-10-26 23:00:00',
    'T<&>1', 'P-1', 1, 2, 1, 1, 0, 1,
    'ZZ1 1ZZ', 'E07000223', '000012345', 7, 1, 1, 3, NULL, 6, 2, 1, 2,
    35, 'F', 0, 'P', 32, 'M', 6, 20, 826, 1, 1, 2, 42,
    1, 31, NULL, '2024-10-01 23:00:00', '2024-09-30 23:00:00', 2, 268, 1, 2, 200, 50.5,
    40, 35.25, 325.75, 1, 12, false),
    -- The last moment of a collection year, in London.
    (102, 'in_progress', '2025-03-31 12:00:00', '2025-04-01 08:00:00', NULL, 'bulk upload', 7, '2025-03-31 22:59:59',
    NULL, '', 2, 2, 2, 2, 1, NULL,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1, NULL, NULL, NULL, NULL,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, 17, NULL, NULL, NULL, NULL, NULL,
    NULL, NULL, 2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    NULL, NULL, NULL, NULL, NULL, true),
    -- The first one of the next.
    (103, 'completed', '2025-04-02 09:10:11.999', '2025-04-28 16:20:00', '2025-04-29 20:00:00', 'single log', NULL,
    '2025-03-31 23:00:00', 'Two
lines', 'P-3', 1, 1, 1, 1, 2, 1,
    'ZZ3 3ZZ', 'E09000033', '100023336956', 2, 2, 2, 1, 1, 4, NULL, 2, 1,
    67, 'X', 5, NULL, NULL, NULL, NULL, 1, 372, 5, 3, 1, 20,
    11, 14, 4, NULL, '2025-01-04 00:00:00', 0, 1234, 2, 1, 1000000, 0,
    0.1, 0, 1000000.1, NULL, 1234.56, true),
    -- Nobody has finished it yet, and CDS never sees it.
    (104, 'pending', '2025-04-03 09:00:00', '2025-04-03 09:00:00', NULL, 'bulk upload', NULL, '2025-04-02 23:00:00',
    NULL, NULL, 1, 1, 1, 1, 0, NULL,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    NULL, NULL, NULL, NULL, NULL, NULL);
