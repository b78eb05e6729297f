"""The promise to the phone: what goes over the wire (`v1`), its schema, and a client that keeps its side."""
