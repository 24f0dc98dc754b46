"""One module per destination."""
