DELETE FROM data_collection.agency AS agency
WHERE is_deleted
    AND NOT EXISTS (SELECT FROM data_collection.source WHERE source.agency_base_id = agency.base_id);
