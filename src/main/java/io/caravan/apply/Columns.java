package io.caravan.apply;

import io.caravan.change.Batch;
import io.caravan.change.Row;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.apache.camel.Body;

/**
 * The bean {@code columns}, for steps of one's own between read and apply: changes every row of a batch alike, old rows and keys
 * included, so that the target's rows are found again.
 */
public final class Columns {
    private static final int DIGITS = 20;

    /**
     * Puts a digest in the place of every value. Equal values stay equal and different ones different, so unique constraints
     * and joins hold; NULL stays NULL. Whoever can guess a value can check the guess.
     *
     * @param suffix what follows the digest, such as {@code @masked.invalid}
     */
    public Batch mask(@Body Batch batch, String column, String suffix) {
        return batch.withRows(row -> masked(row, column, suffix));
    }

    /** Leaves the column out: the target's own default, or what is there already, stays. Not for a column of the key. */
    public Batch drop(@Body Batch batch, String column) {
        return batch.withRows(row -> row.without(column));
    }

    /** For a column that has another name in the target. Not for a column of the key. */
    public Batch rename(@Body Batch batch, String column, String name) {
        return batch.withRows(row -> row.renamed(column, name));
    }

    /** Keeps the rows whose column has this value, written as PostgreSQL writes it; the others do not come to the target. */
    public Batch keep(@Body Batch batch, String column, String value) {
        return batch.keeping(column, value);
    }

    private static Row masked(Row row, String column, String suffix) {
        int index = row.layout().indexOf(column);
        if (index < 0 || row.isUnchanged(index)) {
            return row;
        }
        String value = row.value(index);
        return value == null ? row : row.with(column, digest(value) + suffix);
    }

    private static String digest(String value) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_8));
            return String.format("%064x", new BigInteger(1, hash)).substring(0, DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256.", e);
        }
    }
}
