"""What people write: dataset files, the rules they obey, and the catalogue they make together."""
