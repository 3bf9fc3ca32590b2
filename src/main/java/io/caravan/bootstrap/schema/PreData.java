package io.caravan.bootstrap.schema;

/**
 * A statement that is run before the rows are copied.
 *
 * @param object the object that it makes or completes, by PostgreSQL's identity of it ({@code table public.devices}); the
 *     statement is for a database that does not have this object yet. Empty: for every database
 */
record PreData(String object, String sql) {

    static PreData always(String sql) {
        return new PreData("", sql);
    }
}
