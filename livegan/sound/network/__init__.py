"""Sound over networks: what comes late, in another order, or not at all."""
