"""Turns reviewed dataset files into buckets, permissions and a forwarder on AWS."""
