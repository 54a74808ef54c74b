"""One file per change of the schema, in order. A file that has been released is never changed; a new one follows it."""
