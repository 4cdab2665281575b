"""Results on disk: named by their content, published whole, checked before use."""
