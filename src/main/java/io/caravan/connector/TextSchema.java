package io.caravan.connector;

import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.jspecify.annotations.Nullable;

/** A string that may be null and has no default: with one, Connect hands on the default where the row has NULL. */
final class TextSchema extends SchemaBuilder {
    TextSchema() {
        super(Schema.Type.STRING);
        optional();
    }

    @Override
    public SchemaBuilder defaultValue(@Nullable Object value) {
        return this;
    }
}
