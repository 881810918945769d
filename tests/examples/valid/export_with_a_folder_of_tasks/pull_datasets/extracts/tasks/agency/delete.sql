delete from agency
