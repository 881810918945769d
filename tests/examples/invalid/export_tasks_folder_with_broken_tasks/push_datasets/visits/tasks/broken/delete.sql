delete from broken
