package io.caravan.postgres;

/**
 * One column of a table.
 *
 * @param type as {@code format_type} writes it, schema-qualified, with its modifier: {@code character varying(20)}
 * @param castType the type without its modifier, for a cast that neither cuts nor rounds: the assignment that follows checks
 *     the modifier
 * @param generated computed by the server from other columns; such a column is never written
 * @param identityAlways {@code GENERATED ALWAYS AS IDENTITY}; written only with {@code OVERRIDING SYSTEM VALUE}
 * @param notNull declared NOT NULL
 * @param equality the operator by which the key's index compares the column, with its schema; {@code =} outside a key
 * @param equalByText values that this operator calls equal have one text, but for the zeros of numeric, the sign of a floating
 *     0, blanks at the end of bpchar and the case of citext; of other types and collations nothing is known
 */
public record Column(
        String name,
        String type,
        String castType,
        boolean generated,
        boolean identityAlways,
        boolean notNull,
        String equality,
        boolean equalByText) {}
