COPY (
    SELECT base_id, name, data_url, is_deleted, created_at, updated_at
    FROM data_collection.agency AS agency
    WHERE is_deleted
        AND NOT EXISTS (SELECT FROM data_collection.source WHERE source.agency_base_id = agency.base_id)
    ORDER BY base_id
) TO STDOUT WITH CSV HEADER;
