"""What a family hands in, whether itself on the phone or with the village assistant: rows, signatures, the one form."""
