"""The hub: records and contracts. Every stage imports this package; it imports none of them."""
