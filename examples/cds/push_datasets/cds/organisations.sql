SELECT
    id,
    name,
    phone,
    provider_type,
    address_line1,
    address_line2,
    postcode,
    holds_own_stock,
    housing_registration_no,
    active,
    merge_date,
    created_at AT TIME ZONE 'UTC' AS created_at,
    updated_at AT TIME ZONE 'UTC' AS updated_at
FROM organisations
