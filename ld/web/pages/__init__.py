"""The views, one noun a file."""
