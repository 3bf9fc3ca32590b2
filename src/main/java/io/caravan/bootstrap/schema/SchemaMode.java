package io.caravan.bootstrap.schema;

/** How the target gets its tables: the setting {@code caravan.schema}. */
public enum SchemaMode {
    /** pg_dump where one is found that is at least as new as the source, else the built-in catalogue copier. */
    AUTO,
    /** pg_dump or nothing. */
    PG_DUMP,
    /** The built-in catalogue copier, which lists by name what it does not carry. */
    CATALOG,
    /** The target has its tables already, with whatever indexes and constraints its owner wants. */
    EXISTING
}
