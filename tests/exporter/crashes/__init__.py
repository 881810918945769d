"""Runs that are killed, the world they are killed in, and the promises that must hold all the same."""
