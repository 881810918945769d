"""What the forwarder has in hand, seen from outside, and what a person does about it."""
