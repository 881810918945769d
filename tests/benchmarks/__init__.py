"""How long the commands take, as whole processes, with a peer beside: `make bench`. It judges nothing."""
