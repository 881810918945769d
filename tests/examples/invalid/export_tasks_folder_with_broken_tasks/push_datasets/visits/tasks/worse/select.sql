drop table agency
