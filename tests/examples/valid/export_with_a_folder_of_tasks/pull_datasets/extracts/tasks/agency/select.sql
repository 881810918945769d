select id from agency
