package io.caravan.postgres;

/** A table's schema and name as the catalogue holds them: unquoted, in their real case. */
public record TableName(String schema, String name) implements Comparable<TableName> {

    /** The reverse of {@link #toString}; a name alone is one of the schema {@code public}. */
    public static TableName of(String text) {
        int dot = text.indexOf('.');
        return dot < 0 ? new TableName("public", text) : new TableName(text.substring(0, dot), text.substring(dot + 1));
    }

    /** Quoted for use in SQL: {@code "public"."Order Items"}. */
    public String sql() {
        return Identifier.quote(schema) + "." + Identifier.quote(name);
    }

    @Override
    public int compareTo(TableName other) {
        int bySchema = schema.compareTo(other.schema);
        return bySchema != 0 ? bySchema : name.compareTo(other.name);
    }

    /** For people and for names of topics: {@code public.devices}. */
    @Override
    public String toString() {
        return schema + "." + name;
    }
}
