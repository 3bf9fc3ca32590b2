package io.caravan.apply;

import io.caravan.change.ChangeEvent;
import io.caravan.change.Key;
import io.caravan.change.Row;
import io.caravan.postgres.Column;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rows that an event touches, each as the 64-bit hash of its key, by which events wait behind a dead letter. In a table
 * without a key the whole row counts. Keys with one hash wait for each other, which delays and never harms.
 *
 * @param scope pipeline and table, which are part of every hash
 * @param key the key columns as the target has them; empty when the table has no key
 */
record TouchedKeys(String scope, List<Column> key) {
    private static final Pattern OF_MANY_CASES = Pattern.compile("[^\\x00-\\x7f]|[ik]");

    /** The keys as the event has them; none for a table without a key. */
    Set<Key> of(ChangeEvent event) {
        Set<Key> keys = new LinkedHashSet<>();
        if (!key.isEmpty()) {
            List<String> names = names();
            rows(event)
                    .filter(row -> row.layout().columns().containsAll(names))
                    .forEach(row -> keys.add(row.key(names)));
        }
        return keys;
    }

    /** What the event's later companions are known by. Empty when nothing is known of the row, or every row is meant. */
    Set<Long> hashes(ChangeEvent event) {
        Set<Long> hashes = new LinkedHashSet<>();
        if (key.isEmpty()) {
            rows(event).filter(row -> !row.hasUnchanged()).forEach(row -> hashes.add(hash(values(row))));
        } else {
            of(event).forEach(each -> hashes.add(hash(canonical(each))));
        }
        return hashes;
    }

    private Stream<Row> rows(ChangeEvent event) {
        return Stream.of(event.oldKey(), event.before(), after(event)).filter(Objects::nonNull);
    }

    /** The new row with what identifies it, which the event need not carry when it did not change. */
    private @Nullable Row after(ChangeEvent event) {
        Row after = event.after();
        if (after == null) {
            return null;
        }
        Row before = event.before();
        return !key.isEmpty() ? event.completeAfter(names()) : before == null ? after : after.completedFrom(before);
    }

    private List<String> names() {
        return key.stream().map(Column::name).toList();
    }

    private static List<@Nullable String> values(Row row) {
        List<@Nullable String> values = new ArrayList<>();
        for (int i = 0; i < row.layout().size(); i++) {
            values.add(row.value(i));
        }
        return values;
    }

    private List<@Nullable String> canonical(Key row) {
        List<@Nullable String> values = new ArrayList<>();
        for (int i = 0; i < key.size(); i++) {
            String value = row.values().get(i);
            values.add(value == null ? null : canonical(key.get(i), value));
        }
        return values;
    }

    /**
     * One text for values that the target calls equal: 1.0 and 1.00 are one key. Where that is not certain all keys are one, or
     * a change of the row in another text would pass the letter, and the letter, replayed, write over it.
     */
    private static String canonical(Column column, String value) {
        if (!column.equalByText()) {
            return "";
        }
        return switch (column.castType()) {
            case "numeric" ->
                value.matches("[-+0-9.eE]+")
                        ? new BigDecimal(value).stripTrailingZeros().toString()
                        : value;
            case "real", "double precision" -> value.equals("-0") ? "0" : value;
            case "bpchar" -> value.stripTrailing();
            case UtcText.TYPE -> UtcText.of(value);
            default -> column.castType().endsWith("citext") ? folded(value) : value;
        };
    }

    /**
     * What every locale leaves of a text in lower case: ASCII, but for i and k, which are also the lower case of letters beyond
     * it (U+0130, U+212A).
     */
    private static String folded(String value) {
        return OF_MANY_CASES.matcher(value.toLowerCase(Locale.ROOT)).replaceAll("");
    }

    private long hash(List<@Nullable String> values) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(scope.getBytes(StandardCharsets.UTF_8));
            for (String value : values) {
                byte[] text = value == null ? new byte[0] : value.getBytes(StandardCharsets.UTF_8);
                digest.update(ByteBuffer.allocate(Integer.BYTES)
                        .putInt(0, value == null ? -1 : text.length)); // so that ("a", "b") and ("ab", "") differ
                digest.update(text);
            }
            return ByteBuffer.wrap(digest.digest()).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
