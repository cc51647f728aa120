"""`bench`: how fast the product is beside views that only ask its statements. Nothing of it runs in production."""
