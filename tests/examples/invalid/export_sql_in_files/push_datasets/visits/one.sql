select id
from a;
select id
from b
