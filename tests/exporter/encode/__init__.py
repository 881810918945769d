"""What a selection becomes, byte for byte."""
