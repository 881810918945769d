"""Where files go: a bucket, or a folder of this machine."""
