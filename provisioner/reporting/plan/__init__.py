"""How a plan is shown: to who reads a terminal, a pull request, an annotation, or JSON."""
