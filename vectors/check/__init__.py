"""A verifier of Countermark's bundles, written from docs/formats alone."""
