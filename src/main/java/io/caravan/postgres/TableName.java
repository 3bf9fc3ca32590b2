package io.caravan.postgres;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Collection;

/** A table's schema and name as the catalogue holds them: unquoted, in their real case. */
public record TableName(String schema, String name) implements Comparable<TableName> {

    /** The reverse of {@link #toString} where the schema's name has no dot; a name alone is one of the schema {@code public}. */
    @JsonCreator
    public static TableName of(String text) {
        int dot = text.indexOf('.');
        return dot < 0 ? new TableName("public", text) : new TableName(text.substring(0, dot), text.substring(dot + 1));
    }

    /** The one of the tables that has this text; {@link #of} when none has, for the message that says so. */
    public static TableName among(Collection<TableName> tables, String text) {
        return tables.stream()
                .filter(table -> table.toString().equals(text))
                .findFirst()
                .orElseGet(() -> of(text));
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

    /** For people, for names of topics and in JSON: {@code public.devices}. */
    @Override
    @JsonValue
    public String toString() {
        return schema + "." + name;
    }
}
