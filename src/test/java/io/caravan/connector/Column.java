package io.caravan.connector;

import io.debezium.spi.converter.RelationalColumn;
import java.sql.Types;
import java.util.OptionalInt;

/** Column c of table public.t, as the connector describes one to a converter. */
record Column(Object defaultValue) implements RelationalColumn {
    @Override
    public String name() {
        return "c";
    }

    @Override
    public String dataCollection() {
        return "public.t";
    }

    @Override
    public String typeName() {
        return "int4";
    }

    @Override
    public String typeExpression() {
        return "int4";
    }

    @Override
    public int jdbcType() {
        return Types.INTEGER;
    }

    @Override
    public int nativeType() {
        return 23;
    }

    @Override
    public OptionalInt length() {
        return OptionalInt.empty();
    }

    @Override
    public OptionalInt scale() {
        return OptionalInt.empty();
    }

    @Override
    public boolean isOptional() {
        return true;
    }

    @Override
    public boolean hasDefaultValue() {
        return defaultValue != null;
    }
}
