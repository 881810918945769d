"""Which stack has what, where one stack would have too much: a pure question of names."""
