"""How long things take and what they ask of AWS, with a peer beside: `make bench`. It judges nothing."""
