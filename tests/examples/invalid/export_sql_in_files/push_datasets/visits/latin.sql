select id
from a where b = 'café'
