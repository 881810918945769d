DELETE FROM archive;
