select id from strange
