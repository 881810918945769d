DELETE FROM data_collection.source_file WHERE is_deleted;
