"""Schema steps of the database of records, run by `Database.migrate`."""
