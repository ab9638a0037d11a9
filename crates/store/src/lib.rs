//! Adapter to the database: entities and repositories.
