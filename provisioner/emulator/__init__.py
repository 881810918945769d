"""AWS on a laptop: an emulator bound to loopback, and the engine that applies the Pulumi program to it."""
