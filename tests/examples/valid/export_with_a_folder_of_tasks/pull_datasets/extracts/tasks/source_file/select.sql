select id from source_file
