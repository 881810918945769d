COPY (
    SELECT base_id, source_base_id, file_name, extension, original_data_hash, size_bytes, status, is_deleted, created_at
    FROM data_collection.source_file
    WHERE is_deleted
    ORDER BY base_id
) TO STDOUT WITH CSV HEADER;
