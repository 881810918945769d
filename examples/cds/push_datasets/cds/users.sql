SELECT
    person.id AS id,
    person.email AS email,
    person.name AS name,
    person.phone AS phone,
    person.role AS role,
    person.organisation_id AS organisation_id,
    organisation.name AS organisation_name,
    person.is_dpo AS is_dpo,
    person.is_key_contact AS is_key_contact,
    person.active AS active,
    person.sign_in_count AS sign_in_count,
    person.last_sign_in_at AT TIME ZONE 'UTC' AS last_sign_in_at,
    person.created_at AT TIME ZONE 'UTC' AS created_at,
    person.updated_at AT TIME ZONE 'UTC' AS updated_at
FROM users AS person
LEFT JOIN organisations AS organisation ON organisation.id = person.organisation_id
