"""The database: tables, migrations, leases, the record of every document, queries and exports. The only place that imports SQLAlchemy."""
