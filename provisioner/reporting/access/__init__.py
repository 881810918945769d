"""Answers to who can do what where."""
