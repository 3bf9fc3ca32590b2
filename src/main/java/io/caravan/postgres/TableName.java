package io.caravan.postgres;

/** A table's schema and name as the catalogue holds them: unquoted, in their real case. */
public record TableName(String schema, String name) implements Comparable<TableName> {

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
