"""How the deliveries stand, as text or JSON; and what a redrive came to."""
