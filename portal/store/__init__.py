"""The portal's database: its engine, schema, mirror, audit and queries."""
