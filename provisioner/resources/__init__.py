"""What AWS gets: the Pulumi components, and what they ship."""
